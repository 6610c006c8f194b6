"""A model's step as a graph, by weights and fused, equals the reference executor, errors included."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamssm.errors import ParameterError, PrecisionError
from streamssm.ir import semantics, words
from streamssm.ir.ranges import BIT, Range
from streamssm.runtime.transducer import Transducer
from streamssm.ssm import executor
from streamssm.ssm.formats import NumberFormat, Overflow, Rounding
from streamssm.ssm.gadgets import make_gadget
from streamssm.ssm.model import SSM, Layer, StateWord, ThoughtMode, Thoughts, TransitionKind
from streamssm.ssm.network import Gadget, Neuron, ReluNet, Signal
from streamssm.ssm.weights import weight_sites, with_changed_weight
from tests.models import State, random_model, random_mutant, some_steps

Step = tuple[State, State]


def executed(model: SSM, state: State, token: State) -> Step | None:
    """Return one step of the reference executor, or None for an error."""
    try:
        return executor.step(model, state, token)
    except PrecisionError:
        return None


def evaluated(step: Transducer, state: State, token: State) -> Step | None:
    """Return one step of the graph, or None for an error; every node's range must hold."""
    values = semantics.evaluate(step.step.nodes, state, token)
    assert all(node.range.holds(value) for node, value in zip(step.step.nodes, values, strict=True))
    if step.error is not None and values[step.error]:
        return None
    return tuple(values[i] for i in step.next_state), tuple(values[i] for i in step.outputs)


def require_equal(model: SSM, by: str, seed: int) -> None:
    step = model.transducer(by)
    for state, token in some_steps(model, seed):
        assert evaluated(step, state, token) == executed(model, state, token)


@pytest.mark.soak
@pytest.mark.parametrize("by", ["weights", "fused"])
@given(seed=st.integers(0, 1 << 32))
def test_graph_equals_executor(by: str, seed: int) -> None:
    require_equal(random_model(seed), by, seed)


@pytest.mark.soak
@pytest.mark.parametrize("by", ["weights", "fused"])
@given(seed=st.integers(0, 1 << 32))
def test_graph_of_changed_weights_equals_executor(by: str, seed: int) -> None:
    require_equal(random_mutant(seed), by, seed)


def latch(limit: int = 9, *, overflow: Overflow = Overflow.ERROR) -> SSM:
    """Return a model by hand: if key equals the word, it takes image (one thought), else it stays."""
    range_ = Range(0, limit)
    names = ("thought", "begin", "key", "image", "value")
    flags = (Signal("thought", BIT), Signal("begin", BIT))
    x = (*flags, *(Signal(name, range_) for name in names[2:]))
    keep = make_gadget("linear", (1, -1), (0,), (BIT,), "A")
    write = make_gadget("linear", (0, 1), (4,), (range_,), "B")
    gates = ReluNet(x, (keep, write), (("A[value]", 5), ("B[value]", 6)))
    ready = make_gadget("linear", (0, 1, 1), (1, 2), (BIT, BIT), "ready")
    same = make_gadget("eq", (0, 1, -1), (0, 3), (range_, range_), "same")
    chosen = make_gadget("select", (), (7, 4, 0), (BIT, range_, range_), "chosen")
    readout = ReluNet(
        (Signal("value", range_), *x), (ready, same, chosen), (("ready", 6), ("value", 8), ("out", 0))
    )
    word = StateWord("value", NumberFormat(range_, overflow=overflow), 3)
    layer = Layer((word,), TransitionKind.ZERO_ONE, gates, readout)
    fields = (words.field("key", range_), words.field("image", range_))
    return SSM(
        "latch", fields, (layer,), ("out",), Thoughts(ThoughtMode.ONLINE, (words.field("value", range_),), 1)
    )


@pytest.mark.parametrize("by", ["weights", "fused"])
def test_proven_model_has_no_checks(by: str) -> None:
    model = latch()
    assert model.transducer(by).error is None
    require_equal(model, by, 0)


def test_fused_runs_meanings_and_weights_run_neurons() -> None:
    def ops(by: str) -> set[str]:
        return {node.op.value for node in latch().transducer(by).step}

    assert ops("fused") == {"register", "field", "eq", "select"}
    assert ops("weights") == {"register", "field", "neuron"}


def test_probes_are_the_relus_that_a_token_needs() -> None:
    probes = latch().transducer("weights").probes
    assert len(probes) == latch().num_relus == 4
    assert probes[0][0] == "input step: layer 1 readout gadget 1 'same' (eq) relu 0"
    assert latch().transducer("fused").probes == ()


def test_every_changed_weight_runs_by_weights_and_fused() -> None:
    model = latch()
    for site in weight_sites(model):
        for change in (-1, 1):
            mutant = with_changed_weight(model, site, change)
            assert mutant.digest != model.digest
            for by in ("weights", "fused"):
                require_equal(mutant, by, 1)


def test_a_gadget_without_its_weights_loses_its_meaning_and_its_range() -> None:
    model = latch()
    site = next(s for s in weight_sites(model) if s.gadget == 2 and s.term is None and s.network == "readout")
    mutant = with_changed_weight(model, site, 1)
    for by in ("weights", "fused"):
        step = mutant.transducer(by)
        assert step.error is not None
        assert any(node.op.value == "neuron" for node in step.step)


def test_a_value_that_could_pass_2_to_the_62_is_refused_by_name() -> None:
    wide = Range(0, (1 << 60) - 1)
    double = Gadget("huge", (), (2,), (wide,), (), Neuron(0, ((8, 0),)), "eightfold")
    names = (Signal("thought", BIT), Signal("begin", BIT), Signal("f", wide))
    layer = Layer((), TransitionKind.DIAGONAL, ReluNet(names), ReluNet(names, (double,), (("out", 3),)))
    with pytest.raises(
        ParameterError, match=r"layer 1 readout gadget 0 'eightfold' \(huge\): .* below 2\^62"
    ):
        SSM("wide", (words.field("f", wide),), (layer,), ("out",)).transducer()


def counter(form: NumberFormat, entry: int, fraction_bits: int) -> SSM:
    """Return the model h' = round(entry 2^-fraction_bits h + f), output h."""
    inputs = tuple(Signal(name, Range(-2, 2)) for name in ("thought", "begin", "f"))
    entries = make_gadget("linear", (entry,), (), (), "A")
    gates = ReluNet(inputs, (entries,), (("A[h]", 3), ("B[h]", 2)))
    readout = ReluNet((Signal("h", form.range), *inputs), (), (("out", 0),))
    layer = Layer((StateWord("h", form),), TransitionKind.TIME_INVARIANT, gates, readout, (fraction_bits,))
    return SSM("counter", (words.field("f", Range(-2, 2)),), (layer,), ("out",))


@pytest.mark.parametrize("rounding", list(Rounding))
@pytest.mark.parametrize("overflow", [Overflow.ERROR, Overflow.SATURATE, Overflow.WRAP])
@pytest.mark.parametrize(("entry", "fraction_bits"), [(1, 0), (-1, 0), (1, 1), (3, 2), (-5, 2), (0, 0)])
def test_every_number_format(rounding: Rounding, overflow: Overflow, entry: int, fraction_bits: int) -> None:
    model = counter(NumberFormat(Range(-8, 7), 0, rounding, overflow), entry, fraction_bits)
    for by in ("weights", "fused"):
        step = model.transducer(by)
        for h in range(-8, 8):
            for f in range(-2, 3):
                exact = entry * h + (f << fraction_bits)
                half = 0 if rounding is Rounding.FLOOR or not fraction_bits else 1 << (fraction_bits - 1)
                value = (exact + half) // (1 << fraction_bits)
                if overflow is Overflow.SATURATE:
                    value = min(max(value, -8), 7)
                elif overflow is Overflow.WRAP:
                    value = (value + 8) % 16 - 8
                expected = ((value,), (value,)) if -8 <= value <= 7 else None
                assert evaluated(step, (h,), (f,)) == executed(model, (h,), (f,)) == expected
