"""The network builder: gadgets on demand, equal ones shared; linear forms become signals where needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from streamssm.errors import ParameterError
from streamssm.ir.linear_form import Linear
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm.gadgets import make_gadget
from streamssm.ssm.network import Gadget, ReluNet, Signal
from streamssm.ssm.range_analysis import RangeAnalysis

ZERO = Linear(0)
ONE = Linear(1)


@dataclass(frozen=True, slots=True)
class NetworkValue:
    """A word during lowering: a linear form over signals, and a range that is known to contain it."""

    form: Linear
    range: Range

    def shifted(self, amount: int) -> NetworkValue:
        return NetworkValue(self.form.shifted(amount), Range(self.range.lo + amount, self.range.hi + amount))

    def negated(self) -> NetworkValue:
        return NetworkValue(self.form.times(-1), Range(-self.range.hi, -self.range.lo))


@dataclass(frozen=True, slots=True)
class Literal:
    """A condition: a signal that holds 0 or 1, or its complement if the sense is 0."""

    signal: int
    sense: int


class NetBuilder:
    """Builder of a network over named inputs.

    >>> net = NetBuilder([Signal("x", Range(0, 9))])
    >>> small = net.emit("ge", (-4, -1), (0,))
    >>> net.finish([("small", net.value(small))]).evaluate([4])
    (1,)
    """

    def __init__(self, inputs: Iterable[Signal]) -> None:
        self.inputs = tuple(inputs)
        self.label = ""
        self._analysis = RangeAnalysis(self.inputs)
        self._gadgets: list[Gadget] = []
        self._signals: dict[tuple[str, tuple[int, ...], tuple[int, ...]], int] = {}

    # forms

    def range(self, signal: int) -> Range:
        return self._analysis.range(signal)

    def form(self, signal: int) -> Linear:
        """Return a signal as a linear form; a constant signal becomes the constant."""
        range_ = self.range(signal)
        return Linear(range_.lo) if range_.is_constant else Linear(0, ((signal, 1),))

    def interval(self, form: Linear) -> Range:
        return form.interval(self.range)

    def value(self, form: Linear, known: Range | None = None) -> NetworkValue:
        """Return a form as a value, its range narrowed by a known one."""
        shown = self.interval(form)
        return NetworkValue(form, (shown.meet(known) or shown) if known else shown)

    # signals

    def emit(self, kind: str, params: Sequence[int], inputs: Sequence[int]) -> Linear:
        """Return the output of a gadget over signals; an existing equal gadget is reused."""
        key = (kind, tuple(params), tuple(inputs))
        if key not in self._signals:
            ranges = tuple(self.range(signal) for signal in inputs)
            gadget = make_gadget(kind, key[1], key[2], ranges, self.label)
            if not self._analysis.add(gadget):
                raise ParameterError(f"internal error: gadget {gadget.name} does not match its kind")
            self._signals[key] = len(self.inputs) + len(self._gadgets)
            self._gadgets.append(gadget)
        return self.form(self._signals[key])

    def signal(self, form: Linear) -> int:
        """Return a signal with the value of the form."""
        if form.constant == 0 and len(form.terms) == 1 and form.terms[0][1] == 1:
            return form.terms[0][0]
        inputs = tuple(signal for signal, _ in form.terms)
        params = (form.constant, *(weight for _, weight in form.terms))
        self.emit("linear", params, inputs)
        return self._signals["linear", params, inputs]

    def word(self, value: NetworkValue) -> int:
        """Return a signal with the value, clamped unless it is proven to lie in the value's range."""
        signal = self.signal(value.form)
        if not value.form.terms:
            return signal
        for kind, bound, beyond in (
            ("max", value.range.lo, self.range(signal).lo < value.range.lo),
            ("min", value.range.hi, self.range(signal).hi > value.range.hi),
        ):
            if beyond:
                signal = self.signal(self.emit(kind, (bound,), (signal,)))
        return signal

    def literal(self, condition: Linear) -> Literal:
        """Return a condition (a form that is 0 or 1) as a literal."""
        (signal, weight), *others = condition.terms
        if not others and BIT.covers(self.range(signal)):
            if (condition.constant, weight) == (0, 1):
                return Literal(signal, 1)
            if (condition.constant, weight) == (1, -1):
                return Literal(signal, 0)
        return Literal(self.word(self.value(condition, BIT)), 1)

    # the network

    def finish(self, outputs: Iterable[tuple[str, NetworkValue]]) -> ReluNet:
        """Return the network of the gadgets that the outputs need."""
        named = []
        for name, value in outputs:
            self.label = name
            named.append((name, self.word(value)))
        return _prune(ReluNet(self.inputs, tuple(self._gadgets), tuple(named)))


def _prune(net: ReluNet) -> ReluNet:
    needed = {signal for _, signal in net.outputs}
    for signal, gadget in reversed(list(net.numbered())):
        if signal in needed:
            needed.update(gadget.inputs)
    renumbered = {signal: signal for signal in range(len(net.inputs))}
    gadgets: list[Gadget] = []
    for signal, gadget in net.numbered():
        if signal in needed:
            renumbered[signal] = len(net.inputs) + len(gadgets)
            gadgets.append(replace(gadget, inputs=tuple(renumbered[source] for source in gadget.inputs)))
    outputs = tuple((name, renumbered[signal]) for name, signal in net.outputs)
    return ReluNet(net.inputs, tuple(gadgets), outputs)
