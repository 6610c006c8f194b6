"""Text -> regular expression.

Operators by falling precedence:

    x*  x+  x?  x{3}  x{2,}  x{,5}  x{2,5}     repetition
    ~x                                         complement
    x y                                        concatenation
    x & y                                      intersection
    x | y                                      union

Atoms: a character that is a symbol; ``<SYN>``, a symbol by its name; ``.``, any symbol; ``[abc]``, ``[a-z]``,
``[^a<SYN>]``, symbol classes; ``()``, the empty word; ``[]``, the empty language; an expression in
parentheses. ``\\`` escapes a special character. White space is ignored, unless it is a symbol. A missing
operand of ``|`` or ``&`` is the empty word.
"""

from __future__ import annotations

from collections.abc import Sequence as Places
from dataclasses import dataclass

from streamssm.automata.regex.regex_expression import (
    Complement,
    Expression,
    Intersection,
    Item,
    Repeat,
    Sequence,
    Symbols,
    Union,
)
from streamssm.errors import ParameterError
from streamssm.ir.vocabulary import Vocabulary

SPECIAL = "|&~*+?{}()[].<>\\"
REPEATS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
MAX_DIGITS = 9
SHOWN = 20  # most symbols that a message lists


def parse(text: str, symbols: Places[str]) -> Expression:
    """Return the expression of a text, over symbols numbered in order.

    Raises
    ------
    ParameterError
        For a syntax error or an unknown symbol, with line and column.

    >>> parse("(a|b)*", "ab")[:2]
    (Symbols(numbers=(0,)), Symbols(numbers=(1,)))
    >>> parse("a(b", "ab")
    Traceback (most recent call last):
    ...
    streamssm.errors.ParameterError: regex, line 1, column 2: '(' is not closed by ')'
    """
    if not isinstance(text, str):
        raise ParameterError(f"a regex must be a string, not {text!r}")
    return _Parser(text, Vocabulary(tuple(symbols))).parse()


def fault(text: str, position: int, message: str) -> ParameterError:
    """Return an error with the line and the column of a position in the text, both from 1."""
    line, column = text.count("\n", 0, position) + 1, position - (text.rfind("\n", 0, position) + 1) + 1
    return ParameterError(f"regex, line {line}, column {column}: {message}")


@dataclass
class _Group:
    """An open parenthesis, or the whole text: the numbers of operands read at each level of precedence."""

    opened: int
    unions: int = 1
    intersections: int = 1
    sequence: int = 0
    complements: int = 0  # of ~ before the next operand


class _Parser:
    """Reads the text once, from left to right; ``items`` is the postfix expression so far."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.position = 0
        self.items: list[Item] = []
        self.groups = [_Group(0)]

    def parse(self) -> Expression:
        while self.position < len(self.text):
            self._next(self.text[self.position])
        if len(self.groups) > 1:
            raise self._fault("'(' is not closed by ')'", self.groups[-1].opened)
        self._close()
        return tuple(self.items)

    def _next(self, char: str) -> None:
        if char.isspace() and char not in self.vocabulary.numbers:
            self.position += 1
        elif char == "(":
            self.groups.append(_Group(self.position))
            self.position += 1
        elif char == ")":
            self._close_group()
        elif char in "|&":
            self._join(char)
        elif char == "~":
            self.groups[-1].complements += 1
            self.position += 1
        elif char in REPEATS or char == "{":
            raise self._fault(f"{char!r} has nothing to repeat")
        else:
            self.items.append(Symbols(self._atom(char)))
            self._operand()

    # groups

    def _join(self, operator: str) -> None:
        group = self.groups[-1]
        self._end_sequence()
        self.position += 1
        if operator == "&":
            group.intersections += 1
            return
        self._end_intersection()
        group.unions += 1

    def _close_group(self) -> None:
        if len(self.groups) == 1:
            raise self._fault("')' without a '('")
        self._close()
        self.groups.pop()
        self.position += 1
        self._operand()

    def _close(self) -> None:
        self._end_sequence()
        self._end_intersection()
        if self.groups[-1].unions > 1:
            self.items.append(Union(self.groups[-1].unions))

    def _end_sequence(self) -> None:
        group = self.groups[-1]
        if group.complements:
            raise self._fault("'~' has no operand")
        if group.sequence != 1:
            self.items.append(Sequence(group.sequence))
        group.sequence = 0

    def _end_intersection(self) -> None:
        group = self.groups[-1]
        if group.intersections > 1:
            self.items.append(Intersection(group.intersections))
        group.intersections = 1

    def _operand(self) -> None:
        """Finish an operand: read the repetitions after it, and apply the complements before it."""
        group = self.groups[-1]
        while self.position < len(self.text) and (self.text[self.position] in REPEATS or self._at("{")):
            self.items.append(self._repeat(self.text[self.position]))
        self.items += [Complement()] * group.complements
        group.complements = 0
        group.sequence += 1

    def _at(self, char: str) -> bool:
        return self.text[self.position : self.position + 1] == char

    # repetitions

    def _repeat(self, char: str) -> Repeat:
        start = self.position
        if char in REPEATS:
            self.position += 1
            return Repeat(*REPEATS[char], start)
        end = self.text.find("}", start)
        bounds = [part.strip() for part in self.text[start + 1 : max(end, start)].split(",")]
        if end < 0 or len(bounds) > 2 or not any(bounds) or not all(map(_is_count, bounds)):
            raise self._fault("a repetition must be {m}, {m,}, {,n} or {m,n}", start)
        self.position = end + 1
        least = int(bounds[0] or 0)
        most = (int(bounds[1]) if bounds[1] else None) if len(bounds) == 2 else least
        if most is not None and most < least:
            raise self._fault(f"a repetition {{m,n}} must have m <= n, not {least} and {most}", start)
        return Repeat(least, most, start)

    # symbols

    def _atom(self, char: str) -> tuple[int, ...]:
        if char == ".":
            self.position += 1
            return tuple(range(len(self.vocabulary.symbols)))
        if char == "[":
            return self._class()
        if char in SPECIAL and char not in "<\\":
            raise self._fault(f"{char!r} must be escaped as '\\{char}' to be a symbol")
        return (self._number(*self._symbol()),)

    def _symbol(self) -> tuple[str, int]:
        """Read a symbol; return its name and its position."""
        start, char = self.position, self.text[self.position]
        if char == "<":
            return self._name(), start
        if char == "\\":
            char = self._escaped()
        self.position += 1
        return char, start

    def _escaped(self) -> str:
        """Move to the character after a backslash, and return it."""
        self.position += 1
        if self.position >= len(self.text):
            raise self._fault("'\\' at the end escapes no character", self.position - 1)
        return self.text[self.position]

    def _name(self) -> str:
        start, name = self.position, ""
        self.position += 1
        while self.position < len(self.text) and not self._at(">"):
            name += self._escaped() if self._at("\\") else self.text[self.position]
            self.position += 1
        if self.position >= len(self.text):
            raise self._fault("'<' is not closed by '>': escape it as '\\<' if it is a symbol", start)
        self.position += 1
        return name

    def _number(self, name: str, position: int) -> int:
        number = self.vocabulary.numbers.get(name)
        if number is None:
            raise self._fault(
                f"a symbol must be one of {some(self.vocabulary.symbols)}, not {name!r}", position
            )
        return number

    def _class(self) -> tuple[int, ...]:
        start = self.position
        self.position += 1
        negated = self._at("^")
        self.position += negated
        members: set[int] = set()
        while not self._at("]"):
            if self.position >= len(self.text):
                raise self._fault("'[' is not closed by ']'", start)
            if self.text[self.position].isspace() and self.text[self.position] not in self.vocabulary.numbers:
                self.position += 1
            else:
                members |= self._member()
        self.position += 1
        everything = set(range(len(self.vocabulary.symbols)))
        return tuple(sorted(everything - members if negated else members))

    def _member(self) -> set[int]:
        """Read one part of a class, a symbol or a range of characters; return its symbols."""
        first, position = self._symbol()
        if not self._at("-") or self.text[self.position + 1 : self.position + 2] in ("", "]"):
            return {self._number(first, position)}
        self.position += 1
        last, _ = self._symbol()
        numbers = self.vocabulary.numbers
        members = {
            numbers[s] for s in numbers if len(s) == len(first) == len(last) == 1 and first <= s <= last
        }
        if not members:
            raise self._fault(f"the range from {first!r} to {last!r} contains no symbol", position)
        return members

    def _fault(self, message: str, position: int | None = None) -> ParameterError:
        return fault(self.text, self.position if position is None else position, message)


def some(names: Places[str]) -> str:
    """Return names for a message, shortened to one line."""
    shown = ", ".join(names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown}, ... ({len(names)} in all)"


def _is_count(text: str) -> bool:
    return not text or (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS)
