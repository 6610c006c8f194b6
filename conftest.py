"""Test session set-up: how hard hypothesis tries, where ``tests`` is imported from, what is under test."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent


def load_profile() -> None:
    """Load ``soak`` where SOAK is set, else ``quick``, which tries the same examples in every run."""
    from tests.soak import SOAK, examples

    settings.register_profile("quick", max_examples=50, deadline=None, derandomize=True)
    settings.register_profile(
        "soak", max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.too_slow]
    )
    settings.load_profile("soak" if SOAK else "quick")


def register_tests_package() -> None:
    """Make ``tests`` importable without putting the root, and so ./streamssm, on the path."""
    folder = ROOT / "tests"
    spec = importlib.util.spec_from_file_location(
        "tests", folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{folder} must be a package")
    module = importlib.util.module_from_spec(spec)
    sys.modules["tests"] = module
    spec.loader.exec_module(module)


def pytest_report_header() -> str:
    import streamssm

    return f"streamssm under test: {Path(streamssm.__path__[0])}"


register_tests_package()
load_profile()
