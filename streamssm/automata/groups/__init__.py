"""Finite groups of permutations: order, membership, cosets, derived series, abelian factors, names."""
