"""Automata: machines and their products, monoids, cascades, groups, DOT and regular expressions."""
