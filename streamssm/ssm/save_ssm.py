"""Models as safetensors files, written atomically; `files` reads them.

Weights are tensors, everything else is JSON in the metadata.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from safetensors.numpy import save as safetensors_bytes

from streamssm.errors import ParameterError
from streamssm.ir.words import Word
from streamssm.runtime.atomic_file import write_atomically
from streamssm.ssm.arrays import StateArray
from streamssm.ssm.layer_stack import LayerStack
from streamssm.ssm.layers import Layer, StateWord
from streamssm.ssm.network import ReluNet, Signal
from streamssm.ssm.tensors import Tensors, names_of, tensors_of

FORMAT = "streamssm ssm"
VERSION = 3
MAX_THOUGHTS = 1 << 20  # of a saved model: a file of a few bytes must not make its reader unroll more
KEY = "streamssm"
NETS = ("gates", "readout")


def save_ssm(ssm: LayerStack, path: str, digest: str) -> None:
    """Write the model and its digest as safetensors, atomically; ParameterError for too many thoughts."""
    if ssm.thoughts.max_per_token > MAX_THOUGHTS:
        raise ParameterError(
            f"a saved model may have at most {MAX_THOUGHTS:,} thoughts per token, "
            f"not {ssm.thoughts.max_per_token:,}"
        )
    metadata = {KEY: json.dumps({**to_dict(ssm), "digest": digest}, separators=(",", ":"))}
    write_atomically(path, safetensors_bytes(all_tensors(ssm), metadata=metadata))


def digest_of(ssm: LayerStack) -> str:
    """Return the SHA-256 of the model's canonical metadata and weights."""
    digest = hashlib.sha256(json.dumps(to_dict(ssm), sort_keys=True, separators=(",", ":")).encode())
    for name, tensor in sorted(all_tensors(ssm).items()):
        digest.update(f"{name} {len(tensor)}\n".encode())
        digest.update(tensor.astype("<i8").tobytes())
    return digest.hexdigest()


def all_tensors(ssm: LayerStack) -> Tensors:
    """Return the weights of every network by name."""
    tensors: Tensors = {}
    for number, layer in enumerate(ssm.layers):
        for net in NETS:
            tensors.update(tensors_of(getattr(layer, net), f"layers.{number}.{net}"))
    return tensors


# to JSON


def to_dict(ssm: LayerStack) -> dict[str, Any]:
    """Return everything but the weights as plain JSON values."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "name": ssm.name,
        "fields": [_word_to_list(word) for word in ssm.fields],
        "layers": [_layer_to_dict(layer) for layer in ssm.layers],
        "output_names": list(ssm.output_names),
        "thoughts": {
            "mode": ssm.thoughts.mode.value,
            "words": [_word_to_list(word) for word in ssm.thoughts.words],
            "max_per_token": ssm.thoughts.max_per_token,
        },
        "register_map": [list(pair) for pair in ssm.register_map],
        "notes": list(ssm.notes),
        "arrays": [_array_to_list(array) for array in ssm.arrays],
        **({} if ssm.vocabulary is None else {"vocabulary": ssm.vocabulary.to_dict()}),
    }


def _word_to_list(word: Word | Signal) -> list[Any]:
    return [word.name, word.range.lo, word.range.hi]


def _array_to_list(array: StateArray) -> list[Any]:
    ports = [[port.where, port.value, port.lo, port.hi, port.by_bit] for port in array.ports]
    return [array.name, array.first, array.length, ports]


def _layer_to_dict(layer: Layer) -> dict[str, Any]:
    return {
        "kind": layer.kind.value,
        "entry_fraction_bits": list(layer.entry_fraction_bits),
        "reflections": layer.reflections,
        "words": [_state_word_to_list(word) for word in layer.words],
        **{net: _net_to_dict(getattr(layer, net)) for net in NETS},
    }


def _state_word_to_list(word: StateWord) -> list[Any]:
    form = word.format
    return [
        word.name,
        form.range.lo,
        form.range.hi,
        word.init,
        form.fraction_bits,
        form.rounding.value,
        form.overflow.value,
    ]


def _net_to_dict(net: ReluNet) -> dict[str, Any]:
    kinds, labels = names_of(net)
    return {
        "inputs": [_word_to_list(signal) for signal in net.inputs],
        "outputs": [list(output) for output in net.outputs],
        "kinds": kinds,
        "labels": labels,
    }
