"""What a name stands for that the method does not set itself: closures, module constants, builtins."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping
from dataclasses import dataclass
from types import FunctionType


@dataclass(frozen=True)
class Names:
    """A method's scopes.

    ``owner`` is the class that defines the method, ``own`` its name for the instance (``self``); ``local``
    are the names that it sets somewhere, parameters too.
    """

    instance: object
    owner: str
    own: str
    local: frozenset[str]
    outer: Mapping[str, object]

    def attribute(self, name: str) -> str:
        """Return what an attribute is called outside the class: private names carry the class's name."""
        private = name.startswith("__") and not name.endswith("__") and self.owner.isidentifier()
        return f"_{self.owner.lstrip('_')}{name}" if private else name

    def find(self, name: str) -> object:
        """Return the object that a name refers to outside the method; LookupError if there is none."""
        if name in self.outer:
            return self.outer[name]
        return getattr(builtins, name) if hasattr(builtins, name) else _no_such(name)


def names_of(instance: object, function: FunctionType, tree: ast.FunctionDef) -> Names:
    """Return the scopes of a method."""
    parameters = tuple(arg.arg for arg in (*tree.args.posonlyargs, *tree.args.args, *tree.args.kwonlyargs))
    stored = {
        n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store | ast.Del)
    }
    outer = {**function.__globals__, **_closure(function)}
    owner = function.__qualname__.split(".")[-2:-1]
    rest = [tree.args.vararg.arg] if tree.args.vararg else []
    local = frozenset((*stored, *parameters, *rest))
    return Names(instance, "".join(owner), "".join(parameters[:1]), local, outer)


def _closure(function: FunctionType) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not set yet
            continue
    return found


def _no_such(name: str) -> object:
    raise LookupError(name)
