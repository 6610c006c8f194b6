"""Planting faults in the prover: one replacement in the text of a module, made while that is imported."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import spec_from_file_location
from types import CodeType, ModuleType


class FaultError(Exception):
    """A fault cannot be planted: the prover's text is another one now."""


@dataclass(frozen=True)
class Fault:
    """One replacement in a module's text, where ``old`` must stand exactly once."""

    name: str
    module: str
    old: str
    new: str

    def applied(self, source: str) -> str:
        count = source.count(self.old)
        if count != 1:
            raise FaultError(
                f"fault '{self.name}': {self.module} must hold the text {self.old!r} once, not {count} "
                "times: bring the planted faults up to date"
            )
        return source.replace(self.old, self.new)


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, fault: Fault) -> None:
        super().__init__(name, path)
        self._fault = fault

    def get_code(self, fullname: str) -> CodeType:
        with open(self.path, encoding="utf-8") as file:
            return compile(self._fault.applied(file.read()), self.path, "exec")


class _Finder(MetaPathFinder):
    def __init__(self, fault: Fault) -> None:
        self._fault = fault

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._fault.module:
            return None
        found = PathFinder.find_spec(fullname, path)
        if found is None or found.origin is None:
            raise FaultError(f"fault '{self._fault.name}': there is no module {fullname}")
        return spec_from_file_location(
            fullname, found.origin, loader=_Loader(fullname, found.origin, self._fault)
        )


def plant(fault: Fault) -> None:
    """Change the text of a module of the prover, which must not have been imported yet."""
    if fault.module in sys.modules:
        raise FaultError("a fault must be planted before the prover is imported")
    sys.meta_path.insert(0, _Finder(fault))


def faults_of(module: str, *rows: tuple[str, str, str]) -> tuple[Fault, ...]:
    return tuple(Fault(name, module, old, new) for name, old, new in rows)
