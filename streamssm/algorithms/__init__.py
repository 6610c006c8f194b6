"""The library of streaming algorithms: one per file, discovered."""
