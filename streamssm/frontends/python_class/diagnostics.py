"""Collecting everything that stands in the way of a translation, to be raised once."""

from __future__ import annotations

import ast

from streamssm.errors import Reason, UnsupportedProgramError


class Reasons:
    """Reasons by their place: one per expression or statement, however often a loop runs it."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, int, int], Reason] = {}

    def add(self, file: str, node: ast.AST, message: str) -> None:
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
        self._found.setdefault((file, line, column), Reason(file, line, message))

    def concern(self, file: str, node: ast.AST) -> bool:
        """Return whether there is a reason on a node's line already."""
        line = getattr(node, "lineno", 0)
        return any(place[:2] == (file, line) for place in self._found)

    def raise_any(self, name: str) -> None:
        """Raise the reasons, in the order of the source, if there are any."""
        if self._found:
            raise UnsupportedProgramError(name, tuple(self._found[place] for place in sorted(self._found)))
