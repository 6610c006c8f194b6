"""Names that no drawing may stumble over."""

from __future__ import annotations

from dataclasses import replace

from streamssm.ssm.model import SSM
from tests.unit.report.drawing.hand_made import wide_model

HOSTILE = (
    '"]; evil [label="',
    "</text><script>alert(1)</script>",
    "a&b<c>'d\"e",
    "back\\slash\\",
    "\\n\\l\\",
    "line\nbreak\r\ttab",
    "\x00\x1b[2J\x07\x7f",
    "\ud800\uffff",
    "漢字の長い名前",
    "x" * 300,
    "e\u0301\u200b\u202e",
    "",
)


def hostile_model() -> SSM:
    """Return a model of three layers whose every name is hostile."""
    model = wide_model(len(HOSTILE), 3)
    layers = []
    for layer in model.layers:
        words = tuple(replace(word, name=name) for word, name in zip(layer.words, HOSTILE, strict=True))
        outputs = layer.readout.outputs
        names = (*HOSTILE, *HOSTILE)[: len(outputs)]
        renamed = tuple((name, signal) for name, (_, signal) in zip(names, outputs, strict=True))
        layers.append(replace(layer, words=words, readout=replace(layer.readout, outputs=renamed)))
    field = replace(model.fields[0], name=HOSTILE[1])
    held = tuple((name, f"{HOSTILE[4]}@1") for name in HOSTILE)
    return replace(
        model,
        name=HOSTILE[1],
        fields=(field,),
        layers=tuple(layers),
        output_names=(HOSTILE[2],),
        register_map=held,
    )
