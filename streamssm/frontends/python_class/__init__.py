"""Python classes to Programs, by symbolic execution of the source of their methods."""
