"""Integer terms, their translation to bit-vectors, and the SMT solver that decides them."""
