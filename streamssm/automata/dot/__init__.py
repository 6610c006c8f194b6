"""Machines in Graphviz's language: text -> graph -> machine -> text."""
