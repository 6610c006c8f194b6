"""A network's weights as sparse rows: one row per neuron, hidden neurons of a gadget before its output.

Shapes: n = neurons of the network, m = nonzero places (weights of value 0 are kept where they stand).
``biases`` (n,), ``row_starts`` (n + 1,), ``columns`` (m,), ``weights`` (m,); all int64.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import FormatError
from streamssm.ssm.network import Neuron, ReluNet

Tensors = dict[str, NDArray[np.int64]]

PARTS = ("biases", "row_starts", "columns", "weights")


def tensors_of(net: ReluNet, prefix: str) -> Tensors:
    """Return the network's weights, each array's name starting with the prefix."""
    neurons = [neuron for gadget in net.gadgets for neuron in gadget.neurons]
    terms = [term for neuron in neurons for term in neuron.terms]
    lengths = np.array([0] + [len(neuron.terms) for neuron in neurons], dtype=np.int64)
    arrays = (
        np.array([neuron.bias for neuron in neurons], dtype=np.int64),
        np.cumsum(lengths, dtype=np.int64),
        np.array([index for _, index in terms], dtype=np.int64),
        np.array([weight for weight, _ in terms], dtype=np.int64),
    )
    return {f"{prefix}.{part}": array for part, array in zip(PARTS, arrays, strict=True)}


def neurons_of(tensors: Mapping[str, Any], prefix: str, sizes: Sequence[int]) -> list[list[Neuron]]:
    """Return the neurons of gadgets of the given sizes; FormatError if the arrays do not fit."""
    biases, starts, columns, weights = (_vector(tensors, f"{prefix}.{part}") for part in PARTS)
    if any(size < 1 for size in sizes) or sum(sizes) != len(biases):
        raise FormatError(
            f"'{prefix}.biases' must have {sum(sizes)} values, one per neuron, not {len(biases)}"
        )
    if len(columns) != len(weights):
        raise FormatError(
            f"'{prefix}.columns' must be as long as the weights, {len(weights)}, not {len(columns)}"
        )
    ordered = len(starts) == len(biases) + 1 and starts[0] == 0 and starts[-1] == len(weights)
    if not ordered or any(a > b for a, b in zip(starts, starts[1:], strict=False)):
        raise FormatError(f"'{prefix}.row_starts' must go up from 0 to {len(weights)} in {len(biases)} rows")
    terms = list(zip(weights, columns, strict=True))
    rows = [Neuron(bias, tuple(terms[a:b])) for bias, a, b in zip(biases, starts, starts[1:], strict=False)]
    return _grouped(rows, sizes)


def _grouped(rows: list[Neuron], sizes: Sequence[int]) -> list[list[Neuron]]:
    groups, start = [], 0
    for size in sizes:
        groups.append(rows[start : start + size])
        start += size
    return groups


def _vector(tensors: Mapping[str, Any], name: str) -> list[int]:
    array = tensors.get(name)
    if array is None:
        raise FormatError(f"the tensor '{name}' must be there")
    if array.dtype != np.int64 or array.ndim != 1:
        raise FormatError(
            f"the tensor '{name}' must be a vector of int64, not {array.dtype} of shape {array.shape}"
        )
    values: list[int] = array.tolist()
    return values
