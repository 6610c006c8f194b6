"""Guards: propositional formulas and bit vectors on edges, expanded over all assignments of the propositions.

Syntax: ``! ~ not``, ``& && and``, ``| || or``, ``true t 1``, ``false f 0``, parentheses; negation binds
tightest, then conjunction. Where propositions are given by index (HOA), integers are indices, and ``@name``
is an alias. The symbol of an assignment lists its literals in the order of the propositions: ``a&~b``.

Shapes: P propositions, R = 2 ** P assignments in binary order, the first proposition most significant.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import FormatError

Bools = NDArray[np.bool_]
Int32s = NDArray[np.int32]

MAX_PROPOSITIONS = 16  # 2 ** 16 assignments
MAX_DEPTH = 100  # of parentheses and negations
MAX_WORK = 1 << 31  # assignments x words of all guards
_TOKEN = re.compile(r"\s*(?:(&&?|\|\|?|[!~()])|(@?[A-Za-z_][A-Za-z0-9_.'-]*)|([0-9]+))")
_OPERATORS = {"and": "&", "or": "|", "not": "!", "&&": "&", "||": "|", "~": "!"}
CONSTANTS = {"true": "true", "t": "true", "1": "true", "false": "false", "f": "false", "0": "false"}
INDEX_CONSTANTS = {"t": "true", "f": "false"}  # where integers are indices
WORD_CONSTANTS = {"true": "true", "false": "false"}  # where "t", "f", "0" and "1" are names


@dataclass(frozen=True)
class Guard:
    """A formula in postfix notation: names, ``true``, ``false``, and the operators ``! & |``."""

    postfix: tuple[str, ...]
    has_operators: bool

    @property
    def propositions(self) -> tuple[str, ...]:
        """The names in order of appearance."""
        return tuple(
            dict.fromkeys(word for word in self.postfix if word not in ("!", "&", "|", "true", "false"))
        )

    def satisfying(self, assignments: Bools, propositions: Sequence[str]) -> Bools:
        """Return the mask (R,) of the rows of ``assignments`` (R, P) that satisfy the formula.

        >>> parse_guard("a & ~b").satisfying(assignments_of(2), ["a", "b"]).tolist()
        [False, False, True, False]
        """
        stack: list[Bools] = []
        for word in self.postfix:
            if word == "!":
                stack.append(~stack.pop())
            elif word in ("&", "|"):
                right, left = stack.pop(), stack.pop()
                stack.append(left & right if word == "&" else left | right)
            elif word in ("true", "false"):
                stack.append(np.full(len(assignments), word == "true"))
            else:
                stack.append(assignments[:, propositions.index(word)])
        return stack.pop()


def parse_guard(text: str, *, constants: Mapping[str, str] = CONSTANTS) -> Guard | None:
    """Return the formula of a text; None if it is not one.

    Parameters
    ----------
    constants : the words for "true" and "false"; a word that is not among them is a proposition, or an index

    >>> parse_guard("~a & (b || not c)").postfix
    ('a', '!', 'b', 'c', '!', '|', '&')
    >>> parse_guard("a & "), parse_guard("a b"), parse_guard("a").has_operators
    (None, None, False)
    >>> parse_guard("1 | t", constants=INDEX_CONSTANTS).postfix
    ('1', 'true', '|')
    """
    words = _words(text, constants)
    if not words:
        return None
    output: list[str] = []
    pending: list[str] = []  # operators and parentheses (shunting yard)
    operand_next = True
    for word in words:
        if operand_next and word in ("!", "("):
            pending.append(word)
            if len(pending) > MAX_DEPTH:
                return None
        elif operand_next and word not in ("&", "|", ")"):
            output.append(word)
            operand_next = False
        elif not operand_next and word in ("&", "|"):
            while pending and pending[-1] != "(" and not (word == "&" and pending[-1] == "|"):
                output.append(pending.pop())
            pending.append(word)
            operand_next = True
        elif not operand_next and word == ")":
            while pending and pending[-1] != "(":
                output.append(pending.pop())
            if not pending:
                return None
            pending.pop()
        else:
            return None
    if operand_next or "(" in pending:
        return None
    return Guard((*output, *reversed(pending)), any(word in ("!", "&", "|") for word in words))


def _words(text: str, constants: Mapping[str, str]) -> list[str] | None:
    words: list[str] = []
    position, text = 0, text.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            return None
        operator, name, number = match.groups()
        word = operator or name or number
        lower = word.lower()
        words.append(_OPERATORS.get(lower) or constants.get(word) or _long_constant(lower, constants) or word)
        position = match.end()
    return words


def _long_constant(word: str, constants: Mapping[str, str]) -> str | None:
    """Return the constant that TRUE or False stands for, or None."""
    return constants.get(word) if len(word) > 1 else None


def assignments_of(count: int) -> Bools:
    """Return all assignments of some propositions, shape (2 ** count, count), in binary order."""
    return np.array(list(product([False, True], repeat=count)), dtype=bool).reshape(2**count, count)


def symbol_of(assignment: Sequence[bool], propositions: Sequence[str]) -> str:
    """Return the symbol of an assignment; "true" for no propositions.

    >>> symbol_of([True, False], ["a", "b"])
    'a&~b'
    """
    literals = [name if value else f"~{name}" for value, name in zip(assignment, propositions, strict=True)]
    return "&".join(literals) or "true"


def symbols_of(propositions: Sequence[str]) -> tuple[str, ...]:
    """Return the symbols of all assignments.

    >>> symbols_of("ab")
    ('~a&~b', '~a&b', 'a&~b', 'a&b')
    """
    return tuple(
        "&".join(literals) or "true" for literals in product(*((f"~{name}", name) for name in propositions))
    )


def propositions_of(symbols: Sequence[str]) -> tuple[str, ...] | None:
    """Return the propositions whose assignments the symbols are, written ``a&~b`` or ``{a}``; None if none.

    >>> propositions_of(["~a&~b", "~a&b", "a&~b", "a&b"]), propositions_of(["{}", "{b}"])
    (('a', 'b'), ('b',))
    >>> propositions_of(["a", "b"])
    """
    last = symbols[-1]
    for names in (
        tuple(last.split("&")),
        tuple(last[1:-1].split(",")) if last.startswith("{") and last.endswith("}") and last != "{}" else (),
    ):
        if 2 ** len(names) != len(symbols) or len(set(names)) != len(names):
            continue
        sets = tuple(
            "{" + ",".join(name for name, bit in zip(names, bits, strict=True) if bit) + "}"
            for bits in product([0, 1], repeat=len(names))
        )
        if tuple(symbols) in (symbols_of(names), sets):
            return names
    return None


def targets_of(
    guards: Sequence[Bools], targets: Sequence[int], propositions: Sequence[str], state: str
) -> Int32s:
    """Return the target for each assignment, shape (R,); -1 where no guard holds.

    Parameters
    ----------
    guards : masks (R,) of the assignments that satisfy each edge
    state : the source, for messages

    Raises
    ------
    FormatError
        If two edges with different targets share an assignment, which is named.

    >>> masks = [parse_guard(text).satisfying(assignments_of(1), ["a"]) for text in ("a", "true")]
    >>> targets_of(masks, [1, 0], ["a"], "s")
    Traceback (most recent call last):
    ...
    streamssm.errors.FormatError: not deterministic: state s has two edges for a, with different targets
    """
    row = np.full(1 << len(propositions), -1, np.int32)
    for mask, target in zip(guards, targets, strict=True):
        clashes = np.flatnonzero(mask & (row >= 0) & (row != target))
        if len(clashes):
            raise FormatError(
                f"not deterministic: state {state} has two edges for "
                f"{assignment_text(int(clashes[0]), propositions)}, with different targets"
            )
        row[mask] = target
    return row


def gap_of(row: Int32s, propositions: Sequence[str]) -> str | None:
    """Return the symbol of the first assignment without a target; None if there is none.

    >>> gap_of(np.array([0, -1], np.int32), ["a"])
    'a'
    """
    gaps = np.flatnonzero(row < 0)
    return assignment_text(int(gaps[0]), propositions) if len(gaps) else None


def assignment_text(number: int, propositions: Sequence[str]) -> str:
    """Return the symbol of the assignment with a number."""
    count = len(propositions)
    return symbol_of([bool(number >> (count - 1 - i) & 1) for i in range(count)], propositions)


def vectors_of(text: str) -> list[str]:
    """Return the bit vectors that a vector with ``X`` for either bit stands for.

    >>> vectors_of("0X1")
    ['001', '011']
    """
    choices = [("0", "1") if bit in "Xx" else (bit,) for bit in text]
    return ["".join(bits) for bits in product(*choices)]


def vector_mask(text: str, assignments: Bools) -> Bools:
    """Return the mask (R,) of the assignments that agree with a vector of 0, 1 and X.

    >>> vector_mask("X1", assignments_of(2)).tolist()
    [False, True, False, True]
    """
    mask = np.full(len(assignments), True)
    for column, bit in enumerate(text):
        if bit in "01":
            mask &= assignments[:, column] == (bit == "1")
    return mask


def columns_of(rows: Sequence[str]) -> list[str] | None:
    """Return the bit vectors of a label of ``mona -gw``: a line for each variable, a column for each vector.

    Columns are separated by spaces, in the last line by commas. None if the lines are not of this form.

    >>> columns_of(["0 1", "X,1"]), columns_of(["0", "a"])
    (['0X', '11'], None)
    """
    columns = [re.split("[ ,]+", row) for row in rows]
    if not rows or any(bit not in ("0", "1", "X") for row in columns for bit in row):
        return None
    if len({len(row) for row in columns}) > 1:
        return None
    return ["".join(column) for column in zip(*columns, strict=True)]
