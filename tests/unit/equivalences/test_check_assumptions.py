"""Assumptions by ss.assume_in_range: proved by an invariant, refuted by a shortest stream, or left open."""

from __future__ import annotations

import itertools
import json
from random import Random

import pytest

import streamssm as ss
from streamssm.algorithms import Xorshift
from streamssm.algorithms.sliding_sum import SlidingSum
from streamssm.equivalences.assumptions.assumption_report import AssumptionReport, AssumptionVerdict
from streamssm.equivalences.checking.sides import ExecutionMode, side_of
from streamssm.errors import ParameterError, PrecisionError
from streamssm.program.load_program import load_program
from streamssm.program.save_program import save_program
from tests.assuming_classes import Lead, Occupancy, Paths, RingQueue, Rules, Shared, Spread, Squares, Stack
from tests.sample_classes import Majority
from tests.soak import examples

pytest.importorskip("bitwuzla", reason="the extra prove")


def check(algorithm: ss.Algorithm, seconds: float = 30.0) -> AssumptionReport:
    return ss.check_assumptions(algorithm, timeout=seconds)


def length_before_python_raises(algorithm: ss.Algorithm, most: int = 12) -> int | None:
    """Return the length of a shortest stream that plain Python raises on, by trying states level by level."""
    side = side_of(algorithm)
    step, ranges = side.steps[ExecutionMode.CLASS], [range(w.range.lo, w.range.hi + 1) for w in side.fields]
    tokens, level, seen = list(itertools.product(*ranges)), {side.initial}, {side.initial}
    for length in range(1, most + 1):
        after = set()
        for state, token in itertools.product(level, tokens):
            try:
                after.add(step(state, token)[0])
            except PrecisionError:
                return length
        level = after - seen
        seen |= after
        if not level:
            return None
    raise AssertionError("there are streams that were not tried")


def raises_at_the_end(algorithm: ss.Algorithm, tokens: tuple[tuple[int, ...], ...]) -> str:
    """Run plain Python; return what it raises on the last token."""
    for token in tokens[:-1]:
        algorithm.update(*token)
        algorithm.output()
    with pytest.raises(PrecisionError) as caught:
        algorithm.update(*tokens[-1])
        algorithm.output()
    return str(caught.value)


PROVED = {
    "ring": (lambda: SlidingSum(8, 4), {"total == sum of values"}),
    "wide ring": (lambda: SlidingSum(1 << 16, 24), {"total == sum of values"}),
    "slots": (lambda: Occupancy(4, 5), {"used == number of nonzero words of slots"}),
    "wide slots": (lambda: Occupancy(24, 1 << 12), {"used == number of nonzero words of slots"}),
    "pointers": (lambda: RingQueue(8), {"(head - tail + size) mod 8 == 0"}),
    "pointers of an odd ring": (lambda: RingQueue(999), {"(head - tail + size) mod 999 == 0"}),
    "stack": (lambda: Stack(6, 16), {"total == sum of items[:depth]"}),
    "wide stack": (lambda: Stack(16, 1 << 12), {"total == sum of items[:depth]"}),
    "order": (lambda: Spread(16, 4), {"best[1] <= best[0]", "best[2] <= best[1]", "best[3] <= best[2]"}),
    "difference": (lambda: Lead(1000), {"lead == ups - downs"}),
}


@pytest.mark.parametrize(("make", "invariant"), PROVED.values(), ids=PROVED)
def test_proved_by_an_invariant(make: type, invariant: set[str]) -> None:
    report = check(make())
    assert report.holds is True and report.findings
    for finding in report.findings:
        assert finding.verdict is AssumptionVerdict.PROVED and finding.how == "by an invariant"
        assert set(finding.invariant) == invariant


# each breaks the invariant of one above, by one changed line or bound
REFUTED = {
    "one slot is counted twice": lambda: Occupancy(3, 3, forgets=True),
    "the head moves too far": lambda: RingQueue(4, step=3),
    "what was taken off still counts": lambda: Stack(2, 3, keeps=True),
    "the order is lost": lambda: Spread(4, 3, swapped=True),
    "one vote too many": lambda: Lead(4, most=3),
    "a limit": lambda: Majority(3, 4),
}


@pytest.mark.parametrize("make", REFUTED.values(), ids=REFUTED)
def test_refuted_by_a_shortest_stream(make: type) -> None:
    report = check(make())
    assert report.holds is False
    refuted = [finding.refutation for finding in report.findings if finding.refutation is not None]
    assert all(refutation.shortest and refutation.raised for refutation in refuted)
    for refutation in refuted:
        assert raises_at_the_end(make(), refutation.tokens) == refutation.raised
    assert min(len(refutation.tokens) for refutation in refuted) == length_before_python_raises(make())


def test_a_false_bound_of_words_too_wide_to_search() -> None:
    class OneLess(SlidingSum):
        def __init__(self) -> None:
            super().__init__(1 << 16, 5)
            self.most -= 1

    (finding,) = check(OneLess()).findings
    refutation = finding.refutation
    assert refutation is not None and refutation.shortest and refutation.tokens == (((1 << 16) - 1,),) * 5
    assert raises_at_the_end(OneLess(), refutation.tokens) == refutation.raised


class NeverWritten(SlidingSum):
    """The ring stays empty."""

    def update(self, x: int) -> None:
        self.total = ss.assume_in_range(self.total - self.values[self.oldest] + x, 0, self.most)
        self.oldest = (self.oldest + 1) % self.window


class WrittenBefore(SlidingSum):
    """The new value is in the ring when the old one should be taken off."""

    def update(self, x: int) -> None:
        self.values[self.oldest] = x
        self.total = ss.assume_in_range(self.total - self.values[self.oldest] + x + x, 0, self.most)
        self.oldest = (self.oldest + 1) % self.window


class StandsStill(SlidingSum):
    """With a ring of one word the total is still the sum of the ring."""

    def update(self, x: int) -> None:
        self.total = ss.assume_in_range(self.total - self.values[self.oldest] + x, 0, self.most)
        self.values[self.oldest] = x


@pytest.mark.parametrize("window", [3, 6])
def test_changed_lines(window: int) -> None:
    for cls in (NeverWritten, WrittenBefore):
        assert check(cls(1 << 12, window)).holds is False
    assert check(StandsStill(1 << 12, window)).holds is True


def test_true_and_not_found_stays_unknown() -> None:
    report = ss.check_assumptions(Squares(), timeout=2.0, tokens=10**5, max_transitions=10**5)
    (finding,) = report.findings
    assert report.holds is None and finding.verdict is AssumptionVerdict.UNKNOWN
    assert finding.refutation is None and finding.invariant == ()
    assert "no failure on" in finding.how and "every stream up to length" in finding.how


def test_small_enough_to_search() -> None:
    report = ss.check_assumptions(Squares(9, noise=3), timeout=0.01)
    assert report.holds is True and report.findings[0].how == "by a search of all reachable states"


def test_a_path_makes_it_hold() -> None:
    report = check(Paths())
    assert report.holds is True and length_before_python_raises(Paths(), 40) is None


def test_one_line_assumed_of_two_moments() -> None:
    update, output = check(Shared()).findings
    assert str(update.assumption) == str(output.assumption)
    assert update.verdict is AssumptionVerdict.PROVED and update.invariant == ("twin == kept",)
    refutation = output.refutation
    assert refutation is not None and (refutation.tokens, refutation.shortest) == ((), True)
    assert refutation.raised == "a value must lie within [0, 4], not be -1"


@pytest.mark.soak
def test_random_rules() -> None:
    verdicts = set()
    for seed in range(examples(12)):
        draw = Random(seed)
        rules = tuple(
            (draw.randrange(2), draw.randrange(4), draw.randrange(4), draw.choice((-1, 0, 0, 1, 1)))
            for _ in range(draw.randint(1, 4))
        )
        report, length = check(Rules(rules)), length_before_python_raises(Rules(rules), 300)
        assert report.holds is (length is None)
        for finding in report.findings:
            assert finding.refutation is None or len(finding.refutation.tokens) == length
        verdicts |= {finding.verdict for finding in report.findings}
    assert verdicts >= {AssumptionVerdict.PROVED, AssumptionVerdict.REFUTED}


def test_a_saved_program_says_its_assumptions(tmp_path: object) -> None:
    path = f"{tmp_path}/sum.json"
    save_program(SlidingSum(4, 3).program(), path)
    report = ss.check_assumptions(load_program(path))
    assert report.holds is True and report.findings[0].invariant == ("total == sum of values",)
    save_program(Lead(3, 2).program(), path)
    refutation = ss.check_assumptions(load_program(path)).findings[0].refutation
    assert refutation is not None and (refutation.tokens, refutation.raised) == (((1,),) * 3, None)


def test_a_program_saved_before_claims_is_unknown(tmp_path: object) -> None:
    path = f"{tmp_path}/sum.json"
    save_program(SlidingSum(4, 3).program(), path)
    with open(path) as file:
        content = json.load(file)
    content["assumptions"] = [row[:3] for row in content["assumptions"]]
    with open(path, "w") as file:
        json.dump(content, file)
    (finding,) = ss.check_assumptions(load_program(path)).findings
    assert finding.verdict is AssumptionVerdict.UNKNOWN and "translate it again" in finding.how


def test_nothing_assumed() -> None:
    report = ss.check_assumptions(Xorshift(8))
    assert report.holds is True and str(report) == "Xorshift assumes nothing"


def test_the_report_tells() -> None:
    report = check(Lead(3, 2))
    lines = str(report).splitlines()
    assert lines[0].startswith("refuted: ") and "-3 <= self.lead + 1 <= 2 (by a stream" in lines[0]
    assert lines[1:3] == ["  a shortest stream: 1 *3", "  raises: a value must lie within [-3, 2], not be 3"]
    assert "  invariant: lead == ups - downs" in lines
    again = json.loads(json.dumps(report.to_dict()))
    assert (again["holds"], again["findings"][0]["refutation"]["tokens"]) == (False, [[1], [1], [1]])


def test_bad_parameters() -> None:
    with pytest.raises(ParameterError, match=r"timeout must be more than 0 seconds, not 0"):
        ss.check_assumptions(Lead(3), timeout=0)
