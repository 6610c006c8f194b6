"""Expressions: what each means on a path, as a value over the graph."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FunctionType, ModuleType
from typing import Any

from streamssm.errors import ParameterError
from streamssm.frontends.python_class import calls, operators, subscripts
from streamssm.frontends.python_class.bits import WORD_METHODS
from streamssm.frontends.python_class.comparisons import comparison
from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.inlining import Arguments
from streamssm.frontends.python_class.merging import rejoin
from streamssm.frontends.python_class.path import Here
from streamssm.frontends.python_class.sequences import later_items_of, read
from streamssm.frontends.python_class.values import (
    UNKNOWN,
    ArrayValue,
    BoundMethod,
    Itself,
    Opaque,
    TupleValue,
    Unknown,
    Unusable,
    Value,
    WordValue,
    kind_of,
)
from streamssm.ir.ranges import BIT

DECLARING = frozenset({"tokens", "register", "array", "program"})
ADVICE = {
    ast.Lambda: "a lambda must be written out as statements",
    ast.SetComp: "a comprehension must be a loop over range(constant)",
    ast.DictComp: "a comprehension must be a loop over range(constant)",
    ast.NamedExpr: "an assignment must be a statement, not part of an expression",
    ast.List: "a sequence must be a tuple, not a list",
    ast.Dict: "a sequence must be a tuple, not a dict",
    ast.Set: "a sequence must be a tuple, not a set",
    ast.JoinedStr: "a value must be an int, not a string",
    ast.Starred: "an argument must be given by itself, not by *",
    ast.Yield: "a method must return, not yield",
    ast.YieldFrom: "a method must return, not yield",
    ast.Await: "a method must not await",
}


def value_of(scene: TranslationContext, node: ast.expr, here: Here) -> Value:
    """Return an expression's value on a path; a reason is recorded where it has none."""
    handler = _HANDLERS.get(type(node))
    if handler is None:
        return scene.reject(node, ADVICE.get(type(node), f"{type(node).__name__} must not be used here"))
    try:
        return handler(scene, node, here)
    except ParameterError as error:
        return scene.reject(node, str(error))


def test_of(scene: TranslationContext, node: ast.expr, here: Here) -> int | None:
    """Return the condition that an expression is true; None if it was refused."""
    if isinstance(node, ast.BoolOp):
        return _junction(scene, node, here)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = test_of(scene, node.operand, here)
        return None if inner is None else scene.builder.not_(inner)
    return _truth(scene, node, value_of(scene, node, here))


def _truth(scene: TranslationContext, node: ast.expr, value: Value) -> int | None:
    if isinstance(value, TupleValue):
        return scene.builder.const(int(bool(value.items)))
    if isinstance(value, Opaque) and value.value is None:
        return scene.builder.const(0)
    word = scene.word(node, value)
    return None if word is None else scene.builder.truth(word)


def _junction(scene: TranslationContext, node: ast.BoolOp, here: Here) -> int | None:
    """``and``/``or`` in a test: each part is read under what the parts before it say."""
    conjunction = isinstance(node.op, ast.And)
    combine = scene.builder.bit_and if conjunction else scene.builder.bit_or
    found: int | None = scene.builder.const(int(conjunction))
    for part in node.values:
        if not scene.decide(found, here.path)[0 if conjunction else 1]:
            break
        with _only_where(scene, found, conjunction, here) as there:
            condition = test_of(scene, part, there)
        found = None if found is None or condition is None else combine(found, condition)
    return found


@contextmanager
def _only_where(scene: TranslationContext, condition: int | None, truth: bool, here: Here) -> Iterator[Here]:
    """Evaluate something where a condition is 1 or 0 only; what it does to registers counts there only."""
    before = here.path
    there = Here(scene.taking(condition, truth, before))
    assumed = there.path
    yield there
    if there.path is not assumed:
        then, other = (there.path, before) if truth else (before, there.path)
        rejoin(scene, condition, then, other, here)


# leaves


def _constant(scene: TranslationContext, node: ast.Constant, here: Here) -> Value:
    value = scene.lift(node.value)
    if isinstance(value, Opaque) and value.value is not None:
        return scene.reject(node, f"a constant must be an int, not {kind_of(value)}")
    return value


def _name(scene: TranslationContext, node: ast.Name, here: Here) -> Value:
    names = scene.names
    path = here.path
    if node.id == names.own and node.id not in path.names:
        return Itself()
    if node.id in names.local:
        found = path.names.get(node.id)
        if found is None:
            return scene.reject(node, f"'{node.id}' must be set before it is used")
        return scene.reject(node, found.why) if isinstance(found, Unusable) else found
    try:
        return scene.lift(names.find(node.id))
    except LookupError:
        return scene.reject(node, f"'{node.id}' must be a name that is known, and it is not")


def _attribute(scene: TranslationContext, node: ast.Attribute, here: Here) -> Value:
    owner = value_of(scene, node.value, here)
    if isinstance(owner, Itself):
        return _own_attribute(scene, node, here)
    if (
        isinstance(owner, Opaque)
        and isinstance(owner.value, ModuleType | type)
        and hasattr(owner.value, node.attr)
    ):
        return scene.lift(getattr(owner.value, node.attr))
    if isinstance(owner, Unknown):
        return UNKNOWN
    if isinstance(owner, WordValue) and node.attr in WORD_METHODS:
        return BoundMethod(node.attr, owner)
    if isinstance(owner, Opaque) and isinstance(owner.value, list | dict | set):
        kind = type(owner.value).__name__
        return scene.reject(
            node, f"{ast.unparse(node)} must not be used: memory must be registers, not a {kind}"
        )
    return scene.reject(node, f"{ast.unparse(node)} must be a register or a constant, and it is not")


def _own_attribute(scene: TranslationContext, node: ast.Attribute, here: Here) -> Value:
    name = scene.names.attribute(node.attr)
    if name in DECLARING:
        return scene.reject(node, f"{ast.unparse(node)} must be used in __init__, not in {scene.method}")
    if name in here.path.registers:
        return here.path.registers[name]
    if name in here.path.arrays:
        return ArrayValue(name)
    found: Any = inspect.getattr_static(scene.names.instance, name, None)
    known = found is not None or hasattr(scene.names.instance, name)
    if not known or isinstance(found, property):
        message = "must be a register or a constant that __init__ sets, and it is not"
        return scene.reject(node, f"{ast.unparse(node)} {message}")
    return _bound(scene, found)


def _bound(scene: TranslationContext, found: object) -> Value:
    """Return an attribute of the instance; a method comes with its first argument."""
    if isinstance(found, FunctionType):
        return BoundMethod(found, Itself())
    if isinstance(found, classmethod) and isinstance(found.__func__, FunctionType):
        return BoundMethod(found.__func__, Opaque(type(scene.names.instance)))
    return scene.lift(found.__func__ if isinstance(found, staticmethod) else found)


# operations


def _tuple(scene: TranslationContext, node: ast.Tuple, here: Here) -> Value:
    return TupleValue(tuple(value_of(scene, item, here) for item in node.elts))


def _binary(scene: TranslationContext, node: ast.BinOp, here: Here) -> Value:
    left = value_of(scene, node.left, here)
    return combined(scene, node, (node.left, left), (node.right, value_of(scene, node.right, here)), here)


def combined(
    scene: TranslationContext,
    node: ast.BinOp | ast.AugAssign,
    left: tuple[ast.expr, Value],
    right: tuple[ast.expr, Value],
    here: Here,
) -> Value:
    """Return ``left op right``: tuples are joined by +, words are computed with."""
    if isinstance(node.op, ast.Add) and isinstance(left[1], TupleValue) and isinstance(right[1], TupleValue):
        return TupleValue(left[1].items + right[1].items)
    words = [scene.word(*operand) for operand in (left, right)]
    if words[0] is None or words[1] is None:
        return UNKNOWN
    found = operators.binary(scene, node, node.op, words[0], words[1], here.path)
    return UNKNOWN if found is None else WordValue(found)


def _unary(scene: TranslationContext, node: ast.UnaryOp, here: Here) -> Value:
    if isinstance(node.op, ast.Not):
        condition = test_of(scene, node, here)
        return UNKNOWN if condition is None else WordValue(condition)
    word = scene.word(node.operand, value_of(scene, node.operand, here))
    if word is None:
        return UNKNOWN
    if isinstance(node.op, ast.UAdd):
        return WordValue(word)
    negative = scene.builder.neg(word)
    return WordValue(
        negative if isinstance(node.op, ast.USub) else scene.builder.sub(negative, scene.builder.const(1))
    )


def _boolean(scene: TranslationContext, node: ast.BoolOp, here: Here) -> Value:
    """``a and b`` is b where a is true, else a; on bits that is a conjunction."""
    return _rest(scene, node, value_of(scene, node.values[0], here), 1, here)


def _rest(scene: TranslationContext, node: ast.BoolOp, found: Value, place: int, here: Here) -> Value:
    """Return the value of the parts from a place on, where the part before them is known."""
    if place == len(node.values):
        return found
    conjunction = isinstance(node.op, ast.And)
    condition = _truth(scene, node.values[place - 1], found)
    can = scene.decide(condition, here.path)
    if not can[0 if conjunction else 1]:
        return found
    with _only_where(scene, condition, conjunction, here) as there:
        value = _rest(scene, node, value_of(scene, node.values[place], there), place + 1, there)
    if condition is None or isinstance(value, Unknown):
        return UNKNOWN
    return _joined(scene, conjunction, condition, found, value) if can[1 if conjunction else 0] else value


def _joined(
    scene: TranslationContext, conjunction: bool, condition: int, first: Value, second: Value
) -> Value:
    bits = [
        v.node
        for v in (first, second)
        if isinstance(v, WordValue) and BIT.covers(scene.builder.range(v.node))
    ]
    if len(bits) == 2:
        return WordValue((scene.builder.bit_and if conjunction else scene.builder.bit_or)(*bits))
    return scene.choose(condition, second, first) if conjunction else scene.choose(condition, first, second)


def _compare(scene: TranslationContext, node: ast.Compare, here: Here) -> Value:
    return _chain(scene, node, value_of(scene, node.left, here), 0, here)


def _chain(scene: TranslationContext, node: ast.Compare, left: Value, place: int, here: Here) -> Value:
    """A chain: each operand is read once, under what the comparisons before it say."""
    right = value_of(scene, node.comparators[place], here)
    found = comparison(scene, node, node.ops[place], left, right, here.path)
    if place + 1 == len(node.ops) or not scene.decide(found, here.path)[0]:
        return UNKNOWN if found is None else WordValue(found)
    with _only_where(scene, found, True, here) as there:
        rest = _chain(scene, node, right, place + 1, there)
    if found is None or not isinstance(rest, WordValue):
        return UNKNOWN
    return WordValue(scene.builder.bit_and(found, rest.node))


def _conditional(scene: TranslationContext, node: ast.IfExp, here: Here) -> Value:
    condition = test_of(scene, node.test, here)
    yes, no = scene.decide(condition, here.path)
    if not yes or not no:
        here.path = scene.taking(condition, yes, here.path)
        return value_of(scene, node.body if yes else node.orelse, here)
    then, other = (Here(scene.taking(condition, truth, here.path)) for truth in (True, False))
    assumed = (then.path, other.path)
    values = value_of(scene, node.body, then), value_of(scene, node.orelse, other)
    if then.path is not assumed[0] or other.path is not assumed[1]:
        rejoin(scene, condition, then.path, other.path, here)
    return scene.choose(condition, *values)


def _call(scene: TranslationContext, node: ast.Call, here: Here) -> Value:
    function = value_of(scene, node.func, here)
    taken = [arg for arg in node.args if not isinstance(arg, ast.Starred)]
    args = tuple(_argument(scene, arg, function, here) for arg in taken)
    named = {word.arg: value_of(scene, word.value, here) for word in node.keywords if word.arg}
    if isinstance(function, Unknown):
        return function
    return calls.call(scene, node, function, Arguments(args, named), here)


def _argument(scene: TranslationContext, node: ast.expr, function: Value, here: Here) -> Value:
    """A generator is read at once by a function that reads it to its end, and by no other."""
    if isinstance(node, ast.GeneratorExp) and calls.reads_at_once(function):
        return _comprehension(scene, node, here)
    return value_of(scene, node, here)


def _generator(scene: TranslationContext, node: ast.GeneratorExp, here: Here) -> Value:
    rule = f"a generator must be {calls.READ_AT_ONCE}"
    return scene.reject(node, f"{rule}; elsewhere write a list comprehension")


def _subscript(scene: TranslationContext, node: ast.Subscript, here: Here) -> Value:
    if isinstance(node.slice, ast.Slice):
        return scene.reject(node, "a sequence must be indexed by one int, not sliced")
    whole, index = value_of(scene, node.value, here), value_of(scene, node.slice, here)
    return subscripts.subscript(scene, node, whole, index, here.path)


def _comprehension(scene: TranslationContext, node: ast.ListComp | ast.GeneratorExp, here: Here) -> Value:
    """A tuple of as many values as the sequences have: conditions would make that a matter of the words."""
    inside = Here(here.path)
    values = tuple(_collected(scene, node, 0, inside))
    if inside.path.registers is not here.path.registers or inside.path.arrays is not here.path.arrays:
        if isinstance(node, ast.GeneratorExp):
            return scene.reject(
                node, "a generator must not assign registers, it may end early: write a list comprehension"
            )
        here.path = replace(inside.path, names=here.path.names)
    return UNKNOWN if any(isinstance(value, Unknown) for value in values) else TupleValue(values)


def _collected(
    scene: TranslationContext, node: ast.ListComp | ast.GeneratorExp, depth: int, here: Here
) -> Iterator[Value]:
    if depth == len(node.generators):
        yield value_of(scene, node.elt, here)
        return
    part = node.generators[depth]
    over = value_of(scene, part.iter, here)
    items = later_items_of(scene, over, here.path)
    if items is None or part.ifs or not isinstance(part.target, ast.Name):
        if not isinstance(over, Unknown):
            scene.reject(node, "a comprehension must be `... for name in` a range, a tuple or an array")
        yield UNKNOWN
        return
    for item in items:
        here.path = here.path.with_name(part.target.id, read(scene, item, here.path))
        yield from _collected(scene, node, depth + 1, here)


_HANDLERS: dict[type[ast.expr], Callable[[TranslationContext, Any, Here], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Tuple: _tuple,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.Call: _call,
    ast.Subscript: _subscript,
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _generator,
}
