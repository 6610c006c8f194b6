"""Pure Python references of the kernels: the same names and signatures, integers of any size, slow."""
