"""E4: outputs(program) == outputs(ssm) and memory_bits(program) == memory_bits(ssm)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamssm.equivalences.ssm_to_program import ssm_to_program, to_program
from streamssm.errors import ParameterError, PrecisionError
from streamssm.ir import words
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm.formats import NumberFormat, Overflow
from streamssm.ssm.gadgets import make_gadget
from streamssm.ssm.model import SSM, Layer, StateWord, ThoughtMode, Thoughts, TransitionKind
from streamssm.ssm.network import ReluNet, Signal
from tests.models import random_model, random_mutant, some_steps


def require_law(model: SSM, seed: int) -> None:
    """Compare the program with the reference executor, wherever the model has no error."""
    try:
        program = ssm_to_program(model)
    except ParameterError as error:
        assert model.thoughts.mode is ThoughtMode.ONLINE
        assert "must depend on the token and the state" in str(error)
        return
    except PrecisionError:
        with pytest.raises(PrecisionError):
            model.begin()
        return
    assert program.memory_bits == model.memory_bits
    assert (program.initial, program.begin()) == (model.initial, model.begin())
    for state, token in some_steps(model, seed):
        try:
            assert program.step(state, token) == model.step(state, token)
        except PrecisionError:
            assert program.assumptions


@pytest.mark.soak
@given(seed=st.integers(0, 1 << 32))
def test_law_e4_on_random_models(seed: int) -> None:
    require_law(random_model(seed), seed)


@pytest.mark.soak
@given(seed=st.integers(0, 1 << 32))
def test_law_e4_on_changed_weights(seed: int) -> None:
    require_law(random_mutant(seed), seed)


def delay(shown: str, *, words_fed: int = 1, overflow: Overflow = Overflow.ERROR) -> SSM:
    """Return a model by hand: one thought carries the token's field into the word; then it shows a slot."""
    values, fed = Range(0, 5), Range(0, 5) if overflow is Overflow.ERROR else Range(0, 7)
    names = ["thought", "begin", "f", *(f"t{i}" for i in range(words_fed))]
    x = (Signal("thought", BIT), Signal("begin", BIT), *(Signal(name, values) for name in names[2:]))
    keep = make_gadget("linear", (1, -1), (0,), (BIT,), "A")
    write = make_gadget("linear", (0, 1), (3,), (fed,), "B")
    gates = ReluNet(x, (keep, write), (("A[h]", len(x)), ("B[h]", len(x) + 1)))
    ready = make_gadget("linear", (0, 1, 1), (1, 2), (BIT, BIT), "ready")
    slots = {"h": 0, **{name: index for index, name in enumerate(names, start=1)}}
    thought = [("t0", slots["f"]), ("t1", slots["h"])][:words_fed]
    outputs = (("ready", len(x) + 1), *thought, ("out", slots[shown]))
    readout = ReluNet((Signal("h", values), *x), (ready,), outputs)
    layer = Layer((StateWord("h", NumberFormat(values)),), TransitionKind.ZERO_ONE, gates, readout)
    thoughts = Thoughts(ThoughtMode.ONLINE, tuple(words.field(name, fed) for name in names[3:]), 1)
    return SSM("delay", (words.field("f", fed),), (layer,), ("out",), thoughts)


@pytest.mark.parametrize("shown", ["h", "t0", "thought", "begin"])
def test_outputs_that_the_state_and_the_token_decide(shown: str) -> None:
    program = ssm_to_program(delay(shown))
    assert not program.assumptions
    require_law(delay(shown), 0)


def test_an_output_of_overwritten_state_is_refused() -> None:
    with pytest.raises(ParameterError, match="output 'out' of delay reads a value that the step overwrites"):
        ssm_to_program(delay("t1", words_fed=2))


def test_a_word_that_may_leave_its_range_is_clamped_and_listed() -> None:
    model = delay("h", overflow=Overflow.SATURATE)
    program = ssm_to_program(model)
    assert [str(assumption) for assumption in program.assumptions] == ["delay:0: state word 'h' in [0, 5]"]
    assert program.step((0,), (7,)) == ((5,), (5,))
    with pytest.raises(PrecisionError, match=r"state word 'h' must stay in \[0, 5\], not become 7"):
        model.step((0,), (7,))
    require_law(model, 0)


def test_to_program_passes_programs_through() -> None:
    program = ssm_to_program(delay("h"))
    assert to_program(program) is program
    assert to_program(delay("h")) == program
