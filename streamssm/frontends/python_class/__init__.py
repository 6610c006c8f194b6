"""From the source of a Python class to a Program, by symbolic execution of its statements."""
