"""Random formulas of past-time LTL, as text."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

UNARY = ("!", "Y", "O", "H")
BINARY = ("S", "S", "&", "|")
PROPOSITIONS = ("a", "b")


def random_formula(r: Random, depth: int, atoms: Sequence[str] = PROPOSITIONS) -> str:
    """Return a formula whose operators nest to a depth.

    >>> random_formula(Random(3), 2)
    'a | (b | a)'
    """
    if depth == 0:
        return r.choice(atoms)
    below = random_formula(r, depth - 1, atoms)
    if r.random() < 0.4:
        return f"{r.choice(UNARY)} {_apart(below)}"
    other = random_formula(r, r.randrange(depth), atoms)
    first, second = (below, other) if r.random() < 0.5 else (other, below)
    return f"{_apart(first)} {r.choice(BINARY)} {_apart(second)}"


def _apart(formula: str) -> str:
    return formula if formula.isalpha() else f"({formula})"


def position_atoms(modulus: int) -> tuple[str, ...]:
    """Return the propositions, and the positions modulo a number."""
    return (*PROPOSITIONS, *(f"pos % {modulus} == {rest}" for rest in range(modulus)))
