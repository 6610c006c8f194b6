"""The experiments, in one module for each kind of claim; each yields evidence as it runs."""
