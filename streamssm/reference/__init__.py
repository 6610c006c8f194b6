"""Pure Python twins of the kernels: the same names and signatures, any size of integer, no speed."""
