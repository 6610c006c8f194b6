"""Calls of methods and functions that the user wrote: their statements are executed in place."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import FunctionType

from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.names import Names, names_of
from streamssm.frontends.python_class.path import RESULT, Here
from streamssm.frontends.python_class.source import NoSourceError, Source, source_of
from streamssm.frontends.python_class.values import UNKNOWN, Opaque, TupleValue, Unusable, Value


@dataclass(frozen=True)
class Arguments:
    """Arguments by position and by name."""

    plain: tuple[Value, ...]
    named: Mapping[str, Value]


def inlined(
    scene: TranslationContext, node: ast.Call, function: FunctionType, args: Arguments, here: Here
) -> Value:
    """Execute a function in a scope of its own; return what it returns."""
    function = inspect.unwrap(function)
    if function in scene.running:
        cycle = (*scene.running[scene.running.index(function) :], function)
        calls = " -> ".join(each.__name__ for each in cycle)
        return scene.reject(node, f"recursion must be a loop over range(constant), not {calls}")
    try:
        source, names_inside = _opened(scene, function)
        given = _bound(function, args, scene)
    except (NoSourceError, TypeError) as error:
        return scene.reject(node, f"{ast.unparse(node.func)} must be a call that can be translated: {error}")
    inside = replace(scene, source=source, names=names_inside, running=(*scene.running, function))
    before = here.path
    end = scene.execute(inside, source.tree.body, replace(before, names=given))
    if end is None:
        return UNKNOWN
    if end.registers is not before.registers or end.arrays is not before.arrays:
        here.path = replace(end, names=before.names)
    found = end.names.get(RESULT)
    if isinstance(found, Unusable):
        return Unusable(f"{function.__name__} must return one kind of value on every path")
    return Opaque(None) if found is None else found


def _opened(scene: TranslationContext, function: FunctionType) -> tuple[Source, Names]:
    """Return a function's source and scopes, which are looked up once."""
    if function not in scene.opened:
        source = source_of(function)
        if any(not _is_static(decorator) for decorator in source.tree.decorator_list):
            raise NoSourceError(f"{function.__name__} must not be decorated")
        names = names_of(scene.names.instance, function, source.tree)
        scene.opened[function] = source, replace(names, own="")
    return scene.opened[function]


def _is_static(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Name) and decorator.id in ("staticmethod", "classmethod")


def _bound(function: FunctionType, args: Arguments, scene: TranslationContext) -> dict[str, Value]:
    """Return the values of a function's parameters; TypeError if the arguments do not fit."""
    signature = inspect.signature(function)
    found = signature.bind(*args.plain, **args.named).arguments
    names: dict[str, Value] = {}
    for name, parameter in signature.parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            raise TypeError("its parameters must be named one by one, not by **")
        if parameter.kind is parameter.VAR_POSITIONAL:
            names[name] = TupleValue(tuple(found.get(name, ())))
        else:
            names[name] = found[name] if name in found else scene.lift(parameter.default)
    return names
