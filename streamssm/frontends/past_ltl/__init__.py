"""Past-time linear temporal logic on finite traces: formulas, what they mean, and the programs that monitor them."""
