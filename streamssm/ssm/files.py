"""Models as safetensors files: weights as tensors, everything else as JSON in the metadata.

A file is read as hostile: everything is checked, ranges are recomputed from the weights, a digest covers
all of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as safetensors_bytes

from streamssm.errors import FormatError, StreamSSMError
from streamssm.ir import words
from streamssm.ir.ranges import Range
from streamssm.ir.vocabulary import vocabulary_of
from streamssm.ir.words import Word
from streamssm.runtime.atomic_file import write_atomically
from streamssm.ssm.arrays import Port, StateArray
from streamssm.ssm.formats import NumberFormat, Overflow, Rounding
from streamssm.ssm.layers import Layer, StateWord, ThoughtMode, Thoughts, TransitionKind
from streamssm.ssm.network import ReluNet, Signal
from streamssm.ssm.tensors import Tensors, gadgets_of, names_of, tensors_of

if TYPE_CHECKING:
    from streamssm.ssm.model import SSM

FORMAT = "streamssm ssm"
VERSION = 3
KEY = "streamssm"
NETS = ("gates", "readout")


def save_ssm(ssm: SSM, path: str) -> None:
    """Write the model as safetensors; the file appears whole or not at all."""
    metadata = {KEY: json.dumps({**to_dict(ssm), "digest": ssm.digest}, separators=(",", ":"))}
    write_atomically(path, safetensors_bytes(all_tensors(ssm), metadata=metadata))


def load_ssm(path: str) -> SSM:
    """Read a model; FormatError unless the file holds exactly one that is well-formed and unchanged."""
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}
        return from_dict(json.loads(metadata[KEY]), tensors)
    except OSError as error:
        raise FormatError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (SafetensorError, RecursionError):
        raise FormatError(
            f"{path}: must be a model in safetensors, not something else or cut short"
        ) from None
    except (
        KeyError,
        IndexError,
        TypeError,
        ValueError,
        AttributeError,
        OverflowError,
        StreamSSMError,
    ) as error:
        text = str(error) if isinstance(error, StreamSSMError) else f"{type(error).__name__}: {error}"
        detail = " ".join(text.split())  # names from a file may hold line breaks
        raise FormatError(f"{path}: must be a well-formed model ({detail})") from None


def digest_of(ssm: SSM) -> str:
    """Return the SHA-256 of the model's canonical metadata and weights."""
    found = hashlib.sha256(json.dumps(to_dict(ssm), sort_keys=True, separators=(",", ":")).encode())
    for name, tensor in sorted(all_tensors(ssm).items()):
        found.update(f"{name} {len(tensor)}\n".encode())
        found.update(tensor.astype("<i8").tobytes())
    return found.hexdigest()


def all_tensors(ssm: SSM) -> Tensors:
    """Return the weights of every network by name."""
    found: Tensors = {}
    for number, layer in enumerate(ssm.layers):
        for net in NETS:
            found.update(tensors_of(getattr(layer, net), f"layers.{number}.{net}"))
    return found


# to JSON


def to_dict(ssm: SSM) -> dict[str, Any]:
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


# from JSON


def from_dict(content: Any, tensors: Mapping[str, Any]) -> SSM:
    """Rebuild a model from metadata and weights, its digest included."""
    from streamssm.ssm.model import SSM

    if (content["format"], content["version"]) != (FORMAT, VERSION):
        raise FormatError(
            f"the format must be {FORMAT!r} version {VERSION}, "
            f"not {content['format']!r} version {content['version']!r}"
        )
    ssm = SSM(
        name=_text(content["name"]),
        fields=tuple(words.field(_text(name), _range(lo, hi)) for name, lo, hi in content["fields"]),
        layers=tuple(
            _layer(row, tensors, f"layers.{number}") for number, row in enumerate(content["layers"])
        ),
        output_names=tuple(_text(name) for name in content["output_names"]),
        thoughts=_thoughts(content["thoughts"]),
        register_map=tuple((_text(register), _text(word)) for register, word in content["register_map"]),
        notes=tuple(_text(note) for note in content["notes"]),
        arrays=tuple(_array(*row) for row in content["arrays"]),
        vocabulary=vocabulary_of(content.get("vocabulary")),
    )
    if set(tensors) != set(all_tensors(ssm)):
        raise FormatError("the tensors must be those of the layers, with none beside them")
    if ssm.digest != content["digest"]:
        raise FormatError(
            "the contents must have the digest that they were written with: the file was changed"
        )
    return ssm


def _thoughts(row: Any) -> Thoughts:
    found = tuple(words.field(_text(name), _range(lo, hi)) for name, lo, hi in row["words"])
    return Thoughts(ThoughtMode(row["mode"]), found, _int(row["max_per_token"]))


def _array(name: Any, first: Any, length: Any, ports: Any) -> StateArray:
    return StateArray(_text(name), _int(first), _int(length), tuple(_port(*row) for row in ports))


def _port(where: Any, value: Any, lo: Any, hi: Any, by_bit: Any) -> Port:
    if type(by_bit) is not bool:
        raise FormatError(f"a port must say by true or false whether it has a bit, not by {by_bit!r}")
    return Port(_int(where), _int(value), _int(lo), _int(hi), by_bit)


def _layer(row: Any, tensors: Mapping[str, Any], prefix: str) -> Layer:
    nets = {net: _net(row[net], tensors, f"{prefix}.{net}") for net in NETS}
    return Layer(
        words=tuple(_state_word(*values) for values in row["words"]),
        kind=TransitionKind(row["kind"]),
        entry_fraction_bits=tuple(_int(places) for places in row["entry_fraction_bits"]),
        reflections=_int(row["reflections"]),
        **nets,
    )


def _state_word(
    name: Any, lo: Any, hi: Any, init: Any, fraction_bits: Any, rounding: Any, overflow: Any
) -> StateWord:
    form = NumberFormat(_range(lo, hi), _int(fraction_bits), Rounding(rounding), Overflow(overflow))
    return StateWord(_text(name), form, _int(init))


def _net(row: Any, tensors: Mapping[str, Any], prefix: str) -> ReluNet:
    kinds, labels = ([_text(name) for name in row[names]] for names in ("kinds", "labels"))
    return ReluNet(
        inputs=tuple(Signal(_text(name), _range(lo, hi)) for name, lo, hi in row["inputs"]),
        gadgets=gadgets_of(tensors, prefix, kinds, labels),
        outputs=tuple((_text(name), _int(signal)) for name, signal in row["outputs"]),
    )


def _range(lo: Any, hi: Any) -> Range:
    return Range(_int(lo), _int(hi))


def _int(value: Any) -> int:
    if type(value) is not int:
        raise FormatError(f"a number must be an integer, not {value!r}")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise FormatError(f"a name must be text, not {value!r}")
    return value
