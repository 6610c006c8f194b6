"""Programs: ranges, expression graphs, the reference interpreter, and runs on kernels."""
