"""Memory baselines: memory_bits at several sizes, in a JSON file that is committed with the tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from streamssm.errors import FormatError, ParameterError
from streamssm.frontends.algorithm import Algorithm, registers_of
from streamssm.ir.words import total_bits
from streamssm.program.program import Program
from streamssm.runtime import strict_json
from streamssm.runtime.atomic_file import write_atomically
from streamssm.ssm.model import SSM

Memory = dict[str, int]


def memory_bits_of(artefact: Any) -> int:
    """Return the bits that an algorithm, a program or a model keeps between two tokens.

    >>> from streamssm.algorithms import FunctionComposition
    >>> memory_bits_of(FunctionComposition(1024))
    20
    """
    if isinstance(artefact, Algorithm):
        return total_bits(registers_of(artefact))
    if isinstance(artefact, (Program, SSM)):
        return artefact.memory_bits
    raise ParameterError(f"memory_bits needs an algorithm, a program or a model, not {artefact!r}")


def measured(make: Callable[[Any], Any], sizes: Iterable[Any]) -> Memory:
    """Return ``memory_bits`` of ``make(size)`` by size."""
    memory: Memory = {}
    for size in sizes:
        if str(size) in memory:
            raise ParameterError(f"duplicate size {size}")
        memory[str(size)] = memory_bits_of(make(size))
    if not memory:
        raise ParameterError("at least one size is required")
    return memory


def load_baseline(path: Path, test: str) -> Memory | None:
    """Return the baseline of a test, None if there is no file.

    Raises
    ------
    FormatError
        If the file is not a baseline, or belongs to another test.
    """
    try:
        data = strict_json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError, FormatError) as error:
        raise FormatError(f"{path}: not a memory baseline: {error}") from None
    if not isinstance(data, Mapping) or not _is_memory(data.get("memory_bits")):
        raise FormatError(f'{path}: not a memory baseline, which has "test" and "memory_bits" by size')
    if data.get("test") != test:
        raise FormatError(
            f"{path}: this is the baseline of {data.get('test')}, not of {test}: use a different name="
        )
    return dict(data["memory_bits"])


def _is_memory(data: Any) -> bool:
    return isinstance(data, Mapping) and all(type(bits) is int for bits in data.values())


def save_baseline(path: Path, test: str, memory: Memory) -> None:
    """Write the baseline of a test, completely or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"test": test, "memory_bits": memory}, indent=2) + "\n"
    write_atomically(str(path), text.encode())


def is_less(before: Memory, now: Memory) -> bool:
    """Return whether memory is less at some size, and more at none.

    >>> is_less({"4": 4, "8": 6}, {"4": 4, "8": 5}), is_less({"4": 4, "8": 6}, {"4": 5, "8": 5})
    (True, False)
    """
    return before != now and before.keys() == now.keys() and all(now[size] <= before[size] for size in now)


def table_of_changes(before: Memory, now: Memory) -> list[str]:
    """Return a line for each size whose memory has changed.

    >>> table_of_changes({"4": 4, "8": 6}, {"4": 4, "8": 8, "16": 8})
    ['size 8: 8 bits, not 6', 'size 16: 8 bits, not in the baseline']
    """
    lines = []
    for size in dict.fromkeys((*before, *now)):
        if size not in now:
            lines.append(f"size {size}: not measured, {before[size]} bits in the baseline")
        elif size not in before:
            lines.append(f"size {size}: {now[size]} bits, not in the baseline")
        elif before[size] != now[size]:
            lines.append(f"size {size}: {now[size]} bits, not {before[size]}")
    return lines
