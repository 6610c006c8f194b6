"""E1 and E4 with arrays: every state and token, through weights, fused, the program back, and files."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from streamssm.equivalences.program_to_ssm import program_to_ssm
from streamssm.equivalences.ssm_to_program import ssm_to_program
from streamssm.errors import ParameterError
from streamssm.files import load
from streamssm.ir.graph import Op
from streamssm.ir.words import Word
from streamssm.program.program import Program
from streamssm.runtime.stream import Lanes
from streamssm.runtime.transducer import Transducer
from streamssm.ssm.arrays import Port
from streamssm.ssm.model import SSM, TransitionKind
from streamssm.ssm.weights import weight_sites, with_changed_weight
from tests.unit.equivalences.array_programs import LENGTH, PROGRAMS

THROUGH_PORTS = sorted(set(PROGRAMS) - {"more ports than the array is worth"})


@cache
def model_of(name: str) -> SSM:
    return program_to_ssm(PROGRAMS[name])


def every(words: tuple[Word, ...]) -> Iterator[tuple[int, ...]]:
    return itertools.product(*(range(word.range.lo, word.range.hi + 1) for word in words))


def points(program: Program) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every state with every token: shapes (states * tokens, words) and (states * tokens, fields)."""
    states, tokens = (np.array(list(every(words))) for words in (program.registers, program.fields))
    return np.repeat(states, len(tokens), axis=0), np.tile(tokens, (len(states), 1))


def all_steps(transducer: Transducer, program: Program) -> tuple[list[list[int]], list[list[int]]]:
    states, tokens = points(program)
    lanes = Lanes(transducer, len(states))
    lanes.state = np.ascontiguousarray(states.T)
    outputs = lanes.feed(tokens[None])
    return lanes.state.T.tolist(), outputs[0].tolist()


@pytest.mark.parametrize("name", PROGRAMS)
def test_law_of_memory(name: str) -> None:
    program, model = PROGRAMS[name], model_of(name)
    back = ssm_to_program(model)
    assert program.memory_bits == model.memory_bits == back.memory_bits
    assert program.begin() == model.begin() == back.begin()
    assert model.layers[0].kind is TransitionKind.ZERO_ONE
    assert back.arrays == program.arrays and back.assumptions == ()


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_step_is_the_programs(name: str) -> None:
    program, model = PROGRAMS[name], model_of(name)
    expected = all_steps(program.transducer(), program)
    back = ssm_to_program(model).transducer()
    for artefact in (model.transducer("fused"), model.transducer("weights"), back):
        assert artefact.error is None
        assert all_steps(artefact, program) == expected


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_executor_agrees(name: str) -> None:
    program, model = PROGRAMS[name], model_of(name)
    for state, token in zip(*(part[::613].tolist() for part in points(program)), strict=True):
        assert model.step(state, token) == program.step(state, token)


@pytest.mark.parametrize("name", THROUGH_PORTS)
def test_arrays_through_ports_are_seen_as_such(name: str) -> None:
    model = model_of(name)
    assert model.array_gates[0] is not None
    fused, back = model.transducer("fused"), ssm_to_program(model)
    assert len(fused.stores) == len(back.stores) == len(PROGRAMS[name].stores)
    for graph in (back.update, back.output):
        assert sum(node.op is Op.REGISTER for node in graph) <= 4
    assert any(node.op is Op.LOAD for node in back.output)


def test_costs_are_noted() -> None:
    notes = [model_of(name).notes[0] for name in ("one port", "more ports than the array is worth")]
    assert notes == [
        "array a: sent through 1 write port (ports 5 bits, whole 10 bits)",
        "array a: sent whole (ports 15 bits, whole 10 bits)",
    ]


@pytest.mark.parametrize("name", ["one port", "two ports that may meet", "a swap of fixed words"])
def test_files_keep_arrays(name: str, tmp_path: Path) -> None:
    path = str(tmp_path / "model.safetensors")
    model_of(name).save(path)
    loaded = load(path)
    assert loaded == model_of(name) and isinstance(loaded, SSM)
    assert loaded.array_gates == model_of(name).array_gates


@pytest.mark.parametrize("name", ["a port that may be disabled", "two ports that may meet"])
def test_declared_ports_that_are_not_there_change_nothing(name: str) -> None:
    program, model = PROGRAMS[name], model_of(name)
    expected = all_steps(program.transducer(), program)
    (array,) = model.arrays
    for ports in (
        (),
        (Port(0, 0, 0, 4),),
        (Port(10**9, -5, 0, 4),),
        array.ports[::-1] * 2,
        tuple(replace(port, lo=0, hi=LENGTH) for port in array.ports),
        (Port(0, array.ports[0].value, 2, 2, True),),
    ):
        wrong = replace(model, arrays=(replace(array, ports=ports),))
        assert wrong.array_gates == (None,)
        assert all_steps(wrong.transducer("fused"), program) == expected


def test_arrays_must_be_the_last_words_and_alike() -> None:
    model = model_of("one port")
    (array,) = model.arrays
    for first, length in ((0, LENGTH), (1, LENGTH - 1), (1, 0), (2, LENGTH), (-3, 9)):
        with pytest.raises(ParameterError, match="array 'a' must start at state word"):
            replace(model, arrays=(replace(array, first=first, length=length),))
    everything = replace(array, first=0, length=LENGTH + 1)
    assert replace(model, arrays=(everything,)).array_gates == (None,)


@pytest.mark.parametrize("name", ["two ports that may meet", "a fixed word before a computed one"])
def test_changed_weights_run_as_they_are(name: str) -> None:
    """Weights, fused and the executor agree on mutants, whose arrays mostly are not seen as such."""
    model = model_of(name)
    sites = list(weight_sites(model))
    states, tokens = points(PROGRAMS[name])
    some = list(zip(states[::5003].tolist(), tokens[::5003].tolist(), strict=True))
    unseen = 0
    for site in sites[:: len(sites) // 25]:
        mutant = with_changed_weight(model, site, 1)
        unseen += mutant.array_gates == (None,)
        streams = [mutant.stream(state, by=by) for state, _ in some for by in ("fused", "weights")]
        for number, stream in enumerate(streams):
            state, token = some[number // 2]
            try:
                expected = mutant.step(state, token)
            except Exception as error:
                with pytest.raises(type(error)):
                    stream.feed([token])
            else:
                outputs = tuple(stream.feed([token])[0].tolist())
                assert (stream.state, outputs) == expected
    assert unseen
