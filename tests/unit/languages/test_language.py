"""Language: which traces it takes, and that everything that takes a program takes it."""

from __future__ import annotations

import numpy as np
import pytest

import streamssm as ss
from streamssm.frontends.past_ltl.formula_parser import parse
from streamssm.frontends.past_ltl.to_program import to_program
from streamssm.report.summary import summarize


@pytest.fixture
def answered() -> ss.Language:
    return ss.Language.from_past_ltl("!(!answer S (ask & !answer))", ["ask", "answer"], name="answered")


def test_traces_of_names_and_of_bits(answered: ss.Language) -> None:
    assert answered.propositions == ("ask", "answer")
    assert answered.accepts([{"ask"}, set(), {"answer"}])
    assert not answered.accepts([{"ask", "answer"}, ("ask",), []])
    assert answered.accepts([(1, 0), (0, 1)]) and not answered.accepts([(0, 1), (1, 0)])
    assert not answered.accepts(np.array([[0, 1], [1, 0]]))
    assert not answered.accepts([])


def test_traces_that_do_not_fit(answered: ss.Language) -> None:
    with pytest.raises(ss.TokenError, match="token 1: a proposition must be one of ask, answer, not 'aks'"):
        answered.accepts([{"ask"}, {"aks"}])
    with pytest.raises(ss.TokenError, match="token 0 must be names of propositions or bits, not 'ask'"):
        answered.accepts(["ask"])
    with pytest.raises(ss.TokenError, match="token 0 must be names of propositions or bits, not 3"):
        answered.accepts([3])  # type: ignore[list-item]
    with pytest.raises(ss.TokenError, match="field 'answer' must be in"):
        answered.accepts([(1, 0), (0, 2)])
    with pytest.raises(ss.StreamSSMError):
        answered.accepts([(1, 0, 1)])


def test_language_without_propositions() -> None:
    odd = ss.Language.from_past_ltl("pos % 2 == 0")
    assert odd.propositions == ()
    assert [odd.accepts([()] * length) for length in range(5)] == [False, True, False, True, False]


def test_made_of_a_formula() -> None:
    assert ss.Language.from_past_ltl(parse("O a")) == ss.Language.from_past_ltl("O a")
    assert ss.Language.from_past_ltl("O a").name == "O a"


def test_unknown_proposition_has_its_place() -> None:
    with pytest.raises(ss.ParameterError, match="column 7: unknown proposition 'b'; declared are a"):
        ss.Language.from_past_ltl("a S   b", ["a"])


def test_language_has_one_output() -> None:
    with pytest.raises(ss.ParameterError, match="must have 1 output word, not 2"):
        ss.Language("two", to_program({"x": parse("a"), "y": parse("b")}))


def test_taken_where_a_program_is(answered: ss.Language) -> None:
    program = answered.program()
    model = ss.to_ssm(answered)
    assert ss.to_program(answered) == program
    assert model.memory_bits == program.memory_bits == 1
    report = ss.check(answered, model)
    assert (report.equal, report.covers) == (True, "every stream")
    assert summarize(answered)["kind"] == "language"


@pytest.mark.parametrize(
    ("table", "accepting", "message"),
    [
        ([[0, 1.9], [1, 0]], [True, False], "next_state must be integers in 2 dimensions, not float64"),
        ([[0, 1], [1]], [True, False], "the rows of next_state must have equal lengths"),
        ([["a", "b"], ["b", "a"]], [True, False], "next_state must be integers"),
        ("x", [True, False], "next_state must be integers"),
        ([[0, 1], [1, 0]], [0.5, 0], "accepting must be booleans"),
        ([[0, 1], [1, 0]], [5, 0], "accepting must be booleans"),
        ([[0, 1], [1, 0]], ["no", ""], "accepting must be booleans"),
        ([[0, 1], [1, 0]], [[True, False]], "accepting must be booleans in 1 dimensions"),
    ],
)
def test_tables_are_not_rounded(table: object, accepting: object, message: str) -> None:
    with pytest.raises(ss.ParameterError, match=message):
        ss.Language.from_dfa("01", table, accepting)  # type: ignore[arg-type]


def test_zeros_and_ones_say_which_states_accept() -> None:
    assert ss.Language.from_dfa("01", [[0, 1], [1, 0]], [1, 0]).accepts("11")
