"""Depth and memory that composing K functions takes, next to the lower bounds."""
