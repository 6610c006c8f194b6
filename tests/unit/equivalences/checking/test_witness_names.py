"""Names in witnesses: registers, arrays, outputs, and the states of automata."""

from __future__ import annotations

import pytest

import streamssm as ss
from streamssm.automata.automaton_class import Automaton
from streamssm.equivalences.checking.witness import Legend
from streamssm.ir.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("words", "values", "text"),
    [
        (("count",), (4,), "count=4"),
        (("n", "a[0]", "a[1]", "b[0]"), (1, 2, 3, 4), "n=1 a=[2 3] b=[4]"),
        (("O[0,5] p", "x\ny"), (1, 0), "O[0,5] p=1 x y=0"),
        ((), (), "none"),
        ((), (7, 8), "7 8"),
        (tuple(f"a[{i}]" for i in range(13)), tuple(range(13)), "a=[0 1 2 3 4 5 6 7 8 9 10 11 ...]"),
        (tuple(f"r{i}" for i in range(13)), (0,) * 13, " ".join(f"r{i}=0" for i in range(12)) + " ..."),
    ],
)
def test_states(words: tuple[str, ...], values: tuple[int, ...], text: str) -> None:
    assert Legend(words).state(values) == text


def test_outputs() -> None:
    assert Legend(outputs=("output",)).output((3,)) == "3"
    assert Legend(outputs=("minimum", "maximum")).output((3, 5)) == "minimum=3 maximum=5"
    assert Legend().output((3, 5)) == "3 5"
    assert Legend(outputs=("output",)).output((1,), Vocabulary(("a",), ("no", "yes"))) == "yes"


def toggle(accepts_at_rest: bool) -> ss.Language:
    """Return the toggle between two named states, without or with a mistake."""
    table = [[1, 0], [0, 1 if accepts_at_rest else 0]]
    return ss.Language.from_machine(
        Automaton.acceptor("toggle", ("go", "stay"), table, [False, True], state_names=("idle", "busy"))
    )


@pytest.mark.parametrize("method", ["exhaust", "prove"])
def test_states_of_automata(method: str) -> None:
    if method == "prove":
        pytest.importorskip("bitwuzla", reason="the extra prove")
    report = ss.check(toggle(True), toggle(False), method=method)
    assert report.witness is not None
    assert str(report.witness).splitlines()[1:-1] == [
        "  begin            a: state idle; output 0",
        "                   b: state idle; output 0",
        "  go               a: state busy; output 1",
        "                   b: state busy; output 1",
        "  stay             a: state busy; output 1",
        "                   b: state idle; output 0",
    ]


@pytest.mark.parametrize("mode", ["transduce", "track"])
def test_split_states_of_mealy_machines(mode: str) -> None:
    table, states = [[1, 0], [0, 1]], ("idle", "busy")

    def machine(outputs: list[list[int]]) -> ss.Language:
        automaton = Automaton("m", ("go", "stay"), table, outputs, ("x", "y"), 0, states)  # type: ignore[arg-type]
        return ss.Language.from_machine(automaton).in_mode(mode)

    a, b = machine([[0, 1], [1, 1]]), machine([[0, 1], [1, 0]])
    report = ss.check(a, b)
    if mode == "transduce":
        assert report.witness is not None and "a: state busy; output y" in str(report.witness)
    else:
        assert report.equal
