"""E3: languages become layers of every kind that can hold them, and no dearer than THEORY says."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import streamssm as ss
from streamssm.automata.automaton_class import Automaton
from streamssm.automata.machine_programs import modes_of, program_of
from streamssm.equivalences.language_to_ssm import KINDS, language_to_ssm
from streamssm.languages.classify.classification import classify
from streamssm.languages.suite import find
from streamssm.languages.suite.bracket_stacks import BracketSlots
from streamssm.ssm.validating import entry_ranges
from tests.language_machines import MACHINES, random_machine, word_problem
from tests.soak import examples

# name: kind: (layers, bits), ours; equal to what is reached, so that a change for the worse is seen
COSTS = {
    "flip-flop": {"time-invariant": (1, 1), "zero-one": (1, 1), "dyadic": (1, 1), "signed": (1, 1)},
    "Tomita 1": {"time-invariant": (1, 1), "zero-one": (1, 1), "dyadic": (1, 1), "signed": (1, 1)},
    "parity": {"signed": (1, 1), "wrap": (1, 1), "complex": (1, 1), "monomial": (1, 1)},
    "D_1": {"zero-one": (2, 3), "dyadic": (2, 3), "signed": (2, 3), "monomial": (1, 2)},
    "Tomita 2": {"zero-one": (2, 3), "dyadic": (2, 3), "signed": (2, 3), "monomial": (1, 2)},
    "Tomita 3": {"mixed": (5, 9), "signed": (6, 15), "diagonal": (5, 8), "monomial": (1, 4)},
    "Tomita 4": {"zero-one": (2, 3), "dyadic": (2, 3), "signed": (2, 3), "complex": (2, 3)},
    "Tomita 5": {"signed": (1, 2), "wrap": (1, 2), "complex": (1, 2), "monomial": (1, 2)},
    "Tomita 6": {"complex": (1, 2), "monomial": (1, 3), "householder": (1, 3), "dense": (1, 3)},
    "Tomita 7": {"time-invariant": (4, 4), "zero-one": (4, 4), "dyadic": (4, 4), "complex": (4, 4)},
    "D_2": {"time-invariant": (2, 4), "zero-one": (2, 4), "dyadic": (2, 4), "signed": (2, 4)},
    "D_3": {"time-invariant": (2, 4), "zero-one": (2, 4), "dyadic": (2, 4), "signed": (2, 4)},
    "D_12": {"time-invariant": (2, 5), "zero-one": (2, 5), "dyadic": (2, 5), "signed": (2, 5)},
    "dyck 2, 3": {"zero-one": (6, 29), "dyadic": (5, 15), "signed": (6, 29), "monomial": (1, 15)},
    "(aa)*": {"time-invariant": (1, 1), "mixed": (1, 1), "signed": (1, 1), "wrap": (1, 1)},
    "(abab)*": {"mixed": (2, 5), "signed": (2, 3), "wrap": (2, 3), "complex": (2, 3)},
    "mod 6": {"complex": (1, 3), "monomial": (1, 4), "householder": (1, 6)},
    "S3": {"complex": (2, 3), "monomial": (2, 4), "householder": (1, 6)},
    "D4": {"signed": (2, 3), "wrap": (2, 3), "complex": (2, 3), "monomial": (2, 3)},
    "Q8": {"signed": (2, 3), "wrap": (2, 3), "complex": (2, 3), "monomial": (2, 3)},
    "A4": {"complex": (2, 4), "monomial": (2, 5)},
    "S4": {"complex": (3, 5), "monomial": (3, 6)},
}

# THEORY.md: layers, bits with dyadic delays, bits with those in {0, 1}
ORACLES = {
    "flip-flop": (1, 1, 1),
    "Tomita 1": (1, 1, 1),
    "parity": (1, 1, 1),
    "D_1": (2, 4, 6),
    "Tomita 2": (2, 4, 6),
    "Tomita 4": (3, 7, 11),
    "Tomita 7": (8, 13, 21),
    "D_2": (4, 7, 11),
    "D_3": (6, 10, 16),
    "D_12": (24, 37, 61),
    "dyck 2, 3": (6, 19, 31),
    "(abab)*": (2, 6, 8),
    "Tomita 5": (1, 2, 2),
    "Tomita 6": (1, 3, 3),
    "mod 6": (2, 4, 4),
    "S3": (2, 4, 4),
    "D4": (2, 3, 3),
    "Q8": (2, 3, 3),
    "A4": (2, 5, 5),
    "S4": (3, 6, 6),
}
ONE_LAYER = ("householder", "dense")  # a bit for each state
SMALL = ["flip-flop", "parity", "D_1", "Tomita 6", "(aa)*"]


def require_equal(machine: Automaton, model: ss.SSM, mode: str | None = None) -> None:
    report = ss.check(program_of(machine.minimal(), mode), model, method="exhaust")
    assert (report.equal, report.covers) == (True, "every stream"), report


@pytest.mark.parametrize("name", COSTS)
def test_costs(name: str) -> None:
    machine, oracle = MACHINES[name], ORACLES.get(name)
    for kind, cost in COSTS[name].items():
        model = language_to_ssm(machine, kind)
        assert (model.num_layers, model.memory_bits) == cost, kind
        require_equal(machine, model)
        if oracle is not None and kind not in ONE_LAYER:
            layers, dyadic, zero_one = oracle
            assert model.num_layers <= layers
            assert model.memory_bits <= (zero_one if kind in ("zero-one", "signed", "wrap") else dyadic)


@pytest.mark.parametrize("name", ["Tomita 4", "dyck 2, 3", "D4", "(abab)*", "S3", "Tomita 6"])
def test_layers_are_of_the_kind(name: str) -> None:
    """The entries of zero-one and signed layers, read off the weights, lie in the sets of their kinds."""
    allowed = {"zero-one": (0, 1, 0), "dyadic": (0, 1, 1), "signed": (-1, 1, 0)}
    classification = classify(MACHINES[name])
    for kind, (lo, hi, fraction_bits) in allowed.items():
        if kind not in classification.yes:
            continue
        model = language_to_ssm(MACHINES[name], kind)
        assert {layer.kind.value for layer in model.layers} == {kind}
        for layer, ranges in zip(model.layers, entry_ranges(model), strict=True):
            for range_, bits in zip(ranges, layer.entry_fraction_bits, strict=True):
                assert lo << bits <= range_.lo and range_.hi <= hi << bits
                assert fraction_bits or not bits


@pytest.mark.parametrize("name", SMALL)
def test_every_mode_in_every_kind_that_holds_it(name: str) -> None:
    machine = MACHINES[name].minimal()
    for mode in modes_of(machine):
        yes = classify(machine, mode=mode).yes
        for kind in KINDS:
            if kind in yes or kind == "auto":
                require_equal(machine, language_to_ssm(machine, kind, mode=mode), mode)
            elif kind != "wrap":
                with pytest.raises(ss.UnsupportedProgramError, match=f"{kind} layers"):
                    language_to_ssm(machine, kind, mode=mode)


def test_tracking_a_group() -> None:
    for kind in ("complex", "monomial", "householder"):
        require_equal(MACHINES["S3"], language_to_ssm(MACHINES["S3"], kind, mode="track"), "track")


@settings(max_examples=examples(2))
@given(st.integers(0, 1 << 30))
def test_random_machines(seed: int) -> None:
    machine = random_machine(seed)
    mode = tuple(modes_of(machine))[seed % len(modes_of(machine))]
    for kind in classify(machine, mode=mode).yes:
        if kind in KINDS:
            require_equal(machine, language_to_ssm(machine, kind, mode=mode), mode)


# auto


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("flip-flop", {"time-invariant"}),
        ("dyck 2, 3", {"time-invariant"}),
        ("parity", {"signed"}),
        ("(abab)*", {"time-invariant-dense", "time-invariant"}),
        ("D4", {"signed"}),
        ("S4", {"complex"}),
    ],
)
def test_auto_takes_the_weakest_kind(name: str, kinds: set[str]) -> None:
    model = language_to_ssm(MACHINES[name])
    assert {layer.kind.value for layer in model.layers} == kinds
    assert model.thoughts.max_per_token == 0


def test_languages_think_only_if_they_are_asked_to() -> None:
    parity = ss.Language.from_machine(MACHINES["parity"])
    silent, thinking = ss.to_ssm(parity), ss.to_ssm(parity, cot="online")
    assert (silent.thoughts.max_per_token, thinking.thoughts.max_per_token) == (0, 1)
    for model in (silent, thinking):
        assert model.memory_bits == 1
        assert ss.check(parity, model, method="exhaust").equal
    assert ss.to_ssm(parity, cot="auto").thoughts.max_per_token == 0
    refused = ss.to_ssm(parity, cot="auto", transition="zero-one")
    assert refused.thoughts.max_per_token == 1 and "it thinks because zero-one" in refused.notes[-1]


def test_answers_in_other_modes() -> None:
    ab = ss.Language.from_machine(MACHINES["D_1"])
    model = ss.to_ssm(ab, mode="predict")
    assert model.output_names == ("a", "b", "end")
    assert model.run([[0], [1]]).tolist() == [[0, 1, 0], [1, 0, 1]]
    assert ss.to_ssm(ab, mode="track", cot="online").run([[0], [1]]).ravel().tolist() == [1, 0]


def test_formulas_keep_their_layers_and_have_other_modes() -> None:
    language = ss.Language.from_past_ltl("a S b")
    assert ss.to_ssm(language).num_layers == 1
    for kind, mode in (("signed", "recognize"), ("zero-one", "track"), ("complex", "predict")):
        model = ss.to_ssm(language, transition=kind, mode=mode)
        assert ss.check(language.program(mode), model, method="exhaust").equal


def test_languages_of_programs() -> None:
    """A counter language has no automaton; its program has layers, or is rejected with the reasons."""
    counters = find("dyck_1").language(3)
    model = ss.to_ssm(counters)
    assert ss.check(counters, model, method="exhaust").equal
    stacks = find("bounded_dyck_8_5").language()
    shifted = ss.Language.from_program(BracketSlots(8, 5).program(), stacks.symbols)
    with pytest.raises(ss.UnsupportedProgramError, match="its automaton has more than 1024 states"):
        ss.to_ssm(shifted, transition="zero-one")
    layers = ss.to_ssm(stacks, transition="zero-one")
    assert (layers.num_layers, layers.memory_bits) == (4, 31)
    assert ss.check(stacks, layers, method="exhaust").covers == "every stream"


def test_outputs_of_transitions() -> None:
    """The output tells the state before: "x" on the first b after an a."""
    table, output = np.array([[1, 0], [1, 0]], np.int32), np.array([[0, 0], [0, 1]], np.int32)
    machine = Automaton("first b", ("a", "b"), table, output, ("quiet", "x"))
    for kind in ("time-invariant", "zero-one", "dyadic", "monomial", "dense"):
        require_equal(machine, language_to_ssm(machine, kind, mode="transduce"), "transduce")


# refusals


def test_reasons() -> None:
    with pytest.raises(ss.UnsupportedProgramError, match=re.escape("zero-one layers: no (B2, C2)")) as caught:
        language_to_ssm(MACHINES["parity"], "zero-one")
    assert "i times '1'" in str(caught.value) and "cot='online'" in str(caught.value)
    with pytest.raises(ss.UnsupportedProgramError, match="the output has the period 3"):
        language_to_ssm(MACHINES["Tomita 6"], "signed")
    with pytest.raises(ss.UnsupportedProgramError, match="words of equal length form a nontrivial group"):
        language_to_ssm(MACHINES["parity"], "mixed")


def test_groups_that_are_not_solvable() -> None:
    with pytest.raises(ss.UnsupportedProgramError, match="no unless TC0 = NC1") as caught:
        language_to_ssm(MACHINES["A5"], "complex")
    assert "not solvable" in str(caught.value)
    one = language_to_ssm(MACHINES["A5"])
    assert one.layers[0].kind.value == "monomial"
    assert (one.num_layers, one.memory_bits) == (1, 60)
    assert ss.check(program_of(MACHINES["A5"]), one, method="sample", tokens=2000).equal
    assert ss.to_ssm(ss.Language.from_machine(MACHINES["A5"]), cot="online").memory_bits == 6


def test_full_transformation_monoid() -> None:
    """All maps of 5 points: its group S5 is not solvable."""
    maps = [(1, 2, 3, 4, 0), (1, 0, 2, 3, 4), (0, 0, 2, 3, 4)]
    table = [[m[point] for m in maps] for point in range(5)]
    machine = Automaton.acceptor("T5", "abc", table, [True] + [False] * 4)
    for kind in ("complex", "signed", "diagonal"):
        with pytest.raises(ss.UnsupportedProgramError):
            language_to_ssm(machine, kind)
    require_equal(machine, language_to_ssm(machine, "monomial"))


def test_unknown_kinds_and_modes() -> None:
    with pytest.raises(ss.ParameterError, match="transition must be one of auto, time-invariant"):
        language_to_ssm(MACHINES["parity"], "cheap")
    with pytest.raises(ss.ParameterError, match="mode of parity must be one of recognize, track, predict"):
        language_to_ssm(MACHINES["parity"], mode="guess")
    with pytest.raises(ss.ParameterError, match="applies to languages only"):
        ss.to_ssm(program_of(MACHINES["parity"]), mode="track")


def test_complex_layers_have_a_horizon() -> None:
    model = language_to_ssm(word_problem("Z7", [(1, 2, 3, 4, 5, 6, 0)]), "complex")
    horizon = model.horizon([[0]] * 3000, "complex128")
    assert (horizon.steps, horizon.ran) == (None, 3000)
