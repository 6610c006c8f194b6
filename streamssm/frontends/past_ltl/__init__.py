"""Past-time linear temporal logic on finite traces: formulas, what they mean, and programs of them."""
