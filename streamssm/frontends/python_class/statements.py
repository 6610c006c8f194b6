"""Statements: each takes one path to an outcome."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from streamssm.errors import ParameterError
from streamssm.frontends.python_class.expressions import test_of, value_of
from streamssm.frontends.python_class.operators import binary
from streamssm.frontends.python_class.outcomes import (
    RESULT,
    Branch,
    Exit,
    Leaf,
    Outcome,
    Settled,
    chain,
    relabel,
    settle,
)
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

ADVICE = {
    ast.While: "a loop must be `for ... in range(constant)`, not while",
    ast.Assert: "a bound must be assumed by ss.within(value, lo, hi), not by assert",
    ast.Raise: "a method must not raise: clamp the value, or assume its range by ss.within(value, lo, hi)",
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


def run(scene: Scene, body: Sequence[ast.stmt], path: Path) -> Outcome:
    """Execute statements one after another."""
    parts: list[Settled] = []
    for statement in body:
        part = settle(scene, _run_one(scene, statement, path), (Exit.NEXT,), path)
        parts.append(part)
        if part.path is None:
            return chain(parts, None)
        path = part.path
    return chain(parts, Leaf(Exit.NEXT, path))


def _run_one(scene: Scene, statement: ast.stmt, path: Path) -> Outcome:
    handler = _HANDLERS.get(type(statement))
    if handler is None:
        scene.reject(
            statement, ADVICE.get(type(statement), f"{type(statement).__name__} must not be used here")
        )
        return Leaf(Exit.NEXT, _forgetting(statement, path))
    try:
        return handler(scene, statement, path)
    except ParameterError as error:
        scene.reject(statement, str(error))
        return Leaf(Exit.NEXT, path)


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


def _assign(scene: Scene, node: ast.Assign, path: Path) -> Outcome:
    value = value_of(scene, node.value, path)
    for target in node.targets:
        path = _bind(scene, target, value, path)
    return Leaf(Exit.NEXT, path)


def _annotated(scene: Scene, node: ast.AnnAssign, path: Path) -> Outcome:
    if node.value is None:
        return Leaf(Exit.NEXT, path)
    return Leaf(Exit.NEXT, _bind(scene, node.target, value_of(scene, node.value, path), path))


def _augmented(scene: Scene, node: ast.AugAssign, path: Path) -> Outcome:
    current = ast.copy_location(_loaded(node.target), node.target)
    left = scene.word(node.target, value_of(scene, current, path))
    right = scene.word(node.value, value_of(scene, node.value, path))
    found = None if left is None or right is None else binary(scene, node, node.op, left, right, path)
    value = UNKNOWN if found is None else WordValue(found)
    return Leaf(Exit.NEXT, _bind(scene, node.target, value, path))


def _loaded(target: ast.expr) -> ast.expr:
    if isinstance(target, ast.Name):
        return ast.Name(target.id, ast.Load())
    if isinstance(target, ast.Attribute):
        return ast.copy_location(ast.Attribute(target.value, target.attr, ast.Load()), target)
    return target


def _bind(scene: Scene, target: ast.expr, value: Value, path: Path) -> Path:
    """Return the path after a value was assigned to a target."""
    if isinstance(target, ast.Name):
        return path.with_name(target.id, value)
    if isinstance(target, ast.Attribute):
        return _bind_attribute(scene, target, value, path)
    if isinstance(target, ast.Tuple | ast.List) and not any(isinstance(t, ast.Starred) for t in target.elts):
        return _bind_each(scene, target, value, path)
    scene.reject(target, f"{ast.unparse(target)} must not be assigned: only registers and local names are")
    return path


def _bind_each(scene: Scene, target: ast.Tuple | ast.List, value: Value, path: Path) -> Path:
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
        path = _bind(scene, part, item, path)
    return path


def _bind_attribute(scene: Scene, target: ast.Attribute, value: Value, path: Path) -> Path:
    owner, name = value_of(scene, target.value, path), scene.names.attribute(target.attr)
    text = ast.unparse(target)
    if not isinstance(owner, Itself) or name not in scene.registers:
        if not isinstance(owner, Unknown):
            scene.reject(target, f"{text} must be a register to be assigned, and it is not")
        return path
    if not scene.assigns:
        scene.reject(target, f"{text} must be assigned in update, not in {scene.method}")
        return path
    word = scene.word(target, value)
    if word is None:
        return path.with_register(name, UNKNOWN)
    allowed = scene.registers[name].range
    found = scene.bound(word, path, allowed)
    if found is not None and not allowed.covers(found):
        ways = f"clamp or wrap it, or write ss.within(value, {allowed.lo}, {allowed.hi})"
        scene.reject(target, f"{text} must stay in {allowed}, not reach {found}: {ways}")
        word = scene.builder.clamp(word, allowed)
    return path.with_register(name, WordValue(word))


# control


def _expression(scene: Scene, node: ast.Expr, path: Path) -> Outcome:
    if not isinstance(node.value, ast.Constant):  # a docstring or `...` does nothing
        value_of(scene, node.value, path)
    return Leaf(Exit.NEXT, path)


def _pass(scene: Scene, node: ast.Pass, path: Path) -> Outcome:
    return Leaf(Exit.NEXT, path)


def _break(scene: Scene, node: ast.Break, path: Path) -> Outcome:
    return Leaf(Exit.BREAK, path)


def _continue(scene: Scene, node: ast.Continue, path: Path) -> Outcome:
    return Leaf(Exit.CONTINUE, path)


def _return(scene: Scene, node: ast.Return, path: Path) -> Outcome:
    value = scene.lift(None) if node.value is None else value_of(scene, node.value, path)
    if isinstance(value, Unusable):
        value = scene.reject(node, value.why)
    if scene.assigns and not isinstance(value, Unknown) and value != Opaque(None):
        scene.reject(node, f"{scene.method} must return nothing, not {kind_of(value)}")
    return Leaf(Exit.RETURN, path.with_name(RESULT, value))


def _if(scene: Scene, node: ast.If, path: Path) -> Outcome:
    condition = test_of(scene, node.test, path)
    yes, no = scene.decide(condition, path)
    if not yes or not no:
        return run(scene, node.body if yes else node.orelse, scene.taking(condition, yes, path))
    then = run(scene, node.body, scene.taking(condition, True, path))
    other = run(scene, node.orelse, scene.taking(condition, False, path))
    return Branch(condition, then, other)


def _for(scene: Scene, node: ast.For, path: Path) -> Outcome:
    items = _items(scene, node, value_of(scene, node.iter, path))
    if items is None:
        return Leaf(Exit.NEXT, _forgetting(node, path))
    parts: list[Settled] = []
    for item in items:
        body = run(scene, node.body, _bind(scene, node.target, item, path))
        part = settle(scene, body, (Exit.NEXT, Exit.CONTINUE), path)
        rest = part.rest and relabel(part.rest, Exit.BREAK, Exit.NEXT)
        parts.append(replace(part, rest=rest))
        if part.path is None:
            return chain(parts, None)
        path = part.path
    return chain(parts, run(scene, node.orelse, path))


def _items(scene: Scene, node: ast.For, value: Value) -> Iterable[Value] | None:
    if isinstance(value, TupleValue):
        return value.items
    if isinstance(value, Opaque) and isinstance(value.value, range):
        return map(scene.lift, value.value)
    if not isinstance(value, Unknown):
        scene.reject(node.iter, f"a loop must go over range(constant) or a tuple, not {kind_of(value)}")
    return None


_HANDLERS: dict[type[ast.stmt], Callable[[Scene, Any, Path], Outcome]] = {
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
