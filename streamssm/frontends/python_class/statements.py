"""Symbolic execution of statements: each maps a path to an outcome."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from streamssm.errors import ParameterError
from streamssm.frontends.python_class.assignments import assign, bind, current, location_of
from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.control_flow import (
    Branch,
    Completion,
    Leaf,
    MergedExits,
    Outcome,
    chain,
    relabel,
    split_off,
)
from streamssm.frontends.python_class.expressions import combined, test_of, value_of
from streamssm.frontends.python_class.path import RESULT, Here, Path
from streamssm.frontends.python_class.sequences import lazy_items_of, read
from streamssm.frontends.python_class.symbolic_values import (
    UNKNOWN,
    Opaque,
    Unknown,
    Unusable,
    Value,
    kind_of,
)

ADVICE = {
    ast.While: "while is not supported: write `for ... in range(constant)`, with break",
    ast.Assert: "assert is not supported: write ss.assume_in_range(value, lo, hi)",
    ast.Raise: "raise is not supported: clamp the value, or write ss.assume_in_range(value, lo, hi)",
    ast.Try: "try is not supported",
    ast.With: "with is not supported",
    ast.Import: "imports are not supported in a method: move them to the top of the file",
    ast.ImportFrom: "imports are not supported in a method: move them to the top of the file",
    ast.Global: "global is not supported: keep state in registers",
    ast.Nonlocal: "nonlocal is not supported: keep state in registers",
    ast.Delete: "del is not supported",
    ast.FunctionDef: "functions inside a method are not supported: define them outside",
    ast.AsyncFunctionDef: "functions inside a method are not supported: define them outside",
    ast.ClassDef: "classes inside a method are not supported: define them outside",
    ast.Match: "match is not supported: use if and elif",
}


def run(context: TranslationContext, body: Sequence[ast.stmt], path: Path) -> Outcome:
    """Execute consecutive statements."""
    parts: list[MergedExits] = []
    for statement in body:
        part = split_off(context, _run_one(context, statement, path), (Completion.NEXT,), path)
        parts.append(part)
        if part.path is None:
            return chain(parts, None)
        path = part.path
    return chain(parts, Leaf(Completion.NEXT, path))


def _run_one(context: TranslationContext, statement: ast.stmt, path: Path) -> Outcome:
    handler = _HANDLERS.get(type(statement))
    if handler is None:
        context.reject(
            statement, ADVICE.get(type(statement), f"{type(statement).__name__} is not supported here")
        )
        return Leaf(Completion.NEXT, _forgetting(statement, path))
    try:
        return handler(context, statement, path)
    except ParameterError as error:
        context.reject(statement, str(error))
        return Leaf(Completion.NEXT, path)


def _forgetting(statement: ast.stmt, path: Path) -> Path:
    """Return the path on which all names and registers that a refused statement sets are unknown."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            path = path.with_name(node.id, UNKNOWN)
        elif (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and node.attr in path.registers
        ):
            path = path.with_register(node.attr, UNKNOWN)
    return path


# assignments


def _assign(context: TranslationContext, node: ast.Assign, path: Path) -> Outcome:
    here = Here(path)
    value = value_of(context, node.value, here)
    for target in node.targets:
        bind(context, target, value, here)
    return Leaf(Completion.NEXT, here.path)


def _annotated(context: TranslationContext, node: ast.AnnAssign, path: Path) -> Outcome:
    here = Here(path)
    if node.value is not None:
        bind(context, node.target, value_of(context, node.value, here), here)
    return Leaf(Completion.NEXT, here.path)


def _augmented(context: TranslationContext, node: ast.AugAssign, path: Path) -> Outcome:
    here = Here(path)
    location = location_of(context, node.target, here)
    left = current(context, node.target, location, here)
    value = combined(
        context, node, (node.target, left), (node.value, value_of(context, node.value, here)), here
    )
    assign(context, node.target, location, value, here)
    return Leaf(Completion.NEXT, here.path)


# control


def _expression(context: TranslationContext, node: ast.Expr, path: Path) -> Outcome:
    here = Here(path)
    if not isinstance(node.value, ast.Constant):  # a docstring or `...` does nothing
        value_of(context, node.value, here)
    return Leaf(Completion.NEXT, here.path)


def _pass(context: TranslationContext, node: ast.Pass, path: Path) -> Outcome:
    return Leaf(Completion.NEXT, path)


def _break(context: TranslationContext, node: ast.Break, path: Path) -> Outcome:
    return Leaf(Completion.BREAK, path)


def _continue(context: TranslationContext, node: ast.Continue, path: Path) -> Outcome:
    return Leaf(Completion.CONTINUE, path)


def _return(context: TranslationContext, node: ast.Return, path: Path) -> Outcome:
    here = Here(path)
    value = context.lift(None) if node.value is None else value_of(context, node.value, here)
    if isinstance(value, Unusable):
        value = context.reject(node, value.why)
    if context.is_update and not isinstance(value, Unknown) and value != Opaque(None):
        context.reject(node, f"{context.method} must return nothing, not {kind_of(value)}")
    return Leaf(Completion.RETURN, here.path.with_name(RESULT, value))


def _if(context: TranslationContext, node: ast.If, path: Path) -> Outcome:
    here = Here(path)
    condition = test_of(context, node.test, here)
    path = here.path
    yes, no = context.decide(condition, path)
    if not yes or not no:
        return run(context, node.body if yes else node.orelse, context.branch(condition, yes, path))
    then = run(context, node.body, context.branch(condition, True, path))
    other = run(context, node.orelse, context.branch(condition, False, path))
    return Branch(condition, then, other)


def _for(context: TranslationContext, node: ast.For, path: Path) -> Outcome:
    here = Here(path)
    items = _items(context, node, here)
    if items is None:
        return Leaf(Completion.NEXT, _forgetting(node, path))
    parts: list[MergedExits] = []
    for item in items:
        bind(context, node.target, read(context, item, here.path), here)
        before = here.path
        body = run(context, node.body, before)
        part = split_off(context, body, (Completion.NEXT, Completion.CONTINUE), before)
        rest = part.rest and relabel(part.rest, Completion.BREAK, Completion.NEXT)
        parts.append(replace(part, rest=rest))
        if part.path is None:
            return chain(parts, None)
        here.path = part.path
    return chain(parts, run(context, node.orelse, here.path))


def _items(context: TranslationContext, node: ast.For, here: Here) -> Sequence[Value] | None:
    value = value_of(context, node.iter, here)
    items = lazy_items_of(context, value, here.path)
    if items is None and not isinstance(value, Unknown):
        message = f"a loop must go over range(constant), a tuple or an array, not {kind_of(value)}"
        context.reject(node.iter, message)
    return items


_HANDLERS: dict[type[ast.stmt], Callable[[TranslationContext, Any, Path], Outcome]] = {
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Expr: _expression,
    ast.Pass: _pass,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.Return: _return,
    ast.If: _if,
    ast.For: _for,
}
