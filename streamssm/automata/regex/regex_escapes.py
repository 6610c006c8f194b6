r"""Escapes of regular expressions, with the meaning of Python's `re`; the others are refused."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from streamssm.errors import ParameterError

CONTROL = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
HEX_DIGITS = {"x": 2, "u": 4, "U": 8}
CLASSES = "dDsSwW"
ANCHORS = {"A": "^", "Z": "$"}
MAX_OCTAL = 0o377

_HEX = re.compile(r"[0-9a-fA-F]*")
_OCTAL = re.compile(r"0[0-7]{0,2}|[0-7]{3}")
_OCTAL_IN_CLASS = re.compile(r"[0-7]{1,3}")
_NAME = re.compile(r"\{([^}]*)\}")


@dataclass(frozen=True)
class Escape:
    r"""An escape: a character, a character class such as ``\d``, or an anchor, ``^`` or ``$``."""

    end: int
    character: str = ""
    character_class: str = ""
    anchor: str = ""


def read_escape(text: str, position: int, *, in_class: bool = False) -> Escape:
    r"""Return the escape whose backslash is at a position of a text.

    Raises
    ------
    ParameterError
        If Python's `re` has no such escape, or it is not regular. The parser adds the position.

    >>> read_escape(r"\x41", 0).character, read_escape(r"\d", 0).character_class
    ('A', 'd')
    """
    letter = text[position + 1 : position + 2]
    end = position + 2
    if not letter:
        raise ParameterError("'\\' at the end escapes no character")
    if letter in CLASSES:
        return Escape(end, character_class=letter)
    if letter in CONTROL:
        return Escape(end, CONTROL[letter])
    if letter in HEX_DIGITS:
        return _hexadecimal(text, end, letter)
    if letter.isascii() and letter.isdigit():
        return _number(text, position + 1, in_class)
    if letter == "N":
        return _named(text, end)
    if letter in ANCHORS and not in_class:
        return Escape(end, anchor=ANCHORS[letter])
    if letter == "b" and in_class:
        return Escape(end, "\b")
    if letter.isascii() and letter.isalpha():
        raise ParameterError(_refusal(letter))
    return Escape(end, letter)


def _refusal(letter: str) -> str:
    if letter in "bB":
        return f"'\\{letter}' (word boundary) is not supported: write the symbols on both sides"
    if letter == "z":
        return "'\\z' is not supported: write '$' or '\\Z', or leave it out"
    return f"'\\{letter}' is no escape of Python's re: write '{letter}' for the symbol"


def _hexadecimal(text: str, start: int, letter: str) -> Escape:
    count = HEX_DIGITS[letter]
    match = _HEX.match(text, start, start + count)
    digits = match.group() if match else ""
    if len(digits) < count:
        raise ParameterError(
            f"'\\{letter}' must be followed by {count} hexadecimal digits, not {len(digits)}"
        )
    code = int(digits, 16)
    if code > 0x10FFFF:
        raise ParameterError(f"'\\{letter}{digits}' is larger than the largest code point, 10FFFF")
    return Escape(start + count, chr(code))


def _number(text: str, start: int, in_class: bool) -> Escape:
    """Read an octal number; any other number is a back-reference."""
    match = (_OCTAL_IN_CLASS if in_class else _OCTAL).match(text, start)
    if match is None:
        if in_class:
            raise ParameterError(f"'\\{text[start]}' is no escape of Python's re: write '{text[start]}'")
        raise ParameterError(
            f"'\\{text[start]}' (back-reference) is not regular: write the group's expression again, or "
            f"'{text[start]}' for the symbol"
        )
    code = int(match.group(), 8)
    if code > MAX_OCTAL:
        raise ParameterError(f"the octal escape '\\{match.group()}' is larger than '\\377'")
    return Escape(match.end(), chr(code))


def _named(text: str, start: int) -> Escape:
    match = _NAME.match(text, start)
    try:
        character = unicodedata.lookup(match.group(1)) if match else ""
    except KeyError:
        character = ""
    if match is None or len(character) != 1:
        raise ParameterError("'\\N' must be followed by the name of a Unicode character in braces")
    return Escape(match.end(), character)
