"""Automata in the DOT language: text -> graph -> automaton -> text."""
