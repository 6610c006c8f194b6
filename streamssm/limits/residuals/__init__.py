"""Residuals: how many prefixes a streaming algorithm has to tell apart, its memory from below."""
