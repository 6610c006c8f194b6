"""Names of propositions, and the words that a formula reads, or refuses, as constants and operators."""

from __future__ import annotations

import re
from typing import Any

from streamssm.errors import ParameterError

RESERVED = frozenset(
    {"Y", "Z", "O", "H", "S", "T", "true", "false", "first", "pos", "not", "and", "or", "xor"}
)

TRUE, FALSE, FIRST = "write true", "write false", "write first for position 0"
LAST = "leave it out: a formula looks back from every position, which is the last one so far"

# words with a meaning in other tools, in lower case: never propositions without quotes
FOREIGN_WORDS = {
    "true": TRUE,
    "tt": TRUE,
    "top": TRUE,
    "false": FALSE,
    "ff": FALSE,
    "bot": FALSE,
    "bottom": FALSE,
    "first": FIRST,
    "start": FIRST,
    "last": LAST,
    "end": LAST,
    "pos": "write pos % m == r",
    "not": "write !",
    "and": "write &",
    "or": "write |",
    "xor": "write ^",
    "implies": "write ->",
    "iff": "write <->",
    "yesterday": "write Y",
    "previous": "write Y",
    "previously": "write Y",
    "wy": "write Z, which is true at position 0",
    "once": "write O",
    "historically": "write H",
    "since": "write S",
    "trigger": "write T",
    "triggers": "write T",
    "triggered": "write T",
}
# operators of other tools that may also be names; a syntax error beside one of them explains it
FUTURE = frozenset({"F", "G", "X", "N", "WX", "U", "R", "V", "W", "M"}) | frozenset(
    {"always", "globally", "eventually", "finally", "next", "until", "release", "releases"}
)

_WORDS = re.compile(r'"[^"]*"|[A-Za-z_][A-Za-z0-9_]*')


def foreign_word(text: str) -> tuple[str, int, str] | None:
    """Return the first word of a formula that needs quotes to be a proposition, its position, and advice.

    >>> foreign_word("a & TRUE"), foreign_word('a & "TRUE" & true')
    (('TRUE', 4, 'write true'), None)
    """
    for match in _WORDS.finditer(text):
        word = match.group()
        if word not in RESERVED and word.lower() in FOREIGN_WORDS:
            return word, match.start(), FOREIGN_WORDS[word.lower()]
    return None


def require_name(name: Any) -> str:
    """Return a proposition's name; ParameterError unless it is an ASCII identifier."""
    if not isinstance(name, str) or not (name.isascii() and name.isidentifier()):
        raise ParameterError(
            f"a proposition must be a name of letters, digits and _, without a digit in front, not {name!r}"
        )
    return name


def name_text(name: str) -> str:
    """Return a proposition's name as a formula writes it, in quotes if it could be read as another word.

    >>> name_text("request"), name_text("last")
    ('request', '"last"')
    """
    return f'"{name}"' if name in RESERVED or name.lower() in FOREIGN_WORDS else name
