"""Sizes of Mealy machines: outputs of transitions split states, and `classify` counts the split ones."""

from __future__ import annotations

import random

import pytest

import streamssm as ss
from streamssm.languages.language import Language

ONE_LAYER = ("monomial", "householder", "dense", "time-invariant-dense")


def random_mealy(seed: int) -> Language:
    rng = random.Random(seed)
    states, symbols, outputs = rng.randint(1, 6), rng.randint(2, 4), rng.randint(1, 4)
    rows = [
        f's{s} -> s{rng.randrange(states)} [label="i{a}/o{rng.randrange(outputs)}"];'
        for s in range(states)
        for a in range(symbols)
    ]
    return Language.from_dot("\n".join(["digraph g {", "__start0 -> s0;", *rows, "}"]))


@pytest.mark.parametrize("seed", range(40))
def test_no_model_is_larger_than_classify_says(seed: int) -> None:
    language = random_mealy(seed)
    classification = ss.classify(language)
    for kind in ONE_LAYER:
        verdict = classification[kind]
        if verdict.answer.value == "yes" and verdict.cost.memory_bits is not None:
            assert ss.to_ssm(language, transition=kind).memory_bits <= verdict.cost.memory_bits
    assert ss.to_ssm(language, cot="online").memory_bits == classification["online thoughts"].cost.memory_bits


def test_the_copies_of_states_are_counted() -> None:
    """State a is entered by y with outputs 1 and 2, and so has two copies; the others have one."""
    rows = 'a -> b [label="x/0"]; a -> a [label="y/1"]; b -> c [label="x/1"]; b -> a [label="y/2"]; '
    more = 'c -> a [label="x/2"]; c -> c [label="y/0"]; '
    language = Language.from_dot("digraph m { __start0 -> a; " + rows + more + "}")
    classification = ss.classify(language)
    assert [classification[kind].cost.state_dim for kind in ("monomial", "dense")] == [4, 4]
    assert ss.to_ssm(language, transition="dense").layers[0].state_dim == 4
