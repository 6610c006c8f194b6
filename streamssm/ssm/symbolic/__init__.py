"""A model's step as an expression graph over its state and token."""
