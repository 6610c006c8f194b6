"""The kinds of gadgets: a rule for the weights, and a meaning that is used only where the rule was kept."""

from __future__ import annotations

from collections.abc import Sequence

from streamssm.errors import ParameterError
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import Range
from streamssm.ssm.gadgets.choice import MAX, MIN, SELECT, SELECT_CONST
from streamssm.ssm.gadgets.compare import EQ, GE, NE
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
    """Tell whether a gadget does what its kind claims, for inputs anywhere in the actual ranges.

    It does if its weights are exactly the kind's for the claimed ranges, and these cover the actual ones.
    """
    if gadget.kind not in KINDS or len(actual_ranges) != len(gadget.input_ranges):
        return False
    if not all(c.covers(actual) for c, actual in zip(gadget.input_ranges, actual_ranges, strict=True)):
        return False
    try:
        wanted = KINDS[gadget.kind].template(gadget.params, gadget.input_ranges)
    except ParameterError:
        return False
    return wanted == (gadget.hidden, gadget.output)


def summary(gadget: Gadget) -> Range | None:
    """Return the range of what the gadget claims, if that is more than is worth building for a range."""
    values = KINDS[gadget.kind].values
    return values(gadget.params, gadget.input_ranges) if values else None


def meaning(builder: GraphBuilder, gadget: Gadget, args: Sequence[int]) -> int:
    """Build what the gadget's kind claims, over the inputs' nodes."""
    return KINDS[gadget.kind].meaning(builder, gadget.params, args)


def weights(builder: GraphBuilder, gadget: Gadget, args: Sequence[int]) -> int:
    """Build what the gadget's weights compute, over the inputs' nodes."""
    hidden = [builder.neuron(n.bias, [(w, args[i]) for w, i in n.terms], relu=True) for n in gadget.hidden]
    values = [*args, *hidden]
    return builder.neuron(gadget.output.bias, [(w, values[i]) for w, i in gadget.output.terms], relu=False)
