"""Programs: ranges, expression graphs, the reference interpreter, and running on kernels."""
