"""Merging the paths of two branches into one, by selects over the branch condition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from streamssm.frontends.python_class import array_state
from streamssm.frontends.python_class.array_state import ArrayState
from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.path import Here, Path
from streamssm.frontends.python_class.symbolic_values import Unusable, Value


def merged(context: TranslationContext, condition: int | None, then: Path, other: Path) -> Path:
    """Return the path that is ``then`` if the condition is 1, else ``other``."""
    arrays = _merged_arrays(context, condition, then.arrays, other.arrays)
    registers = _merged_values(context, condition, then.registers, other.registers)
    names = _merged_values(context, condition, then.names, other.names)
    return Path(registers, arrays, names, then.facts.common(other.facts))


def _merged_arrays(
    context: TranslationContext,
    condition: int | None,
    then: Mapping[str, ArrayState],
    other: Mapping[str, ArrayState],
) -> Mapping[str, ArrayState]:
    if then is other:
        return then
    return {
        name: array_state.merged(context.builder, condition, array, other[name])
        for name, array in then.items()
    }


def _merged_values(
    context: TranslationContext, condition: int | None, then: Mapping[str, Value], other: Mapping[str, Value]
) -> Mapping[str, Value]:
    if then is other:
        return then
    merged: dict[str, Value] = {}
    for name in (*then, *(name for name in other if name not in then)):
        if name in then and name in other:
            merged[name] = context.choose(condition, then[name], other[name])
        else:
            merged[name] = Unusable(
                f"'{name}' is set on some paths only: set it on every path before its use"
            )
    return merged


def rejoin(context: TranslationContext, condition: int | None, then: Path, other: Path, here: Here) -> None:
    """Merge the two paths of a conditional expression into ``here``, with the facts from before them."""
    here.path = replace(merged(context, condition, then, other), facts=here.path.facts)
