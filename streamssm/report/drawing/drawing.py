"""The drawing of a model, independent of its format: layers, their words, and the data flow between them.

A run of words of one array is drawn as one word, ``a[0..1023]``, if the words have one format and their gates
read the same words, up to the index.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reads:
    """The sources of a signal in a layer: state words and inputs x by name, or a constant.

    ``word_nodes`` and ``input_nodes`` are the indices of the drawn words and inputs with these names.
    """

    words: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    constant: int | None = None
    word_nodes: tuple[int, ...] = ()
    input_nodes: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class DrawnInput:
    """Slots of the first layer's input; ``role`` is flag, token or thought."""

    name: str
    role: str
    lo: int
    hi: int
    bits: int


@dataclass(frozen=True, slots=True)
class DrawnWord:
    """State words, and the signals that drive them.

    ``entry`` has the sources of the entries of A in their rows, in units of ``2**-entry_fraction_bits``; None
    if A is built from other gates. ``mixes`` names the words that a dense A combines.
    """

    name: str
    registers: tuple[str, ...]
    lo: int
    hi: int
    bits: int
    count: int
    fraction_bits: int
    overflow: str
    entry_fraction_bits: int
    mixes: tuple[str, ...]
    mixes_nodes: tuple[int, ...]
    entry: Reads | None
    increment: Reads


@dataclass(frozen=True, slots=True)
class DrawnSignal:
    """An output of a network; ``role`` is gate, next layer, ready, thought or output.

    ``passed`` names the input that the signal passes on unchanged.
    """

    name: str
    role: str
    reads: Reads
    passed: str | None = None


@dataclass(frozen=True, slots=True)
class DrawnLayer:
    """One layer; ``gates`` are those of a transition without entries per row."""

    number: int
    transition: str
    state_dim: int
    precision_bits: int
    memory_bits: int
    relus: int
    words: tuple[DrawnWord, ...]
    gates: tuple[DrawnSignal, ...]
    outputs: tuple[DrawnSignal, ...]

    def outputs_of(self, *roles: str) -> tuple[DrawnSignal, ...]:
        """Return the outputs of some roles."""
        return tuple(signal for signal in self.outputs if signal.role in roles)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The drawing of a model; ``cot`` is none, online or offline.

    ``thought_nodes`` pairs outputs of the last layer with the inputs of the first layer that read them back.
    """

    name: str
    memory_bits: int
    cot: str
    thoughts_per_token: int
    thought_bits: int
    inputs: tuple[DrawnInput, ...]
    layers: tuple[DrawnLayer, ...]
    thought_nodes: tuple[tuple[int, int], ...] = ()

    @property
    def loop(self) -> str:
        """A description of the feedback; empty for a model without thoughts."""
        if self.cot == "none":
            return ""
        number, bits = self.thoughts_per_token, self.thought_bits
        times = f"{number} thought" if number == 1 else f"up to {number} thoughts"
        size = f"of {bits} bit" if bits == 1 else f"of {bits} bits"
        return f"{times} {size} {WHEN.get(self.cot, self.cot)}"


WHEN = {"online": "per token", "offline": "after the stream, on a copy of the state"}


def drawing_json(drawing: Drawing) -> dict[str, Any]:
    """Return a drawing as JSON-compatible values."""
    tree: dict[str, Any] = _without_nodes(asdict(drawing))
    return tree


def _without_nodes(value: Any) -> Any:
    if isinstance(value, dict):
        shown = {key: part for key, part in value.items() if not key.endswith("_nodes")}
        return {key: _without_nodes(part) for key, part in shown.items()}
    return [_without_nodes(part) for part in value] if isinstance(value, (list, tuple)) else value
