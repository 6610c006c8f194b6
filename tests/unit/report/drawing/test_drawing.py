"""What is drawn of a model: what reads what, what is passed on, and equal words in one."""

from __future__ import annotations

import json
from dataclasses import replace

import streamssm as ss
from streamssm.algorithms import ChessBoard, FunctionComposition, MisraGries
from streamssm.report.drawing.draw_model import drawing_of
from streamssm.report.drawing.drawing import DrawnWord, Reads, drawing_json
from streamssm.report.drawing.labels import read_from
from streamssm.report.drawing.text_drawing import text_drawing
from tests.models import random_model
from tests.unit.report.drawing.hand_made import composition_by_blocks, every_layout, wide_model


def read(word: DrawnWord) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    return word.entry.inputs if word.entry else None, word.increment.inputs


def test_composition_with_thoughts() -> None:
    drawing = drawing_of(ss.to_ssm(FunctionComposition(1024)))
    (layer,) = drawing.layers
    assert [(w.name, w.registers, *read(w)) for w in layer.words] == [
        ("value", ("value",), ("thought",), ("next value",)),
        ("image", ("image",), ("thought",), ("next image",)),
    ]
    assert [(s.name, s.role, s.reads.words, s.reads.inputs) for s in layer.outputs] == [
        ("ready", "ready", (), ("thought", "begin")),
        ("next value", "thought", ("value", "image"), ("key", "image", "last")),
        ("next image", "thought", ("value", "image"), ("key", "image")),
        ("output", "output", ("value",), ()),
    ]
    assert [(slot.name, slot.role) for slot in drawing.inputs][:3] == [
        ("thought", "flag"),
        ("begin", "flag"),
        ("key", "token"),
    ]
    assert drawing.loop == "1 thought of 20 bits per token"
    assert drawing.thought_nodes == ((1, 5), (2, 6))


def test_layers_without_thoughts() -> None:
    drawing = drawing_of(composition_by_blocks(16, 2))
    first, second, last = drawing.layers
    assert [read(layer.words[0]) for layer in drawing.layers] == [
        (("block",), ("block", "image")),
        (("block", "key", "v0"), ("block", "key", "image", "v0")),
        (("block", "key", "v1"), ("block", "key", "image", "v1")),
    ]
    flows = ["thought", "begin", "block", "key", "image"]
    for layer in (first, second):
        assert [signal.name for signal in layer.outputs if signal.passed] == flows
    assert second.outputs[-1].reads.words == ("v1",) and second.outputs[-1].passed is None
    assert [signal.role for signal in last.outputs] == ["output"]
    assert (drawing.cot, drawing.loop, drawing.thought_nodes) == ("none", "", ())
    assert [layer.words[0].registers for layer in drawing.layers] == [("value0",), ("value1",), ("value2",)]


def test_every_layout_of_transitions() -> None:
    dense, monomial, householder, roots = drawing_of(every_layout()).layers
    assert [word.mixes for word in dense.words] == [("p", "q"), ("q",)]
    assert [read(word)[0] for word in dense.words] == [("bit",), ("bit",)]
    assert [gate.name for gate in monomial.gates] == ["target", "D"]
    assert [gate.name for gate in householder.gates] == ["v[0]", "beta[0]"]
    assert all(gate.reads.inputs == ("bit",) for gate in (*monomial.gates, *householder.gates))
    assert all(word.entry is None for word in (*monomial.words, *householder.words))
    assert all(word.increment.constant == 0 for word in dense.words)
    assert [word.registers for word in roots.words] == [("turn",), ()]


def test_words_of_an_array_that_are_alike_are_one() -> None:
    (layer,) = drawing_of(ss.to_ssm(MisraGries(n=16, counters=4, limit=7))).layers
    assert [(w.name, w.count, w.bits, w.registers) for w in layer.words] == [
        ("items[0..3]", 4, 16, ("items[0..3]",)),
        ("counts[0..3]", 4, 12, ("counts[0..3]",)),
    ]
    assert read(layer.words[1]) == (("thought",), ("next counts[0..3]",))
    assert layer.outputs[2].passed == "item" and layer.outputs[3].name == "next counts[0..3]"
    (board,) = drawing_of(ss.to_ssm(ChessBoard())).layers
    assert board.outputs[-1].name == "output_0..63" and board.outputs[-1].reads.words == ("board[0..63]",)


def test_words_that_differ_stay_apart() -> None:
    model = wide_model(4, 1, "a[{word}]")
    (layer,) = model.layers
    words = (*layer.words[:2], replace(layer.words[2], name="a[7]"), layer.words[3])
    drawn = drawing_of(replace(model, layers=(replace(layer, words=words),))).layers[0]
    assert [word.name for word in drawn.words] == ["a[0..1]", "a[7]", "a[3]"]
    held = drawing_of(replace(model, register_map=(("r", "a[0]"),))).layers[0]
    assert [word.name for word in held.words] == ["a[0]", "a[1..3]"]


def test_the_last_readout_is_called_as_the_model_calls_it() -> None:
    model = ss.to_ssm(FunctionComposition(4))
    (layer,) = model.layers
    outputs = tuple((f"o{index}", signal) for index, (_, signal) in enumerate(layer.readout.outputs))
    renamed = replace(model, layers=(replace(layer, readout=replace(layer.readout, outputs=outputs)),))
    assert drawing_of(renamed) == drawing_of(model)


def test_words_and_bits_are_all_there() -> None:
    for seed in range(80):
        model = random_model(seed)
        drawing = drawing_of(model)
        for drawn, layer in zip(drawing.layers, model.layers, strict=True):
            assert sum(word.count for word in drawn.words) == layer.state_dim
            assert sum(word.bits for word in drawn.words) == drawn.memory_bits
        assert sum(layer.memory_bits for layer in drawing.layers) == model.memory_bits
        assert json.loads(json.dumps(drawing_json(drawing)))["name"] == model.name


def test_constants_are_in_units_of_1() -> None:
    half = Reads(constant=1)
    assert (read_from(half, (), 1), read_from(half, ())) == ("= 1/2", "= 1")


def test_thoughts_after_the_stream() -> None:
    drawing = replace(drawing_of(ss.to_ssm(FunctionComposition(8))), cot="offline", thoughts_per_token=5)
    assert drawing.loop == "up to 5 thoughts of 6 bits after the stream, on a copy of the state"
    assert "ready     1: the outputs; 0: a thought" in text_drawing(drawing)
