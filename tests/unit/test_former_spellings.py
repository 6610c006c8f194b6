"""Former spellings work for one version, and warn: minimise, recognise, told=."""

from __future__ import annotations

import pytest

import streamssm as ss
from streamssm.algorithms import SlidingSum
from streamssm.automata.automaton_class import Automaton
from streamssm.automata.machine_programs import program_of
from streamssm.languages.suite import find
from tests.unit.cli.command_line import streamssm, succeeds

COUNTER = ("modular_counter", "--set", "modulus=5")
REGEX = ("--regex", "(ab)*", "--alphabet", "ab")
AB = Automaton.acceptor("(ab)*", "ab", [[1, 2], [2, 0], [2, 2]], [True, False, False])

spelling = pytest.warns(DeprecationWarning, match="mode 'recognise' is now spelled 'recognize'")


def test_minimise() -> None:
    with pytest.warns(DeprecationWarning, match=r"streamssm\.minimise is now streamssm\.minimize"):
        former = ss.minimise
    assert former is ss.minimize
    assert "minimise" not in ss.__all__ and "minimise" not in dir(ss)


def test_recogniser() -> None:
    language = ss.Language.from_machine(AB)
    with pytest.warns(DeprecationWarning, match=r"Language\.recogniser is now Language\.recognizer"):
        assert language.recogniser is language.recognizer


def test_streamssm_minimise() -> None:
    process = streamssm("minimise", *COUNTER)
    assert process.exit_code == 0
    assert process.stdout == succeeds("minimize", *COUNTER)
    assert "warning: the command minimise is now minimize" in process.stderr
    assert "minimise" not in succeeds("--help")


def test_mode_recognise() -> None:
    language = ss.Language.from_machine(AB)
    with spelling:
        assert program_of(AB, "recognise") == program_of(AB, "recognize")
    with spelling:
        assert language.program("recognise") == language.program("recognize")
    with spelling:
        assert language.in_mode("recognise").mode == "recognize"
    with spelling:
        assert ss.to_ssm(language, mode="recognise") == ss.to_ssm(language, mode="recognize")
    with spelling:
        assert ss.classify(language, mode="recognise").mode == "recognize"


@pytest.mark.parametrize("name", ["tomita_3", "dyck_1"])
def test_mode_recognise_in_the_suite(name: str) -> None:
    with spelling:
        former = find(name).program("recognise")
    assert former == find(name).program("recognize")


def test_option_mode_recognise() -> None:
    process = streamssm("show", *REGEX, "--mode", "recognise")
    assert process.exit_code == 0
    assert process.stdout == succeeds("show", *REGEX, "--mode", "recognize")
    assert "warning: --mode recognise is now --mode recognize" in process.stderr


def test_told() -> None:
    pytest.importorskip("bitwuzla", reason="the extra prove")
    former: list[str] = []
    with pytest.warns(DeprecationWarning, match="told= is now on_finding="):
        ss.check_assumptions(SlidingSum(2, 2), told=lambda finding: former.append(str(finding.verdict)))
    assert former == ["proved"]
