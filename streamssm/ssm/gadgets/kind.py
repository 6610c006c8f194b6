"""Gadget kinds: a rule for the weights, and the meaning that weights by this rule have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from streamssm.errors import ParameterError
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm.network import Neuron, Term

Params = tuple[int, ...]
Ranges = tuple[Range, ...]
Weights = tuple[tuple[Neuron, ...], Neuron]
Meaning = Callable[[GraphBuilder, Params, Sequence[int]], int]


@dataclass(frozen=True)
class GadgetKind:
    """A named rule.

    ``template`` returns the hidden neurons and the output for parameters and input ranges, or raises
    ParameterError where the kind is not defined for them. ``meaning`` builds the same value as an expression;
    the two agree wherever the inputs lie in those ranges. ``output_range`` computes the range directly, for
    meanings whose expression would be too large to build for a range alone.
    """

    name: str
    template: Callable[[Params, Ranges], Weights]
    meaning: Meaning
    output_range: Callable[[Params, Ranges], Range] | None = None


class NetworkSketch:
    """Builder of a gadget's neurons over inputs of known range.

    A hidden neuron that is never active is dropped, one that is always active is merged into the output, and
    equal ones are shared. So gadgets are smaller on narrow ranges.
    """

    def __init__(self, ranges: Ranges) -> None:
        self.ranges = ranges
        self._hidden: list[Neuron] = []
        self._bias = 0
        self._weights: dict[int, int] = {}
        self._relu_weights: dict[Neuron, int] = {}

    def add(self, bias: int, terms: Iterable[Term] = ()) -> None:
        """Add a linear form of the inputs to the output."""
        self._bias += bias
        for weight, index in terms:
            self._weights[index] = self._weights.get(index, 0) + weight

    def relu(self, weight: int, bias: int, terms: Iterable[Term]) -> None:
        """Add ``weight * relu(bias + terms)`` to the output."""
        neuron = Neuron(bias, tuple(terms))
        sums = neuron.interval(self.ranges)
        if sums.lo >= 0:
            self.add(weight * bias, ((weight * w, index) for w, index in neuron.terms))
        elif sums.hi > 0:
            self._relu_weights[neuron] = self._relu_weights.get(neuron, 0) + weight

    def gate(self, bit: int, active: bool, bias: int, terms: Sequence[Term]) -> None:
        """Add ``bias + terms`` where the input ``bit`` is 1 (0 if not active), and 0 elsewhere.

        With d = bias + terms in [lo, hi], m = min(lo, 0), c the condition:
        (c ? d : 0) = m c + relu(d - m c - hi (1 - c)).
        """
        sums = Neuron(bias, tuple(terms)).interval(self.ranges)
        sign = -1 if sums.hi <= 0 else 1
        low, high = (sums.lo, sums.hi) if sign == 1 else (-sums.hi, -sums.lo)
        least = min(low, 0)
        d = [(sign * weight, index) for weight, index in terms]
        if active:
            self.add(0, [(sign * least, bit)])
            self.relu(sign, sign * bias - high, [*d, (high - least, bit)])
        else:
            self.add(sign * least, [(-sign * least, bit)])
            self.relu(sign, sign * bias - least, [*d, (least - high, bit)])

    def weights(self) -> Weights:
        used = [(neuron, weight) for neuron, weight in self._relu_weights.items() if weight]
        hidden = tuple(neuron for neuron, _ in used)
        linear = [(weight, index) for index, weight in sorted(self._weights.items()) if weight]
        first = len(self.ranges)
        relus = [(weight, first + index) for index, (_, weight) in enumerate(used)]
        return hidden, Neuron(self._bias, (*linear, *relus))


def require_shape(params: Params, ranges: Ranges, num_params: int, num_inputs: int) -> None:
    """Raise ParameterError unless a gadget has as many parameters and inputs as its kind takes."""
    if len(params) != num_params or len(ranges) != num_inputs:
        raise ParameterError(
            f"a gadget of this kind must have {num_params} parameters and {num_inputs} inputs, "
            f"not {len(params)} and {len(ranges)}"
        )


def require_bits(values: Iterable[Range | int]) -> None:
    """Raise ParameterError unless all ranges lie in [0, 1] and all integers are 0 or 1."""
    for value in values:
        inside = BIT.covers(value) if isinstance(value, Range) else BIT.holds(value)
        if not inside:
            raise ParameterError(f"a condition of a gadget must be in {BIT}, not {value}")
