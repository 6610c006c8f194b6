"""The values of terms, in Python's integers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import xor

from streamssm.equivalences.smt.term import Kind, Term, UnprovenRange, cone


def evaluate(roots: Iterable[Term], variables: Mapping[str, int]) -> list[int]:
    """Return the roots' values where variables, by name, have these."""
    wanted = list(roots)
    values = values_of(wanted, variables)
    return [values[term] for term in wanted]


def values_of(roots: Iterable[Term], variables: Mapping[str, int]) -> dict[Term, int]:
    """Return the values of all terms that the roots are made of."""
    values: dict[Term, int] = {}
    for term in cone(roots):
        values[term] = _RULES[term.kind](term, [values[arg] for arg in term.args], variables)
    return values


def _value_of_sum(term: Term, args: list[int], variables: Mapping[str, int]) -> int:
    constant, coefficients = term.weights
    return constant + sum(w * x for w, x in zip(coefficients, args, strict=True))


def _value_of_bits(term: Term, args: list[int], variables: Mapping[str, int]) -> int:
    low, bits = term.place
    return args[0] >> low & (1 << bits) - 1


def _value_of_table(term: Term, args: list[int], variables: Mapping[str, int]) -> int:
    first, entries = term.entries
    if not 0 <= args[0] - first < len(entries):  # what was assumed of the variables does not hold of these
        raise UnprovenRange(f"an index must lie in [{first}, {first + len(entries) - 1}], not be {args[0]}")
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
