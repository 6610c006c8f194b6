"""One path through a method: the values that names have on it, and the facts that hold on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from streamssm.frontends.python_class.values import Value
from streamssm.program.facts import Facts


@dataclass(frozen=True, slots=True)
class Path:
    """Values of the registers and of the locals, under conditions that are known."""

    registers: Mapping[str, Value]
    names: Mapping[str, Value]
    facts: Facts = ()

    def with_register(self, name: str, value: Value) -> Path:
        return replace(self, registers={**self.registers, name: value})

    def with_name(self, name: str, value: Value) -> Path:
        return replace(self, names={**self.names, name: value})

    def assuming(self, condition: int, truth: bool) -> Path:
        """Return the path where a condition's node is 1 or 0."""
        fact = (condition, truth)
        return self if fact in self.facts else replace(self, facts=(*self.facts, fact))
