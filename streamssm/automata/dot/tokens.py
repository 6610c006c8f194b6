"""Text in Graphviz's language -> tokens with their places."""

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
SHOWN = 30  # characters of the text that a message repeats at most


@dataclass(frozen=True)
class Token:
    """A word, or a sign such as ``->``; ``kind`` is "name", "string", "html", "sign" or "end"."""

    kind: str
    text: str
    line: int
    column: int

    @property
    def is_name(self) -> bool:
        """Whether it can name something: a string may, a keyword may not."""
        return self.kind in ("string", "html") or (self.kind == "name" and self.keyword is None)

    @property
    def keyword(self) -> str | None:
        """The keyword that it is, if it is one."""
        word = self.text.lower()
        return word if self.kind == "name" and word in KEYWORDS else None

    def __str__(self) -> str:
        if self.kind == "end":
            return "the end"
        return repr(self.text if len(self.text) <= SHOWN else self.text[:SHOWN] + "...")


def tokens_of(text: str, where: str) -> Iterator[Token]:
    """Yield the tokens of a text, and one that is its end.

    Strings are without their quotes; a quote in them is a quote, and other escapes are left as they are.

    Raises
    ------
    FormatError
        At what is no token; line and column are named.
    """
    place, line, start = 0, 1, 0
    while place < len(text):
        end, kind = _token_end(text, place)
        if kind is None:
            raise fault(where, line, place - start + 1, _complaint(text[place]))
        part = text[place:end]
        if kind != "blank":
            yield Token(kind, _value(kind, part), line, place - start + 1)
        if "\n" in part:
            line += part.count("\n")
            start = place + part.rindex("\n") + 1
        place = end
    yield Token("end", "", line, place - start + 1)


def fault(where: str, line: int, column: int, message: str) -> FormatError:
    """Return the error that names a place of a text by its line and column, from 1."""
    return FormatError(f"{where}, line {line}, column {column}: {message}")


def _token_end(text: str, place: int) -> tuple[int, str | None]:
    """Return where the token at a place ends, and its kind; None if there is none."""
    found = _PARTS.match(text, place)
    if found is not None:
        return found.end(), found.lastgroup
    if text[place] == "#" and not text[text.rfind("\n", 0, place) + 1 : place].strip():
        return text.find("\n", place) % (len(text) + 1), "blank"
    if text[place] == "<":
        depth = 0
        for end in range(place, len(text)):
            depth += {"<": 1, ">": -1}.get(text[end], 0)
            if not depth:
                return end + 1, "html"
    return place, None


def _complaint(char: str) -> str:
    closing = {
        '"': 'a string must be closed by "',
        "<": "'<' must be closed by '>'",
        "/": "a comment must end",
    }
    return closing.get(char, f"a name, a string or a sign of the language must stand here, not {char!r}")


def _value(kind: str, part: str) -> str:
    if kind == "html":
        return part[1:-1]
    return part[1:-1].replace("\\\n", "").replace('\\"', '"') if kind == "string" else part
