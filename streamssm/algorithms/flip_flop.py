"""The flip-flop language: a memory cell with the instructions write, ignore and read."""

from __future__ import annotations

from streamssm.algorithms.parameters import at_least
from streamssm.frontends.algorithm import Algorithm

WRITE, IGNORE, READ = range(3)


class FlipFlop(Algorithm):
    """Track a memory cell, and check the values read from it (the flip-flop language).

    A token is (instruction, value): 0 writes the value, 1 ignores it, 2 reads it.

    Law: the outputs are the value last written, and 1 exactly if every read so far gave the value last
    written before it; initially the cell holds 0.

    Parameters
    ----------
    values : number of values of the cell, at least 1

    Notes
    -----
    Memory: ``ceil(log2 values) + 1`` bits. With two values this is the flip-flop language of Liu et al.,
    *Exposing Attention Glitches with Flip-Flop Language Modeling*, 2023. It is star-free, so layers with a
    diagonal transition in {0, 1} can recognize it without thoughts (THEORY B1, C1).

    >>> cell = FlipFlop(2)
    >>> for instruction, value in [(0, 1), (1, 0), (2, 1), (2, 0)]:
    ...     cell.update(instruction, value)
    ...     print(cell.output())
    (1, 1)
    (1, 1)
    (1, 1)
    (1, 0)
    """

    def __init__(self, values: int = 2) -> None:
        self.tokens(instruction=3, value=at_least("values", values, 1))
        self.stored = self.register(values)
        self.correct = self.register(2, init=1)

    def update(self, instruction: int, value: int) -> None:
        if instruction == WRITE:
            self.stored = value
        elif instruction == READ and value != self.stored:
            self.correct = 0

    def output(self) -> tuple[int, int]:
        return self.stored, self.correct
