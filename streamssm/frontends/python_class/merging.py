"""Merging two paths into one, by selects over the condition that tells them apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from streamssm.frontends.python_class import array_state
from streamssm.frontends.python_class.array_state import ArrayState
from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.path import Here, Path
from streamssm.frontends.python_class.values import Unusable, Value


def merged(scene: TranslationContext, condition: int | None, then: Path, other: Path) -> Path:
    """Return the path that is ``then`` where the condition is 1, else ``other``."""
    arrays = _merged_arrays(scene, condition, then.arrays, other.arrays)
    registers = _merged_values(scene, condition, then.registers, other.registers)
    names = _merged_values(scene, condition, then.names, other.names)
    return Path(registers, arrays, names, then.facts.common(other.facts))


def _merged_arrays(
    scene: TranslationContext,
    condition: int | None,
    then: Mapping[str, ArrayState],
    other: Mapping[str, ArrayState],
) -> Mapping[str, ArrayState]:
    if then is other:
        return then
    return {
        name: array_state.merged(scene.builder, condition, array, other[name]) for name, array in then.items()
    }


def _merged_values(
    scene: TranslationContext, condition: int | None, then: Mapping[str, Value], other: Mapping[str, Value]
) -> Mapping[str, Value]:
    if then is other:
        return then
    merged: dict[str, Value] = {}
    for name in (*then, *(name for name in other if name not in then)):
        if name in then and name in other:
            merged[name] = scene.choose(condition, then[name], other[name])
        else:
            merged[name] = Unusable(f"'{name}' must be set on every path before it is used, not on some only")
    return merged


def rejoin(scene: TranslationContext, condition: int | None, then: Path, other: Path, here: Here) -> None:
    """Go on from two paths of an expression, of which one was taken, with the facts from before them."""
    here.path = replace(merged(scene, condition, then, other), facts=here.path.facts)
