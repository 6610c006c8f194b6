"""The library of streaming algorithms: one per file of this folder, discovered automatically.

>>> from streamssm.algorithms import FunctionComposition
>>> FunctionComposition(1024).program().memory_bits
20
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

from streamssm.frontends.algorithm import Algorithm


def library() -> dict[str, type[Algorithm]]:
    """Return all algorithms of the library, keyed by their class names in snake case.

    >>> library()["misra_gries"].__name__
    'MisraGries'
    """
    return {_snake_case(cls.__name__): cls for cls in sorted(_classes(), key=lambda cls: cls.__name__)}


def _classes() -> Iterator[type[Algorithm]]:
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        for value in vars(module).values():
            if (
                isinstance(value, type)
                and issubclass(value, Algorithm)
                and value.__module__ == module.__name__
            ):
                yield value


def _snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def __getattr__(name: str) -> Any:
    if not name.startswith("_"):
        for cls in _classes():
            if cls.__name__ == name:
                return cls
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *(cls.__name__ for cls in _classes())})
