"""Models read from safetensors files, as `saving` writes them.

Files are not trusted: everything is checked, ranges are recomputed from the weights, and a digest covers the
whole content.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safetensors import SafetensorError, safe_open

from streamssm.errors import FormatError, StreamSSMError
from streamssm.ir import words
from streamssm.ir.ranges import Range
from streamssm.ir.vocabulary import vocabulary_of
from streamssm.runtime import strict_json
from streamssm.ssm.arrays import Port, StateArray
from streamssm.ssm.formats import NumberFormat, Overflow, Rounding
from streamssm.ssm.layers import Layer, StateWord, ThoughtMode, Thoughts, TransitionKind
from streamssm.ssm.model import SSM
from streamssm.ssm.network import ReluNet, Signal
from streamssm.ssm.save_ssm import FORMAT, KEY, MAX_THOUGHTS, NETS, VERSION, all_tensors
from streamssm.ssm.tensors import gadgets_of


def load_ssm(path: str) -> SSM:
    """Read a model; FormatError unless the file holds exactly one that is well-formed and unchanged."""
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}
        return from_dict(strict_json.loads(metadata[KEY]), tensors)
    except OSError as error:
        raise FormatError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (SafetensorError, RecursionError):
        raise FormatError(f"{path}: not a safetensors file, or truncated") from None
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
        raise FormatError(f"{path} is not a valid model ({detail})") from None


def from_dict(content: Any, tensors: Mapping[str, Any]) -> SSM:
    """Rebuild a model from metadata and weights, its digest included."""
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
        raise FormatError("the tensors must be exactly those of the layers, no others")
    if ssm.digest != content["digest"]:
        raise FormatError("digest mismatch: the file was modified")
    return ssm


def _thoughts(row: Any) -> Thoughts:
    thought_words = tuple(words.field(_text(name), _range(lo, hi)) for name, lo, hi in row["words"])
    count = _int(row["max_per_token"])
    if count > MAX_THOUGHTS:
        raise FormatError(
            f"a saved model may have at most {MAX_THOUGHTS:,} thoughts per token, as a run unrolls them, "
            f"not {count:,}"
        )
    return Thoughts(ThoughtMode(row["mode"]), thought_words, count)


def _array(name: Any, first: Any, length: Any, ports: Any) -> StateArray:
    return StateArray(_text(name), _int(first), _int(length), tuple(_port(*row) for row in ports))


def _port(where: Any, value: Any, lo: Any, hi: Any, by_bit: Any) -> Port:
    if type(by_bit) is not bool:
        raise FormatError(f"by_bit of a port must be true or false, not {by_bit!r}")
    return Port(_int(where), _int(value), _int(lo), _int(hi), by_bit)


def _layer(row: Any, tensors: Mapping[str, Any], prefix: str) -> Layer:
    nets = {net: _net(row[net], tensors, f"{prefix}.{net}") for net in NETS}
    return Layer(
        words=tuple(_state_word(*values) for values in row["words"]),
        kind=TransitionKind(row["kind"]),
        entry_fraction_bits=tuple(_int(bits) for bits in row["entry_fraction_bits"]),
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
