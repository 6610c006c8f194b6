"""Finding the source of a method: its file, its syntax tree with the file's line numbers."""

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


def find_source(cls: type, method: str) -> Source:
    """Return a method's source.

    Raises
    ------
    UnsupportedProgramError
        If there is none, because the class was typed into an interpreter or compiled, or if the method is
        no plain function.
    """
    function = inspect.unwrap(getattr(cls, method))
    if not isinstance(function, FunctionType):
        raise _unsupported(cls, "<unknown>", 0, f"{method} must be a plain method, not {function!r}")
    file, line = function.__code__.co_filename, function.__code__.co_firstlineno
    try:
        lines, line = inspect.getsourcelines(function)
        tree = _parse("".join(lines), line)
    except (OSError, SyntaxError):
        message = f"the source of {method} must be readable (put the class into a file), and it is not"
        raise _unsupported(cls, file, line, message) from None
    if not isinstance(tree, ast.FunctionDef) or tree.decorator_list:
        kind = "decorated" if isinstance(tree, ast.FunctionDef) else type(tree).__name__
        raise _unsupported(cls, file, line, f"{method} must be a plain method defined by 'def', not {kind}")
    return Source(file, function, tree)


def _parse(text: str, line: int) -> ast.stmt:
    """Parse a definition that may be indented; text inside it may be indented less (docstrings)."""
    indented = text[:1].isspace()
    module = ast.parse(f"if True:\n{text}" if indented else text)
    ast.increment_lineno(module, line - 2 if indented else line - 1)
    block = module.body[0]
    return block.body[0] if indented and isinstance(block, ast.If) else block


def _unsupported(cls: type, file: str, line: int, message: str) -> UnsupportedProgramError:
    return UnsupportedProgramError(cls.__name__, (Reason(file, line, message),))
