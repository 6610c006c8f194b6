"""Target descriptions: the update maps that each kind of transition offers a variable, and its delays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from streamssm.automata.cascade import LevelKind
from streamssm.equivalences.layers.storage import DelayLine, OneHotWords, OwnWord, Storage
from streamssm.equivalences.state_encoding.build import TransitionKinds
from streamssm.equivalences.state_encoding.encoding import EncodedVariable
from streamssm.equivalences.state_encoding.reads import FamilyOf
from streamssm.equivalences.state_encoding.word_maps import UpdateMaps, cyclic, saturating, signed
from streamssm.ir.builder import GraphBuilder
from streamssm.ssm.formats import Overflow
from streamssm.ssm.transitions import TransitionKind as Kind


def _reset(variable: EncodedVariable) -> UpdateMaps:
    return saturating(variable.size)


def _signed(variable: EncodedVariable) -> UpdateMaps:
    return signed(variable.size)


def _rotating(variable: EncodedVariable) -> UpdateMaps:
    return cyclic(variable.size, Overflow.CYCLE)


def _rotating_or_reset(variable: EncodedVariable) -> UpdateMaps:
    return _rotating(variable) if variable.kind is LevelKind.CYCLIC else saturating(variable.size)


def _wrapping(variable: EncodedVariable) -> UpdateMaps:
    wraps = variable.kind is LevelKind.CYCLIC and variable.size & (variable.size - 1) == 0
    return cyclic(variable.size, Overflow.WRAP) if wraps else saturating(variable.size)


def _monomial(variable: EncodedVariable) -> UpdateMaps | None:
    is_one_hot = variable.kind is not LevelKind.RESET and variable.size > 2
    return None if is_one_hot else signed(variable.size)


def _positions(variable: EncodedVariable) -> UpdateMaps | None:
    """Cyclic variables count positions autonomously: by entry -1 if they have two values, else one-hot."""
    if variable.kind is LevelKind.RESET:
        return saturating(variable.size)
    return signed(2).only(-1) if variable.size == 2 else None


def _fixed(variable: EncodedVariable) -> UpdateMaps | None:
    """Every variable has a constant entry: with A = 1, saturation can set, hold and reset a bit."""
    family = _positions(variable)
    return family if family is None else replace(family, uniform=True)


Fits = Callable[[GraphBuilder, Storage], bool]


def _any(g: GraphBuilder, storage: Storage) -> bool:
    return True


def _is_diagonal_and_fixed(g: GraphBuilder, storage: Storage) -> bool:
    return isinstance(storage, DelayLine) or (
        isinstance(storage, OwnWord) and g.range(storage.update.affine.entry).is_constant
    )


def _is_fixed(g: GraphBuilder, storage: Storage) -> bool:
    if isinstance(storage, OneHotWords):
        return all(g.range(node).is_constant for node in storage.update.successors)
    return _is_diagonal_and_fixed(g, storage)


def _is_fixed_or_nonnegative(g: GraphBuilder, storage: Storage) -> bool:
    return (isinstance(storage, OwnWord) and g.range(storage.update.affine.entry).lo >= 0) or _is_fixed(
        g, storage
    )


@dataclass(frozen=True)
class Target:
    """A kind of model: its families of update maps, its delays, and a constraint on its storage (``fits``).

    All ``variants`` are tried. ``multi_step_delays`` allows delays of more than one step.
    """

    name: str
    variants: tuple[FamilyOf, ...]
    kinds: TransitionKinds
    multi_step_delays: bool = False
    fits: Fits = _any


TARGETS = {
    target.name: target
    for target in (
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
