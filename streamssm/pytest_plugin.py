"""The pytest plugin: fixtures for regression tests of your own algorithms.

``equivalence`` translates an algorithm there and back and checks both; ``behavior_regression`` compares its
outputs with a committed program, ``memory_regression`` its memory with committed numbers. The plugin is
loaded by every pytest run where streamssm is installed, so it imports nothing else of the package before a
test uses a fixture.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import pytest

from streamssm.errors import FormatError, NotEquivalentError, ParameterError, UnsupportedProgramError

if TYPE_CHECKING:
    from streamssm.equivalences.check import Report
    from streamssm.testing.round_trip import Equivalence

T = TypeVar("T")

OPTION = "--force-regen"
SETTINGS = {
    "streamssm_method": "default method of equivalence: auto, exhaust, sample, prove or strongest",
    "streamssm_timeout": "seconds for each solver query of a proof",
    "streamssm_certificates": "folder, relative to the root, where proofs are cached and re-checked",
}
# test properties, because xdist reports those to the controller
WRITTEN = "streamssm baseline"
COVERED = "streamssm covered"
NOTE = "streamssm note"
METHODS = ("auto", "sample", "exhaust", "prove", "certificate", "strongest")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, parser: pytest.Parser) -> None:
    """Add the option, unless another plugin (pytest-regressions) has already defined it."""
    if not hasattr(early_config.known_args_namespace, "force_regen"):
        group = parser.getgroup("streamssm")
        group.addoption(OPTION, action="store_true", default=False, help="rewrite the baselines")


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
    if settings.get("method", "auto") not in METHODS:
        methods = ", ".join(METHODS)
        raise pytest.UsageError(f"streamssm_method must be one of {methods}, not {settings['method']!r}")
    if "timeout" in settings:
        settings["timeout"] = _seconds(settings["timeout"])
    if "certificates" in settings:
        settings["certificates"] = config.rootpath / settings["certificates"]
    return settings


def pytest_configure(config: pytest.Config) -> None:
    """Refuse wrong settings before any test runs."""
    _settings(config)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise pytest.UsageError(f"streamssm_timeout must be a number of seconds, more than 0, not {text!r}")
    return seconds


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what the fixtures covered, and list the baselines written in this run."""
    # a test has a report for each of its phases, all with its properties
    reports = [
        report
        for group in terminalreporter.stats.values()
        for report in group
        if getattr(report, "when", None) == "call"
    ]
    properties = [item for report in reports for item in getattr(report, "user_properties", ())]
    covered = Counter(text for name, text in properties if name == COVERED)
    for fixture in sorted({text.split(": ")[0] for text in covered}):
        counts = {text.split(": ", 1)[1]: n for text, n in covered.items() if text.startswith(f"{fixture}: ")}
        parts = ", ".join(f"{number} {coverage}" for coverage, number in sorted(counts.items()))
        terminalreporter.write_line(f"streamssm {fixture}: {parts}")
    for text in sorted({text for name, text in properties if name == NOTE}):
        terminalreporter.write_line(f"streamssm: {text}")
    lines = sorted({text for name, text in properties if name == WRITTEN})
    if lines:
        terminalreporter.section("baselines written")
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
        from streamssm.equivalences.checking.report import Report

        checked: Equivalence | Report = _require_equivalent(source, other, **_suitable(settings, options))
        reports = [checked] if isinstance(checked, Report) else [checked.there, checked.back]
        for report in reports:
            _record(request, "equivalence", report)
        return checked

    return require


def _record(request: pytest.FixtureRequest, fixture: str, report: Report) -> None:
    """Note what a check covered, for the summary."""
    every = report.covers == "every stream"
    how = {"exhaust": "search", "prove": "proof", "certificate": "proof"}.get(report.method, report.method)
    text = f"every stream by {how}" if every else "sampled" if how == "sample" else report.covers
    request.node.user_properties.append((COVERED, f"{fixture}: {text}"))


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


def _require_equivalent(source: Any, other: Any = None, /, **options: Any) -> Any:
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


class Baselines:
    """The files of one test's baselines, in a folder beside the test file and named after it."""

    def __init__(self, request: pytest.FixtureRequest, fixture: str) -> None:
        self.request = request
        self.fixture = fixture
        self.rewrites = bool(request.config.getoption("force_regen", default=False))
        self._used: set[Path] = set()

    def test_name(self, name: str | None) -> str:
        """Return the test with its class and parameters, or a name within its class."""
        classes = self.request.node.nodeid.split("::")[1:-1]
        return ".".join([*classes, self.request.node.name if name is None else name])

    def path(self, name: str | None, ending: str) -> Path:
        """Return the file of a baseline, which a test may use once."""
        from streamssm.testing.baseline_names import baseline_name

        test = self.test_name(name)
        path = self.request.path.with_suffix("") / f"{baseline_name(test)}{ending}"
        if path in self._used:
            raise ParameterError(
                f"{self.fixture} is called twice for {test!r}: give each call a different name="
            )
        self._used.add(path)
        return path

    def former_path(self, name: str | None) -> Path:
        """Return the file that version 0.1 kept a memory baseline in."""
        from streamssm.testing.baseline_names import former_name

        test = self.request.node.name if name is None else name
        return self.request.path.with_suffix("") / f"{former_name(test)}.json"

    def read(self, path: Path, load: Callable[[], T]) -> T:
        """Return a baseline; fail without a traceback if the file is none."""
        __tracebackhide__ = True
        try:
            return load()
        except FormatError as error:
            problem = str(error).removeprefix(f"{path}: ")
        self.fail(path, problem, [], "to write it again")

    def obtained(self, path: Path) -> Path:
        """Return the file of what a failing test got, in pytest's cache: the replay command needs it."""
        cache = getattr(self.request.config, "cache", None)
        folder = path.parent if cache is None else cache.mkdir("streamssm")
        return Path(folder) / f"{path.name.removesuffix('.program.json')}.obtained.program.json"

    def written(self, path: Path, text: str) -> None:
        self.request.node.user_properties.append((WRITTEN, f"{self.shown(path)}: {text}"))

    def note(self, text: str) -> None:
        self.request.node.user_properties.append((NOTE, text))

    def fail(self, path: Path, problem: str, lines: list[str], reason: str) -> NoReturn:
        """Fail with the file, the problem, and the command that writes the baseline."""
        __tracebackhide__ = True
        command = shlex.join(["pytest", OPTION, self.request.node.nodeid])
        text = "\n  ".join([f"{self.shown(path)}: {problem}", *lines, f"{reason}: {command}"])
        pytest.fail(text, pytrace=False)

    def shown(self, path: Path) -> str:
        root = self.request.config.rootpath
        return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


@pytest.fixture
def memory_regression(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Compare memory with the test's baseline: ``memory_regression(make, sizes)``.

    ``make(size)`` returns an algorithm, a program or a model. The baseline is a JSON file named after the
    test, its class and its parameters, in a folder beside the test file and named after it; ``pytest
    --force-regen`` writes it. A test that calls the fixture several times needs a different ``name=`` for
    each call.
    """
    baselines = Baselines(request, "memory_regression")

    def compare(make: Callable[[Any], Any], sizes: Iterable[Any], *, name: str | None = None) -> None:
        __tracebackhide__ = True
        _compare_memory(baselines, make, sizes, name)

    return compare


def _compare_memory(
    baselines: Baselines, make: Callable[[Any], Any], sizes: Iterable[Any], name: str | None
) -> None:
    """Fail unless ``make(size).memory_bits`` equals the baseline, for every size."""
    __tracebackhide__ = True
    from streamssm.testing.baseline import is_less, load_baseline, measured, save_baseline, table_of_changes

    test, path = baselines.test_name(name), baselines.path(name, ".json")
    now = measured(make, sizes)
    if baselines.rewrites:
        save_baseline(path, test, now)
        baselines.written(path, str(now))
        return
    before = baselines.read(path, lambda: load_baseline(path, test))
    former = baselines.former_path(name)
    if before is None and former != path:
        former_test = baselines.request.node.name if name is None else name
        before = baselines.read(former, lambda: load_baseline(former, former_test))
        if before is not None:
            text = f"{baselines.shown(former)} is a baseline of version 0.1"
            baselines.note(f"{text}; {OPTION} writes it as {path.name}")
    if before is None:
        baselines.fail(
            path, "there is no memory baseline", [f"measured: {now}"], "to write it, then commit it"
        )
    elif is_less(before, now):
        changes = table_of_changes(before, now)
        baselines.fail(path, "less memory than the baseline, an improvement", changes, "to keep it")
    elif before != now:
        baselines.fail(path, "memory_bits differ", table_of_changes(before, now), "if the change is intended")


@pytest.fixture
def behavior_regression(request: pytest.FixtureRequest) -> Callable[..., Report | None]:
    """Compare outputs with the test's baseline, on every stream where that is possible.

    ``behavior_regression(source)`` takes an algorithm (an instance), a program, a language or a model. The
    baseline is its program, saved in a folder beside the test file; ``pytest --force-regen`` writes it. The
    options are those of ``equivalence``; without ``method=`` or a method in the ini file it is "strongest": a
    search, or a proof if that does not finish, or samples. A difference is shown with a shortest stream, both
    outputs, and a command that replays it. Memory is compared by ``memory_regression``. A test that calls the
    fixture several times needs a different ``name=`` for each call.
    """
    baselines = Baselines(request, "behavior_regression")
    settings = {"method": "strongest", **_settings(request.config)}

    def compare(source: Any, *, name: str | None = None, **options: Any) -> Report | None:
        __tracebackhide__ = True
        return _compare_behavior(baselines, source, name, _suitable(settings, options))

    return compare


@pytest.fixture
def behaviour_regression(behavior_regression: Callable[..., Report | None]) -> Callable[..., Report | None]:
    """``behavior_regression`` in British spelling."""
    return behavior_regression


def _compare_behavior(
    baselines: Baselines, source: Any, name: str | None, options: dict[str, Any]
) -> Report | None:
    """Fail unless the source gives the outputs of the program in the baseline."""
    __tracebackhide__ = True
    from streamssm.equivalences.ssm_to_program import to_program
    from streamssm.program.load_program import load_program

    path = baselines.path(name, ".program.json")
    try:
        now, refusal = to_program(source), ""
    except UnsupportedProgramError as error:
        refusal = str(error)
    if refusal:
        pytest.fail(refusal, pytrace=False)
    if baselines.rewrites:
        path.parent.mkdir(parents=True, exist_ok=True)
        now.save(str(path))
        baselines.written(path, f"{now.name}, {now.memory_bits} bits")
        return None
    if not path.exists():
        baselines.fail(path, "there is no baseline", [], "to write it, then commit it")
    before = baselines.read(path, lambda: load_program(str(path)))
    obtained = baselines.obtained(path)
    command = ["streamssm", "check", baselines.shown(path), baselines.shown(obtained)]
    names = (f"{before.name} (baseline)", f"{now.name} (now)")
    try:
        report = _require_equivalent(before, now, outputs_only=True, command=command, names=names, **options)
    except pytest.fail.Exception:
        now.save(str(obtained))
        raise
    except ParameterError as error:  # other tokens or numbers of outputs
        refusal = str(error)
    if refusal:
        baselines.fail(path, f"the interface has changed: {refusal}", [], "if the change is intended")
    _record(baselines.request, "behavior_regression", report)
    return report  # type: ignore[no-any-return]
