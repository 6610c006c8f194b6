"""Residuals: Nerode classes of prefixes, whose number bounds the memory of every streaming algorithm."""
