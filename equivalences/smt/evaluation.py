"""Evaluation of terms on concrete inputs, in Python's integers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import xor

from streamssm.equivalences.smt.term import Kind, Term, UnprovenRange, cone


def evaluate(roots: Iterable[Term], variables: Mapping[str, int]) -> list[int]:
    """Return the values of the roots for given values of the variables, by name."""
    root_terms = list(roots)
    values = values_of(root_terms, variables)
    return [values[term] for term in root_terms]


def values_of(roots: Iterable[Term], variables: Mapping[str, int]) -> dict[Term, int]:
    """Return the values of all terms in the cone of the roots."""
    values: dict[Term, int] = {}
    for term in cone(roots):
        values[term] = _RULES[term.kind](term, [values[arg] for arg in term.args], variables)
    return values


def _value_of_sum(term: Term, args: list[int], variables: Mapping[str, int]) -> int:
    constant, coefficients = term.weights
    return constant + sum(w * x for w, x in zip(coefficients, args, strict=True))


def _value_of_bits(term: Term, args: list[int], variables: Mapping[str, int]) -> int:
    low, bits = term.bit_slice
    return args[0] >> low & (1 << bits) - 1


def _value_of_table(term: Term, args: list[int], variables: Mapping[str, int]) -> int:
    first, entries = term.entries
    # Ranges may rest on assumptions about the variables. Random inputs can violate these, and then an index
    # can leave its table; Python would read a negative one from the end.
    if not 0 <= args[0] - first < len(entries):
        raise UnprovenRange(f"index {args[0]} is outside its table, [{first}, {first + len(entries) - 1}]")
    return entries[args[0] - first]


_RULES: dict[Kind, Callable[[Term, list[int], Mapping[str, int]], int]] = {
    Kind.VAR: lambda term, args, variables: variables[term.name],
    Kind.CONST: lambda term, args, variables: term.value,
    Kind.SUM: _value_of_sum,
    Kind.GE0: lambda term, args, variables: int(args[0] >= 0),
    Kind.EQ0: lambda term, args, variables: int(args[0] == 0),
    Kind.AND: lambda term, args, variables: int(all(args)),
    Kind.ITE: lambda term, args, variables: args[1] if args[0] else args[2],
    Kind.EXTRACT: _value_of_bits,
    Kind.BITAND: lambda term, args, variables: args[0] & args[1],
    Kind.BITOR: lambda term, args, variables: args[0] | args[1],
    Kind.BITXOR: lambda term, args, variables: reduce(xor, args),
    Kind.TABLE: _value_of_table,
}
