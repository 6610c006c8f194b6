"""Summary of a program or a model, as JSON-compatible values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import singledispatch
from typing import Any

from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm
from streamssm.ir.words import Word
from streamssm.languages.language import Language
from streamssm.program.program import Program
from streamssm.report.drawing.spans import spans
from streamssm.ssm.layers import Layer, StateWord
from streamssm.ssm.model import SSM
from streamssm.ssm.network import Gadget, ReluNet


@singledispatch
def summarize(artefact: object) -> dict[str, Any]:
    """Summarize an algorithm, a program, a language or a model."""
    kind = type(artefact).__name__
    raise ParameterError(f"a summary needs an algorithm, a program, a language or a model, not {kind}")


@summarize.register
def _algorithm(artefact: Algorithm) -> dict[str, Any]:
    return {**_program(artefact.program()), "kind": "algorithm"}


@summarize.register
def _language(artefact: Language) -> dict[str, Any]:
    return {**_program(artefact.program()), "kind": "language"}


@summarize.register
def _program(artefact: Program) -> dict[str, Any]:
    return {
        "kind": "program",
        "name": artefact.name,
        "memory_bits": artefact.memory_bits,
        "fields": [_word(word) for word in artefact.fields],
        "registers": [{**_word(word), "init": word.init} for word in artefact.registers],
        "outputs": list(artefact.output_names),
        "names": None if artefact.vocabulary is None else artefact.vocabulary.to_dict(),
        "operations": len(artefact.transducer().step),
        "assumptions": [str(assumption) for assumption in artefact.assumptions],
    }


@summarize.register
def _model(artefact: SSM) -> dict[str, Any]:
    return {
        "kind": "model",
        "name": artefact.name,
        "num_layers": artefact.num_layers,
        "state_dim": artefact.state_dim,
        "precision_bits": artefact.precision_bits,
        "memory_bits": artefact.memory_bits,
        "cot": artefact.thoughts.mode.value,
        "thoughts_per_token": artefact.thoughts.max_per_token,
        "thought_bits": artefact.thoughts.bits,
        "parameters": artefact.num_parameters,
        "nonzeros": artefact.num_nonzeros,
        "relus": artefact.num_relus,
        "fields": [_word(word) for word in artefact.fields],
        "outputs": list(artefact.output_names),
        "names": None if artefact.vocabulary is None else artefact.vocabulary.to_dict(),
        "layers": [_layer(layer) for layer in artefact.layers],
        "register_map": _register_map(artefact),
        "notes": list(artefact.notes),
    }


def _register_map(ssm: SSM) -> dict[str, str]:
    """Return the state words that hold each register."""
    words: dict[str, list[str]] = {}
    for register, word in ssm.register_map:
        words.setdefault(register, []).append(word)
    return {register: ", ".join(spans(held)) for register, held in words.items()}


def _word(word: Word | StateWord) -> dict[str, Any]:
    return {"name": word.name, "lo": word.range.lo, "hi": word.range.hi, "bits": word.bits}


def _layer(layer: Layer) -> dict[str, Any]:
    return {
        "transition": layer.kind.value,
        "entry_fraction_bits": list(layer.entry_fraction_bits),
        "reflections": layer.reflections,
        "words": [_state_word(word) for word in layer.words],
        "networks": {"gates": _network(layer.gates), "readout": _network(layer.readout)},
    }


def _state_word(word: StateWord) -> dict[str, Any]:
    return {
        **_word(word),
        "init": word.init,
        "fraction_bits": word.format.fraction_bits,
        "rounding": word.format.rounding.value,
        "overflow": word.format.overflow.value,
    }


def _network(net: ReluNet) -> dict[str, Any]:
    return {
        "relus": net.num_relus,
        "nonzeros": net.num_nonzeros,
        "gadgets": dict(Counter(gadget.kind for gadget in net.gadgets)),
    }


def gadgets_of(artefact: SSM) -> list[dict[str, Any]]:
    """Return every gadget of a model, with the names of its inputs."""
    return [
        {"layer": number, "network": name, **gadget}
        for number, layer in enumerate(artefact.layers, start=1)
        for name, net in (("gates", layer.gates), ("readout", layer.readout))
        for gadget in _gadgets(net)
    ]


def _gadgets(net: ReluNet) -> list[dict[str, Any]]:
    names = [signal.name for signal in net.inputs]
    rows = []
    for signal, gadget in net.numbered():
        names.append(_signal_name(net, signal, gadget))
        rows.append(
            {
                "signal": names[-1],
                "kind": gadget.kind,
                "params": list(gadget.params),
                "inputs": [names[source] for source in gadget.inputs],
                "relus": len(gadget.hidden),
                "nonzeros": gadget.num_nonzeros,
                "label": gadget.label,
            }
        )
    return rows


def _signal_name(net: ReluNet, signal: int, gadget: Gadget) -> str:
    outputs: Sequence[str] = [name for name, source in net.outputs if source == signal]
    return "=".join(outputs) or f"s{signal}"


def gadget_counts(artefact: SSM) -> list[dict[str, Any]]:
    """Return the number and size of the gadgets of each kind, with the first one as an example."""
    rows: dict[str, dict[str, Any]] = {}
    for gadget in gadgets_of(artefact):
        row = rows.setdefault(gadget["kind"], {"kind": gadget["kind"], "count": 0, "relus": 0, "nonzeros": 0})
        row["count"] += 1
        row["relus"] += gadget["relus"]
        row["nonzeros"] += gadget["nonzeros"]
        row.setdefault("example", f"{gadget['signal']} = {gadget['kind']}({', '.join(gadget['inputs'])})")
    return list(rows.values())
