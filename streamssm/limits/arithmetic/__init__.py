"""Compiled models in floating point: the first wrong output, or a proof that the format is exact."""
