"""The source of a method: its file, and its syntax tree with the file's line numbers."""

from __future__ import annotations

import ast
import inspect
from dataclasses import dataclass
from types import FunctionType

from streamssm.errors import Reason, UnsupportedProgramError


@dataclass(frozen=True)
class Source:
    """A method as a function object and as its syntax tree."""

    file: str
    function: FunctionType
    tree: ast.FunctionDef


class NoSourceError(Exception):
    """A function's source cannot be read or translated; the text says why."""


def source_of(function: FunctionType) -> Source:
    """Return a function's source.

    Raises
    ------
    NoSourceError
        If there is none, because it was typed into an interpreter or compiled, or if it is not a function
        defined by ``def``.
    """
    file = function.__code__.co_filename
    try:
        lines, line = inspect.getsourcelines(function)
        tree = _parse("".join(lines), line)
    except (OSError, SyntaxError):
        name = function.__name__
        raise NoSourceError(f"cannot read the source of {name}: define it in a file") from None
    if not isinstance(tree, ast.FunctionDef):
        raise NoSourceError(f"{function.__name__} must be defined by 'def', not {type(tree).__name__}")
    return Source(file, function, tree)


def find_source(cls: type, method: str) -> Source:
    """Return the source of a method, which must not be decorated.

    Raises
    ------
    UnsupportedProgramError
        If its source cannot be read, or it is decorated.
    """
    function = inspect.unwrap(getattr(cls, method))
    if not isinstance(function, FunctionType):
        raise _unsupported(cls, "<unknown>", 0, f"{method} must be a plain method, not {function!r}")
    file, line = function.__code__.co_filename, function.__code__.co_firstlineno
    try:
        source = source_of(function)
    except NoSourceError as error:
        raise _unsupported(cls, file, line, str(error)) from None
    if source.tree.decorator_list:
        raise _unsupported(cls, file, line, f"{method} is decorated, which is not supported")
    return source


def _parse(text: str, line: int) -> ast.stmt:
    """Parse a definition that may be indented; a docstring inside may be indented less, so no dedent."""
    indented = text[:1].isspace()
    module = ast.parse(f"if True:\n{text}" if indented else text)
    ast.increment_lineno(module, line - 2 if indented else line - 1)
    block = module.body[0]
    return block.body[0] if indented and isinstance(block, ast.If) else block


def _unsupported(cls: type, file: str, line: int, message: str) -> UnsupportedProgramError:
    return UnsupportedProgramError(cls.__name__, (Reason(file, line, message),))
