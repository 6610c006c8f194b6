"""Statements: each takes one path to an outcome."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from streamssm.errors import ParameterError
from streamssm.frontends.python_class.assignments import assign, bind, current, place_of
from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.control_flow import (
    Branch,
    Completion,
    Leaf,
    MergedExits,
    Outcome,
    chain,
    relabel,
    settle,
)
from streamssm.frontends.python_class.expressions import combined, test_of, value_of
from streamssm.frontends.python_class.path import RESULT, Here, Path
from streamssm.frontends.python_class.sequences import later_items_of, read
from streamssm.frontends.python_class.values import (
    UNKNOWN,
    Opaque,
    Unknown,
    Unusable,
    Value,
    kind_of,
)

ADVICE = {
    ast.While: "a loop must be `for ... in range(constant)`, not while",
    ast.Assert: "a bound must be assumed by ss.assume_in_range(value, lo, hi), not by assert",
    ast.Raise: "a method must not raise: clamp the value, "
    "or assume its range by ss.assume_in_range(value, lo, hi)",
    ast.Try: "a method must not use try",
    ast.With: "a method must not use with",
    ast.Import: "an import must stand outside the method",
    ast.ImportFrom: "an import must stand outside the method",
    ast.Global: "a method must keep its state in registers, not in globals",
    ast.Nonlocal: "a method must keep its state in registers, not in variables outside it",
    ast.Delete: "a method must not delete",
    ast.FunctionDef: "a function must not be defined inside the method",
    ast.AsyncFunctionDef: "a function must not be defined inside the method",
    ast.ClassDef: "a class must not be defined inside the method",
    ast.Match: "cases must be told apart by if and elif, not match",
}


def run(scene: TranslationContext, body: Sequence[ast.stmt], path: Path) -> Outcome:
    """Execute statements one after another."""
    parts: list[MergedExits] = []
    for statement in body:
        part = settle(scene, _run_one(scene, statement, path), (Completion.NEXT,), path)
        parts.append(part)
        if part.path is None:
            return chain(parts, None)
        path = part.path
    return chain(parts, Leaf(Completion.NEXT, path))


def _run_one(scene: TranslationContext, statement: ast.stmt, path: Path) -> Outcome:
    handler = _HANDLERS.get(type(statement))
    if handler is None:
        scene.reject(
            statement, ADVICE.get(type(statement), f"{type(statement).__name__} must not be used here")
        )
        return Leaf(Completion.NEXT, _forgetting(statement, path))
    try:
        return handler(scene, statement, path)
    except ParameterError as error:
        scene.reject(statement, str(error))
        return Leaf(Completion.NEXT, path)


def _forgetting(statement: ast.stmt, path: Path) -> Path:
    """Return the path where everything that a refused statement sets is unknown."""
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


def _assign(scene: TranslationContext, node: ast.Assign, path: Path) -> Outcome:
    here = Here(path)
    value = value_of(scene, node.value, here)
    for target in node.targets:
        bind(scene, target, value, here)
    return Leaf(Completion.NEXT, here.path)


def _annotated(scene: TranslationContext, node: ast.AnnAssign, path: Path) -> Outcome:
    here = Here(path)
    if node.value is not None:
        bind(scene, node.target, value_of(scene, node.value, here), here)
    return Leaf(Completion.NEXT, here.path)


def _augmented(scene: TranslationContext, node: ast.AugAssign, path: Path) -> Outcome:
    here = Here(path)
    place = place_of(scene, node.target, here)
    left = current(scene, node.target, place, here)
    value = combined(scene, node, (node.target, left), (node.value, value_of(scene, node.value, here)), here)
    assign(scene, node.target, place, value, here)
    return Leaf(Completion.NEXT, here.path)


# control


def _expression(scene: TranslationContext, node: ast.Expr, path: Path) -> Outcome:
    here = Here(path)
    if not isinstance(node.value, ast.Constant):  # a docstring or `...` does nothing
        value_of(scene, node.value, here)
    return Leaf(Completion.NEXT, here.path)


def _pass(scene: TranslationContext, node: ast.Pass, path: Path) -> Outcome:
    return Leaf(Completion.NEXT, path)


def _break(scene: TranslationContext, node: ast.Break, path: Path) -> Outcome:
    return Leaf(Completion.BREAK, path)


def _continue(scene: TranslationContext, node: ast.Continue, path: Path) -> Outcome:
    return Leaf(Completion.CONTINUE, path)


def _return(scene: TranslationContext, node: ast.Return, path: Path) -> Outcome:
    here = Here(path)
    value = scene.lift(None) if node.value is None else value_of(scene, node.value, here)
    if isinstance(value, Unusable):
        value = scene.reject(node, value.why)
    if scene.is_update and not isinstance(value, Unknown) and value != Opaque(None):
        scene.reject(node, f"{scene.method} must return nothing, not {kind_of(value)}")
    return Leaf(Completion.RETURN, here.path.with_name(RESULT, value))


def _if(scene: TranslationContext, node: ast.If, path: Path) -> Outcome:
    here = Here(path)
    condition = test_of(scene, node.test, here)
    path = here.path
    yes, no = scene.decide(condition, path)
    if not yes or not no:
        return run(scene, node.body if yes else node.orelse, scene.taking(condition, yes, path))
    then = run(scene, node.body, scene.taking(condition, True, path))
    other = run(scene, node.orelse, scene.taking(condition, False, path))
    return Branch(condition, then, other)


def _for(scene: TranslationContext, node: ast.For, path: Path) -> Outcome:
    here = Here(path)
    items = _items(scene, node, here)
    if items is None:
        return Leaf(Completion.NEXT, _forgetting(node, path))
    parts: list[MergedExits] = []
    for item in items:
        bind(scene, node.target, read(scene, item, here.path), here)
        before = here.path
        body = run(scene, node.body, before)
        part = settle(scene, body, (Completion.NEXT, Completion.CONTINUE), before)
        rest = part.rest and relabel(part.rest, Completion.BREAK, Completion.NEXT)
        parts.append(replace(part, rest=rest))
        if part.path is None:
            return chain(parts, None)
        here.path = part.path
    return chain(parts, run(scene, node.orelse, here.path))


def _items(scene: TranslationContext, node: ast.For, here: Here) -> Sequence[Value] | None:
    value = value_of(scene, node.iter, here)
    items = later_items_of(scene, value, here.path)
    if items is None and not isinstance(value, Unknown):
        message = f"a loop must go over range(constant), a tuple or an array, not {kind_of(value)}"
        scene.reject(node.iter, message)
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
