"""The streams that lower bounds are shown on: their orders, shapes, prefixes and instances."""
