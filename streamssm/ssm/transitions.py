"""Transition kinds: the gates' outputs that make up A, their order, and the values that each kind allows.

Shapes: d state words, n reflections. The gates output the entries that the kind's layout lists, then B (d).

diagonal      A[i, i]                 h'[i] = A[i, i] h[i] + B[i]
dense         A[i, j], row by row     h'[i] = sum_j A[i, j] h[j] + B[i]
monomial      target[j], then D[j]    A[target[j], j] = D[j], every other entry 0
householder   v[k, 0..d-1], beta[k]   A = F[n-1] ... F[0], F[k] = I - beta[k] v[k] v[k]^T

Complex words hold exponents: h represents the root of unity w^h, and A h + B modulo the number of roots
rotates it, or w^0, by B.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from streamssm.ir.ranges import BIT, Range


class MatrixLayout(str, Enum):
    """The layouts of A: the outputs of the gates that make up the matrix."""

    DIAGONAL = "diagonal"
    DENSE = "dense"
    MONOMIAL = "monomial"
    HOUSEHOLDER = "householder"


class TransitionKind(str, Enum):
    """Classes of transition matrices A, from cheap to strong; part of the model's type (THEORY B, C, G)."""

    TIME_INVARIANT = "time-invariant"  # diagonal, the same at every step
    ZERO_ONE = "zero-one"  # diagonal in {0, 1}
    DYADIC = "dyadic"  # diagonal, multiples of 2^-fraction_bits in [0, 1]
    SIGNED = "signed"  # diagonal in {-1, 0, 1}
    COMPLEX = "complex"  # diagonal, 0 or a root of unity
    DIAGONAL = "diagonal"  # any diagonal
    TIME_INVARIANT_DENSE = "time-invariant-dense"  # the same at every step
    MONOMIAL = "monomial"  # one entry per column: one-hot columns times a diagonal
    HOUSEHOLDER = "householder"  # products of reflections
    DENSE = "dense"  # anything

    @property
    def layout(self) -> MatrixLayout:
        """The outputs of the gates that make up A."""
        return _LAYOUTS.get(self, MatrixLayout.DIAGONAL)

    @property
    def is_diagonal(self) -> bool:
        """True if every word depends only on itself and the input."""
        return self.layout is MatrixLayout.DIAGONAL

    @property
    def is_time_invariant(self) -> bool:
        """True if A is the same at every step."""
        return self in (TransitionKind.TIME_INVARIANT, TransitionKind.TIME_INVARIANT_DENSE)

    @property
    def widest(self) -> TransitionKind:
        """The most general kind of the same layout."""
        return self if self is TransitionKind.COMPLEX else TransitionKind(self.layout.value)

    def allows(self, entry: Range, fraction_bits: int) -> bool:
        """Return whether an entry of A, in units of ``2**-fraction_bits``, may range over ``entry``."""
        rule = _ALLOWS.get(self)
        return rule is None or rule(entry, fraction_bits)


_LAYOUTS = {
    TransitionKind.TIME_INVARIANT_DENSE: MatrixLayout.DENSE,
    TransitionKind.DENSE: MatrixLayout.DENSE,
    TransitionKind.MONOMIAL: MatrixLayout.MONOMIAL,
    TransitionKind.HOUSEHOLDER: MatrixLayout.HOUSEHOLDER,
}


def _is_constant(entry: Range, fraction_bits: int) -> bool:
    return entry.is_constant


def _is_bit(entry: Range, fraction_bits: int) -> bool:
    return fraction_bits == 0 and BIT.covers(entry)


def _is_sign(entry: Range, fraction_bits: int) -> bool:
    return fraction_bits == 0 and Range(-1, 1).covers(entry)


def _is_dyadic(entry: Range, fraction_bits: int) -> bool:
    return Range(0, 1 << fraction_bits).covers(entry)


_ALLOWS: dict[TransitionKind, Callable[[Range, int], bool]] = {
    TransitionKind.TIME_INVARIANT: _is_constant,
    TransitionKind.TIME_INVARIANT_DENSE: _is_constant,
    TransitionKind.ZERO_ONE: _is_bit,
    TransitionKind.COMPLEX: _is_bit,
    TransitionKind.SIGNED: _is_sign,
    TransitionKind.DYADIC: _is_dyadic,
}


class Entry(NamedTuple):
    """The role of an output of the gates before B: a part of A, and its indices.

    ``A``: row and column; ``target`` and ``D``: the column; ``v``: the reflection and the row; ``beta``: the
    reflection.

    >>> print(*entries_of(MatrixLayout.MONOMIAL, 2, 0), *entries_of(MatrixLayout.HOUSEHOLDER, 1, 1))
    target[0] target[1] D[0] D[1] v[0, 0] beta[0]
    """

    part: str
    indices: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.part}[{', '.join(map(str, self.indices))}]"


def entries_of(layout: MatrixLayout, dim: int, reflections: int) -> tuple[Entry, ...]:
    """List the roles of the outputs of the gates before B, in order."""
    return _ENTRIES[layout](dim, reflections)


def count_entries(layout: MatrixLayout, dim: int, reflections: int) -> int:
    """Return the number of entries without listing them: a file may claim any number."""
    sizes = {
        MatrixLayout.DIAGONAL: dim,
        MatrixLayout.DENSE: dim * dim,
        MatrixLayout.MONOMIAL: 2 * dim,
        MatrixLayout.HOUSEHOLDER: reflections * (dim + 1),
    }
    return sizes[layout]


def _diagonal(dim: int, reflections: int) -> tuple[Entry, ...]:
    return tuple(Entry("A", (i, i)) for i in range(dim))


def _dense(dim: int, reflections: int) -> tuple[Entry, ...]:
    return tuple(Entry("A", (i, j)) for i in range(dim) for j in range(dim))


def _monomial(dim: int, reflections: int) -> tuple[Entry, ...]:
    return tuple(Entry(part, (j,)) for part in ("target", "D") for j in range(dim))


def _householder(dim: int, reflections: int) -> tuple[Entry, ...]:
    return tuple(
        entry
        for k in range(reflections)
        for entry in (*(Entry("v", (k, i)) for i in range(dim)), Entry("beta", (k,)))
    )


_ENTRIES: dict[MatrixLayout, Callable[[int, int], tuple[Entry, ...]]] = {
    MatrixLayout.DIAGONAL: _diagonal,
    MatrixLayout.DENSE: _dense,
    MatrixLayout.MONOMIAL: _monomial,
    MatrixLayout.HOUSEHOLDER: _householder,
}
