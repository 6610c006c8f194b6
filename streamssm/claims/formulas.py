"""Random formulas of past-time LTL, as text."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

UNARY = ("!", "Y", "O", "H")
BINARY = ("S", "S", "&", "|")
PROPOSITIONS = ("a", "b")


def random_formula(r: Random, depth: int, atoms: Sequence[str] = PROPOSITIONS) -> str:
    """Return a random formula with the given nesting depth of operators.

    >>> random_formula(Random(3), 2)
    'a | (b | a)'
    """
    if depth == 0:
        return r.choice(atoms)
    below = random_formula(r, depth - 1, atoms)
    if r.random() < 0.4:
        return f"{r.choice(UNARY)} {_parenthesized(below)}"
    other = random_formula(r, r.randrange(depth), atoms)
    first, second = (below, other) if r.random() < 0.5 else (other, below)
    return f"{_parenthesized(first)} {r.choice(BINARY)} {_parenthesized(second)}"


def _parenthesized(formula: str) -> str:
    return formula if formula.isalpha() else f"({formula})"


def position_atoms(modulus: int) -> tuple[str, ...]:
    """Return the propositions, and the atoms for positions modulo a number."""
    return (*PROPOSITIONS, *(f"pos % {modulus} == {rest}" for rest in range(modulus)))
