"""Model -> drawing."""

from __future__ import annotations

from streamssm.report.drawing.draw_layer import DrawnOutputs, LayerView, nodes_of
from streamssm.report.drawing.drawing import Drawing, DrawnInput
from streamssm.report.drawing.spans import ARRAY, NUMBERED, runs, span
from streamssm.ssm.model import SSM


def drawing_of(ssm: SSM) -> Drawing:
    """Return the drawing of a model.

    Notes
    -----
    Dependencies are found by one walk over the wires of the networks, that is, their nonzero weights; gadgets
    are not interpreted. Time O(wires * min(inputs, outputs) / 64).
    """
    names = tuple(word.name for word in ssm.input_words)
    nodes = inputs = nodes_of(_input_runs(ssm))
    registers, layers, start = _registers(ssm), [], 0
    for number, layer in enumerate(ssm.layers, start=1):
        held = registers[start : start + layer.state_dim]
        outputs = _outputs(ssm, number)
        drawn, nodes = LayerView(layer, names, nodes, held).drawn(number, outputs)
        layers.append(drawn)
        names, start = outputs.names, start + layer.state_dim
    thoughts = ssm.thoughts
    mode, most, bits = thoughts.mode.value, thoughts.max_per_token, thoughts.bits
    fed = ((nodes[1 + i], inputs[i - len(thoughts.words)]) for i in range(len(thoughts.words)))
    back = tuple(dict.fromkeys(fed))
    return Drawing(ssm.name, ssm.memory_bits, mode, most, bits, _inputs(ssm), tuple(layers), back)


def _outputs(ssm: SSM, number: int) -> DrawnOutputs:
    """Return the outputs of a layer; those of the last layer are the model's."""
    if number < ssm.num_layers:
        names = ssm.layers[number - 1].readout.output_names
        return DrawnOutputs(names, ("next layer",) * len(names))
    before = ("ready", *("thought" for _ in ssm.thoughts.words))[: ssm.num_thought_slots]
    roles = (*before, *("output" for _ in ssm.output_names))
    return DrawnOutputs(ssm.readout_names, roles, (ARRAY, NUMBERED))


def _input_roles(ssm: SSM) -> tuple[str, ...]:
    thoughts = len(ssm.thoughts.words)
    tokens = len(ssm.input_words) - 2 - thoughts
    return ("flag",) * 2 + ("token",) * tokens + ("thought",) * thoughts


def _input_runs(ssm: SSM) -> list[range]:
    names = [word.name for word in ssm.input_words]
    alike = [(role, w.range) for role, w in zip(_input_roles(ssm), ssm.input_words, strict=True)]
    return list(runs(names, alike))


def _inputs(ssm: SSM) -> tuple[DrawnInput, ...]:
    roles, drawn = _input_roles(ssm), []
    for run in _input_runs(ssm):
        words = ssm.input_words[run.start : run.stop]
        range_ = words[0].range
        bits = sum(word.bits for word in words)
        name = span([word.name for word in words])
        drawn.append(DrawnInput(name, roles[run.start], range_.lo, range_.hi, bits))
    return tuple(drawn)


def _registers(ssm: SSM) -> tuple[tuple[str, ...], ...]:
    """Return the registers that each state word holds."""
    held: dict[str, list[str]] = {}
    for register, word in ssm.register_map:
        held.setdefault(word, []).append(register)
    return tuple(tuple(held.get(word.name, ())) for word in ssm.state)
