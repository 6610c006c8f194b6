"""E1: any Program becomes a model of one layer with online thoughts.

The state words are the registers. On an input token A = 1 and B = 0, and the readout computes the next registers,
which leave as one thought. On that thought A = 0 and B = the thought, and the head is ready.

Law: outputs(ssm) == outputs(program) on every stream, and memory_bits(ssm) == memory_bits(program).

Cost: one thought per token, as wide as the registers and those outputs that read the token (which is gone when the
head is ready, so they travel with the thought). ReLUs as the gadgets of `streamssm.ssm.lowering` need them.
Source: models with online thoughts are one-pass streaming algorithms (THEORY A4).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streamssm.program.graph import Op, reachable
from streamssm.program.linear import Linear
from streamssm.program.program import Program
from streamssm.program.ranges import BIT
from streamssm.program.words import Word
from streamssm.ssm.formats import NumberFormat
from streamssm.ssm.lowering import NetBuilder, Value, lower
from streamssm.ssm.model import SSM, Layer, StateWord, ThoughtMode, Thoughts, TransitionKind
from streamssm.ssm.network import ReluNet, Signal

NO_BEGIN = Linear(0)


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
        """The outputs that read the token, by their place."""
        graph, roots = self.program.output, self.program.outputs
        reads = (any(graph[node].op is Op.FIELD for node in reachable(graph, [root])) for root in roots)
        return tuple(place for place, read in enumerate(reads) if read)

    @property
    def thought_words(self) -> tuple[Word, ...]:
        graph, names = self.program.output, self.program.output_names
        outputs = ((names[i], graph[self.program.outputs[i]].range) for i in self.carried)
        words = [(f"next {word.name}", word.range) for word in self.program.registers]
        words += [(f"output {name}", values) for name, values in outputs]
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
        self.carried = x[2 + fields + dim :]


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
    roots = list(zip(names, program.next_registers, strict=False))
    after = lower(net, program.update, roots, {Op.REGISTER: state, Op.FIELD: slots.fields})
    now = [net.form(net.word(value)) for value in after]
    leaving = _outputs(plan, net, plan.carried, {Op.REGISTER: now, Op.FIELD: slots.fields, Op.BEGIN: [NO_BEGIN]})
    settled = [place for place in range(len(program.outputs)) if place not in plan.carried]
    outputs = dict(zip(settled, _outputs(plan, net, settled, {Op.REGISTER: state, Op.BEGIN: [slots.begin]}), strict=True))
    outputs.update(zip(plan.carried, _arrived(plan, net, slots), strict=True))
    named = [("ready", net.value(slots.thought.plus(slots.begin)))]
    named += zip(names, [*after, *leaving], strict=True)
    named += [(name, outputs[place]) for place, name in enumerate(program.output_names)]
    return net.finish(named)


def _outputs(
    plan: Plan, net: NetBuilder, places: Sequence[int], leaves: dict[Op, list[Linear]]
) -> list[Value]:
    roots = [(plan.program.output_names[place], plan.program.outputs[place]) for place in places]
    return lower(net, plan.program.output, roots, leaves)


def _arrived(plan: Plan, net: NetBuilder, slots: Slots) -> list[Value]:
    """Return the outputs that came with the thought; before the first token, what the program says then."""
    started = plan.program.begin()
    words = plan.thought_words[len(plan.program.registers) :]
    found = []
    for place, word, given in zip(plan.carried, words, slots.carried, strict=True):
        found.append(net.value(given.plus(slots.begin, started[place] - word.range.lo)))
    return found
