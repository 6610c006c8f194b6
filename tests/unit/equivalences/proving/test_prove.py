"""Proofs: what is proved equal is equal, what differs is shown by a stream, and what is unknown says so."""

from __future__ import annotations

import ast
import json
import sys
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

import streamssm as ss
from streamssm.algorithms import FunctionComposition, MisraGries, SaturatingCounter, Xorshift
from streamssm.equivalences.check import check
from streamssm.errors import FormatError, ParameterError, PrecisionError
from streamssm.program.program import Program
from streamssm.ssm.model import SSM
from streamssm.ssm.weights import weight_sites, with_changed_weight
from tests.case import Case
from tests.cases import SMALL_CASES, each
from tests.layered_classes import LAYERED_CASES, LayeredCase, Previous
from tests.offline_models import ONES, Summed, popcount
from tests.random_layered import random_layered
from tests.soak import examples

pytest.importorskip("bitwuzla", reason="the extra prove")
PROVING = Path(__file__).parents[4] / "equivalences" / "proving"
TRANSLATORS = (
    "program_to_ssm",
    "program_to_layers",
    "ssm_to_program",
    "layering",
    "bounded",
    "repack",
    "translate",
)


def proved(a: object, b: object, *, timeout: float = 20) -> ss.Report:
    return check(a, b, method="prove", timeout=timeout)


def test_a_proof_imports_no_translator() -> None:
    for path in PROVING.glob("*.py"):
        names = [
            f"{node.module}.{alias.name}"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        ]
        ours = [name.removeprefix("streamssm.equivalences.") for name in names if "equivalences." in name]
        assert not [name for name in ours if name.startswith(TRANSLATORS)], path


@each(SMALL_CASES)
def test_models_with_thoughts_and_the_way_back(case: Case) -> None:
    program = case.make().program()
    model = ss.to_ssm(program)
    for a, b in ((program, model), (model, ss.to_program(model))):
        report = proved(a, b)
        assert (report.equal, report.covers, report.method) == (True, "every stream", "prove"), str(report)


@pytest.mark.parametrize("transition", ["auto", "zero-one"])
@pytest.mark.parametrize("case", LAYERED_CASES, ids=lambda case: case.name)
def test_layers(case: LayeredCase, transition: str) -> None:
    if transition == "zero-one" and case.zero_one is None:
        pytest.skip("it has no layers within {0, 1}, or it has not been asked for")
    program = case.make().program()
    report = proved(program, ss.to_ssm(program, cot="none", transition=transition))
    assert (report.equal, report.covers) == (True, "every stream"), str(report)


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
    assert proved(program, ss.to_ssm(program)).equal is True


def test_offline_models() -> None:
    model = popcount(init=1)
    assert proved(model, Summed(ONES, 1).program()).equal is True
    assert proved(model, Summed(ONES, 0).program()).equal is False


# what is not equal


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
            report = proved(model, mutant, timeout=5)
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
    assert proved(a, model, timeout=5).equal in (True, None)
    if [w.range for w in a.fields] == [w.range for w in b.fields] and len(a.outputs) == len(b.outputs):
        b = replace(b, fields=a.fields)
        truth = check(a, b, method="exhaust")
        assert proved(a, b, timeout=5).equal in (None, truth.equal)


def test_a_forgotten_register_gives_a_shortest_stream() -> None:
    program = FunctionComposition(4).program()
    forgetful = replace(program, next_registers=(program.next_registers[0], program.next_registers[0]))
    report = proved(program, forgetful)
    assert report.equal is False and report.witness is not None
    exhausted = check(program, forgetful, method="exhaust")
    assert exhausted.witness is not None
    assert len(report.witness.tokens) == len(exhausted.witness.tokens)


def test_a_gadget_that_claims_another_meaning_is_taken_by_its_weights() -> None:
    model = ss.to_ssm(FunctionComposition(4))
    (layer,) = model.layers
    kinds = {"eq": "ne", "ne": "eq"}
    gadgets = tuple(replace(g, kind=kinds.get(g.kind, g.kind)) for g in layer.readout.gadgets)
    assert gadgets != layer.readout.gadgets
    lying = replace(model, layers=(replace(layer, readout=replace(layer.readout, gadgets=gadgets)),))
    assert proved(FunctionComposition(4), lying).equal is True


# certificates, and what cannot be proved


def pair() -> tuple[Program, SSM]:
    program = FunctionComposition(16).program()
    return program, ss.to_ssm(program)


def test_a_certificate_establishes_the_proof_again(tmp_path) -> None:
    path = str(tmp_path / "proof.json")
    a, b = pair()
    assert check(a, b, method="prove", certificate=path).equal is True
    again = check(a, b, method="certificate", certificate=path)
    assert (again.equal, again.covers, again.method) == (True, "every stream", "certificate")
    assert again.details["certificate"] == "the same questions"


def test_a_certificate_of_other_artefacts(tmp_path) -> None:
    path = str(tmp_path / "proof.json")
    a, b = pair()
    check(a, b, method="prove", certificate=path)
    with pytest.raises(ParameterError, match="the certificate is of another file"):
        check(b, a, method="certificate", certificate=path)
    Path(path).write_text("{}", encoding="utf-8")
    with pytest.raises(FormatError, match="must be a certificate of a proof"):
        check(a, b, method="certificate", certificate=path)


def test_a_certificate_is_not_written_where_nothing_was_shown(tmp_path) -> None:
    path = tmp_path / "proof.json"
    a, _ = pair()
    wrong = replace(a, next_registers=(a.next_registers[1], a.next_registers[1]))
    assert check(a, wrong, method="prove", certificate=str(path)).equal is False
    assert not path.exists()


def test_a_relation_that_does_not_hold_proves_nothing(tmp_path) -> None:
    """A certificate needs no trust: what it says is shown again."""
    path = tmp_path / "proof.json"
    a, b = pair()
    check(a, b, method="prove", certificate=str(path))
    content = json.loads(path.read_text(encoding="utf-8"))
    content["relation"] = []
    path.write_text(json.dumps(content), encoding="utf-8")
    assert check(a, b, method="certificate", certificate=str(path)).equal is None


def test_no_time_is_unknown() -> None:
    program = Xorshift(32).program()
    report = check(program, ss.to_ssm(program), method="prove", timeout=1e-6)
    assert report.equal in (True, None)  # by form alone, or not at all


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "prove", "timeout": 0}, "timeout must be more than 0"),
        ({"method": "exhaust", "certificate": "x"}, "a certificate is of a proof"),
        ({"method": "certificate"}, "must be given a certificate"),
    ],
)
def test_bad_options(options, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        check(*pair(), **options)


def test_without_the_solver_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bitwuzla", None)
    with pytest.raises(ParameterError, match=r"streamssm\[prove\]"):
        check(*pair(), method="prove")
