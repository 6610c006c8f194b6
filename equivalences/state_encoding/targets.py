"""What each kind of transition lets a word do, and which delays go with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from streamssm.automata.cascade import LevelKind
from streamssm.equivalences.layers.storage import DelayLine, OneHotWords, OwnWord, Storage
from streamssm.equivalences.state_encoding.build import TransitionKinds
from streamssm.equivalences.state_encoding.encoding import EncodedVariable
from streamssm.equivalences.state_encoding.reads import MovesOf
from streamssm.equivalences.state_encoding.word_maps import UpdateMaps, cyclic, saturating, signed
from streamssm.ir.builder import GraphBuilder
from streamssm.ssm.formats import Overflow
from streamssm.ssm.transitions import TransitionKind as Kind


def _reset(word: EncodedVariable) -> UpdateMaps:
    return saturating(word.size)


def _signed(word: EncodedVariable) -> UpdateMaps:
    return signed(word.size)


def _rotating(word: EncodedVariable) -> UpdateMaps:
    return cyclic(word.size, Overflow.CYCLE)


def _rotating_or_reset(word: EncodedVariable) -> UpdateMaps:
    return _rotating(word) if word.kind is LevelKind.CYCLIC else saturating(word.size)


def _wrapping(word: EncodedVariable) -> UpdateMaps:
    wraps = word.kind is LevelKind.CYCLIC and word.size & (word.size - 1) == 0
    return cyclic(word.size, Overflow.WRAP) if wraps else saturating(word.size)


def _monomial(word: EncodedVariable) -> UpdateMaps | None:
    moved = word.kind is not LevelKind.RESET and word.size > 2
    return None if moved else signed(word.size)


def _positions(word: EncodedVariable) -> UpdateMaps | None:
    """Words that go round do so by themselves: by -1 if they have two values, else with a bit for each."""
    if word.kind is LevelKind.RESET:
        return saturating(word.size)
    return signed(2).only(-1) if word.size == 2 else None


def _fixed(word: EncodedVariable) -> UpdateMaps | None:
    """Every word has one entry: A = 1 with saturation sets, holds and resets a bit."""
    found = _positions(word)
    return found if found is None else replace(found, uniform=True)


Fits = Callable[[GraphBuilder, Storage], bool]


def _any(g: GraphBuilder, cell: Storage) -> bool:
    return True


def _is_diagonal_and_fixed(g: GraphBuilder, cell: Storage) -> bool:
    return isinstance(cell, DelayLine) or (
        isinstance(cell, OwnWord) and g.range(cell.update.affine.entry).is_constant
    )


def _is_fixed(g: GraphBuilder, cell: Storage) -> bool:
    if isinstance(cell, OneHotWords):
        return all(g.range(node).is_constant for node in cell.update.successors)
    return _is_diagonal_and_fixed(g, cell)


def _is_fixed_or_nonnegative(g: GraphBuilder, cell: Storage) -> bool:
    return (isinstance(cell, OwnWord) and g.range(cell.update.affine.entry).lo >= 0) or _is_fixed(g, cell)


@dataclass(frozen=True)
class Target:
    """A kind of model: what words may do in it, its delays, and what else must hold of its cells.

    ``variants`` are tried side by side. ``behind`` says whether there are delays of more than one step.
    """

    name: str
    variants: tuple[MovesOf, ...]
    kinds: TransitionKinds
    behind: bool = False
    fits: Fits = _any


DIALECTS = {
    dialect.name: dialect
    for dialect in (
        Target("time-invariant", (_fixed,), TransitionKinds(Kind.DYADIC, None), True, _is_diagonal_and_fixed),
        Target("zero-one", (_reset,), TransitionKinds(Kind.ZERO_ONE, Kind.ZERO_ONE)),
        Target("dyadic", (_reset,), TransitionKinds(Kind.DYADIC, Kind.DYADIC), True),
        Target("time-invariant-dense", (_fixed,), TransitionKinds(Kind.DYADIC, None), True, _is_fixed),
        Target("mixed", (_positions,), TransitionKinds(Kind.DYADIC, None), True, _is_fixed_or_nonnegative),
        Target("wrap", (_wrapping,), TransitionKinds(Kind.ZERO_ONE, Kind.ZERO_ONE)),
        Target("signed", (_signed,), TransitionKinds(Kind.SIGNED, Kind.SIGNED)),
        Target("diagonal", (_signed,), TransitionKinds(Kind.DIAGONAL, Kind.DIAGONAL), True),
        Target("complex", (_rotating, _rotating_or_reset), TransitionKinds(Kind.COMPLEX, None)),
        Target("monomial", (_monomial, _signed), TransitionKinds(Kind.MONOMIAL, None), True),
    )
}
