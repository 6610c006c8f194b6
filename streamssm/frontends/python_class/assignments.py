"""Assignment targets: locals, registers, words of arrays, and tuples of these."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from streamssm.frontends.python_class.array_state import ArrayPort
from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.expressions import value_of
from streamssm.frontends.python_class.path import Here
from streamssm.frontends.python_class.subscripts import array_index, subscript
from streamssm.frontends.python_class.symbolic_values import (
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

Location = tuple[Value, Value] | None  # a subscript's sequence and index, evaluated; None for other targets


def location_of(context: TranslationContext, target: ast.expr, here: Here) -> Location:
    """Evaluate a subscript's sequence and index, once for reading and assigning; None for other targets."""
    if not isinstance(target, ast.Subscript) or isinstance(target.slice, ast.Slice):
        return None
    whole = value_of(context, target.value, here)
    return whole, value_of(context, target.slice, here)


def current(context: TranslationContext, target: ast.expr, location: Location, here: Here) -> Value:
    """Return a target's value before an augmented assignment."""
    if isinstance(target, ast.Subscript) and location is not None:
        return subscript(context, target, *location, here.path)
    if isinstance(target, ast.Name):
        return value_of(context, ast.copy_location(ast.Name(target.id, ast.Load()), target), here)
    if isinstance(target, ast.Attribute):
        loaded = ast.Attribute(target.value, target.attr, ast.Load())
        return value_of(context, ast.copy_location(loaded, target), here)
    return UNKNOWN


def bind(context: TranslationContext, target: ast.expr, value: Value, here: Here) -> None:
    """Assign a value to a target."""
    assign(context, target, location_of(context, target, here), value, here)


def assign(
    context: TranslationContext, target: ast.expr, location: Location, value: Value, here: Here
) -> None:
    """Assign a value to a target whose subscript was evaluated."""
    if isinstance(target, ast.Name):
        here.path = here.path.with_name(target.id, value)
    elif isinstance(target, ast.Attribute):
        _assign_attribute(context, target, value, here)
    elif isinstance(target, ast.Subscript) and location is not None:
        _assign_word(context, target, *location, value, here)
    elif isinstance(target, ast.Tuple | ast.List) and not any(
        isinstance(part, ast.Starred) for part in target.elts
    ):
        _assign_each(context, target, value, here)
    else:
        _refuse(context, target)


def _refuse(context: TranslationContext, target: ast.expr) -> None:
    text = ast.unparse(target)
    context.reject(target, f"cannot assign to {text}: only to registers, words of arrays and local names")


def _assign_each(context: TranslationContext, target: ast.Tuple | ast.List, value: Value, here: Here) -> None:
    items: Iterable[Value]
    if isinstance(value, TupleValue) and len(value.items) == len(target.elts):
        items = value.items
    else:
        items = [UNKNOWN] * len(target.elts)
        if not isinstance(value, Unknown):
            source = f"{len(value.items)} values" if isinstance(value, TupleValue) else kind_of(value)
            context.reject(target, f"cannot unpack {source} into {len(target.elts)} names")
    for part, item in zip(target.elts, items, strict=True):
        bind(context, part, item, here)


def _assign_attribute(context: TranslationContext, target: ast.Attribute, value: Value, here: Here) -> None:
    owner, name = value_of(context, target.value, here), context.names.attribute(target.attr)
    text = ast.unparse(target)
    if isinstance(owner, Itself) and name in here.path.arrays:
        context.reject(target, f"cannot assign to the array {text} as a whole: assign its words one by one")
    elif not isinstance(owner, Itself) or name not in context.registers:
        if not isinstance(owner, Unknown) and not context.reasons.has_reason_on_line(context.file, target):
            context.reject(
                target,
                f"cannot assign to {text}: it is not a register; declare it in __init__ to make it one",
            )
    elif _may_assign(context, target):
        word = context.word(target, value)
        if word is not None:
            word = _inside(context, target, word, context.registers[name].range, here)
        context.assigned(target, name)
        here.path = here.path.with_register(name, UNKNOWN if word is None else WordValue(word))


def _assign_word(
    context: TranslationContext, target: ast.Subscript, whole: Value, index: Value, value: Value, here: Here
) -> None:
    if not isinstance(whole, ArrayValue):
        if not isinstance(whole, Unknown):
            _refuse(context, target)
        return
    word = context.word(target, value)
    position = array_index(context, target, whole, index, here.path)
    if word is None or position is None or not _may_assign(context, target):
        return
    memory = here.path.arrays[whole.name]
    g = context.builder
    word = g.clamp(_inside(context, target, word, memory.word_range, here), memory.word_range)
    context.assigned(target, whole.name)
    here.path = here.path.with_array(whole.name, memory.stored(ArrayPort(g.const(1), position, word)))


def _may_assign(context: TranslationContext, target: ast.expr) -> bool:
    if not context.assigns:
        context.reject(target, f"cannot assign to {ast.unparse(target)} in output: assign it in update")
    return context.assigns


def _inside(context: TranslationContext, target: ast.expr, word: int, allowed: Range, here: Here) -> int:
    """Return the word if it fits the range on this path; else refuse it and return a clamped one."""
    reached = context.bound(word, here.path, allowed)
    if reached is None or allowed.covers(reached):
        return word
    rewrite = (
        "clamp or wrap it, or, if it can never leave this range, "
        f"write ss.assume_in_range(value, {allowed.lo}, {allowed.hi})"
    )
    context.reject(target, f"{ast.unparse(target)} must stay in {allowed}, not reach {reached}: {rewrite}")
    return context.builder.clamp(word, allowed)
