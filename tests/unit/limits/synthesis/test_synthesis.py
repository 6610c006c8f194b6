"""Synthesis: yes with a model that is right on every stream, no with words that no weights fit."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.machine_programs import program_of
from streamssm.equivalences.check import check
from streamssm.equivalences.smt.solver import is_installed
from streamssm.errors import FormatError, ParameterError
from streamssm.limits.synthesis import ModelClass, Synthesis, SynthesisVerdict, engines, synthesize
from streamssm.limits.synthesis.engines import ENGINES
from streamssm.limits.synthesis.examples import Examples, examples_up_to
from streamssm.limits.synthesis.frontier_recheck import holds
from streamssm.limits.synthesis.reachability import explore
from streamssm.limits.synthesis.target_languages import machines
from streamssm.ssm.formats import Overflow
from streamssm.ssm.transitions import TransitionKind
from tests.brute_synthesis import exists
from tests.soak import examples

METHODS = ("enumerate", "solver")
needs_solver = pytest.mark.skipif(not is_installed(), reason="bitwuzla is not installed")
by_each_method = pytest.mark.parametrize("method", ["enumerate", pytest.param("solver", marks=needs_solver)])
KIND = {kind.value: kind for kind in TransitionKind}

# language, kind, overflow -> (d, p) with a model, (d, p) without
KNOWN: dict[tuple[str, str, str], tuple[list[tuple[int, int]], list[tuple[int, int]]]] = {
    ("tomita_2", "zero-one", "saturate"): ([(1, 3), (2, 2)], [(1, 1), (1, 2), (2, 1), (3, 1), (4, 1)]),
    ("d_2", "zero-one", "saturate"): ([(2, 2)], [(4, 1), (1, 3)]),
    ("parity", "zero-one", "saturate"): ([], [(1, 1), (1, 4), (2, 2), (3, 1), (6, 1)]),
    ("parity", "dyadic", "saturate"): ([], [(1, 1), (1, 2), (2, 2)]),
    ("parity", "signed", "saturate"): ([(1, 1)], []),
    ("parity", "zero-one", "wrap"): ([(1, 1)], []),
    ("aa_star", "time-invariant", "wrap"): ([(1, 1)], []),
    ("tomita_5", "signed", "saturate"): ([(2, 1)], [(1, 2)]),
    ("flip_flop_cell", "zero-one", "error"): ([(1, 1)], []),
}
QUESTIONS = [
    (*model, split, answer)
    for model, sides in KNOWN.items()
    for answer, side in zip((True, False), sides, strict=True)
    for split in side
]


def model_class(
    d: int, p: int, kind: str = "zero-one", overflow: str = "saturate", **more: Any
) -> ModelClass:
    return ModelClass(d, p, KIND[kind], Overflow(overflow), **more)


@by_each_method
@pytest.mark.parametrize(("language", "kind", "overflow", "split", "answer"), QUESTIONS)
def test_what_is_known(
    language: str, kind: str, overflow: str, split: tuple[int, int], answer: bool, method: str
) -> None:
    searched_class = model_class(*split, kind, overflow, fraction_bits=int(kind == "dyadic"))
    synthesis = synthesize(machines()[language], searched_class, method=method)
    assert synthesis.exists is answer
    if answer:
        _require_model(synthesis)
    else:
        _require_unmet(synthesis, other=METHODS[1 - METHODS.index(method)])


def _require_model(synthesis: Synthesis) -> None:
    """The model has the memory that was asked for and is right on every stream, by weights and fused."""
    assert synthesis.ssm is not None
    d, p = synthesis.model_class.state_dim, synthesis.model_class.precision_bits
    assert (
        synthesis.ssm.vocabulary is not None and synthesis.ssm.vocabulary.symbols == synthesis.machine.symbols
    )
    assert (synthesis.ssm.num_layers, synthesis.ssm.state_dim, synthesis.ssm.memory_bits) == (1, d, d * p)
    assert (synthesis.ssm.layers[0].kind, synthesis.ssm.thoughts.max_per_token) == (
        synthesis.model_class.kind,
        0,
    )
    report = check(program_of(synthesis.machine), synthesis.ssm, method="exhaust")
    assert (report.equal, report.covers) == (True, "every stream")


def _require_unmet(synthesis: Synthesis, other: str) -> None:
    """The other method finds no weights for the words either; without the pairs there are some."""
    row = synthesis.to_dict()
    if other == "solver" and not is_installed():
        return
    assert holds(row, synthesis.machine, method=other, timeout=60) is True
    assert holds({**row, "pairs": [], "in_range": []}, synthesis.machine, method=other, timeout=60) is False


def random_machine(seed: int, *, states: int = 3, symbols: int = 2) -> Automaton:
    r = random.Random(seed)
    table = [[r.randrange(states) for _ in range(symbols)] for _ in range(states)]
    if seed % 3:
        return Automaton.acceptor(f"random {seed}", "abc"[:symbols], table, [r.random() < 0.5 for _ in table])
    output = np.array([[r.randrange(2) for _ in row] for row in table], np.int32)
    return Automaton(f"random {seed}", tuple("abc"[:symbols]), np.array(table, np.int32), output, ("x", "y"))


BRUTE = [
    (1, 1, "zero-one", "saturate", 0, True),
    (2, 1, "zero-one", "saturate", 0, True),
    (1, 2, "zero-one", "saturate", 0, True),
    (1, 2, "zero-one", "saturate", 0, False),
    (1, 2, "zero-one", "wrap", 0, True),
    (1, 2, "zero-one", "error", 0, True),
    (1, 2, "signed", "saturate", 0, True),
    (1, 2, "signed", "error", 0, True),
    (2, 1, "signed", "wrap", 0, True),
    (1, 2, "dyadic", "saturate", 1, True),
    (1, 2, "dyadic", "wrap", 1, False),
    (1, 2, "dyadic", "error", 1, True),
    (1, 1, "diagonal", "saturate", 1, True),
    (1, 2, "diagonal", "wrap", 0, True),
    (1, 2, "time-invariant", "saturate", 0, True),
    (1, 2, "time-invariant", "saturate", 1, True),
    (1, 2, "time-invariant", "wrap", 1, True),
    (1, 2, "time-invariant", "error", 0, True),
]


@needs_solver
@pytest.mark.parametrize(("d", "p", "kind", "overflow", "f", "full"), BRUTE)
def test_all_weights_tried(d: int, p: int, kind: str, overflow: str, f: int, full: bool) -> None:
    """Both methods agree with a search of all weights, also of those that the class leaves out."""
    searched_class = model_class(d, p, kind, overflow, fraction_bits=f, full_range=full)
    for seed in range(examples(3)):
        machine = random_machine(seed, states=2 + seed % 2)
        expected = exists(machine, d, p, kind, overflow, f, full_range=full)
        answers = [synthesize(machine, searched_class, method=method).exists for method in METHODS]
        assert answers == [expected, expected], (seed, searched_class)


def test_trying_all_weights_finds_both_answers() -> None:
    answers = [exists(random_machine(seed), 1, 1, "zero-one", "saturate") for seed in range(12)]
    assert set(answers) == {True, False}
    assert exists(machines()["parity"], 1, 1, "signed", "saturate")
    assert not exists(machines()["parity"], 2, 1, "zero-one", "saturate")


@needs_solver
@pytest.mark.parametrize("split", [(1, 3), (2, 2), (3, 1)])
def test_the_methods_agree(split: tuple[int, int]) -> None:
    for seed in range(100, 100 + examples(2)):
        machine = random_machine(seed, states=4, symbols=2 + seed % 5 // 4)
        searched_class = model_class(*split, ("zero-one", "signed")[seed % 2], full_range=seed % 4 < 2)
        verdicts = {synthesize(machine, searched_class, method=method).verdict for method in METHODS}
        assert len(verdicts) == 1, (seed, searched_class)


def test_fewer_values_may_do_what_all_cannot() -> None:
    """D_2 fits a saturating word of 7 values, which takes 3 bits, and none of 8."""
    d_2 = machines()["d_2"]
    assert synthesize(d_2, model_class(1, 3), method="enumerate").exists is False
    synthesis = synthesize(d_2, model_class(1, 3, full_range=False), method="enumerate")
    assert synthesis.ssm is not None and synthesis.weights is not None
    assert synthesis.weights.tops[0] < 7
    assert (synthesis.ssm.precision_bits, synthesis.ssm.memory_bits) == (3, 3)


def test_a_no_is_one_for_words_up_to_a_length() -> None:
    """All words of up to 3 symbols of (10)* are too much for one bit, those of up to 2 are not."""
    machine = machines()["tomita_2"]
    with ENGINES["enumerate"](model_class(1, 1), 2, time.monotonic() + 60) as engine:
        assert engine(examples_up_to(machine, 2)).weights is not None
        assert engine(examples_up_to(machine, 3)).weights is None
    assert synthesize(machine, model_class(1, 1), method="enumerate").examples.length == 3


def test_every_changed_weight_shows() -> None:
    """A word whose weights are changed by one is refused, or is another model for the language."""
    machine, searched_class = machines()["tomita_2"], model_class(2, 2)
    row = synthesize(machine, searched_class, method="enumerate").to_dict()
    assert holds(row, machine, method="enumerate", timeout=60) is True
    refused = 0
    for x, i, by in [(x, i, by) for x in (0, 1) for i in (0, 1) for by in (-1, 1)]:
        increments = [list(increment) for increment in row["weights"]["increments"]]
        increments[x][i] += by
        changed = {**row, "weights": {**row["weights"], "increments": increments}}
        refused += holds(changed, machine, method="enumerate", timeout=60) is False
    assert refused > 2


def test_conflicts_are_conflicts() -> None:
    """The conflicts of the reachability search end in one state and need different answers."""
    machine, searched_class = machines()["d_2"], model_class(1, 2)
    synthesis = synthesize(replace(machine, name="d"), searched_class, method="enumerate")
    assert synthesis.examples.pairs
    for one, other in synthesis.examples.pairs:
        assert one[-1] == other[-1]
        texts = [machine.alphabet.text(word) for word in (one, other)]
        assert machine.accepts(texts[0]) != machine.accepts(texts[1])


def test_explored_to_the_end() -> None:
    synthesis = synthesize(machines()["tomita_1"], model_class(1, 1), method="enumerate")
    assert synthesis.weights is not None
    explored = explore(synthesis.model_class, synthesis.weights, synthesis.machine)
    assert (explored.conflicts, explored.outside) == ((), ())
    assert set(explored.phi.values()) == {0, 1}


def test_more_than_two_answers() -> None:
    """A Mealy machine that outputs the position of each symbol modulo 3."""
    table = np.array([[1], [2], [0]], np.int32)
    third = Automaton("place", ("a",), table, np.array([[0], [1], [2]], np.int32), ("0", "1", "2"))
    assert synthesize(third, model_class(1, 2, "time-invariant", "wrap"), method="enumerate").exists is False
    quarter = Automaton(
        "place", ("a",), np.array([[1], [2], [3], [0]]), np.array([[0], [1], [2], [3]]), ("0", "1", "2", "3")
    )
    synthesis = synthesize(quarter, model_class(1, 2, "time-invariant", "wrap"), method="enumerate")
    _require_model(synthesis)


@by_each_method
def test_out_of_time_is_unknown(method: str) -> None:
    synthesis = synthesize(machines()["tomita_5"], model_class(1, 4), method=method, timeout=1e-6)
    assert (synthesis.verdict, synthesis.exists, synthesis.ssm) == (SynthesisVerdict.UNKNOWN, None, None)
    assert "time" in synthesis.reason and synthesis.because == synthesis.reason
    assert synthesis.to_dict()["reason"] == synthesis.reason


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ModelClass(0, 1), "state_dim must be an integer of at least 1, not 0"),
        (lambda: ModelClass(1, True), "precision_bits must be an integer of at least 1, not True"),
        (
            lambda: ModelClass(4, 5),
            "must be at most 12, not 20: the readout is a table of all states",
        ),
        (lambda: model_class(1, 1, "dense"), "the transition must be diagonal and real, not dense"),
        (lambda: model_class(1, 1, "complex"), "the transition must be diagonal and real, not complex"),
        (lambda: model_class(1, 1, overflow="cycle"), "overflow must be error, saturate or wrap, not cycle"),
        (
            lambda: model_class(1, 2, fraction_bits=1),
            "zero-one transition at 2 bits must be in [0, 0], not 1",
        ),
        (lambda: model_class(1, 2, "dyadic", fraction_bits=3), "must be in [0, 2], not 3"),
        (lambda: synthesize(machines()["parity"], ModelClass(1, 1), method="magic"), "method must be one of"),
        (lambda: synthesize(machines()["parity"], ModelClass(1, 1), timeout=0), "more than 0 seconds, not 0"),
        (
            lambda: synthesize(machines()["ab_d_bc"], ModelClass(2, 4), method="enumerate"),
            f"method='enumerate' takes at most {engines.MAX_MACHINES:,}; use method='solver'",
        ),
        (
            lambda: synthesize(machines()["parity"], ModelClass(1, 12), method="enumerate"),
            "too many maps of a word to enumerate",
        ),
    ],
)
def test_refusals(make: Any, message: str) -> None:
    with pytest.raises(ParameterError) as refused:
        make()
    assert message in str(refused.value) and "\n" not in str(refused.value)


def test_a_missing_solver_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "is_installed", lambda: False)
    with pytest.raises(ParameterError, match=r"needs bitwuzla: pip install streamssm\[prove\]"):
        synthesize(machines()["parity"], ModelClass(1, 1), method="solver")
    assert synthesize(machines()["parity"], ModelClass(1, 1)).exists is False


def test_rows_of_another_language_or_pair_are_refused() -> None:
    machine = machines()["parity"]
    row = synthesize(machine, ModelClass(1, 1), method="enumerate").to_dict()
    with pytest.raises(FormatError, match="the row is about parity, not about tomita_1"):
        holds(row, machines()["tomita_1"], method="enumerate", timeout=60)
    with pytest.raises(FormatError, match="do not need different states"):
        holds({**row, "pairs": [["1", "111"]]}, machine, method="enumerate", timeout=60)


def test_examples_are_closed_under_prefixes() -> None:
    closed = Examples().with_more([((0, 1), (1, 1, 1))], [(0, 0)])
    assert closed.words == ((), (0,), (1,), (0, 0), (0, 1), (1, 1), (1, 1, 1))
    assert closed.range_only == ((0, 0),)
    assert closed.with_more(closed.pairs) == closed
