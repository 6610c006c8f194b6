"""Published claims, each with the experiments that this package runs for it."""
