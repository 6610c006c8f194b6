"""Symbolic execution of a model: its step as an expression graph over the state and the token."""
