"""Proofs cover every stream; what differs gets a stream, what is not shown is unknown, never equal."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import streamssm as ss
from streamssm.algorithms import FunctionComposition, SaturatingCounter
from streamssm.equivalences.check import Report, check
from streamssm.equivalences.proving import solver as solver_module
from streamssm.equivalences.ssm_to_program import ssm_to_program
from streamssm.equivalences.translate import to_ssm
from streamssm.errors import FormatError, ParameterError
from streamssm.ssm.gadgets import KINDS
from streamssm.ssm.gadgets.kind import GadgetKind
from tests.case import Case
from tests.cases import CASES
from tests.layered_classes import LAYERED_CASES
from tests.models import random_model
from tests.wrong_classes import (
    ForgetfulComposition,
    LateStart,
    NeedleInHaystack,
    WrappingCounter,
)

pytest.importorskip("bitwuzla", reason="the extra prove")

SLOW = {"chess board", "crc", "crc bitwise"}  # these take more than some seconds


def proved(report: Report) -> bool:
    return (report.equal, report.covers, report.witness) == (True, "every stream", None)


def prove(a: Any, b: Any, **options: Any) -> Report:
    return check(a, b, method="prove", **options)


def marked(case: Case) -> Any:
    marks = [pytest.mark.soak] if case.name in SLOW or case.large else []
    return pytest.param(case, id=case.name.replace(" ", "-"), marks=marks)


@pytest.mark.parametrize("case", [marked(case) for case in CASES if case.name not in SLOW])
def test_models_and_programs_back(case: Case) -> None:
    program = case.make().program()
    model = to_ssm(program)
    assert proved(prove(program, model))
    assert proved(prove(program, ssm_to_program(model)))


@pytest.mark.parametrize("case", LAYERED_CASES, ids=lambda case: case.name)
def test_layers_and_the_model_with_thoughts(case: Any) -> None:
    program = case.make().program()
    layers = to_ssm(program, cot="none")
    assert proved(prove(program, layers))
    assert proved(prove(to_ssm(program), layers))
    if case.zero_one:
        assert proved(prove(program, to_ssm(program, cot="none", transition="zero-one")))


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
    """Two bits that are never equal; where they were, it would answer something else."""

    def __init__(self, answer):
        self.answer = answer
        self.tokens(step=(0, 4))
        self.count = self.register(64)

    def update(self, step):
        if self.count % 2:
            self.count = self.answer
        else:
            self.count = (self.count + 2 * step) % 64

    def output(self):
        return self.count


def test_what_is_not_inductive_is_unknown_and_says_what_was_tried() -> None:
    report = prove(Hidden(0), Hidden(2))
    assert (report.equal, report.witness) == (None, None)
    assert "no stream is known to reach" in report.details["not inductive"]
    assert report.details["not shown"]
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


# certificates


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    path = tmp_path / "proof.json"
    assert proved(prove(FunctionComposition(64), to_ssm(FunctionComposition(64)), certificate=str(path)))
    return path


def test_a_certificate_is_established_again(certificate: Path) -> None:
    report = check(
        FunctionComposition(64),
        to_ssm(FunctionComposition(64)),
        method="certificate",
        certificate=str(certificate),
    )
    assert proved(report)
    assert report.details["certificate"] == "the same questions"
    content = json.loads(certificate.read_text())
    assert content["relation"] == [["same", ["a", 0], ["b", 0]], ["same", ["a", 1], ["b", 1]]]
    assert content["solver"].startswith("bitwuzla")


def test_a_certificate_of_something_else(certificate: Path) -> None:
    model = to_ssm(FunctionComposition(63))
    with pytest.raises(ParameterError, match="the certificate is of another file"):
        check(FunctionComposition(63), model, method="certificate", certificate=str(certificate))


def test_a_forged_relation_does_not_hold(certificate: Path) -> None:
    content = json.loads(certificate.read_text())
    content["relation"] = content["relation"][:1]
    certificate.write_text(json.dumps(content))
    a, b = FunctionComposition(64), to_ssm(FunctionComposition(64))
    assert check(a, b, method="certificate", certificate=str(certificate)).equal is not True


@pytest.mark.parametrize(
    "relation",
    [[["same", ["a", 9], ["b", 0]]], [["equal", 1, 1]], [[]], ["x"], 7, [["same", ["bits", ["a", 0]], 1]]],
)
def test_a_relation_that_is_none(certificate: Path, relation: Any) -> None:
    content = json.loads(certificate.read_text())
    content["relation"] = relation
    certificate.write_text(json.dumps(content))
    a, b = FunctionComposition(64), to_ssm(FunctionComposition(64))
    with pytest.raises(FormatError, match="must be a certificate of a proof"):
        check(a, b, method="certificate", certificate=str(certificate))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "exhaust", "certificate": "x.json"}, "a certificate is of a proof: method must be"),
        ({"method": "certificate"}, "method 'certificate' must be given a certificate"),
        ({"method": "prove", "timeout": 0}, "timeout must be more than 0 seconds, not 0"),
        ({"method": "prove", "certificate": "/no/such/folder/x.json"}, "there is no folder"),
    ],
)
def test_bad_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises((ParameterError, FormatError), match=message):
        check(SaturatingCounter(3), SaturatingCounter(3), **options)


def test_without_the_solver_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solver_module, "is_installed", lambda: False)
    with pytest.raises(
        ParameterError, match=r"^method 'prove' needs bitwuzla: pip install streamssm\[prove\]$"
    ):
        prove(SaturatingCounter(3), SaturatingCounter(3))
