"""State-space models: number formats, networks of gadgets, layers, thoughts, execution, files."""
