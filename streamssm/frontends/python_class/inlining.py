"""Inlining: the statements of called methods and functions of the user are executed at the call."""

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
from streamssm.frontends.python_class.symbolic_values import UNKNOWN, Opaque, TupleValue, Unusable, Value


@dataclass(frozen=True)
class Arguments:
    """Arguments by position and by name."""

    plain: tuple[Value, ...]
    named: Mapping[str, Value]


def inlined(
    context: TranslationContext, node: ast.Call, function: FunctionType, args: Arguments, here: Here
) -> Value:
    """Execute a function in its own scope; return its result."""
    function = inspect.unwrap(function)
    if function in context.running:
        cycle = (*context.running[context.running.index(function) :], function)
        calls = " -> ".join(each.__name__ for each in cycle)
        return context.reject(
            node, f"recursion is not supported ({calls}): write a loop over range(constant)"
        )
    try:
        source, names_inside = _source_and_names(context, function)
        given = _parameters(function, args, context)
    except (NoSourceError, TypeError) as error:
        return context.reject(node, f"cannot translate the call of {ast.unparse(node.func)}: {error}")
    inside = replace(context, source=source, names=names_inside, running=(*context.running, function))
    before = here.path
    end = context.execute(inside, source.tree.body, replace(before, names=given))
    if end is None:
        return UNKNOWN
    if end.registers is not before.registers or end.arrays is not before.arrays:
        here.path = replace(end, names=before.names)
    result = end.names.get(RESULT)
    if isinstance(result, Unusable):
        return Unusable(f"{function.__name__} must return one kind of value on every path")
    return Opaque(None) if result is None else result


def _source_and_names(context: TranslationContext, function: FunctionType) -> tuple[Source, Names]:
    """Return a function's source and scopes, cached."""
    if function not in context.sources:
        source = source_of(function)
        if any(not _is_static(decorator) for decorator in source.tree.decorator_list):
            raise NoSourceError(f"{function.__name__} is decorated, which is not supported")
        names = names_of(context.names.instance, function, source.tree)
        context.sources[function] = source, replace(names, self_name="")
    return context.sources[function]


def _is_static(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Name) and decorator.id in ("staticmethod", "classmethod")


def _parameters(function: FunctionType, args: Arguments, context: TranslationContext) -> dict[str, Value]:
    """Return the values of a function's parameters; TypeError if the arguments do not fit."""
    signature = inspect.signature(function)
    arguments = signature.bind(*args.plain, **args.named).arguments
    names: dict[str, Value] = {}
    for name, parameter in signature.parameters.items():
        if parameter.kind is parameter.VAR_KEYWORD:
            raise TypeError(f"its parameter **{name} is not supported; name the parameters one by one")
        if parameter.kind is parameter.VAR_POSITIONAL:
            names[name] = TupleValue(tuple(arguments.get(name, ())))
        else:
            names[name] = arguments[name] if name in arguments else context.lift(parameter.default)
    return names
