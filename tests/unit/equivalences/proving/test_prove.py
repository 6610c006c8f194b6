"""Proofs cover every stream; what differs gets a stream, what is not shown is unknown, never equal."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

import streamssm as ss
from streamssm.algorithms import FunctionComposition, MisraGries, SaturatingCounter, Xorshift
from streamssm.equivalences.check import Report, check
from streamssm.equivalences.ssm_to_program import ssm_to_program
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import ParameterError, PrecisionError
from streamssm.ssm.gadgets import KINDS
from streamssm.ssm.gadgets.kind import GadgetKind
from streamssm.ssm.model import SSM
from streamssm.ssm.weights import weight_sites, with_changed_weight
from tests.case import Case
from tests.cases import CASES, SMALL_CASES
from tests.layered_classes import LAYERED_CASES, LayeredCase, Previous
from tests.models import random_model
from tests.offline_models import ONES, Summed, popcount
from tests.random_layered import random_layered
from tests.soak import examples
from tests.wrong_classes import (
    ForgetfulComposition,
    LateStart,
    NeedleInHaystack,
    WrappingCounter,
)

pytest.importorskip("bitwuzla", reason="the extra prove")

EQUIVALENCES = Path(__file__).parents[4] / "equivalences"
PROVING = (EQUIVALENCES / "proving", EQUIVALENCES / "smt", EQUIVALENCES / "assumptions")
TRANSLATORS = (
    "program_to_ssm",
    "program_to_layers",
    "ssm_to_program",
    "language_to_ssm",
    "layers",
    "thoughts",
    "state_encoding",
    "repack",
    "to_ssm",
)
SLOW = {"chess board", "crc", "crc bitwise"}  # these take more than some seconds


def proved(report: Report) -> bool:
    return (report.equal, report.covers, report.witness) == (True, "every stream", None)


def prove(a: Any, b: Any, **options: Any) -> Report:
    """Ask the prover; what is behind it is tested in its own place, and takes longer."""
    return check(a, b, method="prove", **{"recheck": False, **options})


def marked(case: Case) -> Any:
    marks = [pytest.mark.soak] if case.large else []
    return pytest.param(case, id=case.name.replace(" ", "-"), marks=marks)


def test_a_proof_imports_no_translator() -> None:
    for path in (path for folder in PROVING for path in folder.glob("*.py")):
        names = [
            f"{node.module}.{alias.name}"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        ]
        ours = [name.removeprefix("streamssm.equivalences.") for name in names if "equivalences." in name]
        assert not [name for name in ours if name.startswith(TRANSLATORS)], path


@pytest.mark.parametrize(
    "case", [marked(case) for case in CASES if case in SMALL_CASES or case.name not in SLOW]
)
def test_models_with_thoughts_and_the_way_back(case: Case) -> None:
    program = case.make().program()
    model = to_ssm(program)
    back = ssm_to_program(model)
    for a, b in ((program, model), (program, back), (model, back)):
        report = prove(a, b)
        assert proved(report) and report.method == "prove", str(report)


@pytest.mark.parametrize("transition", ["auto", "zero-one"])
@pytest.mark.parametrize("case", LAYERED_CASES, ids=lambda case: case.name)
def test_layers_and_the_model_with_thoughts(case: LayeredCase, transition: str) -> None:
    if transition == "zero-one" and case.zero_one is None:
        pytest.skip("it has no layers within {0, 1}, or it has not been asked for")
    program = case.make().program()
    layers = to_ssm(program, cot="none", transition=transition)
    assert proved(prove(program, layers))
    if transition == "auto":
        assert proved(prove(to_ssm(program), layers))


@pytest.mark.parametrize("text", ["Y !O a", "a S (b & Y a)", "H(a -> O b)", "Y Y (a | first)"])
def test_past_ltl(text: str) -> None:
    language = ss.Language.from_past_ltl(text)
    for transition in ("auto", "zero-one"):
        assert proved(prove(language, to_ssm(language, cot="none", transition=transition)))


def test_thoughts_of_bounded_size_keep_their_hold_words_clear() -> None:
    report = prove(FunctionComposition(1 << 12), to_ssm(FunctionComposition(1 << 12), cot_bits=8))
    assert proved(report)
    assert {"b.hold image = 0", "b.hold last = 0"} <= set(report.details["relation"])


def test_words_too_wide_to_search() -> None:
    report = prove(FunctionComposition(1 << 32), to_ssm(FunctionComposition(1 << 32)))
    assert proved(report)
    assert report.details["relation"] == ["a.value = b.value", "a.image = b.image"]
    assert {row["result"] for row in report.details["lemmas"]} == {"by regions"}


@pytest.mark.parametrize(
    "make",
    [
        lambda: FunctionComposition(1 << 32),
        lambda: Xorshift(32),
        lambda: SaturatingCounter((1 << 32) - 1),
        lambda: MisraGries(1 << 16, 4, 1 << 16),
    ],
    ids=["composition", "xorshift", "counter", "misra gries"],
)
def test_words_of_many_bits(make) -> None:
    program = make().program()
    assert proved(prove(program, to_ssm(program)))


def test_offline_models() -> None:
    model = popcount(init=1)
    assert prove(model, Summed(ONES, 1).program()).equal is True
    assert prove(model, Summed(ONES, 0).program()).equal is False


# what differs


def test_a_fault_gets_a_shortest_stream() -> None:
    report = prove(FunctionComposition(1 << 32), ForgetfulComposition(1 << 32))
    assert report.equal is False and report.witness is not None
    assert report.witness.shortest and report.witness.position == 2
    again = check(FunctionComposition(1 << 32), ForgetfulComposition(1 << 32), stream=report.witness.tokens)
    assert again.equal is False


def test_a_needle_that_no_search_finds() -> None:
    n = 1 << 40
    report = prove(NeedleInHaystack(n, 0), NeedleInHaystack(n, 1))
    assert report.witness is not None and report.witness.shortest and report.witness.position == 1


def test_a_difference_before_the_first_token() -> None:
    report = prove(SaturatingCounter(3), LateStart(3))
    assert report.witness is not None and report.witness.tokens == ()


def test_a_difference_after_many_tokens_is_no_proof() -> None:
    report = prove(SaturatingCounter(255), WrappingCounter(255))
    assert report.equal is not True


class Twisted(ss.Algorithm):
    """Counts to 3 and back to 0; from 7, where it never is, it would answer something else."""

    def __init__(self, answer):
        self.answer = answer
        self.tokens(step=2)
        self.count = self.register(8)

    def update(self, step):
        if self.count == 7:
            self.count = self.answer
        elif step:
            self.count = (self.count + 1) % 4

    def output(self):
        return self.count


def test_unreachable_states_are_left_out_where_ranges_of_reached_ones_are_kept() -> None:
    report = prove(Twisted(1), Twisted(2))
    assert proved(report)
    assert "0 <= a.count <= 3" in report.details["relation"]


class Hidden(ss.Algorithm):
    """A number and its square; where they were not, it would answer something else."""

    def __init__(self, answer):
        self.answer = answer
        self.tokens(step=2)
        self.root = self.register(32)
        self.square = self.register(1024)

    def update(self, step):
        if self.square == self.root * self.root + 1:
            self.root = self.answer
        elif step and self.root < 31:
            self.square = min(self.square + 2 * self.root + 1, 1023)
            self.root += 1

    def output(self):
        return self.root


def test_what_is_not_inductive_is_unknown_and_says_what_was_tried() -> None:
    report = prove(Hidden(0), Hidden(2))
    assert (report.equal, report.witness) == (None, None)
    assert "no stream is known to reach" in report.details["not inductive"]
    assert report.details["not shown"] and report.details["strengthened by"]
    assert check(Hidden(0), Hidden(2), method="exhaust").equal


def test_time_that_is_over_is_unknown() -> None:
    report = prove(WithProducts(0), WithProducts(1), timeout=0.05)
    assert report.equal is None
    assert "no answer in 0.05 s" in report.details["not shown"][0]


class WithProducts(ss.Algorithm):
    """A product of three words, in one order or another."""

    def __init__(self, order):
        self.order = order
        self.tokens(x=1 << 14, y=1 << 14, z=1 << 14)
        self.last = self.register(1 << 14)

    def update(self, x, y, z):
        product = (x * y) * z if self.order else x * (y * z)
        self.last = product >> 28

    def output(self):
        return self.last


def test_two_sides_that_stop_together() -> None:
    model = next(m for m in map(random_model, range(100)) if m.transducer().error is not None)
    assert proved(prove(model, replace(model, name="again")))


def test_a_forgotten_register_gives_a_shortest_stream() -> None:
    program = FunctionComposition(4).program()
    forgetful = replace(program, next_registers=(program.next_registers[0], program.next_registers[0]))
    report = prove(program, forgetful)
    assert report.equal is False and report.witness is not None
    exhausted = check(program, forgetful, method="exhaust")
    assert exhausted.witness is not None
    assert len(report.witness.tokens) == len(exhausted.witness.tokens)


MUTANTS = {
    "composition": lambda: ss.to_ssm(FunctionComposition(4)),
    "counter": lambda: ss.to_ssm(SaturatingCounter(6)),
    "previous": lambda: ss.to_ssm(Previous(3, first=2), cot="none"),
    "held": lambda: ss.to_ssm(LAYERED_CASES[9].make(), cot="none"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_a_changed_weight_is_proved_equal_only_if_it_is(name: str) -> None:
    model = MUTANTS[name]()
    sites = Random(7).sample(list(weight_sites(model)), 14)
    for site in sites:
        for change in (1, -1):
            mutant = changed(model, site, change)
            if mutant is None:
                continue
            report = prove(model, mutant, timeout=5)
            truth = check(model, mutant, method="exhaust", by=("weights",))
            assert report.equal in (None, truth.equal), f"{site} {change}\n{report}\n{truth}"
            if report.equal is False:
                assert report.witness is not None
                again = check(model, mutant, stream=report.witness.tokens, by=("weights",))
                assert again.equal is False


def changed(model: SSM, site, change: int) -> SSM | None:
    try:
        mutant = with_changed_weight(model, site, change)
        mutant.begin()
    except (ParameterError, PrecisionError):
        return None
    return mutant


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(examples(12)))
def test_random_programs_are_proved_equal_only_if_they_are(seed: int) -> None:
    random = Random(seed)
    a, b = random_layered(random, 3), random_layered(random, 3)
    model = ss.to_ssm(a, cot="none")
    assert prove(a, model, timeout=5).equal in (True, None)
    if [w.range for w in a.fields] == [w.range for w in b.fields] and len(a.outputs) == len(b.outputs):
        b = replace(b, fields=a.fields)
        truth = check(a, b, method="exhaust")
        assert prove(a, b, timeout=5).equal in (None, truth.equal)


def test_no_time_is_unknown() -> None:
    program = Xorshift(32).program()
    report = check(program, ss.to_ssm(program), method="prove", timeout=1e-6)
    assert report.equal in (True, None)  # by form alone, or not at all


# gadgets and translators that are wrong


def test_a_wrong_meaning_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    right = KINDS["ge"]

    def off_by_one(g: Any, params: tuple[int, ...], args: Any) -> int:
        return right.meaning(g, (params[0] + 1, *params[1:]), args)

    model = to_ssm(SaturatingCounter(255))
    monkeypatch.setitem(KINDS, "ge", GadgetKind("ge", right.template, off_by_one))
    report = prove(SaturatingCounter(255), model)
    assert {row["result"] for row in report.details["lemmas"] if row["name"].startswith("ge")} <= {
        "not shown"
    }
    assert proved(report)  # by the weights, which are right


def test_a_translator_that_forgets_a_register() -> None:
    class Forgotten(ss.Algorithm):
        """Composition whose image never arrives."""

        def __init__(self, n):
            self.tokens(key=n, image=n, last=2)
            self.value = self.register(n)
            self.image = self.register(n)

        def update(self, key, image, last):
            if last:
                self.value = self.image

        def output(self):
            return self.value

    report = prove(FunctionComposition(1024), to_ssm(Forgotten(1024)))
    assert report.equal is False


def test_a_gadget_that_claims_another_meaning_is_taken_by_its_weights() -> None:
    model = ss.to_ssm(FunctionComposition(4))
    (layer,) = model.layers
    kinds = {"eq": "ne", "ne": "eq"}
    gadgets = tuple(replace(g, kind=kinds.get(g.kind, g.kind)) for g in layer.readout.gadgets)
    assert gadgets != layer.readout.gadgets
    lying = replace(model, layers=(replace(layer, readout=replace(layer.readout, gadgets=gadgets)),))
    assert prove(FunctionComposition(4), lying).equal is True
