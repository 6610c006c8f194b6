"""A model -> what is drawn of it."""

from __future__ import annotations

from streamssm.report.draw_layer import LayerView, nodes_of
from streamssm.report.drawing import Drawing, DrawnInput
from streamssm.report.spans import runs, span
from streamssm.ssm.model import SSM


def drawing_of(ssm: SSM) -> Drawing:
    """Return what is drawn of a model."""
    names = tuple(word.name for word in ssm.input_words)
    nodes = nodes_of(_input_runs(ssm))
    registers = _registers(ssm)
    layers, start = [], 0
    for number, layer in enumerate(ssm.layers, start=1):
        view = LayerView(layer, names, nodes, registers[start : start + layer.state_dim])
        roles = _roles(ssm) if number == ssm.num_layers else ("next layer",) * layer.output_dim
        drawn, nodes = view.drawn(number, roles)
        layers.append(drawn)
        names, start = layer.readout.output_names, start + layer.state_dim
    mode, most, bits = ssm.thoughts.mode.value, ssm.thoughts.max_per_token, ssm.thoughts.bits
    return Drawing(ssm.name, ssm.memory_bits, mode, most, bits, _inputs(ssm), tuple(layers))


def _input_roles(ssm: SSM) -> tuple[str, ...]:
    thoughts = len(ssm.thoughts.words)
    tokens = len(ssm.input_words) - 2 - thoughts
    return ("flag",) * 2 + ("token",) * tokens + ("thought",) * thoughts


def _input_runs(ssm: SSM) -> list[range]:
    names = [word.name for word in ssm.input_words]
    alike = [(role, w.range) for role, w in zip(_input_roles(ssm), ssm.input_words, strict=True)]
    return list(runs(names, alike))


def _inputs(ssm: SSM) -> tuple[DrawnInput, ...]:
    roles, found = _input_roles(ssm), []
    for run in _input_runs(ssm):
        words = ssm.input_words[run.start : run.stop]
        values = words[0].range
        bits = sum(word.bits for word in words)
        name = span([word.name for word in words])
        found.append(DrawnInput(name, roles[run.start], values.lo, values.hi, bits))
    return tuple(found)


def _roles(ssm: SSM) -> tuple[str, ...]:
    """Return what the words of the last readout are."""
    before = ("ready", *("thought" for _ in ssm.thoughts.words))
    return (*before[: ssm.num_thought_slots], *("output" for _ in ssm.output_names))


def _registers(ssm: SSM) -> tuple[tuple[str, ...], ...]:
    """Return, per state word, the registers that it holds."""
    held: dict[str, list[str]] = {}
    for register, word in ssm.register_map:
        held.setdefault(word, []).append(register)
    return tuple(tuple(held.get(word.name, ())) for word in ssm.state)
