"""Invariants of a program's registers: guessed from states that streams reach, and then shown by induction.

What a guess says needs no trust: what some step breaks is dropped (see `weaken`).
"""
