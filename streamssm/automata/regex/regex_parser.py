r"""Text -> regular expression.

From what binds tightest to what binds loosest:

    x*  x+  x?  x{3}  x{2,}  x{,5}  x{2,5}     repetitions; a ``?`` after one of them (lazy) changes nothing
    ~x                                         complement: every word that is not a match of x
    x y                                        one after the other
    x & y                                      both
    x | y                                      either

Atoms: a character that is a symbol; ``.``, any symbol but a newline; ``\d \w \s \D \W \S``;
``[abc]``, ``[a-z]``, ``[^a\d]``, one of some symbols or of all the others; ``<SYN>``, a symbol of any name;
``()``, the empty word; ``[]``, the empty language; anything in ``(...)`` or ``(?:...)``. Where an operand is
missing beside ``|`` or ``&``, it is the empty word.

Law: what both this parser and Python's `re` read has the words of ``re.fullmatch``, over symbols of one
character. Repetitions, classes, escapes (``\n \t \x41 \u0041 \101 \N{...}``, ``\`` before punctuation) and
``.`` are Python's. ``^ \A`` and ``$ \Z`` are read at the start and the end of the expression and of its
outermost alternatives. Refused: back-references, look-around, flags, named and atomic groups, ``\b \B``, and
possessive repetitions.

Not of Python: ``~``, ``&``, ``<SYN>`` and ``[]``; white space separates, unless it is a symbol; ``x**``. They
are refused where they could mean symbols: ``~`` and ``&`` unescaped where they are symbols, ``<a>`` where
``<`` or ``>`` is one, ``[]`` before another ``]``. The negated ``\D``, ``[^a]`` and ``.`` also match symbols
whose names have several characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence as Places
from dataclasses import dataclass

from streamssm.automata.regex.regex_escapes import Escape, read_escape
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

SPECIAL = "|&~*+?{}()[].<>^$\\"
NEWLINE = "\n"  # not matched by "."
REPEATS: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
MAX_DIGITS = 9
GROUPS = {
    "(?P<": "a named group '(?P<...>' is not supported: write '(...)'",
    "(?P=": "'(?P=...)' (back-reference) is not regular: write the group's expression again",
    "(?=": "'(?=...)' (look-ahead) is not supported: write 'x&y' for words that match both",
    "(?!": "'(?!...)' (look-ahead) is not supported: write '~(x)&y' for words that match y and not x",
    "(?<=": "'(?<=...)' (look-behind) is not supported: write 'x&y' for words that match both",
    "(?<!": "'(?<!...)' (look-behind) is not supported: write '~(x)&y' for words that match y and not x",
    "(?>": "'(?>...)' (atomic group) is not supported: write '(...)', which tries every way to match",
    "(?#": "'(?#...)' (comment) is not supported: leave it out",
    "(?(": "'(?(...)...)' (condition on a group) is not regular: write the alternatives with '|'",
    "(?": "'(?' (flags) is not supported: write '[aA]' for a letter of either case; '(?:...)' is a group",
}
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
    ended: int | None = None  # position of a "$" that was read


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
        escape = self._escape() if char == "\\" else None
        if char.isspace() and char not in self.vocabulary.numbers:
            self.position += 1
        elif char in "^$" or (escape and escape.anchor):
            self._anchor(escape.anchor if escape else char)
            self.position = escape.end if escape else self.position + 1
        elif self.groups[-1].ended is not None and char not in "|&":
            raise self._misplaced("$", self.groups[-1].ended)
        elif char == "(":
            self._open_group()
        elif char == ")":
            self._close_group()
        elif char in "|&":
            self._join(char)
        elif char == "~":
            self._require_operator(char)
            self.groups[-1].complements += 1
            self.position += 1
        elif char in REPEATS or char == "{":
            raise self._fault(f"{char!r} has nothing to repeat")
        else:
            self.items.append(Symbols(self._atom(char)))
            self._operand()

    def _require_operator(self, char: str) -> None:
        if char in self.vocabulary.numbers:
            raise self._fault(
                f"{char!r} is an operator and a symbol of this alphabet: write '\\{char}' for the symbol"
            )

    # anchors

    def _anchor(self, anchor: str) -> None:
        """Read ``^`` at the start, ``$`` at the end of an outermost alternative: the empty word there."""
        group = self.groups[-1]
        starts = anchor == "^" and not group.sequence and group.ended is None
        if len(self.groups) > 1 or group.complements or not (starts or anchor == "$"):
            raise self._misplaced(anchor, self.position)
        if anchor == "$":
            group.ended = self.position

    def _misplaced(self, anchor: str, position: int) -> ParameterError:
        side = "start" if anchor == "^" else "end"
        return self._fault(
            f"{anchor!r} is read only at the {side} of an alternative, outside parentheses: leave it out, as "
            f"words are matched as a whole, or escape it as '\\{anchor}' to be a symbol",
            position,
        )

    # groups

    def _open_group(self) -> None:
        start = self.position
        if self.text.startswith("(?:", start):
            self.position += 2
        elif self.text.startswith("(?", start):
            raise self._fault(next(GROUPS[head] for head in GROUPS if self.text.startswith(head, start)))
        self.groups.append(_Group(start))
        self.position += 1

    def _join(self, operator: str) -> None:
        group = self.groups[-1]
        self._end_sequence()
        group.ended = None
        if operator == "&":
            self._require_operator(operator)
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
            self._repetition_suffix()
        self.items += [Complement()] * group.complements
        group.complements = 0
        group.sequence += 1

    def _at(self, char: str) -> bool:
        return self.text[self.position : self.position + 1] == char

    # repetitions

    def _repetition_suffix(self) -> None:
        """Read the ``?`` of a lazy repetition, which has the same words; refuse possessive ones."""
        if self._at("+"):
            raise self._fault(
                "a repetition followed by '+' (possessive) is not supported: leave '+' out, or write '(...)+'"
            )
        if not self._at("?"):
            return
        self.position += 1
        if self.text[self.position : self.position + 1] in (*REPEATS, "{"):
            raise self._fault(
                "a repetition after a lazy repetition is not supported: put the repeated part in parentheses"
            )

    def _repeat(self, char: str) -> Repeat:
        start = self.position
        if char in REPEATS:
            self.position += 1
            return Repeat(*REPEATS[char], start)
        end = self.text.find("}", start)
        bounds = self.text[start + 1 : max(end, start)].split(",")
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
            return tuple(sorted(self._everything() - {self.vocabulary.numbers.get(NEWLINE, -1)}))
        if char == "[":
            return self._class()
        if char in SPECIAL and char not in "<\\":
            raise self._fault(f"{char!r} must be escaped as '\\{char}' to be a symbol")
        start, symbol = self.position, self._symbol()
        if isinstance(symbol, str):
            return (self._number(symbol, start),)
        if not symbol:
            raise self._fault(
                f"{self.text[start : self.position]!r} matches no symbol of {some(self.vocabulary.symbols)}",
                start,
            )
        return tuple(sorted(symbol))

    def _symbol(self, *, in_class: bool = False) -> str | frozenset[int]:
        r"""Read a symbol and return its name, or a class such as ``\d`` and return its symbols."""
        char = self.text[self.position]
        if char == "<":
            return self._name()
        if char != "\\":
            self.position += 1
            return char
        escape = self._escape(in_class=in_class)
        self.position = escape.end
        return self._class_escape(escape.character_class) if escape.character_class else escape.character

    def _escape(self, *, in_class: bool = False) -> Escape:
        try:
            return read_escape(self.text, self.position, in_class=in_class)
        except ParameterError as error:
            raise self._fault(str(error)) from None

    def _class_escape(self, letter: str) -> frozenset[int]:
        numbers = self.vocabulary.numbers
        pattern = re.compile("\\" + letter.lower())
        members = frozenset(numbers[name] for name in numbers if len(name) == 1 and pattern.fullmatch(name))
        return members if letter.islower() else self._everything() - members

    def _everything(self) -> frozenset[int]:
        return frozenset(range(len(self.vocabulary.symbols)))

    def _name(self) -> str:
        start, name = self.position, ""
        self.position += 1
        while self.position < len(self.text) and not self._at(">"):
            name += self._character_of_name()
        if self.position >= len(self.text):
            raise self._fault("'<' is not closed by '>': escape it as '\\<' if it is a symbol", start)
        self.position += 1
        if len(name) == 1 and ("<" in self.vocabulary.numbers or ">" in self.vocabulary.numbers):
            raise self._fault(
                f"'<...>' names a symbol, and '<' or '>' is one: write {name!r} for the symbol inside, or "
                "'\\<' and '\\>' for these symbols",
                start,
            )
        return name

    def _character_of_name(self) -> str:
        if not self._at("\\"):
            self.position += 1
            return self.text[self.position - 1]
        escape = self._escape()
        if not escape.character:
            raise self._fault("a class or an anchor cannot be in '<...>': escape the backslash as '\\\\'")
        self.position = escape.end
        return escape.character

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
        if self._at("]") and "]" in self.text[self.position + 1 :]:
            raise self._fault(
                "']' directly after '[' must be escaped as '\\]' to be a symbol; '[]', the empty language, "
                "and '[^]' cannot be followed by another ']'",
                start,
            )
        while not self._at("]"):
            if self.position >= len(self.text):
                raise self._fault("'[' is not closed by ']'", start)
            char = self.text[self.position]
            if char.isspace() and char not in self.vocabulary.numbers and not self._range_after(1):
                self.position += 1
            else:
                members |= self._member()
        self.position += 1
        return tuple(sorted(self._everything() - members if negated else members))

    def _range_after(self, length: int) -> bool:
        """Return whether ``-`` and the end of a range follow after some characters."""
        following = self.text[self.position + length : self.position + length + 2]
        return following.startswith("-") and following not in ("-", "-]")

    def _member(self) -> frozenset[int]:
        """Read one part of a class, a symbol or a range of characters; return its symbols."""
        start = self.position
        first, is_name = self._symbol(in_class=True), self.text[start] == "<"
        if not self._range_after(0):
            return first if isinstance(first, frozenset) else frozenset({self._number(first, start)})
        self.position += 1
        is_name |= self._at("<")
        last = self._symbol(in_class=True)
        if is_name or not (isinstance(first, str) and isinstance(last, str)):
            raise self._fault("the ends of a range must be characters; escape '\\-' to be a symbol", start)
        numbers = self.vocabulary.numbers
        members = frozenset(numbers[name] for name in numbers if len(name) == 1 and first <= name <= last)
        if not members:
            raise self._fault(f"the range from {first!r} to {last!r} contains no symbol", start)
        return members

    def _fault(self, message: str, position: int | None = None) -> ParameterError:
        return fault(self.text, self.position if position is None else position, message)


def some(names: Places[str]) -> str:
    """Return names for a message, shortened to one line."""
    shown = ", ".join(name if name.isprintable() and name.strip() else repr(name) for name in names[:SHOWN])
    return shown if len(names) <= SHOWN else f"{shown}, ... ({len(names)} in all)"


def _is_count(text: str) -> bool:
    return not text or (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS)
