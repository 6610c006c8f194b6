"""The parts of a model, the refusal of invalid ones, and the reference executor."""

from __future__ import annotations

from dataclasses import replace

import pytest

from streamssm.errors import ParameterError, PrecisionError, TokenError
from streamssm.ir import words
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm import executor
from streamssm.ssm.formats import NumberFormat, Overflow
from streamssm.ssm.gadgets import make_gadget
from streamssm.ssm.model import SSM, Layer, StateWord, ThoughtMode, Thoughts, TransitionKind
from streamssm.ssm.network import ReluNet, Signal

FLAGS = (Signal("thought", BIT), Signal("begin", BIT))
EVENT = words.field("event", Range(0, 3))


def layer(name: str, x: int, *, entry: int = 1, kind: TransitionKind = TransitionKind.ZERO_ONE) -> Layer:
    """Return the layer h' = entry h + x[2], in [0, 100], whose readout passes the flags and h."""
    inputs = (*FLAGS, *(Signal(f"x{i}", Range(0, 3)) for i in range(x - 2)))
    gates = ReluNet(
        inputs, (make_gadget("linear", (entry,), (), (), "A"),), ((f"A[{name}]", x), (f"B[{name}]", 2))
    )
    word = StateWord(name, NumberFormat(Range(0, 100)), 1)
    readout = ReluNet((Signal(name, word.range), *inputs), (), (("thought", 1), ("begin", 2), ("h", 0)))
    return Layer((word,), kind, gates, readout)


def outputs(layer_: Layer, *signals: int) -> Layer:
    names = tuple((f"y{signal}", signal) for signal in signals)
    return replace(layer_, readout=replace(layer_.readout, outputs=names))


def stack() -> SSM:
    """Return two layers: the sum of the events, and the sum of those sums."""
    return SSM("stack", (EVENT,), (layer("sum", 3), outputs(layer("sums", 3), 0)), ("total",))


def test_layers_see_the_new_state_below() -> None:
    model = stack()
    assert model.begin() == (1,)
    assert model.step(model.initial, (3,)) == ((4, 5), (5,))
    assert model.step((4, 5), (0,)) == ((4, 9), (9,))


def test_what_it_costs() -> None:
    model = stack()
    assert (model.num_layers, model.state_dim, model.precision_bits, model.memory_bits) == (2, 1, 7, 14)
    assert (model.num_relus, model.num_nonzeros, model.num_parameters) == (0, 0, 2)


def test_words_of_one_name_in_two_layers_are_told_apart() -> None:
    model = SSM("twice", (EVENT,), (layer("h", 3), outputs(layer("h", 3), 0)), ("total",))
    assert [word.name for word in model.state] == ["h@1", "h@2"]


def test_errors_name_the_word_the_value_and_the_position() -> None:
    with pytest.raises(PrecisionError, match=r"'sums' must stay in \[0, 100\], not become 101 at token 7"):
        executor.step(stack(), (1, 100), (0,), 7)
    with pytest.raises(TokenError, match=r"token 7: field 'event' must be in \[0, 3\], not 4"):
        executor.step(stack(), (1, 1), (4,), 7)


def thinker(*, limit: int, cap: int = 3) -> SSM:
    """Return a model that counts down in thoughts; its word 'runs' counts the steps."""
    count = words.field("count", Range(0, cap))
    inputs = (*FLAGS, Signal("event", EVENT.range), Signal("count", count.range))
    one = make_gadget("linear", (1,), (), (), "A")
    gates = ReluNet(inputs, (one,), (("A[runs]", 4), ("B[runs]", 0)))
    ready = make_gadget("eq", (0, 1, 1), (3, 4), (EVENT.range, count.range), "ready")
    fed = make_gadget("linear", (0, 1, 1, -1), (3, 4, 1), (EVENT.range, count.range, BIT), "count")
    readout = ReluNet(
        (Signal("runs", Range(0, 9)), *inputs), (ready, fed), (("ready", 5), ("count", 6), ("runs", 0))
    )
    word = StateWord("runs", NumberFormat(Range(0, 9), overflow=Overflow.SATURATE))
    layer_ = Layer((word,), TransitionKind.TIME_INVARIANT, gates, readout)
    return SSM("thinker", (EVENT,), (layer_,), ("runs",), Thoughts(ThoughtMode.ONLINE, (count,), limit))


def test_thoughts_go_on_until_the_model_is_ready() -> None:
    model = thinker(limit=4)
    assert model.trace((0,), (0,)) == ((0,), (0,), ())
    assert model.trace((2,), (3,)) == ((6,), (6,), ((3,), (2,), (1,), (0,)))


def test_too_many_thoughts_and_words_out_of_range_are_errors() -> None:
    with pytest.raises(PrecisionError, match="thinker is not ready after 2 thoughts"):
        thinker(limit=2).step((0,), (3,))
    with pytest.raises(PrecisionError, match=r"thought word 'count' must stay in \[0, 1\], not become 3"):
        thinker(limit=4, cap=1).step((0,), (3,))


@pytest.mark.parametrize(
    ("entry", "kind", "refused"),
    [
        (0, TransitionKind.ZERO_ONE, ""),
        (2, TransitionKind.ZERO_ONE, r"A\[0, 0\] must be zero-one, not range over \[2, 2\]"),
        (-1, TransitionKind.SIGNED, ""),
        (-2, TransitionKind.SIGNED, "must be signed"),
        (1, TransitionKind.DYADIC, ""),
        (-1, TransitionKind.DYADIC, "must be dyadic"),
        (7, TransitionKind.TIME_INVARIANT, ""),
        (7, TransitionKind.DIAGONAL, ""),
    ],
)
def test_entries_must_be_of_their_kind(entry: int, kind: TransitionKind, refused: str) -> None:
    def build() -> SSM:
        return SSM("one", (EVENT,), (outputs(layer("h", 3, entry=entry, kind=kind), 0),), ("h",))

    if not refused:
        assert build().layers[0].kind is kind
        return
    with pytest.raises(ParameterError, match=refused):
        build()


def test_fractions_of_entries_count_for_their_kind() -> None:
    half = replace(layer("h", 3, entry=1, kind=TransitionKind.DYADIC), entry_fraction_bits=(1,))
    assert SSM("half", (EVENT,), (outputs(half, 0),), ("h",)).step((5,), (0,)) == ((2,), (2,))
    for kind in (TransitionKind.ZERO_ONE, TransitionKind.SIGNED):
        with pytest.raises(ParameterError, match=r"\[1, 1\] / 2\^1"):
            SSM("half", (EVENT,), (outputs(replace(half, kind=kind), 0),), ("h",))


def test_models_that_do_not_fit_together_are_refused() -> None:
    one = layer("h", 3)
    with pytest.raises(ParameterError, match="at least one layer"):
        SSM("none", (EVENT,), (), ("h",))
    with pytest.raises(ParameterError, match="layer 1 must take 4 inputs, not 3"):
        SSM("wide", (EVENT, words.field("more", BIT)), (one,), ("h",))
    with pytest.raises(ParameterError, match="the last layer must give 1 words"):
        SSM("many", (EVENT,), (one,), ("h",))
    with pytest.raises(ParameterError, match="a layer's readout must have 5 inputs, not 4"):
        Layer(
            (*one.words, replace(one.words[0], name="other")),
            one.kind,
            replace(one.gates, outputs=one.gates.outputs * 2),
            one.readout,
        )
    with pytest.raises(ParameterError, match="different names"):
        Layer(one.words * 2, one.kind, one.gates, one.readout)
    with pytest.raises(ParameterError, match="must start inside"):
        StateWord("h", NumberFormat(Range(0, 3)), 4)


def test_thoughts_that_cannot_be_are_refused() -> None:
    with pytest.raises(ParameterError, match="at least 1, not 0"):
        Thoughts(ThoughtMode.ONLINE, (), 0)
    with pytest.raises(ParameterError, match="0 thoughts per token"):
        Thoughts(ThoughtMode.NONE, (EVENT,), 1)


def test_a_model_that_is_not_ready_before_the_first_token_has_no_output_there() -> None:
    readout = thinker(limit=1).layers[0].readout
    never = replace(readout, outputs=(("ready", 1), *readout.outputs[1:]))
    model = replace(thinker(limit=1), layers=(replace(thinker(limit=1).layers[0], readout=never),))
    with pytest.raises(PrecisionError, match="is not ready before the first token"):
        model.begin()


@pytest.mark.parametrize("by", ["weight", "", "FUSED"])
def test_what_to_run_by_must_be_known(by: str) -> None:
    with pytest.raises(ParameterError, match="by must be 'weights' or 'fused'"):
        stack().transducer(by)
