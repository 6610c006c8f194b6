"""E1: any Program becomes a model of one layer with online thoughts.

The state words are the registers. On an input token A = 1 and B = 0, and the readout computes the next
registers, which leave as one thought. On that thought A = 0 and B = the thought, and the head is ready.

An array's words are not sent one by one: the thought carries (index, value) for every store, and A is 0 at
the written words alone. If two stores write the same word, the later one wins: the gates let the last port
that writes a word disable the earlier ones (see `streamssm.ssm.arrays`), so that A h + B never adds two
values. An index above the port's range writes nothing; a constant index is not sent. If the ports would cost
more bits than the array, the array is sent as a whole; the model's notes have both costs.

Law: outputs(ssm) == outputs(program) on every stream, and memory_bits(ssm) == memory_bits(program).

Cost: one thought per token, as wide as the registers (for arrays: the ports) and the fields that an output
reads: the token is no longer available when the head is ready, so the thought carries them. ReLUs as
`streamssm.ssm.lowering` needs them; 2 per word and load of an array, and 4 to 5 per word and port.
Source: models with online thoughts are one-pass streaming algorithms (THEORY A4).
"""

from __future__ import annotations

from streamssm.equivalences.thoughts.array_gates import ArrayGates, port_of
from streamssm.equivalences.thoughts.plan import PortPlan, ThoughtLayout, assumed
from streamssm.ir.graph import Op
from streamssm.ir.linear_form import Linear
from streamssm.ir.ranges import BIT, Range
from streamssm.program.program import Program
from streamssm.ssm.arrays import Port, StateArray
from streamssm.ssm.formats import NumberFormat
from streamssm.ssm.lowering import Leaves, NetBuilder, lower
from streamssm.ssm.model import SSM, Layer, StateWord, ThoughtMode, Thoughts, TransitionKind
from streamssm.ssm.network import ReluNet

THOUGHT = 0  # the signal of x that is 1 if x is a thought


def program_to_ssm(program: Program) -> SSM:
    """Translate a program to a model with online thoughts.

    Raises
    ------
    ParameterError
        If a value inside the networks could exceed 2^62, with the gadget.
    """
    plan = ThoughtLayout(program)
    gates, arrays = _gates(plan)
    layer = Layer(
        words=tuple(StateWord(word.name, NumberFormat(word.range), word.init) for word in program.registers),
        kind=TransitionKind.ZERO_ONE,
        gates=gates,
        readout=_readout(plan),
    )
    return SSM(
        name=program.name,
        fields=program.fields,
        layers=(layer,),
        output_names=program.output_names,
        vocabulary=program.vocabulary,
        thoughts=Thoughts(ThoughtMode.ONLINE, plan.thought_words, 1),
        register_map=tuple((word.name, word.name) for word in program.registers),
        notes=(*assumed(program), *(array.note for array in plan.arrays)),
        arrays=arrays,
    )


class RegisterSlots:
    """The linear forms of a network's inputs, by role; x starts at signal ``start``."""

    def __init__(self, plan: ThoughtLayout, net: NetBuilder, start: int) -> None:
        fields, sent = len(plan.program.fields), len(plan.slots)
        x = [net.form(signal) for signal in range(start, start + len(plan.x))]
        self.thought, self.begin = x[:2]
        self.fields = x[2 : 2 + fields]
        self.carried = dict(zip(plan.carried, x[2 + fields + sent :], strict=True))


def _gates(plan: ThoughtLayout) -> tuple[ReluNet, tuple[StateArray, ...]]:
    """Return A = 1 - thought and B = the thought's word, or 0 without a thought; ports for arrays."""
    net = NetBuilder(plan.x)
    keep = Linear(1).plus(net.form(THOUGHT), -1)
    registers, plain = plan.program.registers, plan.plain
    named = [(f"A[{registers[row].name}]", net.value(keep, BIT)) for row, _ in plain]
    for row, slot in plain:
        # without a thought the slot holds its lowest value: subtract it, so that B is 0
        sent = net.form(plan.signal(slot))
        named.append((f"B[{registers[row].name}]", net.value(sent.plus(keep, -slot.word.range.lo))))
    gates, arrays = ArrayGates(net.finish(named), {}), []
    for array in plan.arrays:
        ports = () if array.words else tuple(_port(plan, port, gates) for port in array.ports)
        arrays.append(StateArray(array.array.name, array.array.first, array.array.length, ports))
        if not array.words:
            gates.add([registers[index].name for index in array.array.places], ports)
    return gates.finish([word.name for word in registers]), tuple(arrays)


def _port(plan: ThoughtLayout, port: PortPlan, gates: ArrayGates) -> Port:
    """Return a port over the signals of the gates."""
    address = plan.signal(port.on) if port.on else THOUGHT
    if port.index:
        gates.label = f"{port.index.word.name} + 1"
        address = gates.emit("linear", (0, 1, 1), (THOUGHT, plan.signal(port.index)))
        sent = port.index.word.range
        gates.ranges[address] = Range(sent.lo, sent.hi + 1)
    return port_of(port, address, plan.signal(port.value))


def _readout(plan: ThoughtLayout) -> ReluNet:
    program = plan.program
    net = NetBuilder((*plan.h, *plan.x))
    slots = RegisterSlots(plan, net, len(plan.h))
    names = [word.name for word in plan.thought_words]
    state = [net.form(signal) for signal in range(len(plan.h))]
    update, sent = plan.update
    roots = list(zip(names, sent, strict=False))
    after = lower(net, update, roots, {Op.REGISTER: state, Op.FIELD: slots.fields})
    carried = [net.value(slots.fields[index]) for index in plan.carried]
    roots = list(zip(program.output_names, program.outputs, strict=True))
    leaves: Leaves = {Op.REGISTER: state, Op.FIELD: slots.carried, Op.BEGIN: [slots.begin]}
    outputs = lower(net, program.output, roots, leaves)
    ready = net.value(slots.thought.plus(slots.begin))
    named = [("ready", ready), *zip(names, [*after, *carried], strict=True)]
    return net.finish([*named, *zip(program.output_names, outputs, strict=True)])
