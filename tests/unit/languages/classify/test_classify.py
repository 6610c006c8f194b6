"""classify: the verdicts for every class of languages, exactly as in the theory, and their witnesses."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import streamssm as ss
from streamssm.automata.automaton_class import Automaton
from streamssm.automata.witnesses import RecurringWord
from streamssm.languages.classify.verdict import Answer, VerdictEvidence
from tests.machines import (
    A5,
    AB,
    ABAB,
    D4,
    EVEN_A,
    FLIP_FLOP,
    MOD_4,
    PARITY,
    S3,
    S4,
    S5,
    T5,
    TOMITA_1,
    TOMITA_3,
    TOMITA_5,
    TOMITA_6,
    Z60,
    acceptor,
)

KINDS = (
    "time-invariant",
    "zero-one",
    "dyadic",
    "mixed",
    "signed",
    "diagonal",
    "complex",
    "time-invariant-dense",
    "monomial",
    "householder",
    "dense",
    "online thoughts",
)
LETTERS = {
    Answer.YES: "y",
    Answer.NO: "n",
    Answer.CONDITIONAL: "c",
    Answer.OPEN: "o",
    Answer.CONJECTURED: "j",
}

# machine -> class, answers of KINDS, time-invariant unsaturated, wrapping, transformers
TABLE = [
    (TOMITA_1, "R-trivial", "yyyyyyyyyoyy", "o", "yyy", "yyo"),
    (FLIP_FLOP, "aperiodic", "yyyyyyyyyoyy", "j", "yyy", "yyo"),
    (AB, "aperiodic", "yyyyyyyyyoyy", "o", "yyy", "yyo"),
    (EVEN_A, "quasi-aperiodic, 2-groups", "ynnyyyyyyoyy", "o", "yyy", "nyo"),
    (TOMITA_3, "quasi-aperiodic, 2-groups", "ynnyyyyyyoyy", "o", "yyy", "nyo"),
    (MOD_4, "quasi-aperiodic, 2-groups", "nnnyyyyyyoyy", "n", "yyy", "nyo"),
    (ABAB, "quasi-aperiodic, 2-groups", "nnnyyyyyyoyy", "n", "yyy", "nyo"),
    (Z60, "quasi-aperiodic", "nnnynnyyyyyy", "n", "non", "nyo"),
    (PARITY, "2-groups", "nnnnyyyyyyyy", "n", "yyy", "nno"),
    (TOMITA_5, "2-groups", "nnnnyyyyyyyy", "n", "yyy", "nno"),
    (D4, "2-groups", "nnnnyyyyyyyy", "n", "yyy", "nno"),
    (TOMITA_6, "solvable", "nnnnnnyyyyyy", "n", "non", "nno"),
    (S3, "solvable", "nnnnnnyyyyyy", "n", "non", "nno"),
    (A5, "not solvable", "nnnnnncyyyyy", "n", "non", "nnc"),
    (S5, "not solvable", "nnnnnncyyyyy", "n", "non", "nnc"),
    (T5, "not solvable", "nnnnnncyyoyy", "n", "non", "nnc"),
]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0].name)
def test_verdicts(row: tuple[Automaton, str, str, str, str, str]) -> None:
    machine, name, answers, unsaturated, wrapping, transformers = row
    result = ss.classify(machine)
    assert result.language_class == name
    assert tuple(verdict.kind for verdict in result.verdicts) == KINDS
    assert "".join(LETTERS[verdict.answer] for verdict in result.verdicts) == answers
    assert LETTERS[result.unsaturated.answer] == unsaturated
    assert "".join(LETTERS[verdict.answer] for verdict in result.wrapping) == wrapping
    assert "".join(LETTERS[verdict.answer] for verdict in result.transformers) == transformers
    assert result.verify()
    json.dumps(result.to_dict())
    for verdict in result.everything:
        refused = verdict.answer in (Answer.NO, Answer.CONDITIONAL)
        assert (verdict.witness is not None) == refused
        assert verdict.theorem or verdict.answer is Answer.OPEN


def test_theorems() -> None:
    parity = ss.classify(PARITY)
    assert parity["zero-one"].theorem == "B2, C2"
    assert parity["signed"].evidence == (VerdictEvidence.ARGUED,)
    assert ss.classify(A5)["complex"].theorem == "D1"
    assert ss.classify(FLIP_FLOP).unsaturated.theorem == "B4"
    assert ss.classify(TOMITA_3)["mixed"].theorem == "B5"


def test_sizes() -> None:
    s4 = ss.classify(S4)
    assert s4["complex"].cost.layers == 3 and s4["complex"].cost.levels == (2, 3, 2, 2)
    assert s4["monomial"].cost.to_dict() == dict(layers=1, state_dim=24, precision_bits=1, memory_bits=24)
    assert s4["householder"].cost.reflections == 23
    assert s4["online thoughts"].cost.memory_bits == 5
    assert ss.classify(S3)["complex"].cost.layers == 2
    assert ss.classify(MOD_4)["mixed"].cost.modulus == 4
    assert ss.classify(MOD_4)["signed"].cost.levels == (2, 2, 2)
    assert ss.classify(MOD_4).wrapping[0].cost.levels == (4, 2)


def test_last_symbol_and_position() -> None:
    """What the last symbol and the position tell is held by time-invariant layers without saturation."""
    ends = acceptor("ends in b at an odd position", "ab", [[1, 1], [0, 2], [1, 1]], [2])
    result = ss.classify(ends)
    assert result.unsaturated.answer is Answer.YES and result.unsaturated.theorem == "B3"
    assert result["time-invariant"].cost.to_dict() == dict(layers=1, modulus=2)
    thirds = acceptor("length 0 mod 3", "a", [[1], [2], [0]], [0])
    assert ss.classify(thirds)["time-invariant"].answer is Answer.NO
    assert ss.classify(thirds)["time-invariant-dense"].cost.to_dict() == dict(layers=1, modulus=3)
    late = acceptor("more than 2", "a", [[1], [2], [3], [3]], [3])
    assert ss.classify(late).unsaturated.answer is Answer.OPEN


def test_modes() -> None:
    language = ss.Language.from_machine(AB)
    for mode in ("recognize", "track", "predict"):
        result = ss.classify(language, mode=mode)
        assert result.mode == mode and result.verify()
        assert result.machine.num_states == 3
    assert ss.classify(language, mode="predict").machine.outputs == ("a end", "b", "nothing")
    assert ss.classify(language.in_mode("track")).mode == "track"
    with pytest.raises(
        ss.ParameterError, match="mode of \\(ab\\)\\* must be one of recognize, track, predict"
    ):
        ss.classify(language, mode="guess")


def test_modes_ask_about_the_minimal_machine() -> None:
    """States that accept alike are one, also where the states are asked for."""
    doubled = Automaton.acceptor("all", "a", [[1], [0]], [True, True])
    assert ss.classify(doubled, mode="track")["zero-one"].answer is Answer.YES


def test_outputs_of_transitions() -> None:
    toggle = Automaton("toggle", ("press",), [[1], [0]], [[0], [1]], ("on", "off"))  # type: ignore[arg-type]
    result = ss.classify(toggle)
    assert result.mode == "transduce" and result.verify()
    assert result["zero-one"].answer is Answer.NO


def test_formulas() -> None:
    result = ss.classify(ss.Language.from_past_ltl("a S b"))
    assert result["zero-one"].answer is Answer.YES
    assert result.unsaturated.answer is Answer.CONJECTURED


def test_counters_are_not_classified() -> None:
    from streamssm.languages.suite import find

    with pytest.raises(ss.ParameterError, match="dyck_1 is not regular"):
        ss.classify(find("dyck_1").language())


def test_broken_witnesses_are_found() -> None:
    result = ss.classify(PARITY)
    broken = replace(result.verdicts[1], witness=RecurringWord((), ("0",), (), 2))
    assert not replace(result, verdicts=(broken,)).verify()
    assert not replace(result, verdicts=(replace(broken, witness=None),)).verify()
