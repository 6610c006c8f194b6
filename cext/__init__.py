"""Compiled kernels; each has a twin of the same name and signatures in ``streamssm.reference``."""
