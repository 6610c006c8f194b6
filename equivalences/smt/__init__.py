"""Integer terms as bit-vectors, and the SMT solver that decides them."""
