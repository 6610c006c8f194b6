"""Compiled models in floating point instead of exact integers: where they first go wrong, and where never."""
