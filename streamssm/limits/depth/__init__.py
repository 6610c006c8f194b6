"""How deep models have to be to compose K functions, and how much they have to remember: ours, and the bounds."""
