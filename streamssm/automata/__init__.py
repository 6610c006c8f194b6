"""Finite automata: products, transition monoids, cascades, groups, DOT and regular expressions."""
