"""A network's gadgets as vectors of int64: a table of gadgets, and their neurons as sparse rows.

Shapes: g = gadgets of the network, n = their neurons (hidden ones of a gadget before its output), m = their
terms (those of weight 0 included), p = parameters, q = inputs of all gadgets.
``kinds``, ``labels`` (g,) are indices into lists of names; ``num_hidden`` (g,); ``param_starts`` (g + 1,),
``params`` (p,); ``input_starts`` (g + 1,), ``inputs``, ``range_lo``, ``range_hi`` (q,); ``biases`` (n,),
``row_starts`` (n + 1,), ``columns``, ``weights`` (m,).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import FormatError
from streamssm.ir.ranges import Range
from streamssm.ssm.network import Gadget, Neuron, ReluNet

Tensors = dict[str, NDArray[np.int64]]


def names_of(net: ReluNet) -> tuple[list[str], list[str]]:
    """Return the names of the kinds and the labels that the table refers to."""
    kinds = dict.fromkeys(gadget.kind for gadget in net.gadgets)
    return list(kinds), list(dict.fromkeys(gadget.label for gadget in net.gadgets))


def tensors_of(net: ReluNet, prefix: str) -> Tensors:
    """Return the network's gadgets, each array's name starting with the prefix."""
    kinds, labels = ({name: i for i, name in enumerate(names)} for names in names_of(net))
    gadgets = net.gadgets
    neurons = [neuron for gadget in gadgets for neuron in gadget.neurons]
    ranges = [range_ for gadget in gadgets for range_ in gadget.input_ranges]
    terms = [term for neuron in neurons for term in neuron.terms]
    columns: dict[str, Iterable[int]] = {
        "kinds": (kinds[gadget.kind] for gadget in gadgets),
        "labels": (labels[gadget.label] for gadget in gadgets),
        "num_hidden": (len(gadget.hidden) for gadget in gadgets),
        "param_starts": _starts(gadget.params for gadget in gadgets),
        "params": chain.from_iterable(gadget.params for gadget in gadgets),
        "input_starts": _starts(gadget.inputs for gadget in gadgets),
        "inputs": chain.from_iterable(gadget.inputs for gadget in gadgets),
        "range_lo": (range_.lo for range_ in ranges),
        "range_hi": (range_.hi for range_ in ranges),
        "biases": (neuron.bias for neuron in neurons),
        "row_starts": _starts(neuron.terms for neuron in neurons),
        "columns": (index for _, index in terms),
        "weights": (weight for weight, _ in terms),
    }
    return {f"{prefix}.{part}": np.array(list(column), np.int64) for part, column in columns.items()}


def gadgets_of(
    tensors: Mapping[str, Any], prefix: str, kinds: Sequence[str], labels: Sequence[str]
) -> tuple[Gadget, ...]:
    """Return the gadgets of a network; FormatError if the arrays are inconsistent."""
    table = _Table(tensors, prefix)
    kind_indices, label_indices = table.vector("kinds"), table.vector("labels")
    hidden = table.vector("num_hidden")
    if any(size < 0 for size in hidden):
        raise FormatError(f"'{prefix}.num_hidden' has negative values")
    lows, highs = table.vector("range_lo"), table.vector("range_hi")
    inputs = table.rows("input_starts", table.vector("inputs"), len(kind_indices))
    ranges = table.rows(
        "input_starts", [Range(lo, hi) for lo, hi in zip(lows, highs, strict=True)], len(kind_indices)
    )
    params = table.rows("param_starts", table.vector("params"), len(kind_indices))
    neurons = _neurons(table)
    ends = list(accumulate((size + 1 for size in hidden), initial=0))
    if ends[-1] != len(neurons):
        raise FormatError(
            f"'{prefix}.biases' must have {ends[-1]} values, one per neuron, not {len(neurons)}"
        )
    rows = zip(kind_indices, label_indices, params, inputs, ranges, pairwise(ends), strict=True)
    return tuple(
        Gadget(
            kind=_name(kinds, kind, f"{prefix}.kinds"),
            params=tuple(param),
            inputs=tuple(sources),
            input_ranges=tuple(claimed),
            hidden=tuple(neurons[start : end - 1]),
            output=neurons[end - 1],
            label=_name(labels, label, f"{prefix}.labels"),
        )
        for kind, label, param, sources, claimed, (start, end) in rows
    )


def _neurons(table: _Table) -> list[Neuron]:
    biases, columns, weights = (table.vector(part) for part in ("biases", "columns", "weights"))
    terms = table.rows("row_starts", list(zip(weights, columns, strict=True)), len(biases))
    return [Neuron(bias, tuple(row)) for bias, row in zip(biases, terms, strict=True)]


class _Table:
    """The vectors of one network."""

    def __init__(self, tensors: Mapping[str, Any], prefix: str) -> None:
        self.tensors = tensors
        self.prefix = prefix

    def vector(self, part: str) -> list[int]:
        name = f"{self.prefix}.{part}"
        array = self.tensors.get(name)
        if array is None:
            raise FormatError(f"the tensor '{name}' is missing")
        if array.dtype != np.int64 or array.ndim != 1:
            raise FormatError(
                f"the tensor '{name}' must be a vector of int64, not {array.dtype} of shape {array.shape}"
            )
        numbers: list[int] = array.tolist()
        return numbers

    def rows(self, part: str, items: list[Any], count: int) -> list[list[Any]]:
        """Cut items into rows, at the starts listed in a vector."""
        starts = self.vector(part)
        ordered = len(starts) == count + 1 and starts[0] == 0 and starts[-1] == len(items)
        if not ordered or any(a > b for a, b in pairwise(starts)):
            raise FormatError(f"'{self.prefix}.{part}' must rise from 0 to {len(items)} in {count} rows")
        return [items[a:b] for a, b in pairwise(starts)]


def _starts(rows: Iterable[Sequence[Any]]) -> Iterable[int]:
    return accumulate((len(row) for row in rows), initial=0)


def _name(names: Sequence[str], index: int, source: str) -> str:
    if not 0 <= index < len(names):
        raise FormatError(f"'{source}' must refer to one of {len(names)} names, not to {index}")
    return names[index]
