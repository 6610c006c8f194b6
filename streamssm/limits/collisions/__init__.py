"""Collisions: two streams that lead a model to one state although their answers must differ."""
