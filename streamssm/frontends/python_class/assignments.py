"""Assignments: to locals, registers, words of arrays, and tuples of these."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from streamssm.frontends.python_class.array_state import ArrayPort
from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.expressions import value_of
from streamssm.frontends.python_class.path import Here
from streamssm.frontends.python_class.subscripts import array_place, subscript
from streamssm.frontends.python_class.values import (
    UNKNOWN,
    ArrayValue,
    Itself,
    TupleValue,
    Unknown,
    Value,
    WordValue,
    kind_of,
)
from streamssm.ir.ranges import Range

Place = tuple[Value, Value] | None  # what a subscript indexes, and its index


def place_of(scene: TranslationContext, target: ast.expr, here: Here) -> Place:
    """Evaluate what stands in a target's brackets, and before them; None if it has none."""
    if not isinstance(target, ast.Subscript) or isinstance(target.slice, ast.Slice):
        return None
    whole = value_of(scene, target.value, here)
    return whole, value_of(scene, target.slice, here)


def current(scene: TranslationContext, target: ast.expr, place: Place, here: Here) -> Value:
    """Return what a target holds before an augmented assignment."""
    if isinstance(target, ast.Subscript) and place is not None:
        return subscript(scene, target, *place, here.path)
    if isinstance(target, ast.Name):
        return value_of(scene, ast.copy_location(ast.Name(target.id, ast.Load()), target), here)
    if isinstance(target, ast.Attribute):
        loaded = ast.Attribute(target.value, target.attr, ast.Load())
        return value_of(scene, ast.copy_location(loaded, target), here)
    return UNKNOWN


def bind(scene: TranslationContext, target: ast.expr, value: Value, here: Here) -> None:
    """Assign a value to a target."""
    assign(scene, target, place_of(scene, target, here), value, here)


def assign(scene: TranslationContext, target: ast.expr, place: Place, value: Value, here: Here) -> None:
    """Assign a value to a target whose brackets were evaluated."""
    if isinstance(target, ast.Name):
        here.path = here.path.with_name(target.id, value)
    elif isinstance(target, ast.Attribute):
        _assign_attribute(scene, target, value, here)
    elif isinstance(target, ast.Subscript) and place is not None:
        _assign_word(scene, target, *place, value, here)
    elif isinstance(target, ast.Tuple | ast.List) and not any(
        isinstance(part, ast.Starred) for part in target.elts
    ):
        _assign_each(scene, target, value, here)
    else:
        _refuse(scene, target)


def _refuse(scene: TranslationContext, target: ast.expr) -> None:
    known = "only registers, words of arrays and local names are"
    scene.reject(target, f"{ast.unparse(target)} must not be assigned: {known}")


def _assign_each(scene: TranslationContext, target: ast.Tuple | ast.List, value: Value, here: Here) -> None:
    items: Iterable[Value]
    if isinstance(value, TupleValue) and len(value.items) == len(target.elts):
        items = value.items
    else:
        items = [UNKNOWN] * len(target.elts)
        if not isinstance(value, Unknown):
            found = f"{len(value.items)} values" if isinstance(value, TupleValue) else kind_of(value)
            scene.reject(
                target, f"{len(target.elts)} names must be assigned from as many values, not from {found}"
            )
    for part, item in zip(target.elts, items, strict=True):
        bind(scene, part, item, here)


def _assign_attribute(scene: TranslationContext, target: ast.Attribute, value: Value, here: Here) -> None:
    owner, name = value_of(scene, target.value, here), scene.names.attribute(target.attr)
    text = ast.unparse(target)
    if isinstance(owner, Itself) and name in here.path.arrays:
        scene.reject(target, f"{text} must be assigned word by word, not as a whole")
    elif not isinstance(owner, Itself) or name not in scene.registers:
        if not isinstance(owner, Unknown) and not scene.reasons.concern(scene.file, target):
            scene.reject(target, f"{text} must be a register to be assigned, and it is not")
    elif _may_assign(scene, target):
        word = scene.word(target, value)
        if word is not None:
            word = _inside(scene, target, word, scene.registers[name].range, here)
        scene.assigned(target, name)
        here.path = here.path.with_register(name, UNKNOWN if word is None else WordValue(word))


def _assign_word(
    scene: TranslationContext, target: ast.Subscript, whole: Value, index: Value, value: Value, here: Here
) -> None:
    if not isinstance(whole, ArrayValue):
        if not isinstance(whole, Unknown):
            _refuse(scene, target)
        return
    word = scene.word(target, value)
    place = array_place(scene, target, whole, index, here.path)
    if word is None or place is None or not _may_assign(scene, target):
        return
    memory = here.path.arrays[whole.name]
    g = scene.builder
    word = g.clamp(_inside(scene, target, word, memory.values, here), memory.values)
    scene.assigned(target, whole.name)
    here.path = here.path.with_array(whole.name, memory.stored(ArrayPort(g.const(1), place, word)))


def _may_assign(scene: TranslationContext, target: ast.expr) -> bool:
    if not scene.assigns:
        scene.reject(target, f"{ast.unparse(target)} must be assigned in update, not in output")
    return scene.assigns


def _inside(scene: TranslationContext, target: ast.expr, word: int, allowed: Range, here: Here) -> int:
    """Return a word that may be assigned, or a clamped one if it was refused."""
    found = scene.bound(word, here.path, allowed)
    if found is None or allowed.covers(found):
        return word
    ways = (
        f"clamp or wrap it, or, if it never does, write ss.assume_in_range(value, {allowed.lo}, {allowed.hi})"
    )
    scene.reject(target, f"{ast.unparse(target)} must stay in {allowed}, not reach {found}: {ways}")
    return scene.builder.clamp(word, allowed)
