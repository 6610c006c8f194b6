"""Past-time linear temporal logic on finite traces: formulas, their semantics, and their programs."""
