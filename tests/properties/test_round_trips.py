"""to_program(to_ssm(P)) equals P, and to_ssm(to_program(S)) equals S: in outputs, state and memory."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamssm.algorithms import FunctionComposition, SaturatingCounter, Xorshift
from streamssm.equivalences.checking.sides import side_of
from streamssm.equivalences.ssm_to_program import to_program
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import ParameterError, PrecisionError
from streamssm.frontends.algorithm import Algorithm
from streamssm.program.program import Program
from streamssm.ssm.weights import weight_sites, with_changed_weight
from tests.models import random_model, some_steps
from tests.random_classes import random_class
from tests.soak import examples

LIBRARY = [FunctionComposition(5), SaturatingCounter(9), Xorshift(6)]


def require_round_trip(program: Program, seed: int) -> None:
    model = to_ssm(program)
    back = to_program(model)
    again = to_ssm(back)
    assert back.memory_bits == model.memory_bits == again.memory_bits == program.memory_bits
    assert back.begin() == model.begin() == again.begin() == program.begin()
    assert back.assumptions == ()
    assert model.transducer("weights").error is None and model.transducer("fused").error is None
    for state, token in some_steps(model, seed, 25):
        wanted = program.step(state, token)
        assert back.step(state, token) == model.step(state, token) == again.step(state, token) == wanted


@pytest.mark.parametrize("algorithm", LIBRARY, ids=lambda algorithm: type(algorithm).__name__)
def test_round_trip_of_the_library(algorithm: Algorithm) -> None:
    require_round_trip(algorithm.program(), 0)


@pytest.mark.parametrize("n", [1, 2, 1024, 1 << 20])
def test_composition_comes_back_as_it_was(n: int) -> None:
    program = FunctionComposition(n).program()
    assert to_program(to_ssm(program)) == program


@pytest.mark.soak
@settings(max_examples=examples(15))
@given(seed=st.integers(0, 1 << 32))
def test_round_trip_of_random_classes(seed: int) -> None:
    require_round_trip(random_class(seed)().program(), seed)


@pytest.mark.soak
@given(seed=st.integers(0, 1 << 32))
def test_round_trip_of_random_models(seed: int) -> None:
    model = random_model(seed)
    try:
        again = to_ssm(to_program(model))
    except ParameterError as error:
        assert "must depend on the token and the state after it alone" in str(error)
        return
    except PrecisionError:
        assert side_of(model).begin is None
        return
    assert (again.memory_bits, again.begin()) == (model.memory_bits, model.begin())
    for state, token in some_steps(model, seed, 25):
        try:
            wanted = model.step(state, token)
        except PrecisionError:
            continue
        assert again.step(state, token) == wanted


@pytest.mark.parametrize("algorithm", LIBRARY, ids=lambda algorithm: type(algorithm).__name__)
def test_changed_weights_come_back_as_they_are(algorithm: Algorithm) -> None:
    """A changed weight takes its gadget's meaning away, so that nothing hides it in the program."""
    model, r = to_ssm(algorithm), Random(0)
    for site in r.sample(list(weight_sites(model)), 12):
        mutant = with_changed_weight(model, site, r.choice([-1, 1]))
        try:
            program = to_program(mutant)
        except PrecisionError as error:
            assert "not ready before the first token" in str(error)
            continue
        for state, token in some_steps(mutant, 1, 25):
            try:
                assert program.step(state, token) == mutant.step(state, token)
            except PrecisionError:
                assert program.assumptions
