"""A path through a method: the values of names on it, and its path condition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from streamssm.frontends.python_class.array_state import ArrayState
from streamssm.frontends.python_class.path_condition import PathCondition
from streamssm.frontends.python_class.symbolic_values import Value

RESULT = "return"  # the name for a path's return value; a keyword, so no local can have it


@dataclass(frozen=True, slots=True)
class Path:
    """Values of the registers, arrays and locals under a path condition."""

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
        facts = self.facts.with_fact((condition, truth))
        return self if facts is self.facts else replace(self, facts=facts)


class Here:
    """The current path of an expression, mutable: calls inside the expression may assign registers."""

    __slots__ = ("path",)

    def __init__(self, path: Path) -> None:
        self.path = path
