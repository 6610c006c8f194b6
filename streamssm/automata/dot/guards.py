"""Guards: propositional formulas and bit vectors on edges, expanded over all assignments of the propositions.

Syntax: ``! ~ not``, ``& && and``, ``| || or``, ``true false``, parentheses; negation binds tightest, then
conjunction. The symbol of an assignment lists its literals in the order of the propositions: ``a&~b``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Bools = NDArray[np.bool_]

MAX_PROPOSITIONS = 12  # 4,096 symbols
MAX_DEPTH = 100  # of parentheses and negations
_TOKEN = re.compile(r"\s*(?:(&&?|\|\|?|[!~()])|([A-Za-z_][A-Za-z0-9_.']*))")
_WORDS = {"and": "&", "or": "|", "not": "!", "&&": "&", "||": "|", "~": "!"}
_CONSTANTS = {"true": True, "false": False}


@dataclass(frozen=True)
class Guard:
    """A formula in postfix notation: names, constants, and the operators ``! & |``."""

    postfix: tuple[str, ...]
    has_operators: bool

    @property
    def propositions(self) -> tuple[str, ...]:
        """The names in order of appearance."""
        return tuple(
            dict.fromkeys(word for word in self.postfix if word not in ("!", "&", "|", "true", "false"))
        )

    def satisfying(self, assignments: Bools, propositions: Sequence[str]) -> Bools:
        """Return the rows of ``assignments`` (rows, propositions) that satisfy the formula."""
        stack: list[Bools] = []
        for word in self.postfix:
            if word == "!":
                stack.append(~stack.pop())
            elif word in ("&", "|"):
                right, left = stack.pop(), stack.pop()
                stack.append(left & right if word == "&" else left | right)
            elif word in _CONSTANTS:
                stack.append(np.full(len(assignments), _CONSTANTS[word]))
            else:
                stack.append(assignments[:, propositions.index(word)])
        return stack.pop()


def parse_guard(text: str) -> Guard | None:
    """Return the formula of a text; None if it is not one.

    >>> parse_guard("~a & (b || not c)").postfix
    ('a', '!', 'b', 'c', '!', '|', '&')
    >>> parse_guard("a & "), parse_guard("a b"), parse_guard("a").has_operators
    (None, None, False)
    """
    words = _words(text)
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


def _words(text: str) -> list[str] | None:
    words: list[str] = []
    position, text = 0, text.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            return None
        operator, name = match.groups()
        lower = (operator or name).lower()
        words.append(_WORDS.get(lower, lower if lower in _CONSTANTS else operator or name))
        position = match.end()
    return words


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


def vectors_of(text: str) -> list[str]:
    """Return the bit vectors that a vector with ``X`` for either bit stands for.

    >>> vectors_of("0X1")
    ['001', '011']
    """
    choices = [("0", "1") if bit in "Xx" else (bit,) for bit in text]
    return ["".join(bits) for bits in product(*choices)]


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
