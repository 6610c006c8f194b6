"""One entry of the table of cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from streamssm.frontends.algorithm import Algorithm


@dataclass(frozen=True)
class Case:
    """An algorithm with its memory, and a stream with the outputs before it and after each token.

    ``assumes`` says that plain Python raises where the program clamps (ss.within).
    """

    name: str
    make: Callable[[], Algorithm]
    memory_bits: int
    tokens: tuple[tuple[int, ...], ...]
    begin: tuple[int, ...]
    outputs: tuple[tuple[int, ...], ...]
    assumes: bool = False
    large: bool = False

    def __post_init__(self) -> None:
        assert len(self.tokens) == len(self.outputs)


def ones(*values: int) -> tuple[tuple[int, ...], ...]:
    return tuple((value,) for value in values)
