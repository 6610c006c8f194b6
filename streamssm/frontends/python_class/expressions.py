"""Symbolic evaluation of expressions: the value of each on a path, over the graph."""

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
from streamssm.frontends.python_class.comparison_operators import comparison
from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.inlining import Arguments
from streamssm.frontends.python_class.merging import rejoin
from streamssm.frontends.python_class.path import Here
from streamssm.frontends.python_class.sequences import lazy_items_of, read
from streamssm.frontends.python_class.symbolic_values import (
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
from streamssm.frontends.python_class.word_methods import WORD_METHODS
from streamssm.ir.ranges import BIT

DECLARING = frozenset({"tokens", "register", "array", "program"})
ADVICE = {
    ast.Lambda: "lambda is not supported: write a function with def outside the method",
    ast.SetComp: "set comprehensions are not supported: write a list comprehension or a loop",
    ast.DictComp: "dict comprehensions are not supported: write a list comprehension or a loop",
    ast.NamedExpr: "`:=` is not supported: assign in a statement of its own",
    ast.List: "lists are not supported: use a tuple",
    ast.Dict: "dicts are not supported: use a tuple",
    ast.Set: "sets are not supported: use a tuple",
    ast.JoinedStr: "strings are not supported: values must be ints",
    ast.Starred: "unpacking by * is not supported: write every element",
    ast.Yield: "yield is not supported: return the value",
    ast.YieldFrom: "yield is not supported: return the value",
    ast.Await: "await is not supported",
}


def value_of(context: TranslationContext, node: ast.expr, here: Here) -> Value:
    """Return an expression's value on a path; record a reason if it is not supported."""
    handler = _HANDLERS.get(type(node))
    if handler is None:
        return context.reject(node, ADVICE.get(type(node), f"{type(node).__name__} is not supported here"))
    try:
        return handler(context, node, here)
    except ParameterError as error:
        return context.reject(node, str(error))


def test_of(context: TranslationContext, node: ast.expr, here: Here) -> int | None:
    """Return the condition that an expression is true; None if it was refused."""
    if isinstance(node, ast.BoolOp):
        return _junction(context, node, here)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = test_of(context, node.operand, here)
        return None if inner is None else context.builder.not_(inner)
    return _truth(context, node, value_of(context, node, here))


def _truth(context: TranslationContext, node: ast.expr, value: Value) -> int | None:
    if isinstance(value, TupleValue):
        return context.builder.const(int(bool(value.items)))
    if isinstance(value, Opaque) and value.value is None:
        return context.builder.const(0)
    word = context.word(node, value)
    return None if word is None else context.builder.truth(word)


def _junction(context: TranslationContext, node: ast.BoolOp, here: Here) -> int | None:
    """Return the condition of an ``and``/``or`` in a test, with short-circuit evaluation.

    Each part is evaluated under the facts of the parts before it.
    """
    conjunction = isinstance(node.op, ast.And)
    combine = context.builder.bit_and if conjunction else context.builder.bit_or
    condition_so_far: int | None = context.builder.const(int(conjunction))
    for part in node.values:
        if not context.decide(condition_so_far, here.path)[0 if conjunction else 1]:
            break
        with _under(context, condition_so_far, conjunction, here) as inner:
            condition = test_of(context, part, inner)
        condition_so_far = (
            None if condition_so_far is None or condition is None else combine(condition_so_far, condition)
        )
    return condition_so_far


@contextmanager
def _under(context: TranslationContext, condition: int | None, truth: bool, here: Here) -> Iterator[Here]:
    """Evaluate something under a condition; its effects on registers apply only if the condition holds."""
    before = here.path
    inner = Here(context.branch(condition, truth, before))
    assumed = inner.path
    yield inner
    if inner.path is not assumed:
        then, other = (inner.path, before) if truth else (before, inner.path)
        rejoin(context, condition, then, other, here)


# leaves


def _constant(context: TranslationContext, node: ast.Constant, here: Here) -> Value:
    value = context.lift(node.value)
    if isinstance(value, Opaque) and value.value is not None:
        return context.reject(node, f"a constant must be an int, not {kind_of(value)}")
    return value


def _name(context: TranslationContext, node: ast.Name, here: Here) -> Value:
    names = context.names
    path = here.path
    if node.id == names.self_name and node.id not in path.names:
        return Itself()
    if node.id in names.local:
        value = path.names.get(node.id)
        if value is None:
            return context.reject(node, f"'{node.id}' is used before it is set")
        return context.reject(node, value.why) if isinstance(value, Unusable) else value
    try:
        return context.lift(names.lookup(node.id))
    except LookupError:
        return context.reject(node, f"unknown name '{node.id}'")


def _attribute(context: TranslationContext, node: ast.Attribute, here: Here) -> Value:
    owner = value_of(context, node.value, here)
    if isinstance(owner, Itself):
        return _own_attribute(context, node, here)
    if (
        isinstance(owner, Opaque)
        and isinstance(owner.value, ModuleType | type)
        and hasattr(owner.value, node.attr)
    ):
        return context.lift(getattr(owner.value, node.attr))
    if isinstance(owner, Unknown):
        return UNKNOWN
    if isinstance(owner, WordValue) and node.attr in WORD_METHODS:
        return BoundMethod(node.attr, owner)
    if isinstance(owner, Opaque) and isinstance(owner.value, list | dict | set):
        kind = type(owner.value).__name__
        return context.reject(
            node, f"cannot use {ast.unparse(node)}: keep state in registers or arrays, not in a {kind}"
        )
    return context.reject(node, f"{ast.unparse(node)} is neither a register nor a constant")


def _own_attribute(context: TranslationContext, node: ast.Attribute, here: Here) -> Value:
    name = context.names.attribute(node.attr)
    if name in DECLARING:
        return context.reject(
            node, f"{ast.unparse(node)} can be called only in __init__, not in {context.method}"
        )
    if name in here.path.registers:
        return here.path.registers[name]
    if name in here.path.arrays:
        return ArrayValue(name)
    value: Any = inspect.getattr_static(context.names.instance, name, None)
    known = value is not None or hasattr(context.names.instance, name)
    if not known or isinstance(value, property):
        message = (
            "is a property, which is not supported: make it a method"
            if known
            else "is neither a register nor a constant: set it in __init__"
        )
        return context.reject(node, f"{ast.unparse(node)} {message}")
    return _bound(context, value)


def _bound(context: TranslationContext, value: object) -> Value:
    """Return an attribute of the instance; a method is bound to its first argument."""
    if isinstance(value, FunctionType):
        return BoundMethod(value, Itself())
    if isinstance(value, classmethod) and isinstance(value.__func__, FunctionType):
        return BoundMethod(value.__func__, Opaque(type(context.names.instance)))
    return context.lift(value.__func__ if isinstance(value, staticmethod) else value)


# operations


def _tuple(context: TranslationContext, node: ast.Tuple, here: Here) -> Value:
    return TupleValue(tuple(value_of(context, item, here) for item in node.elts))


def _binary(context: TranslationContext, node: ast.BinOp, here: Here) -> Value:
    left = value_of(context, node.left, here)
    return combined(context, node, (node.left, left), (node.right, value_of(context, node.right, here)), here)


def combined(
    context: TranslationContext,
    node: ast.BinOp | ast.AugAssign,
    left: tuple[ast.expr, Value],
    right: tuple[ast.expr, Value],
    here: Here,
) -> Value:
    """Return ``left op right``: concatenation of tuples by +, or an operation on words."""
    if isinstance(node.op, ast.Add) and isinstance(left[1], TupleValue) and isinstance(right[1], TupleValue):
        return TupleValue(left[1].items + right[1].items)
    words = [context.word(*operand) for operand in (left, right)]
    if words[0] is None or words[1] is None:
        return UNKNOWN
    result = operators.binary(context, node, node.op, words[0], words[1], here.path)
    return UNKNOWN if result is None else WordValue(result)


def _unary(context: TranslationContext, node: ast.UnaryOp, here: Here) -> Value:
    if isinstance(node.op, ast.Not):
        condition = test_of(context, node, here)
        return UNKNOWN if condition is None else WordValue(condition)
    word = context.word(node.operand, value_of(context, node.operand, here))
    if word is None:
        return UNKNOWN
    if isinstance(node.op, ast.UAdd):
        return WordValue(word)
    negative = context.builder.neg(word)
    return WordValue(
        negative if isinstance(node.op, ast.USub) else context.builder.sub(negative, context.builder.const(1))
    )


def _boolean(context: TranslationContext, node: ast.BoolOp, here: Here) -> Value:
    """Return ``a and b``, which is b if a is true, else a; on bits that is a conjunction."""
    return _remaining_operands(context, node, value_of(context, node.values[0], here), 1, here)


def _remaining_operands(
    context: TranslationContext, node: ast.BoolOp, left: Value, position: int, here: Here
) -> Value:
    """Return the value of the operands from a position on; ``left`` is the value of the operand before it."""
    if position == len(node.values):
        return left
    conjunction = isinstance(node.op, ast.And)
    condition = _truth(context, node.values[position - 1], left)
    can = context.decide(condition, here.path)
    if not can[0 if conjunction else 1]:
        return left
    with _under(context, condition, conjunction, here) as inner:
        value = _remaining_operands(
            context, node, value_of(context, node.values[position], inner), position + 1, inner
        )
    if condition is None or isinstance(value, Unknown):
        return UNKNOWN
    return _joined(context, conjunction, condition, left, value) if can[1 if conjunction else 0] else value


def _joined(
    context: TranslationContext, conjunction: bool, condition: int, first: Value, second: Value
) -> Value:
    bits = [
        v.node
        for v in (first, second)
        if isinstance(v, WordValue) and BIT.covers(context.builder.range(v.node))
    ]
    if len(bits) == 2:
        return WordValue((context.builder.bit_and if conjunction else context.builder.bit_or)(*bits))
    return (
        context.choose(condition, second, first) if conjunction else context.choose(condition, first, second)
    )


def _compare(context: TranslationContext, node: ast.Compare, here: Here) -> Value:
    return _chain(context, node, value_of(context, node.left, here), 0, here)


def _chain(context: TranslationContext, node: ast.Compare, left: Value, position: int, here: Here) -> Value:
    """Return a chained comparison; each operand is evaluated once, under the comparisons before it."""
    right = value_of(context, node.comparators[position], here)
    condition = comparison(context, node, node.ops[position], left, right, here.path)
    if position + 1 == len(node.ops) or not context.decide(condition, here.path)[0]:
        return UNKNOWN if condition is None else WordValue(condition)
    with _under(context, condition, True, here) as inner:
        rest = _chain(context, node, right, position + 1, inner)
    if condition is None or not isinstance(rest, WordValue):
        return UNKNOWN
    return WordValue(context.builder.bit_and(condition, rest.node))


def _conditional(context: TranslationContext, node: ast.IfExp, here: Here) -> Value:
    condition = test_of(context, node.test, here)
    yes, no = context.decide(condition, here.path)
    if not yes or not no:
        here.path = context.branch(condition, yes, here.path)
        return value_of(context, node.body if yes else node.orelse, here)
    then, other = (Here(context.branch(condition, truth, here.path)) for truth in (True, False))
    assumed = (then.path, other.path)
    values = value_of(context, node.body, then), value_of(context, node.orelse, other)
    if then.path is not assumed[0] or other.path is not assumed[1]:
        rejoin(context, condition, then.path, other.path, here)
    return context.choose(condition, *values)


def _call(context: TranslationContext, node: ast.Call, here: Here) -> Value:
    function = value_of(context, node.func, here)
    taken = [arg for arg in node.args if not isinstance(arg, ast.Starred)]
    args = tuple(_argument(context, arg, function, here) for arg in taken)
    named = {word.arg: value_of(context, word.value, here) for word in node.keywords if word.arg}
    if isinstance(function, Unknown):
        return function
    return calls.call(context, node, function, Arguments(args, named), here)


def _argument(context: TranslationContext, node: ast.expr, function: Value, here: Here) -> Value:
    """Return an argument's value; generators are supported only for functions that consume them at once."""
    if isinstance(node, ast.GeneratorExp) and calls.is_eager(function):
        return _comprehension(context, node, here)
    return value_of(context, node, here)


def _generator(context: TranslationContext, node: ast.GeneratorExp, here: Here) -> Value:
    rule = f"a generator is supported only as {calls.EAGER_NAMES}"
    return context.reject(node, f"{rule}: write a list comprehension")


def _subscript(context: TranslationContext, node: ast.Subscript, here: Here) -> Value:
    if isinstance(node.slice, ast.Slice):
        return context.reject(node, "slices are not supported: index one element at a time")
    whole, index = value_of(context, node.value, here), value_of(context, node.slice, here)
    return subscripts.subscript(context, node, whole, index, here.path)


def _comprehension(context: TranslationContext, node: ast.ListComp | ast.GeneratorExp, here: Here) -> Value:
    """Return the tuple of a comprehension.

    Its length must be known at translation, which is why conditions (``if``) are refused.
    """
    inside = Here(here.path)
    values = tuple(_collected(context, node, 0, inside))
    if inside.path.registers is not here.path.registers or inside.path.arrays is not here.path.arrays:
        if isinstance(node, ast.GeneratorExp):
            return context.reject(
                node, "a generator cannot assign registers, as it may end early: write a list comprehension"
            )
        here.path = replace(inside.path, names=here.path.names)
    return UNKNOWN if any(isinstance(value, Unknown) for value in values) else TupleValue(values)


def _collected(
    context: TranslationContext, node: ast.ListComp | ast.GeneratorExp, depth: int, here: Here
) -> Iterator[Value]:
    if depth == len(node.generators):
        yield value_of(context, node.elt, here)
        return
    part = node.generators[depth]
    over = value_of(context, part.iter, here)
    items = lazy_items_of(context, over, here.path)
    if items is None or part.ifs or not isinstance(part.target, ast.Name):
        if not isinstance(over, Unknown):
            context.reject(
                node, "a comprehension must be `... for name in` a range, a tuple or an array, without `if`"
            )
        yield UNKNOWN
        return
    for item in items:
        here.path = here.path.with_name(part.target.id, read(context, item, here.path))
        yield from _collected(context, node, depth + 1, here)


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
