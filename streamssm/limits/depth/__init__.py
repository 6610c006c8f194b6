"""How deep models have to be to compose K functions, and what they have to remember; and the bounds."""
