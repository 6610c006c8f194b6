"""Automata in other formats than DOT: one file per format or library."""
