"""Expressions: what each means on a path, as a value over the graph."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from types import ModuleType
from typing import Any

from streamssm.errors import ParameterError
from streamssm.frontends.python_class import calls, operators, subscripts
from streamssm.frontends.python_class.path import Path
from streamssm.frontends.python_class.scene import Scene
from streamssm.frontends.python_class.values import (
    UNKNOWN,
    Itself,
    Opaque,
    TupleValue,
    Unknown,
    Unusable,
    Value,
    WordValue,
    kind_of,
)
from streamssm.program.ranges import BIT

ADVICE = {
    ast.Lambda: "a lambda must be written out as statements",
    ast.ListComp: "a comprehension must be a loop over range(constant)",
    ast.SetComp: "a comprehension must be a loop over range(constant)",
    ast.DictComp: "a comprehension must be a loop over range(constant)",
    ast.GeneratorExp: "a comprehension must be a loop over range(constant)",
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


def value_of(scene: Scene, node: ast.expr, path: Path) -> Value:
    """Return an expression's value on a path; a reason is recorded where it has none."""
    handler = _HANDLERS.get(type(node))
    if handler is None:
        return scene.reject(node, ADVICE.get(type(node), f"{type(node).__name__} must not be used here"))
    try:
        return handler(scene, node, path)
    except ParameterError as error:
        return scene.reject(node, str(error))


def test_of(scene: Scene, node: ast.expr, path: Path) -> int | None:
    """Return the condition that an expression is true; None if it was refused."""
    if isinstance(node, ast.BoolOp):
        return _junction(scene, node, path)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = test_of(scene, node.operand, path)
        return None if inner is None else scene.builder.not_(inner)
    return _truth(scene, node, value_of(scene, node, path))


def _truth(scene: Scene, node: ast.expr, value: Value) -> int | None:
    if isinstance(value, TupleValue):
        return scene.builder.const(int(bool(value.items)))
    if isinstance(value, Opaque) and value.value is None:
        return scene.builder.const(0)
    word = scene.word(node, value)
    return None if word is None else scene.builder.truth(word)


def _junction(scene: Scene, node: ast.BoolOp, path: Path) -> int | None:
    """``and``/``or`` in a test: each part is read under what the parts before it say."""
    conjunction = isinstance(node.op, ast.And)
    combine = scene.builder.bit_and if conjunction else scene.builder.bit_or
    found: int | None = scene.builder.const(int(conjunction))
    for part in node.values:
        goes_on = scene.decide(found, path)[0 if conjunction else 1]
        if not goes_on:
            break
        condition = test_of(scene, part, scene.taking(found, conjunction, path))
        found = None if found is None or condition is None else combine(found, condition)
    return found


# leaves


def _constant(scene: Scene, node: ast.Constant, path: Path) -> Value:
    value = scene.lift(node.value)
    if isinstance(value, Opaque) and value.value is not None:
        return scene.reject(node, f"a constant must be an int, not {kind_of(value)}")
    return value


def _name(scene: Scene, node: ast.Name, path: Path) -> Value:
    names = scene.names
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


def _attribute(scene: Scene, node: ast.Attribute, path: Path) -> Value:
    owner = value_of(scene, node.value, path)
    if isinstance(owner, Itself):
        return _own_attribute(scene, node, path)
    if (
        isinstance(owner, Opaque)
        and isinstance(owner.value, ModuleType | type)
        and hasattr(owner.value, node.attr)
    ):
        return scene.lift(getattr(owner.value, node.attr))
    if isinstance(owner, Unknown):
        return UNKNOWN
    return scene.reject(node, f"{ast.unparse(node)} must be a register or a constant, and it is not")


def _own_attribute(scene: Scene, node: ast.Attribute, path: Path) -> Value:
    name = scene.names.attribute(node.attr)
    if name in path.registers:
        return path.registers[name]
    found: Any = inspect.getattr_static(scene.names.instance, name, None)
    known = found is not None or hasattr(scene.names.instance, name)
    if not known or isinstance(found, property):
        message = "must be a register or a constant that __init__ sets, and it is not"
        return scene.reject(node, f"{ast.unparse(node)} {message}")
    return scene.lift(found)


# operations


def _tuple(scene: Scene, node: ast.Tuple, path: Path) -> Value:
    return TupleValue(tuple(value_of(scene, item, path) for item in node.elts))


def _binary(scene: Scene, node: ast.BinOp, path: Path) -> Value:
    left = scene.word(node.left, value_of(scene, node.left, path))
    right = scene.word(node.right, value_of(scene, node.right, path))
    if left is None or right is None:
        return UNKNOWN
    found = operators.binary(scene, node, node.op, left, right, path)
    return UNKNOWN if found is None else WordValue(found)


def _unary(scene: Scene, node: ast.UnaryOp, path: Path) -> Value:
    if isinstance(node.op, ast.Not):
        condition = test_of(scene, node, path)
        return UNKNOWN if condition is None else WordValue(condition)
    word = scene.word(node.operand, value_of(scene, node.operand, path))
    if word is None:
        return UNKNOWN
    if isinstance(node.op, ast.UAdd):
        return WordValue(word)
    negative = scene.builder.neg(word)
    return WordValue(
        negative if isinstance(node.op, ast.USub) else scene.builder.sub(negative, scene.builder.const(1))
    )


def _boolean(scene: Scene, node: ast.BoolOp, path: Path) -> Value:
    """``a and b`` is b where a is true, else a; on bits that is a conjunction."""
    conjunction = isinstance(node.op, ast.And)
    found = value_of(scene, node.values[0], path)
    for before, part in zip(node.values, node.values[1:], strict=False):
        condition = _truth(scene, before, found)
        can = scene.decide(condition, path)
        if not can[0 if conjunction else 1]:
            break
        path = scene.taking(condition, conjunction, path)
        value = value_of(scene, part, path)
        if condition is None or isinstance(value, Unknown):
            found = UNKNOWN
        elif not can[1 if conjunction else 0]:
            found = value
        else:
            found = _joined(scene, conjunction, condition, found, value)
    return found


def _joined(scene: Scene, conjunction: bool, condition: int, first: Value, second: Value) -> Value:
    bits = [
        v.node
        for v in (first, second)
        if isinstance(v, WordValue) and BIT.covers(scene.builder.range(v.node))
    ]
    if len(bits) == 2:
        return WordValue((scene.builder.bit_and if conjunction else scene.builder.bit_or)(*bits))
    return scene.choose(condition, second, first) if conjunction else scene.choose(condition, first, second)


def _compare(scene: Scene, node: ast.Compare, path: Path) -> Value:
    """A chain: each operand is read once, under what the comparisons before it say."""
    left = value_of(scene, node.left, path)
    found: int | None = scene.builder.const(1)
    for op, operand in zip(node.ops, node.comparators, strict=True):
        if not scene.decide(found, path)[0]:
            break
        path = scene.taking(found, True, path)
        right = value_of(scene, operand, path)
        condition = _comparison(scene, node, op, left, right)
        found = None if found is None or condition is None else scene.builder.bit_and(found, condition)
        left = right
    return UNKNOWN if found is None else WordValue(found)


def _comparison(scene: Scene, node: ast.Compare, op: ast.cmpop, left: Value, right: Value) -> int | None:
    if isinstance(op, ast.Is | ast.IsNot):
        return _identity(scene, node, left, right, isinstance(op, ast.Is))
    if isinstance(op, ast.In | ast.NotIn):
        found = _membership(scene, node, left, right)
        return scene.builder.not_(found) if found is not None and isinstance(op, ast.NotIn) else found
    nodes = scene.words(node, (left, right))
    return None if nodes is None else operators.COMPARISONS[type(op)](scene.builder, *nodes)


def _identity(scene: Scene, node: ast.Compare, left: Value, right: Value, same: bool) -> int | None:
    nones = [isinstance(v, Opaque) and v.value is None for v in (left, right)]
    if any(isinstance(v, Unknown | Unusable) for v in (left, right)) or not any(nones):
        scene.words(node, (left, right))
        scene.reject(node, "`is` must compare with None; ints are compared by ==")
        return None
    return scene.builder.const(int(all(nones) == same))


def _membership(scene: Scene, node: ast.Compare, left: Value, right: Value) -> int | None:
    word = scene.word(node, left)
    g = scene.builder
    if isinstance(right, Opaque) and isinstance(right.value, range):
        right = scene.lift(tuple(right.value))
    if not isinstance(right, TupleValue):
        if not isinstance(right, Unknown):
            scene.reject(node, f"`in` must be followed by a tuple or a range, not {kind_of(right)}")
        return None
    members = scene.words(node, right.items)
    if word is None or members is None:
        return None
    found = g.const(0)
    for member in members:
        found = g.bit_or(found, g.eq(word, member))
    return found


def _conditional(scene: Scene, node: ast.IfExp, path: Path) -> Value:
    condition = test_of(scene, node.test, path)
    yes, no = scene.decide(condition, path)
    if not yes or not no:
        return value_of(scene, node.body if yes else node.orelse, scene.taking(condition, yes, path))
    then = value_of(scene, node.body, scene.taking(condition, True, path))
    other = value_of(scene, node.orelse, scene.taking(condition, False, path))
    return scene.choose(condition, then, other)


def _call(scene: Scene, node: ast.Call, path: Path) -> Value:
    function = value_of(scene, node.func, path)
    plain = tuple(value_of(scene, arg, path) for arg in node.args if not isinstance(arg, ast.Starred))
    return function if isinstance(function, Unknown) else calls.call(scene, node, function, plain, path)


def _subscript(scene: Scene, node: ast.Subscript, path: Path) -> Value:
    if isinstance(node.slice, ast.Slice):
        return scene.reject(node, "a tuple must be indexed by one int, not sliced")
    whole, index = value_of(scene, node.value, path), value_of(scene, node.slice, path)
    return subscripts.subscript(scene, node, whole, index, path)


_HANDLERS: dict[type[ast.expr], Callable[[Scene, Any, Path], Value]] = {
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
}
