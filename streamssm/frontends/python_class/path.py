"""One path through a method: the values that names have on it, and the facts that hold on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from streamssm.frontends.python_class.array_state import ArrayState
from streamssm.frontends.python_class.path_condition import PathCondition
from streamssm.frontends.python_class.values import Value

RESULT = "return"  # the name, no identifier, under which a path keeps what it returns


@dataclass(frozen=True, slots=True)
class Path:
    """Values of the registers, arrays and locals, under conditions that are known."""

    registers: Mapping[str, Value]
    arrays: Mapping[str, ArrayState]
    names: Mapping[str, Value]
    facts: PathCondition

    def with_register(self, name: str, value: Value) -> Path:
        return replace(self, registers={**self.registers, name: value})

    def with_array(self, name: str, memory: ArrayState) -> Path:
        return replace(self, arrays={**self.arrays, name: memory})

    def with_name(self, name: str, value: Value) -> Path:
        return replace(self, names={**self.names, name: value})

    def assuming(self, condition: int, truth: bool) -> Path:
        """Return the path where a condition's node is 1 or 0."""
        facts = self.facts.knowing((condition, truth))
        return self if facts is self.facts else replace(self, facts=facts)


class Here:
    """Where an expression is evaluated: a path, which the calls in the expression may take further."""

    __slots__ = ("path",)

    def __init__(self, path: Path) -> None:
        self.path = path
