"""The pytest plugin: fixtures for regression tests of your own algorithms.

``equivalence`` translates an algorithm there and back and checks both; ``memory_regression`` compares its
memory with a committed baseline. The plugin is loaded by every pytest run where streamssm is installed, so it
imports nothing else of the package before a test uses a fixture.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from streamssm.errors import NotEquivalentError, ParameterError, UnsupportedProgramError

if TYPE_CHECKING:
    from streamssm.equivalences.check import Report
    from streamssm.testing.round_trip import Equivalence

OPTION = "--force-regen"
SETTINGS = {
    "streamssm_method": "default method of equivalence: auto, exhaust, sample, prove or strongest",
    "streamssm_timeout": "seconds for each solver query of a proof",
    "streamssm_certificates": "folder, relative to the root, where proofs are cached and re-checked",
}
WRITTEN = "streamssm memory baseline"  # a test property, because xdist reports properties to the controller


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser) -> None:
    """Add the option, unless another plugin (pytest-regressions) has already defined it."""
    if not hasattr(early_config.known_args_namespace, "force_regen"):
        group = parser.getgroup("streamssm")
        group.addoption(OPTION, action="store_true", default=False, help="rewrite the memory baselines")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the default options of the fixture ``equivalence``."""
    group = parser.getgroup("streamssm")
    for name, text in SETTINGS.items():
        group.addoption("--" + name.replace("_", "-"), metavar="X", default=None, help=text)
        parser.addini(name, text, default="")


def _settings(config: pytest.Config) -> dict[str, Any]:
    """Return the options of the command line, or else of the ini file."""
    settings = {}
    for name in SETTINGS:
        value = config.getoption(name, default=None) or config.getini(name)
        if value:
            settings[name.removeprefix("streamssm_")] = value
    if "timeout" in settings:
        settings["timeout"] = _seconds(settings["timeout"])
    if "certificates" in settings:
        settings["certificates"] = config.rootpath / settings["certificates"]
    return settings


def _seconds(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise pytest.UsageError(f"streamssm_timeout must be a number of seconds, not {text!r}") from None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List the baselines written in this run."""
    reports = [report for group in terminalreporter.stats.values() for report in group]
    properties = [item for report in reports for item in getattr(report, "user_properties", ())]
    lines = sorted({text for name, text in properties if name == WRITTEN})
    if lines:
        terminalreporter.section("memory baselines written")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture
def equivalence(request: pytest.FixtureRequest) -> Callable[..., Equivalence | Report]:
    """Translate an artefact there and back and check both; fail with a witness if they differ.

    ``equivalence(source)`` takes an algorithm (an instance), a program or a model; the options are those of
    `streamssm.check` (``method="auto"`` and so on) and ``translate``, a function from a program to its model.
    ``equivalence(a, b)`` checks two artefacts without a translation.

    ``method="strongest"`` covers every stream by a search or, if that does not finish, by a proof if one is
    found. ``streamssm_method``, ``streamssm_timeout`` and ``streamssm_certificates`` in the ini file, or
    ``--streamssm-method`` and so on, are the defaults of every call.
    """
    settings = _settings(request.config)

    def require(source: Any, other: Any = None, /, **options: Any) -> Equivalence | Report:
        __tracebackhide__ = True
        return _require_equivalent(source, other, **_suitable(settings, options))

    return require


def _suitable(settings: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a call with those of the session, which suit its method.

    A method of the session's may meet options that were written for another one; they are left out. Where the
    call itself names the method, an option that is not of that method is an error.
    """
    from streamssm.equivalences.checking.check_options import GROUPS, options_for

    method = options.get("method", settings.get("method", "auto"))
    if method not in GROUPS:
        return {**settings, **options}
    given = options if "method" in options else options_for(method, options)
    return {**options_for(method, settings), **given}


def _require_equivalent(source: Any, other: Any = None, /, **options: Any) -> Equivalence | Report:
    __tracebackhide__ = True
    from streamssm.testing.round_trip import require_equivalent, require_equivalent_both_ways

    try:
        if other is None:
            return require_equivalent_both_ways(source, **options)
        return require_equivalent(source, other, **options)
    except (NotEquivalentError, UnsupportedProgramError) as error:
        failure = _text_of(error)
    pytest.fail(failure, pytrace=False)


def _text_of(error: NotEquivalentError | UnsupportedProgramError) -> str:
    if isinstance(error, UnsupportedProgramError):
        return str(error)
    report = error.report
    open_end = "no proof was found" if report.method == "prove" else "the search did not finish"
    verdict = f"may differ, {open_end}" if report.equal is None else "are not equivalent"
    return f"{report.a.name} ({report.a.kind}) and {report.b.name} ({report.b.kind}) {verdict}\n{report}"


@pytest.fixture
def memory_regression(request: pytest.FixtureRequest) -> MemoryRegression:
    """Compare memory with the test's baseline: ``memory_regression(make, sizes)``.

    ``make(size)`` returns an algorithm, a program or a model. The baseline is a JSON file named after the
    test, in a folder beside the test file and named after it; ``pytest --force-regen`` writes it. A test that
    calls the fixture several times needs a different ``name=`` for each call.
    """
    return MemoryRegression(request)


class MemoryRegression:
    """The memory baselines of one test."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request
        self._used: set[str] = set()

    def __call__(self, make: Callable[[Any], Any], sizes: Iterable[Any], *, name: str | None = None) -> None:
        """Fail unless ``make(size).memory_bits`` equals the baseline, for every size."""
        __tracebackhide__ = True
        from streamssm.testing.baseline import load_baseline, measured, save_baseline, table_of_changes

        test = self._request.node.name if name is None else name
        path = self._path(test)
        now = measured(make, sizes)
        if self._request.config.getoption("force_regen", default=False):
            save_baseline(path, test, now)
            self._request.node.user_properties.append((WRITTEN, f"{self._shown(path)}: {now}"))
            return
        before = load_baseline(path, test)
        if before is None:
            self._fail(
                path, "there is no memory baseline", [f"measured: {now}"], "to write it, then commit it"
            )
        elif before != now:
            self._fail(path, "memory_bits differ", table_of_changes(before, now), "if the change is intended")

    def _path(self, test: str) -> Path:
        """Return the file of a baseline; each file is used once per test."""
        stem = re.sub(r"[^\w.-]+", "_", test).strip("_.") or "_"
        if stem in self._used:
            raise ParameterError(
                f"memory_regression is called twice for {test!r}: give each call a different name="
            )
        self._used.add(stem)
        return self._request.path.with_suffix("") / f"{stem}.json"

    def _fail(self, path: Path, problem: str, lines: list[str], reason: str) -> None:
        __tracebackhide__ = True
        command = shlex.join(["pytest", OPTION, self._request.node.nodeid])
        text = "\n  ".join([f"{self._shown(path)}: {problem}", *lines, f"{reason}: {command}"])
        pytest.fail(text, pytrace=False)

    def _shown(self, path: Path) -> str:
        root = self._request.config.rootpath
        return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)
