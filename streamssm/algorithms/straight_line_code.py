"""Evaluation of straight-line code over a few variables."""

from __future__ import annotations

from streamssm.algorithms.parameters import at_least
from streamssm.frontends.algorithm import Algorithm

SET, COPY, SWAP, ADD = range(4)


class StraightLineCode(Algorithm):
    """Evaluate straight-line code, one instruction per token.

    A token is (instruction, target, source, constant). Instruction 0 sets the target to the constant, 1
    copies the source to the target, 2 swaps the two, 3 adds the source to the target modulo ``modulus``.

    Law: the outputs are the values of all variables, initially 0.

    Parameters
    ----------
    variables : number of variables, at least 1
    modulus : number of values of each, at least 1

    Notes
    -----
    Memory: ``variables * ceil(log2 modulus)`` bits. Swaps of five variables are the word problem of S5, which
    no diagonal or time-invariant model without thoughts solves with log precision, unless TC0 = NC1 (THEORY
    D1). Merrill, Petty and Sabharwal list the evaluation of code among such tasks (THEORY, source D).

    >>> code = StraightLineCode(2, 10)
    >>> for instruction in [(0, 0, 0, 7), (3, 1, 0, 0), (3, 1, 1, 0), (2, 0, 1, 0)]:
    ...     code.update(*instruction)  # a = 7; b += a; b += b; a, b = b, a
    >>> code.output()
    (4, 7)
    """

    def __init__(self, variables: int = 5, modulus: int = 10) -> None:
        at_least("variables", variables, 1)
        self.modulus = at_least("modulus", modulus, 1)
        self.tokens(instruction=4, target=variables, source=variables, constant=modulus)
        self.values = self.array(modulus, variables)

    def update(self, instruction: int, target: int, source: int, constant: int) -> None:
        if instruction == SET:
            self.values[target] = constant
        elif instruction == COPY:
            self.values[target] = self.values[source]
        elif instruction == SWAP:
            self.values[target], self.values[source] = self.values[source], self.values[target]
        else:
            self.values[target] = (self.values[target] + self.values[source]) % self.modulus

    def output(self) -> tuple[int, ...]:
        return tuple(self.values)
