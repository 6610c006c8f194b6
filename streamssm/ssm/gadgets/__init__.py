"""The kinds of gadgets: a rule for the weights, and a meaning that is used only if the rule is obeyed."""

from __future__ import annotations

from collections.abc import Sequence

from streamssm.errors import ParameterError
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import Range
from streamssm.ssm.gadgets.choice import MAX, MIN, SELECT, SELECT_CONST
from streamssm.ssm.gadgets.comparison import EQ, GE, NE
from streamssm.ssm.gadgets.gather import GATHER
from streamssm.ssm.gadgets.kind import GadgetKind
from streamssm.ssm.gadgets.linear import ADD_CONST_IF, ADD_IF, LINEAR
from streamssm.ssm.gadgets.logic import AND, OR, XOR
from streamssm.ssm.gadgets.lookup import TABLE
from streamssm.ssm.network import Gadget

KINDS: dict[str, GadgetKind] = {
    kind.name: kind
    for kind in (
        LINEAR, ADD_CONST_IF, ADD_IF, GE, EQ, NE, AND, OR, XOR, MAX, MIN, SELECT, SELECT_CONST, TABLE,
        GATHER,
    )
}  # fmt: skip


def make_gadget(
    kind: str, params: tuple[int, ...], inputs: tuple[int, ...], ranges: tuple[Range, ...], label: str = ""
) -> Gadget:
    """Return the gadget of a kind over signals of the given ranges."""
    hidden, output = KINDS[kind].template(params, ranges)
    return Gadget(kind, params, inputs, ranges, hidden, output, label)


def holds(gadget: Gadget, actual_ranges: Sequence[Range]) -> bool:
    """Return whether a gadget has the meaning of its kind, for all inputs in the actual ranges.

    It has if its weights equal the kind's for the claimed ranges, and these cover the actual ones.
    """
    if gadget.kind not in KINDS or len(actual_ranges) != len(gadget.input_ranges):
        return False
    if not all(c.covers(actual) for c, actual in zip(gadget.input_ranges, actual_ranges, strict=True)):
        return False
    try:
        expected = KINDS[gadget.kind].template(gadget.params, gadget.input_ranges)
    except ParameterError:
        return False
    return expected == (gadget.hidden, gadget.output)


def summary(gadget: Gadget) -> Range | None:
    """Return the range of the gadget's meaning if its kind computes it directly, else None."""
    output_range = KINDS[gadget.kind].output_range
    return output_range(gadget.params, gadget.input_ranges) if output_range else None


def meaning(builder: GraphBuilder, gadget: Gadget, args: Sequence[int]) -> int:
    """Build the gadget's meaning over the nodes of its inputs."""
    return KINDS[gadget.kind].meaning(builder, gadget.params, args)


def weights(builder: GraphBuilder, gadget: Gadget, args: Sequence[int]) -> int:
    """Build the function of the gadget's weights over the nodes of its inputs."""
    hidden = [builder.neuron(n.bias, [(w, args[i]) for w, i in n.terms], relu=True) for n in gadget.hidden]
    signals = [*args, *hidden]
    return builder.neuron(gadget.output.bias, [(w, signals[i]) for w, i in gadget.output.terms], relu=False)
