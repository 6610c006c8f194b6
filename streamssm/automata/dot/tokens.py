"""Lexer of DOT: text -> tokens with line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from streamssm.errors import FormatError

_PARTS = re.compile(
    r"""
    (?P<blank>\s+|//[^\n]*|/\*.*?\*/)
    |(?P<name>[A-Za-z_\x80-\U0010ffff][\w]*|-?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?))
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<sign>->|--|[{}\[\];,=:+])
    """,
    re.VERBOSE | re.DOTALL,
)
KEYWORDS = frozenset({"strict", "graph", "digraph", "node", "edge", "subgraph"})
SHOWN = 30  # longest quotation of the text in a message, in characters


class HtmlString(str):
    """The text between the angle brackets of an HTML string, markup included."""


@dataclass(frozen=True)
class Token:
    """A token; ``kind`` is "name", "string", "html", "sign" (such as ``->``) or "end"."""

    kind: str
    text: str
    line: int
    column: int

    @property
    def is_name(self) -> bool:
        """True if the token is an ID of the grammar: a name, string or HTML string, but not a keyword."""
        return self.kind in ("string", "html") or (self.kind == "name" and self.keyword is None)

    @property
    def keyword(self) -> str | None:
        """The keyword in lower case, or None."""
        word = self.text.lower()
        return word if self.kind == "name" and word in KEYWORDS else None

    def __str__(self) -> str:
        if self.kind == "end":
            return "the end of the text"
        return repr(self.text if len(self.text) <= SHOWN else self.text[:SHOWN] + "...")


def tokens_of(text: str, where: str) -> Iterator[Token]:
    """Yield the tokens of a text, then an "end" token.

    Strings lose their quotes; escaped quotes are unescaped, other escapes are kept.

    Raises
    ------
    FormatError
        At the first character that begins no token, with line and column.
    """
    position, line, line_start = 0, 1, 0
    while position < len(text):
        end, kind = _token_end(text, position)
        if kind is None:
            raise fault(where, line, position - line_start + 1, _complaint(text[position]))
        part = text[position:end]
        if kind != "blank":
            yield Token(kind, _value(kind, part), line, position - line_start + 1)
        if "\n" in part:
            line += part.count("\n")
            line_start = position + part.rindex("\n") + 1
        position = end
    yield Token("end", "", line, position - line_start + 1)


def fault(where: str, line: int, column: int, message: str) -> FormatError:
    """Return an error with a line and column of the text, both from 1."""
    return FormatError(f"{where}, line {line}, column {column}: {message}")


def _token_end(text: str, position: int) -> tuple[int, str | None]:
    """Return the end and the kind of the token at a position; kind None if there is no token."""
    match = _PARTS.match(text, position)
    if match is not None:
        return match.end(), match.lastgroup
    if text[position] == "#" and not text[text.rfind("\n", 0, position) + 1 : position].strip():
        return text.find("\n", position) % (len(text) + 1), "blank"
    if text[position] == "<":
        depth = 0
        for end in range(position, len(text)):
            depth += {"<": 1, ">": -1}.get(text[end], 0)
            if not depth:
                return end + 1, "html"
    return position, None


def _complaint(char: str) -> str:
    closing = {
        '"': 'the string is not closed by "',
        "<": "'<' is not closed by '>'",
        "/": "the comment is not closed",
    }
    return closing.get(char, f"expected a name, a string or a sign of DOT, found {char!r}")


def _value(kind: str, part: str) -> str:
    if kind == "html":
        return HtmlString(part[1:-1])
    return part[1:-1].replace("\\\n", "").replace('\\"', '"') if kind == "string" else part
