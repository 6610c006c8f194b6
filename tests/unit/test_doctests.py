"""Every example in a docstring of the package under test runs, those of compiled modules too."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import streamssm

# what a module may need that the test extra does not bring
OPTIONAL = {"aalpy", "automata", "bitwuzla", "numba", "sympy"}


def module_names() -> list[str]:
    """List the modules that can be imported freely: no script and no file of benchmarks."""
    found = pkgutil.walk_packages(streamssm.__path__, prefix="streamssm.")
    names = ["streamssm", *(module.name for module in found)]
    return [name for name in names if not name.rpartition(".")[2].startswith(("__main__", "bench_"))]


def test_walk_reaches_mapped_folders_and_kernels() -> None:
    assert {"streamssm.errors", "streamssm.equivalences", "streamssm.cext.program_vm"} <= set(module_names())


@pytest.mark.parametrize("name", module_names())
def test_docstring_examples(name: str) -> None:
    try:
        module = importlib.import_module(name)
    except ModuleNotFoundError as missing:
        if missing.name not in OPTIONAL:
            raise
        pytest.skip(f"{missing.name} is not installed")
    assert doctest.testmod(module).failed == 0
