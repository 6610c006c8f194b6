"""E1: any Program becomes a model of one layer with online thoughts.

The state words are the registers. On an input token A = 1 and B = 0, and the readout computes the next
registers, which leave as one thought. On that thought A = 0 and B = the thought, and the head is ready.

Law: outputs(ssm) == outputs(program) on every stream, and memory_bits(ssm) == memory_bits(program).

Cost: one thought per token, as wide as the registers and those fields that an output reads: the token is gone
when the head is ready, so they travel with the thought. ReLUs as `streamssm.ssm.lowering` needs them.
Source: models with online thoughts are one-pass streaming algorithms (THEORY A4).
"""

from __future__ import annotations

from dataclasses import dataclass

from streamssm.program.graph import Op, reachable
from streamssm.program.linear import Linear
from streamssm.program.program import Program
from streamssm.program.ranges import BIT
from streamssm.program.words import Word
from streamssm.ssm.formats import NumberFormat
from streamssm.ssm.lowering import Leaves, NetBuilder, lower
from streamssm.ssm.model import SSM, Layer, StateWord, ThoughtMode, Thoughts, TransitionKind
from streamssm.ssm.network import ReluNet, Signal


def program_to_ssm(program: Program) -> SSM:
    """Translate a program to a model with online thoughts.

    Raises
    ------
    ParameterError
        If a value inside the networks could pass 2^62; it names the gadget.
    """
    plan = Plan(program)
    layer = Layer(
        words=tuple(StateWord(word.name, NumberFormat(word.range), word.init) for word in program.registers),
        kind=TransitionKind.ZERO_ONE,
        gates=_gates(plan),
        readout=_readout(plan),
    )
    return SSM(
        name=program.name,
        fields=program.fields,
        layers=(layer,),
        output_names=program.output_names,
        thoughts=Thoughts(ThoughtMode.ONLINE, plan.thought_words, 1),
        register_map=tuple((word.name, word.name) for word in program.registers),
    )


@dataclass(frozen=True)
class Plan:
    """What the thought carries, and where everything stands in the layer's input x."""

    program: Program

    @property
    def carried(self) -> tuple[int, ...]:
        """The fields that the outputs read, by their place in the token."""
        graph = self.program.output
        needed = (graph[node] for node in reachable(graph, self.program.outputs))
        return tuple(sorted({node.index for node in needed if node.op is Op.FIELD}))

    @property
    def thought_words(self) -> tuple[Word, ...]:
        program = self.program
        words = [(f"next {word.name}", word.range) for word in program.registers]
        words += [(f"last {program.fields[i].name}", program.fields[i].range) for i in self.carried]
        return tuple(Word(name, values, values.lo) for name, values in words)

    @property
    def x(self) -> tuple[Signal, ...]:
        words = (*self.program.fields, *self.thought_words)
        flags = (Signal("x.thought", BIT), Signal("x.begin", BIT))
        return (*flags, *(Signal(f"x.{word.name}", word.range) for word in words))

    @property
    def h(self) -> tuple[Signal, ...]:
        return tuple(Signal(f"h.{word.name}", word.range) for word in self.program.registers)


class Slots:
    """The linear forms of a network's inputs, by what they are; x starts at signal ``start``."""

    def __init__(self, plan: Plan, net: NetBuilder, start: int) -> None:
        dim, fields = len(plan.program.registers), len(plan.program.fields)
        x = [net.form(signal) for signal in range(start, start + len(plan.x))]
        self.thought, self.begin = x[:2]
        self.fields = x[2 : 2 + fields]
        self.next_registers = x[2 + fields : 2 + fields + dim]
        self.carried = dict(zip(plan.carried, x[2 + fields + dim :], strict=True))


def _gates(plan: Plan) -> ReluNet:
    """Return A = 1 - thought and B = the thought's word, or 0 where there is none."""
    net = NetBuilder(plan.x)
    slots = Slots(plan, net, 0)
    keep = Linear(1).plus(slots.thought, -1)
    named = []
    for word in plan.program.registers:
        named.append((f"A[{word.name}]", net.value(keep, BIT)))
    for word, given in zip(plan.program.registers, slots.next_registers, strict=True):
        named.append((f"B[{word.name}]", net.value(given.plus(keep, -word.range.lo))))
    return net.finish(named)


def _readout(plan: Plan) -> ReluNet:
    program = plan.program
    net = NetBuilder((*plan.h, *plan.x))
    slots = Slots(plan, net, len(plan.h))
    names = [word.name for word in plan.thought_words]
    state = [net.form(signal) for signal in range(len(plan.h))]
    roots = list(zip(names[: len(plan.h)], program.next_registers, strict=True))
    after = lower(net, program.update, roots, {Op.REGISTER: state, Op.FIELD: slots.fields})
    kept = [net.value(slots.fields[place]) for place in plan.carried]
    roots = list(zip(program.output_names, program.outputs, strict=True))
    leaves: Leaves = {Op.REGISTER: state, Op.FIELD: slots.carried, Op.BEGIN: [slots.begin]}
    outputs = lower(net, program.output, roots, leaves)
    ready = net.value(slots.thought.plus(slots.begin))
    named = [("ready", ready), *zip(names, [*after, *kept], strict=True)]
    return net.finish([*named, *zip(program.output_names, outputs, strict=True)])
