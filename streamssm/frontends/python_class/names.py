"""Name resolution for methods: parameters and locals, then closures, module globals, builtins."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from types import FunctionType


@dataclass(frozen=True)
class Names:
    """A method's scopes.

    ``owner`` is the name of the class that defines the method, ``self_name`` the method's name for the
    instance (``self``); ``local`` are the names that it sets somewhere, parameters included.
    """

    instance: object
    owner: str
    self_name: str
    local: frozenset[str]
    outer: Mapping[str, object]

    def attribute(self, name: str) -> str:
        """Return an attribute's mangled name: private names are prefixed with the class's name."""
        private = name.startswith("__") and not name.endswith("__") and self.owner.isidentifier()
        return f"_{self.owner.lstrip('_')}{name}" if private else name

    def lookup(self, name: str) -> object:
        """Return the object that a nonlocal name refers to; LookupError if there is none."""
        if name in self.outer:
            return self.outer[name]
        return getattr(builtins, name) if hasattr(builtins, name) else _raise_lookup_error(name)


def names_of(instance: object, function: FunctionType, tree: ast.FunctionDef) -> Names:
    """Return the scopes of a method."""
    parameters = tuple(arg.arg for arg in (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs))
    stored = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store | ast.Del)
    }
    outer = {**function.__globals__, **_closure(function)}
    owner = function.__qualname__.split(".")[-2:-1]
    varargs = [tree.args.vararg.arg] if tree.args.vararg else []
    local = frozenset((*stored, *parameters, *varargs))
    return Names(instance, "".join(owner), "".join(parameters[:1]), local, outer)


def _closure(function: FunctionType) -> dict[str, object]:
    contents: dict[str, object] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            contents[name] = cell.cell_contents
        except ValueError:  # not set yet
            continue
    return contents


def _raise_lookup_error(name: str) -> object:
    raise LookupError(name)
