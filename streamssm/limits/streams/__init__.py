"""The streams on which lower bounds are demonstrated: orders, shapes, prefixes and instances."""
