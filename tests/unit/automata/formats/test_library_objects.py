"""Objects of automata-lib and AALpy, against the libraries' own runs on random words."""

from __future__ import annotations

import random

import pytest

from streamssm.errors import ParameterError
from streamssm.languages.language import Language


def words(symbols: str) -> list[str]:
    draw = random.Random(0)
    return ["".join(draw.choices(symbols, k=draw.randrange(12))) for _ in range(300)]


@pytest.mark.parametrize("partial", [False, True])
def test_dfa_of_automata_lib(partial: bool) -> None:
    dfa = pytest.importorskip("automata.fa.dfa").DFA(
        states={"p", "q"},
        input_symbols={"0", "1"},
        transitions={"p": {"0": "p", "1": "q"}, "q": {"0": "q"} if partial else {"0": "q", "1": "p"}},
        initial_state="p",
        final_states={"q"},
        allow_partial=partial,
    )
    language = Language.from_automaton(dfa)
    for word in words("01"):
        assert language.accepts(word) == dfa.accepts_input(word), word


@pytest.mark.parametrize("kind", ["dfa", "moore", "mealy"])
def test_random_automata_of_aalpy(kind: str) -> None:
    pytest.importorskip("aalpy")
    from aalpy.utils import generate_random_deterministic_automata

    for size in (1, 2, 5, 9):
        theirs = generate_random_deterministic_automata(kind, size, 2, 2, 1 if kind == "dfa" else 2)
        language = Language.from_automaton(theirs)
        machine = language.given
        assert machine is not None
        letters = {str(letter): letter for letter in theirs.get_input_alphabet()}
        draw = random.Random(size)
        for _ in range(100):
            word = draw.choices(sorted(letters), k=draw.randrange(10))
            theirs.reset_to_initial()
            outputs = [theirs.step(letters[letter]) for letter in word]
            if kind == "dfa":
                assert machine.accepting[machine.state_after(word)] == (
                    outputs[-1] if word else theirs.initial_state.is_accepting
                )
            else:
                assert machine.run(word) == list(map(str, outputs))


def test_incomplete_automata_of_aalpy_are_refused() -> None:
    automata = pytest.importorskip("aalpy.automata")
    state = automata.DfaState("s", True)
    other = automata.DfaState("t", False)
    state.transitions = {"a": other, "b": state}
    other.transitions = {"a": state}
    with pytest.raises(ParameterError, match="state 't' has no transition for 'b'"):
        Language.from_automaton(automata.Dfa(state, [state, other]))


@pytest.mark.parametrize("other", [3, "text", object(), None])
def test_other_objects_are_refused(other: object) -> None:
    with pytest.raises(ParameterError, match="must be a DFA of automata-lib, or a Dfa"):
        Language.from_automaton(other)


def test_symbols_of_one_text_are_refused() -> None:
    automata = pytest.importorskip("aalpy.automata")
    state = automata.DfaState("s", True)
    state.transitions = {1: state, "1": state}
    with pytest.raises(ParameterError, match="a symbol must have a text of its own"):
        Language.from_automaton(automata.Dfa(state, [state]))
