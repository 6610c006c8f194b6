"""The tasks on which arithmetic is measured, each at several sizes, and their table of results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from streamssm.algorithms import (
    AddingComposition,
    BlockComposition,
    FunctionComposition,
    MisraGries,
    ModularCounter,
    Xorshift,
)
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.limits.arithmetic.first_wrong import FloatRun, FormatVerdict, first_wrong
from streamssm.limits.arithmetic.float_formats import NAMES
from streamssm.ssm.model import SSM
from streamssm.ssm.textbook import exponential_moving_average


@dataclass(frozen=True)
class ArithmeticTask:
    """A family of models, one for every size."""

    name: str
    size_name: str
    model: Callable[[int], SSM]
    sizes: Sequence[int]


def _thoughts(n: int) -> SSM:
    return to_ssm(FunctionComposition(n))


def _layers(n: int) -> SSM:
    return to_ssm(BlockComposition(n, 3), cot="none")


def _adding(n: int) -> SSM:
    return to_ssm(AddingComposition(n, 3), cot="none")


TASKS = (
    ArithmeticTask("composition, thoughts", "N", _thoughts, (16, 128, 1024, 2**13, 2**20)),
    ArithmeticTask("composition, 4 layers", "N", _layers, (16, 128, 1024, 2**13)),
    ArithmeticTask("composition, adding", "N", _adding, (16, 128, 1024)),
    ArithmeticTask("counter", "modulus", lambda m: to_ssm(ModularCounter(m)), (100, 300, 3000)),
    ArithmeticTask("xorshift", "bits", lambda bits: to_ssm(Xorshift(bits)), (8, 12, 16, 32)),
    ArithmeticTask(
        "Misra-Gries, 4 counters", "limit", lambda top: to_ssm(MisraGries(16, 4, top)), (100, 1000, 10**5)
    ),
    ArithmeticTask(
        "moving average, 1/16", "values", lambda n: exponential_moving_average(n, 4), (16, 128, 1024)
    ),
)


@dataclass(frozen=True)
class ArithmeticRow:
    """A task of one size in every format, weakest first."""

    task: str
    size_name: str
    size: int
    memory_bits: int
    runs: tuple[FloatRun, ...]

    @property
    def smallest_exact(self) -> str | None:
        """The first format that is exact on every stream."""
        return next((run.arithmetic for run in self.runs if run.verdict is FormatVerdict.EXACT), None)

    @property
    def undecided(self) -> tuple[str, ...]:
        """The formats that are neither proven exact nor seen wrong."""
        return tuple(run.arithmetic for run in self.runs if run.verdict is FormatVerdict.NOT_SEEN_WRONG)

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as values that JSON can hold."""
        return {
            "task": self.task,
            "size_name": self.size_name,
            "size": self.size,
            "memory_bits": self.memory_bits,
            "smallest_exact": self.smallest_exact,
            "not_seen_wrong": list(self.undecided),
            "runs": [run.to_dict() for run in self.runs],
        }


def row_of(
    task: str,
    size_name: str,
    size: int,
    ssm: SSM,
    formats: Sequence[str] = NAMES,
    *,
    tokens: int = 1000,
    lanes: int = 128,
    seed: int = 0,
) -> ArithmeticRow:
    """Return a model's row."""
    runs = tuple(first_wrong(ssm, name, tokens=tokens, lanes=lanes, seed=seed) for name in formats)
    return ArithmeticRow(task, size_name, size, ssm.memory_bits, runs)


def table(
    formats: Sequence[str] = NAMES,
    *,
    tasks: Sequence[ArithmeticTask] = TASKS,
    tokens: int = 1000,
    lanes: int = 128,
    seed: int = 0,
) -> Iterator[ArithmeticRow]:
    """Yield the row of every task and size."""
    for task in tasks:
        for size in task.sizes:
            model = task.model(size)
            yield row_of(
                task.name, task.size_name, size, model, formats, tokens=tokens, lanes=lanes, seed=seed
            )
