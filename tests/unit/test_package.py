"""What an installation holds: one import name, compiled kernels, nothing else."""

from __future__ import annotations

import importlib
import importlib.util
from importlib.machinery import EXTENSION_SUFFIXES
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import PurePosixPath

import pytest

import streamssm

KERNELS = ["automaton", "bitpack", "blockmap", "collide", "explore", "program_vm", "scan"]


@pytest.fixture
def installed() -> Distribution:
    """Return the installed distribution; in a checkout that was compiled in place there is none."""
    try:
        found = distribution("streamssm")
    except PackageNotFoundError:
        pytest.skip("streamssm is not installed")
    if found.read_text("WHEEL") is None or str(found.locate_file("streamssm")) not in streamssm.__path__:
        pytest.skip("streamssm is imported from a checkout, not from the installation")
    return found


def files(installed: Distribution) -> list[PurePosixPath]:
    found = [PurePosixPath(file) for file in installed.files or ()]
    assert found
    return found


@pytest.mark.parametrize("name", KERNELS)
def test_kernel_is_compiled(name: str) -> None:
    module = importlib.import_module(f"streamssm.cext.{name}")
    assert str(module.__file__).endswith(tuple(EXTENSION_SUFFIXES))


def test_mapped_folders_are_one_package(installed: Distribution) -> None:
    for name in ("cext", "equivalences", "bench"):
        spec = importlib.util.find_spec(f"streamssm.{name}")
        assert spec is not None
        assert str(installed.locate_file(f"streamssm/{name}")) in (spec.submodule_search_locations or ())


def test_nothing_generic_in_site_packages(installed: Distribution) -> None:
    tops = {file.parts[0] for file in files(installed) if file.parts[0] != ".."}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"streamssm"}


def test_no_sources_of_kernels_are_installed(installed: Distribution) -> None:
    assert [file for file in files(installed) if file.suffix in {".c", ".h", ".pyx"}] == []


def test_typing_information_is_installed(installed: Distribution) -> None:
    names = {str(file) for file in files(installed)}
    assert {"streamssm/py.typed", *(f"streamssm/cext/{name}.pyi" for name in KERNELS)} <= names


def test_entry_points(installed: Distribution) -> None:
    assert {(point.group, point.name, point.value) for point in installed.entry_points} == {
        ("console_scripts", "streamssm", "streamssm.cli:main"),
        ("pytest11", "streamssm", "streamssm.pytest_plugin"),
    }
