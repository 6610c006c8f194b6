"""What a kind of gadget is: a rule for the weights, and the meaning that the rule makes true."""

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

    ``template`` gives the hidden neurons and the output for parameters and input ranges, or raises
    ParameterError where the kind is not defined for them. ``meaning`` builds the same value as an expression;
    the two agree wherever the inputs lie in those ranges. ``values`` gives the range of a meaning that is not
    worth writing out where a range is all that is asked for.
    """

    name: str
    template: Callable[[Params, Ranges], Weights]
    meaning: Meaning
    values: Callable[[Params, Ranges], Range] | None = None


class NetworkSketch:
    """Collects a gadget's neurons over inputs of known range.

    A hidden neuron that can never be active is left out, one that always is becomes part of the output, and
    equal ones are shared: that is what makes gadgets smaller on narrow ranges.
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
        for weight, place in terms:
            self._weights[place] = self._weights.get(place, 0) + weight

    def relu(self, weight: int, bias: int, terms: Iterable[Term]) -> None:
        """Add ``weight * relu(bias + terms)`` to the output."""
        neuron = Neuron(bias, tuple(terms))
        sums = neuron.interval(self.ranges)
        if sums.lo >= 0:
            self.add(weight * bias, ((weight * w, place) for w, place in neuron.terms))
        elif sums.hi > 0:
            self._relu_weights[neuron] = self._relu_weights.get(neuron, 0) + weight

    def gate(self, bit: int, active: bool, bias: int, terms: Sequence[Term]) -> None:
        """Add ``bias + terms`` where the input ``bit`` is 1 (0 if not active), and 0 elsewhere.

        With d = bias + terms in [lo, hi], m = min(lo, 0), c the condition:
        (c ? d : 0) = m c + relu(d - m c - hi (1 - c)).
        """
        values = Neuron(bias, tuple(terms)).interval(self.ranges)
        sign = -1 if values.hi <= 0 else 1
        low, high = (values.lo, values.hi) if sign == 1 else (-values.hi, -values.lo)
        least = min(low, 0)
        d = [(sign * weight, place) for weight, place in terms]
        if active:
            self.add(0, [(sign * least, bit)])
            self.relu(sign, sign * bias - high, [*d, (high - least, bit)])
        else:
            self.add(sign * least, [(-sign * least, bit)])
            self.relu(sign, sign * bias - least, [*d, (least - high, bit)])

    def weights(self) -> Weights:
        kept = [(neuron, weight) for neuron, weight in self._relu_weights.items() if weight]
        hidden = tuple(neuron for neuron, _ in kept)
        linear = [(weight, place) for place, weight in sorted(self._weights.items()) if weight]
        first = len(self.ranges)
        relus = [(weight, first + place) for place, (_, weight) in enumerate(kept)]
        return hidden, Neuron(self._bias, (*linear, *relus))


def require_shape(params: Params, ranges: Ranges, num_params: int, num_inputs: int) -> None:
    """Raise unless a gadget has the number of parameters and of inputs that its kind takes."""
    if len(params) != num_params or len(ranges) != num_inputs:
        raise ParameterError(
            f"a gadget of this kind must have {num_params} parameters and {num_inputs} inputs, "
            f"not {len(params)} and {len(ranges)}"
        )


def require_bits(values: Iterable[Range | int]) -> None:
    """Raise unless all ranges lie in [0, 1] and all integers are 0 or 1."""
    for value in values:
        inside = BIT.covers(value) if isinstance(value, Range) else BIT.holds(value)
        if not inside:
            raise ParameterError(f"a condition of a gadget must lie in {BIT}, not be {value}")
