"""Diagnostics: the reasons against a translation are collected and raised together."""

from __future__ import annotations

import ast

from streamssm.errors import Reason, UnsupportedProgramError


class Reasons:
    """Reasons by source location: one per expression or statement, however often an unrolled loop runs it."""

    def __init__(self) -> None:
        self._reasons: dict[tuple[str, int, int], Reason] = {}

    def add(self, file: str, node: ast.AST, message: str) -> None:
        line, column = getattr(node, "lineno", 0), getattr(node, "col_offset", 0)
        self._reasons.setdefault((file, line, column), Reason(file, line, message))

    def has_reason_on_line(self, file: str, node: ast.AST) -> bool:
        """Return whether a node's line has a reason already."""
        line = getattr(node, "lineno", 0)
        return any(location[:2] == (file, line) for location in self._reasons)

    def raise_any(self, name: str) -> None:
        """Raise UnsupportedProgramError with all reasons in source order, if there are any."""
        if self._reasons:
            raise UnsupportedProgramError(
                name, tuple(self._reasons[location] for location in sorted(self._reasons))
            )
