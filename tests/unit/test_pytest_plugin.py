"""The pytest plugin in sessions of its own: what passes, what fails and with which text, baselines."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from importlib.metadata import entry_points

import pytest

from streamssm.bench.subprocesses import PACKAGE_HOME
from streamssm.testing.baseline import load_baseline  # and NumPy, which must be there before
from streamssm.testing.baseline_names import baseline_name

pytest_plugins = ["pytester"]

COUNTER = '''
import streamssm as ss

class Counter(ss.Algorithm):
    """Events modulo n."""

    def __init__(self, n, limit=None):
        self.limit = n - 1 if limit is None else limit
        self.tokens(event=2)
        self.count = self.register(n)

    def update(self, event):
        if event:
            self.count = self.count + 1 if self.count < self.limit else 0

    def output(self):
        return self.count
'''
MEMORY = """
from counter import Counter

def test_memory(memory_regression):
    memory_regression(Counter, [4, 100])
"""
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
HEAD = "import pytest\nimport streamssm as ss\nfrom counter import Counter\n\n"


@pytest.fixture
def session(pytester: pytest.Pytester) -> pytest.Pytester:
    """Return a folder with an algorithm, where the plugin is loaded as it is after an installation."""
    pytester.makepyfile(counter=COUNTER)
    pytester.syspathinsert()
    installed = entry_points(group="pytest11", name="streamssm")
    plugins = "-p no:cacheprovider" + ("" if installed else " -p streamssm.pytest_plugin")
    pytester.makeini(f"[pytest]\naddopts = {plugins}")
    return pytester


def run(session: pytest.Pytester, *args: str) -> pytest.RunResult:
    return session.runpytest_inprocess(*args)


def write(session: pytest.Pytester, body: str) -> None:
    session.makepyfile(test_it=HEAD + body)


def test_equivalence_passes(session: pytest.Pytester) -> None:
    write(
        session,
        """
def test_class(equivalence):
    found = equivalence(Counter(5))
    assert found.covers == ("every stream", "every stream")
    assert found.program.memory_bits == found.model.memory_bits == 3

@pytest.mark.parametrize("method", ["auto", "exhaust", "sample"])
def test_program(equivalence, method):
    assert equivalence(Counter(5).program(), method=method).there.method in (method, "exhaust")

def test_model(equivalence):
    found = equivalence(ss.to_ssm(Counter(5)))
    assert (found.there.a.kind, found.there.b.kind, found.back.b.kind) == ("model", "program", "model")

def test_pair(equivalence):
    assert equivalence(Counter(5), Counter(5).program()).covers == "every stream"
""",
    )
    run(session).assert_outcomes(passed=6)


def test_equivalence_fails_with_the_witness(session: pytest.Pytester) -> None:
    write(session, "def test_pair(equivalence):\n    equivalence(Counter(5), Counter(5, limit=3))\n")
    result = run(session)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "Counter (class) and Counter (class) are not equivalent",
            "shortest differing stream: 4 tokens*",
            "*a: state count=4; output 4",
            "*b: state count=0; output 0",
            "replay: streamssm.check(a, b, stream=[[](1,), (1,), (1,), (1,)])",
        ]
    )
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_equivalence_fails_where_a_translation_is_wrong(session: pytest.Pytester) -> None:
    body = "equivalence(Counter(5), translate=lambda program: ss.to_ssm(Counter(5, limit=3)))"
    write(session, f"def test_class(equivalence):\n    {body}\n")
    result = run(session)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["Counter (class) and Counter (model) are not equivalent", "*4 tokens*"])


def test_equivalence_fails_on_memory_alone(session: pytest.Pytester) -> None:
    write(session, "def test_pair(equivalence):\n    equivalence(Counter(9), Counter(5, limit=8))\n")
    assert run(session).ret == 1
    write(session, "def test_pair(equivalence):\n    equivalence(Counter(5), Counter(9, limit=4))\n")
    run(session).stdout.fnmatch_lines(["outputs: equal*", "memory: different (3 bits, 4 bits)"])


WIDE = """
import streamssm as ss
from streamssm.algorithms import FunctionComposition

class Wide(FunctionComposition):
    def __init__(self):
        super().__init__(1 << 32)
"""


@pytest.fixture
def proofs(session: pytest.Pytester) -> pytest.Pytester:
    pytest.importorskip("bitwuzla", reason="the extra prove")
    session.makepyfile(wide=WIDE)
    return session


def test_equivalence_proves(proofs: pytest.Pytester) -> None:
    body = """
from wide import Wide

@pytest.mark.parametrize("method", ["prove", "strongest"])
def test_wide(equivalence, method):
    found = equivalence(Wide(), method=method)
    assert found.covers == ("every stream", "every stream")
    assert (found.there.method, found.back.method) == ("prove", "prove")

def test_model(equivalence):
    assert equivalence(ss.to_ssm(Wide()), method="prove").covers == ("every stream", "every stream")

def test_small(equivalence):
    assert equivalence(Counter(5), method="strongest").there.method == "exhaust"

def test_wrong(equivalence):
    with pytest.raises(pytest.fail.Exception, match="shortest differing stream: 4 tokens"):
        equivalence(Counter(5), Counter(5, limit=3), method="prove")
"""
    write(proofs, body)
    run(proofs).assert_outcomes(passed=5)


@pytest.mark.parametrize("origin", ["ini", "command line"])
def test_a_session_says_how_to_check(proofs: pytest.Pytester, origin: str) -> None:
    write(
        proofs,
        """
def test_given(equivalence):
    assert equivalence(Counter(5)).there.method == "prove"

def test_what_a_test_says_counts(equivalence):
    assert equivalence(Counter(5), method="exhaust").there.method == "exhaust"
""",
    )
    if origin == "ini":
        ini = proofs.path / "tox.ini"
        ini.write_text(ini.read_text() + "\nstreamssm_method = prove\nstreamssm_timeout = 30\n")
        run(proofs).assert_outcomes(passed=2)
    else:
        run(proofs, "--streamssm-method", "prove", "--streamssm-timeout=30").assert_outcomes(passed=2)


def test_the_command_line_counts_before_the_ini_file(proofs: pytest.Pytester) -> None:
    ini = proofs.path / "tox.ini"
    ini.write_text(ini.read_text() + "\nstreamssm_method = prove\n")
    write(proofs, 'def test_it(equivalence):\n    assert equivalence(Counter(5)).there.method == "exhaust"\n')
    run(proofs, "--streamssm-method=exhaust").assert_outcomes(passed=1)


def test_proofs_are_kept_and_shown_again(proofs: pytest.Pytester) -> None:
    body = """
from wide import Wide

def test_it(equivalence):
    found = equivalence(Wide(), method="prove")
    print("shown by", found.there.method, found.back.method)
"""
    write(proofs, body)
    options = ("--streamssm-certificates=proofs", "-s")
    run(proofs, *options).stdout.fnmatch_lines(["*shown by prove prove*"])
    kept = sorted((proofs.path / "proofs").iterdir())
    assert len(kept) == 2
    run(proofs, *options).stdout.fnmatch_lines(["*shown by certificate certificate*"])
    kept[0].write_text("{}")  # what is no certificate is written anew
    result = run(proofs, *options)
    result.assert_outcomes(passed=1)
    assert '"streamssm proof"' in kept[0].read_text()


def test_equivalence_fails_where_no_proof_is_found(proofs: pytest.Pytester) -> None:
    proofs.makepyfile(
        twins="""
import streamssm as ss

class Twin(ss.Algorithm):
    def __init__(self, sign):
        self.sign = sign
        self.tokens(x=1 << 24, y=1 << 24)
        self.kept = self.register(1 << 25)

    def update(self, x, y):
        square = (x + y) * (x + y) if self.sign else x * x + 2 * x * y + y * y
        self.kept = square >> 25

    def output(self):
        return self.kept
"""
    )
    call = "equivalence(Twin(0), Twin(1), OPTIONS)"
    body = f"from twins import Twin\ndef test_it(equivalence):\n    {call}\n"
    write(proofs, body.replace("OPTIONS", 'method="prove"'))
    result = run(proofs, "--streamssm-timeout=0.05")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*may differ, no proof was found", "outputs: unknown (prove: *"])
    write(proofs, body.replace("OPTIONS", 'method="strongest", tokens=1000'))
    run(proofs, "--streamssm-timeout=0.05").assert_outcomes(passed=1)  # by what was sampled


def test_options_of_another_method_than_the_sessions_are_left_out(session: pytest.Pytester) -> None:
    write(session, "def test_it(equivalence):\n    equivalence(Counter(5), tokens=1000)\n")
    run(session, "--streamssm-method=exhaust", "--streamssm-timeout=5").assert_outcomes(passed=1)
    write(session, "def test_it(equivalence):\n    equivalence(Counter(5), method='exhaust', tokens=1000)\n")
    result = run(session)
    result.stdout.fnmatch_lines(["*tokens is an option of method 'auto' or 'sample', not of 'exhaust'*"])


def test_a_wrong_setting_is_one_line(session: pytest.Pytester) -> None:
    write(session, "def test_it(equivalence):\n    equivalence(Counter(5))\n")
    for option, text in (
        ("timeout=soon", "streamssm_timeout must be a number of seconds, more than 0, not 'soon'"),
        ("timeout=-1", "streamssm_timeout must be a number of seconds, more than 0, not '-1'"),
        ("timeout=nan", "streamssm_timeout must be a number of seconds, more than 0, not 'nan'"),
        (
            "method=magic",
            "streamssm_method must be one of auto, sample, exhaust, prove, certificate, strongest, "
            "not 'magic'",
        ),
    ):
        result = run(session, f"--streamssm-{option}")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert result.stderr.str().strip() == f"ERROR: {text}"


def test_equivalence_fails_where_a_search_ends_early(session: pytest.Pytester) -> None:
    options = 'method="exhaust", max_transitions=20'
    write(session, f"def test_class(equivalence):\n    equivalence(Counter(50), {options})\n")
    run(session).stdout.fnmatch_lines(
        ["*may differ, the search did not finish", "outputs: unknown (exhaust: *"]
    )


def test_equivalence_fails_with_the_reasons_of_the_translator(session: pytest.Pytester) -> None:
    session.makepyfile(counter=COUNTER.replace(" if self.count < self.limit else 0", ""))
    write(session, "def test_class(equivalence):\n    equivalence(Counter(5))\n")
    result = run(session)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["Counter cannot be translated, for 1 reason:", "*counter.py:13: self.count must stay in*"]
    )


def test_a_missing_baseline_tells_how_to_make_it(session: pytest.Pytester) -> None:
    session.makepyfile(test_memory=MEMORY)
    result = run(session)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "test_memory/test_memory.json: there is no memory baseline",
            "  measured: {'4': 2, '100': 7}",
            "  to write it, then commit it: pytest --force-regen test_memory.py::test_memory",
        ]
    )
    assert not (session.path / "test_memory").exists()


def test_a_baseline_is_written_read_and_written_anew(session: pytest.Pytester) -> None:
    session.makepyfile(test_memory=MEMORY)
    path = session.path / "test_memory" / "test_memory.json"
    result = run(session, "--force-regen")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*baselines written*", "test_memory/test_memory.json: {'4': 2, '100': 7}"])
    assert load_baseline(path, "test_memory") == {"4": 2, "100": 7}
    run(session).assert_outcomes(passed=1)

    path.write_text(path.read_text().replace("7", "6"))
    result = run(session)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "test_memory/test_memory.json: memory_bits differ",
            "  size 100: 7 bits, not 6",
            "  if the change is intended: pytest --force-regen test_memory.py::test_memory",
        ]
    )
    path.write_text(path.read_text().replace("6", "9"))
    result = run(session)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "test_memory/test_memory.json: less memory than the baseline, an improvement",
            "  size 100: 7 bits, not 9",
            "  to keep it: pytest --force-regen test_memory.py::test_memory",
        ]
    )
    run(session, "--force-regen").assert_outcomes(passed=1)
    run(session).assert_outcomes(passed=1)


NO_BASELINES = ["", "[]", '{"test": "test_memory"}', '{"test": "other", "memory_bits": {"4": 2}}']


@pytest.mark.parametrize("text", NO_BASELINES)
def test_a_baseline_that_is_none_is_told(session: pytest.Pytester, text: str) -> None:
    session.makepyfile(test_memory=MEMORY)
    folder = session.mkdir("test_memory")
    (folder / "test_memory.json").write_text(text)
    result = run(session)
    result.stdout.fnmatch_lines(
        ["test_memory/test_memory.json: *", "  to write it again: pytest --force-regen *"]
    )
    assert "Traceback" not in result.stdout.str() and "During handling" not in result.stdout.str()
    run(session, "--force-regen").assert_outcomes(passed=1)


def test_each_measurement_has_its_own_baseline(session: pytest.Pytester) -> None:
    write(
        session,
        """
@pytest.mark.parametrize("limit", [None, 2])
def test_memory(memory_regression, limit):
    memory_regression(lambda n: Counter(n, limit=limit), [4])
    memory_regression(lambda n: Counter(n, limit=limit).program(), [5], name=f"program {limit}")
    memory_regression(lambda n: ss.to_ssm(Counter(n, limit=limit)), [9], name=f"model {limit}")

def test_twice(memory_regression):
    memory_regression(Counter, [4])
    memory_regression(Counter, [4])
""",
    )
    run(session, "--force-regen").assert_outcomes(passed=2, failed=1)
    names = {path.name for path in (session.path / "test_it").iterdir()}
    tests = [f"{kind}{value}" for kind in ("program ", "model ") for value in ("None", "2")]
    tests += ["test_memory[None]", "test_memory[2]", "test_twice"]
    assert names == {f"{baseline_name(test)}.json" for test in tests}
    run(session).stdout.fnmatch_lines(["*memory_regression is called twice for*"])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("Counter, []", "at least one size is required"),
        ("Counter, [4, 4]", "duplicate size 4"),
        ("lambda n: n, [4]", "memory_bits needs an algorithm, a program or a model, not 4"),
    ],
)
def test_bad_calls(session: pytest.Pytester, call: str, message: str) -> None:
    write(session, f"def test_memory(memory_regression):\n    memory_regression({call})\n")
    run(session).stdout.fnmatch_lines([f"*ParameterError: {message}"])


def test_the_option_may_be_another_plugins(session: pytest.Pytester) -> None:
    session.makepyfile(
        others='def pytest_addoption(parser):\n    parser.addoption("--force-regen", action="store_true")\n'
    )
    session.makepyfile(test_memory=MEMORY)
    others = ["-p", "no:regressions", "-p", "others"]  # the real one may be installed
    run(session, *others, "--force-regen").assert_outcomes(passed=1)
    run(session, *others).assert_outcomes(passed=1)
    run(session, "-p", "no:regressions", "--help").stdout.fnmatch_lines(
        ["*--force-regen*rewrite the baselines*"]
    )


def test_works_beside_pytest_benchmark(session: pytest.Pytester) -> None:
    pytest.importorskip("pytest_benchmark")
    write(
        session,
        """
def test_speed(benchmark, equivalence):
    program = equivalence(Counter(5)).program
    benchmark(program.run, [(1,), (0,)])
""",
    )
    run(session, "--benchmark-disable").assert_outcomes(passed=1)


def test_works_under_xdist(session: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    write(
        session,
        """
@pytest.mark.parametrize("n", range(1, 9))
def test_memory(memory_regression, n):
    memory_regression(Counter, [n])
""",
    )
    result = session.runpytest_subprocess("-n", "2", "--force-regen")
    result.assert_outcomes(passed=8)
    assert sum(".json: {" in line for line in result.outlines) == 8
    session.runpytest_subprocess("-n", "2").assert_outcomes(passed=8)


def test_loading_the_plugin_imports_little() -> None:
    script = "import sys, streamssm.pytest_plugin; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    found = subprocess.run(command, capture_output=True, text=True, check=True, cwd=PACKAGE_HOME)
    names = set(found.stdout.split())
    ours = {name for name in names if name.startswith("streamssm")}
    assert ours == {"streamssm", "streamssm.errors", "streamssm.pytest_plugin"}
    assert "numpy" not in names


BEHAVIOR = """
def test_behavior(behavior_regression):
    behavior_regression(Counter(5))
"""
# a change of the class: what it becomes, and how many tokens show it
CHANGES = {
    "doubled": ("self.count + 1 if", "self.count + 2 if", 1),
    "another comparison": ("self.count < self.limit", "self.count == self.limit", 1),
    "off by one": ("self.count < self.limit", "self.count < self.limit - 1", 4),
    "swapped branches": ("if event:", "if not event:", 1),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_algorithm_is_caught_by_its_behavior_alone(session: pytest.Pytester, change: str) -> None:
    old, new, tokens = CHANGES[change]
    write(session, BEHAVIOR + "\n\ndef test_model(equivalence):\n    equivalence(Counter(5))\n")
    run(session, "--force-regen").assert_outcomes(passed=2)
    run(session).assert_outcomes(passed=2)
    assert old in COUNTER
    text = COUNTER.replace(old, new).replace(
        "self.count = self.register(n)", "self.count = self.register(n + 2)"
    )
    session.makepyfile(counter=text)
    result = session.runpytest_subprocess()
    result.assert_outcomes(passed=1, failed=1)  # the model of the changed class is equal to it
    result.stdout.fnmatch_lines(
        [
            "Counter (baseline) (program) and Counter (now) (program) are not equivalent",
            f"shortest differing stream: {tokens} token*",
        ]
    )


def test_a_difference_is_replayed_from_a_shell(session: pytest.Pytester) -> None:
    write(session, BEHAVIOR)
    run(session, "--force-regen").assert_outcomes(passed=1)
    text = COUNTER.replace("self.count + 1 if", "self.count + 2 if").replace("register(n)", "register(n + 2)")
    session.makepyfile(counter=text)
    result = session.runpytest_subprocess()
    line = next(line for line in result.stdout.lines if "streamssm check " in line)
    words = shlex.split(line[line.index("streamssm check ") :])
    process = subprocess.run(
        [sys.executable, "-c", "from streamssm.cli import main; main()", *words[1:]],
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
    )
    assert process.returncode == 1 and "DIFFERENT" in process.stdout


def test_another_interface_and_a_class_that_is_refused_are_one_line(session: pytest.Pytester) -> None:
    write(session, BEHAVIOR)
    run(session, "--force-regen").assert_outcomes(passed=1)
    for old, new, text in (
        ("event=2", "event=3", "*test_behavior.program.json: the interface has changed: *"),
        ("if event:", "while event:", "*while is not supported*"),
    ):
        session.makepyfile(counter=COUNTER.replace(old, new))
        result = session.runpytest_subprocess()
        result.assert_outcomes(failed=1)
        result.stdout.fnmatch_lines([text])
        assert "During handling" not in result.stdout.str()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "streamssm program"}'])
def test_a_program_that_is_no_baseline_is_one_line(session: pytest.Pytester, text: str) -> None:
    write(session, BEHAVIOR)
    (session.mkdir("test_it") / "test_behavior.program.json").write_text(text)
    result = run(session)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["test_it/test_behavior.program.json: *", "  to write it again: pytest *"])


def test_without_a_baseline_the_test_fails_and_says_how_to_write_it(session: pytest.Pytester) -> None:
    write(session, BEHAVIOR)
    result = run(session)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "test_it/test_behavior.program.json: there is no baseline",
            "  to write it, then commit it: pytest --force-regen test_it.py::test_behavior",
        ]
    )


TWO_CLASSES = """
class TestSmall:
    @pytest.mark.parametrize("text", ["a/b", "a b"])
    def test_it(self, behavior_regression, memory_regression, text):
        behavior_regression(Counter(5))
        memory_regression(Counter, [5])

class TestLarge:
    def test_it(self, behaviour_regression, memory_regression):
        behaviour_regression(Counter(50))
        memory_regression(Counter, [50])
"""


def test_classes_and_parameters_have_baselines_of_their_own(session: pytest.Pytester) -> None:
    write(session, TWO_CLASSES)
    run(session, "--force-regen").assert_outcomes(passed=3)
    names = sorted(path.name for path in (session.path / "test_it").iterdir())
    assert len(names) == 6 and len({name.lower() for name in names}) == 6
    assert {"TestLarge.test_it.json", "TestLarge.test_it.program.json"} < set(names)
    result = run(session)
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["streamssm behavior_regression: 3 every stream by search"])


def test_a_baseline_of_the_first_version_still_counts(session: pytest.Pytester) -> None:
    write(
        session,
        "class TestIt:\n    def test_it(self, memory_regression):\n        memory_regression(Counter, [5])\n",
    )
    old = session.mkdir("test_it") / "test_it.json"
    old.write_text('{"test": "test_it", "memory_bits": {"5": 3}}')
    result = run(session)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["streamssm: test_it/test_it.json is a baseline of version 0.1; *"])
    old.write_text('{"test": "test_it", "memory_bits": {"5": 2}}')
    run(session).assert_outcomes(failed=1)
