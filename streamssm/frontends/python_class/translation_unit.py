"""The unit of translation: an instance of a class with its declarations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from streamssm.ir.words import Array, Word


@dataclass(frozen=True)
class TranslationUnit:
    """An algorithm's class and instance; its attributes other than registers and arrays are constants.

    ``registers`` are the scalars, then the words of the arrays.
    """

    cls: Any
    instance: Any
    fields: tuple[Word, ...]
    registers: tuple[Word, ...]
    arrays: tuple[Array, ...]

    @property
    def scalars(self) -> tuple[Word, ...]:
        return self.registers[: len(self.registers) - sum(array.length for array in self.arrays)]
