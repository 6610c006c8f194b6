"""Collisions: two streams that a model cannot tell apart although their answers must differ."""
