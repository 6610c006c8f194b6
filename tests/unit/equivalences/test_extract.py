"""Machines of artefacts and of functions of words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import streamssm as ss
from streamssm.algorithms.luhn import Luhn
from streamssm.algorithms.modular_counter import ModularCounter
from streamssm.automata.automaton_class import Automaton
from streamssm.automata.dot.dot_to_automaton import machine_of_dot
from streamssm.automata.regex.regex_to_automaton import machine_of_regex
from streamssm.equivalences.extract import extract_by_asking
from tests.random_machines import machines, regexes
from tests.soak import examples

PROTOCOLS = sorted((Path(__file__).parents[3] / "examples" / "protocols").glob("*.dot"))
SIZES = {"OpenSSL_1.0.2_server_regular": 7, "TCP_Linux_Client": 15, "mosquitto__two_client_will_retain": 18}


@settings(max_examples=examples(25), deadline=None)
@given(regexes())
def test_regex_to_model_to_regex(text: str) -> None:
    """Law: what is extracted from the model of a regular expression is an expression of the same language."""
    language = ss.Language.from_regex(text, "ab")
    extraction = ss.extract(ss.to_ssm(language))
    assert extraction.machine == language.machine and extraction.covers == "every word"
    assert machine_of_regex(extraction.to_regex(), "ab") == language.machine


@pytest.mark.parametrize("kind", ["dfa", "moore", "mealy"])
def test_machines_come_back(kind: str) -> None:
    """Law: the machine of a machine's program is its minimal machine, up to outputs' and states' names."""

    @settings(max_examples=examples(60), deadline=None)
    @given(machines(kind))
    def check(machine: Automaton) -> None:
        extracted = ss.extract(ss.Language.from_machine(machine).program(), kind=kind).machine
        assert extracted.difference(machine) is None
        assert extracted.num_states == machine.minimal().num_states
        assert extracted.symbols == machine.symbols

    check()


@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.stem)
def test_protocols(path: Path) -> None:
    """Read, sized, translated, shown equal, run, extracted and learned, with the original names."""
    language = ss.Language.from_dot(path)
    assert language.machine.num_states == SIZES[path.stem] == ss.minimize(language).num_states
    model = ss.to_ssm(language, cot="online")
    assert ss.check(language, model, method="exhaust").covers == "every stream"
    session = np.random.default_rng(0).integers(language.machine.num_symbols, size=5_000)
    names = [language.machine.symbols[number] for number in session.tolist()]
    assert model.vocabulary is not None
    outputs = [model.vocabulary.output(number) for number in model.run(session[:, None]).ravel().tolist()]
    assert outputs == machine_of_dot(path).run(names)
    extraction = ss.extract(model)
    assert not extraction.machine.is_moore and extraction.machine.num_states == SIZES[path.stem]
    assert extraction.machine.difference(language.machine) is None
    assert extraction.machine.symbols == language.machine.symbols
    assert set(extraction.machine.outputs) - {"-"} == set(language.machine.outputs)


@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.stem)
def test_protocols_are_proven(path: Path) -> None:
    pytest.importorskip("bitwuzla")
    language = ss.Language.from_dot(path)
    report = ss.check(language, ss.to_ssm(language, cot="online"), method="prove")
    assert (report.equal, report.covers) == (True, "every stream")


@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.stem)
@pytest.mark.parametrize("algorithm", ["kv", "lstar"])
def test_protocols_are_learned(path: Path, algorithm: str) -> None:
    pytest.importorskip("aalpy")
    language = ss.Language.from_dot(path)
    machine = language.machine
    ask = {"kind": "mealy", "algorithm": algorithm}
    extraction = ss.extract(lambda word: machine.run(word)[-1], machine.symbols, **ask)  # type: ignore[arg-type]
    assert extraction.machine.difference(machine) is None
    assert extraction.learned is not None and extraction.learned.queries >= extraction.learned.tested > 0


@pytest.mark.parametrize("path", PROTOCOLS, ids=lambda path: path.stem)
def test_protocols_are_bisimilar_to_what_is_extracted(path: Path, tmp_path: Path) -> None:
    """AALpy, another implementation, reads both files and compares them."""
    file_handler = pytest.importorskip("aalpy.utils.FileHandler")
    bisimilar = pytest.importorskip("aalpy.utils").bisimilar
    extracted, original = tmp_path / "extracted.dot", tmp_path / "original.dot"
    extracted.write_text(ss.extract(ss.to_ssm(ss.Language.from_dot(path), cot="online")).to_dot())
    original.write_text(_as_the_peer_reads_it(path.read_text()))
    ours, theirs = (file_handler.load_automaton_from_file(p, "mealy") for p in (extracted, original))
    assert bisimilar(ours, theirs)
    changed = extracted.read_text().splitlines()
    changed[-2] = changed[-2].split("/")[0] + '/another output"]'
    extracted.write_text("\n".join(changed))
    assert not bisimilar(file_handler.load_automaton_from_file(extracted, "mealy"), theirs)


def _as_the_peer_reads_it(text: str) -> str:
    """Return a file with the start that the library needs, and labels without space around the slash."""
    lines = [line for line in text.splitlines() if "__start0" not in line]
    first = next(line for line in lines if "label" in line).split("[")[0].strip()
    return "\n".join([*lines[:-1], f"__start0 -> {first};", "}"]).replace(" / ", "/")


def test_kinds() -> None:
    counter = ss.extract(ModularCounter(5)).machine
    assert counter.is_moore and counter.num_states == 5 and counter.run(["{event}", "{}"]) == ["1", "1"]
    assert counter.outputs[counter.output[counter.initial]] == "0"
    assert ss.extract(ModularCounter(2)).machine.is_acceptor
    assert not ss.extract(ModularCounter(5), kind="mealy").machine.is_moore
    assert ss.extract(ModularCounter(2), symbols=["stay", "go"]).machine.symbols == ("stay", "go")
    assert ss.extract(Luhn()).machine.num_symbols == 10
    with pytest.raises(
        ss.ParameterError, match="ModularCounter is not a DFA: its output [234] is not 0 or 1"
    ):
        ss.extract(ModularCounter(5), kind="dfa")


def test_of_a_formula() -> None:
    extracted = ss.extract(ss.Language.from_past_ltl("O(a & b)")).machine
    assert extracted.symbols == ("{}", "{b}", "{a}", "{a,b}") and extracted.num_states == 2


def test_learned_functions() -> None:
    pytest.importorskip("aalpy")
    thirds = ss.extract(lambda word: word.count("a") % 3 == 0, "ab")
    assert thirds.machine == machine_of_regex("(b*ab*ab*a)*b*", "ab")
    assert "for every word if it has at most 4 states" in thirds.covers
    length = ss.extract(lambda word: min(len(word), 3), "ab").machine
    assert length.is_moore and length.run("aaaa") == ["1", "2", "3", "3"]
    again = ss.extract(lambda word: word.count("a") % 3 == 0, "ab").learned
    assert thirds.learned is not None and again is not None and thirds.learned.to_dict() == again.to_dict()


@settings(max_examples=examples(25), deadline=None)
@given(machines("dfa"))
def test_random_machines_are_learned(machine: Automaton) -> None:
    """With as many extra states as there are, the W-method leaves no difference."""
    pytest.importorskip("aalpy")
    extraction = ss.extract(
        machine.accepts, machine.symbols, extra_states=2, walks_per_state=10, max_queries=10**5
    )
    assert extraction.machine.num_states <= machine.minimal().num_states
    if machine.minimal().num_states <= extraction.machine.num_states + 2:
        assert extraction.machine == machine.minimal()


@pytest.mark.parametrize("algorithm", ["kv", "lstar"])
@pytest.mark.parametrize("kind", ["dfa", "moore", "mealy"])
def test_what_is_learned_agrees_with_what_was_asked(kind: str, algorithm: str) -> None:
    pytest.importorskip("aalpy")
    asked: dict[tuple[str, ...], Any] = {}

    def function(word: tuple[str, ...]) -> Any:
        asked[word] = word.count("a") % 4 if kind != "dfa" else word.count("a") % 4 == 3
        return asked[word]

    extraction = ss.extract(function, "ab", kind=kind, algorithm=algorithm)
    assert extraction.learned is not None and extraction.learned.queries == len(asked)
    assert (() in asked) == (kind != "mealy")
    machine = extraction.machine
    for word, output in asked.items():
        if kind == "dfa":
            assert machine.accepts(word) == output
        elif word:
            assert machine.run(word)[-1] == str(output)


def test_models_are_learned_as_black_boxes() -> None:
    pytest.importorskip("aalpy")
    language = ss.Language.from_regex("(ab|ba)*", "ab")
    extraction = extract_by_asking(ss.to_ssm(language))
    assert extraction.machine == language.machine
    mealy = machine_of_dot(
        'digraph { __start0 -> a; a -> a [label="x/1"]; a -> b [label="y/2"]; b -> a [label="x/2\\ny/1"] }'
    )
    assert extract_by_asking(ss.Language.from_machine(mealy)).machine.difference(mealy) is None
    assert extract_by_asking(ModularCounter(3)).machine.num_states == 3


@pytest.mark.parametrize(
    ("source", "options", "message"),
    [
        (
            lambda word: word.count("a") == word.count("b"),
            {"max_queries": 500},
            "the function may not be regular",
        ),
        (lambda word: 1, {"kind": "dfa"}, "must return a bool, not 1 for"),
        (lambda word: True, {"algorithm": "rpni"}, "algorithm must be one of kv, lstar, not 'rpni'"),
        (lambda word: True, {"kind": "nfa"}, "kind must be one of auto, dfa, moore, mealy, not 'nfa'"),
        (lambda word: True, {"extra_states": -1}, "extra_states must be at least 0, not -1"),
        (3, {}, "a language, a model or a function, not 3"),
    ],
)
def test_refusals(source: Any, options: dict[str, Any], message: str) -> None:
    pytest.importorskip("aalpy")
    with pytest.raises(ss.ParameterError, match=message):
        ss.extract(source, "ab", **options)


def test_refusals_of_the_call() -> None:
    with pytest.raises(ss.ParameterError, match="a function of words needs symbols="):
        ss.extract(lambda word: True)
    with pytest.raises(ss.ParameterError, match="seed applies to black-box functions only"):
        ss.extract(ModularCounter(2), seed=3)
