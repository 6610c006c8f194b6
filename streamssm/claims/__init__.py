"""The papers' claims, each with what this package can run of it."""
