"""Vocabulary: names for the values of a token's only field, and for the values of the only output word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from streamssm.errors import FormatError, ParameterError
from streamssm.ir.alphabet import Alphabet, require_distinct
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word


@dataclass(frozen=True)
class Vocabulary:
    """Names for people: symbol i is value i of the token's field, output i is value i of the output word.

    ``outputs`` is empty where outputs are numbers, such as 0 and 1. Names change nothing that is computed.

    Raises
    ------
    ParameterError
        If there are no symbols, or a name is empty or given twice.
    """

    symbols: tuple[str, ...]
    outputs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.symbols:
            raise ParameterError("a vocabulary must have at least one symbol")
        for kind, names in (("symbol", self.symbols), ("output", self.outputs)):
            require_distinct(kind, names)

    @cached_property
    def alphabet(self) -> Alphabet:
        """The symbols, which read and write words."""
        return Alphabet(self.symbols)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each symbol."""
        return {symbol: number for number, symbol in enumerate(self.symbols)}

    def symbol(self, number: int) -> str:
        """Return the name of a symbol; the number itself if it has no name."""
        return _name(self.symbols, number)

    def output(self, number: int) -> str:
        """Return the name of an output; the number itself if it has no name."""
        return _name(self.outputs, number)

    def to_dict(self) -> dict[str, list[str]]:
        """Return the names as values that JSON can hold."""
        return {"symbols": list(self.symbols), "outputs": list(self.outputs)}


def require_fitting(vocabulary: Vocabulary | None, fields: Sequence[Word], num_outputs: int) -> None:
    """Raise ParameterError unless the names are those of one field's values and of one output's."""
    if vocabulary is None:
        return
    ranges = [word.range for word in fields]
    if ranges != [Range(0, len(vocabulary.symbols) - 1)]:
        raise ParameterError(
            f"{len(vocabulary.symbols)} symbols must be the values of one field, not of "
            f"{', '.join(map(str, ranges)) or 'none'}"
        )
    if vocabulary.outputs and num_outputs != 1:
        raise ParameterError(f"names of outputs must be those of one output word, not of {num_outputs}")


def vocabulary_of(content: Any) -> Vocabulary | None:
    """Return the names that a file holds; None if it holds none."""
    if content is None:
        return None
    names = [content["symbols"], content["outputs"]]
    if not all(isinstance(part, list) and all(isinstance(name, str) for name in part) for part in names):
        raise FormatError("names of symbols and outputs must be lists of text")
    return Vocabulary(*map(tuple, names))


def _name(names: tuple[str, ...], number: int) -> str:
    return names[number] if 0 <= number < len(names) else str(number)
