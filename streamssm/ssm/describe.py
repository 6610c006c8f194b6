"""Human-readable text of a network: one line per gadget."""

from __future__ import annotations

from collections.abc import Sequence

from streamssm.ssm.network import Gadget, Neuron, ReluNet
from streamssm.ssm.range_analysis import analyze


def describe(net: ReluNet, *, weights: bool = False) -> str:
    """List the gadgets of a network with kind, inputs by name, range, ReLUs and nonzero weights.

    Gadgets whose weights do not have the meaning of their kind are marked. ``weights`` adds the neurons.

    >>> from streamssm.ir.ranges import Range
    >>> from streamssm.ssm.lowering import NetBuilder
    >>> from streamssm.ssm.network import Signal
    >>> build = NetBuilder([Signal("x", Range(0, 9))])
    >>> net = build.finish([("full", build.value(build.emit("ge", (9, 1), (0,))))])
    >>> print(describe(net, weights=True))
    in    x in [0, 9]
    g1    = ge 9 1 (x) in [0, 1]; 1 ReLU, 2 weights
              relu(-8 + x)
              r1
    out   full = g1
    1 gadget, 1 ReLU, 2 weights
    """
    analysis = analyze(net)
    names = [signal.name for signal in net.inputs]
    lines = [f"in    {signal.name} in {signal.range}" for signal in net.inputs]
    for index, (signal, gadget) in enumerate(net.numbered()):
        names.append(f"g{index + 1}")
        inputs = [names[source] for source in gadget.inputs]
        broken = "" if analysis.holds[index] else "; its weights do something else"
        head = f"{gadget.kind} {_params(gadget)}({', '.join(inputs)}) in {analysis.ranges[signal]}"
        lines.append(f"{names[-1]:5} = {head}; {_counts(gadget)}{broken}")
        if weights:
            lines += _neurons(gadget, inputs)
    lines += [f"out   {name} = {names[signal]}" for name, signal in net.outputs]
    return "\n".join([*lines, f"{_count(len(net.gadgets), 'gadget')}, {_counts(net)}"])


def _params(gadget: Gadget, shown: int = 8) -> str:
    params = gadget.params
    texts = [str(param) for param in params[:shown]] + [f"... ({len(params)})"] * (len(params) > shown)
    return "".join(f"{text} " for text in texts)


def _counts(counted: Gadget | ReluNet) -> str:
    relus = len(counted.hidden) if isinstance(counted, Gadget) else counted.num_relus
    return f"{_count(relus, 'ReLU')}, {_count(counted.num_nonzeros, 'weight')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _neurons(gadget: Gadget, inputs: Sequence[str]) -> list[str]:
    relus = [f"r{index + 1}" for index in range(len(gadget.hidden))]
    hidden = [f"relu({_sum(neuron, inputs)})" for neuron in gadget.hidden]
    return [f"          {text}" for text in (*hidden, _sum(gadget.output, [*inputs, *relus]))]


def _sum(neuron: Neuron, names: Sequence[str]) -> str:
    """Write a neuron's sum: ``-8 + x - 2 y``."""
    text = str(neuron.bias) if neuron.bias or not neuron.terms else ""
    for weight, index in neuron.terms:
        factor = names[index] if abs(weight) == 1 else f"{abs(weight)} {names[index]}"
        sign = "-" if weight < 0 else "+"
        text = f"{text} {sign} {factor}" if text else f"{'-' if weight < 0 else ''}{factor}"
    return text
