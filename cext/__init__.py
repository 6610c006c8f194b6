"""Compiled kernels; each has a reference of the same name and signatures in ``streamssm.reference``."""
