"""Holonomy: an automaton as a cascade, level by level of how its words map sets of states."""
