"""E4: any SSM becomes a Program whose registers are the state words of all layers.

Law: outputs(program) == outputs(ssm) on every stream that the model reads without an error, and
memory_bits(program) == memory_bits(ssm).

With offline thoughts the update is the input step alone. The outputs are those of the thoughts unrolled on a
copy of h[t], from phi(h[t], x[t]); before the first token from phi(h[0], begin). So they read the registers
after the update and the token alone, as a program's outputs do, and no thought is rejected (THEORY A3).

Cost: the step's graph with thoughts unrolled, which grows with max_per_token; no registers besides the state
words. With offline thoughts, one readout for each of the two starting points, and the thoughts once. Where a
word is not proven to stay in its range, the program clamps it and lists that as an assumption.
Source: one-pass streaming algorithms and models with online thoughts are the same thing (THEORY A4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import LEAVES, Graph, Node, Op, reachable
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.words import Array
from streamssm.languages.language import Language
from streamssm.program.program import Assumption, Program, RangeClaim
from streamssm.ssm.model import SSM
from streamssm.ssm.symbolic.dual import Dual
from streamssm.ssm.symbolic.overflow import Check
from streamssm.ssm.symbolic.ssm_transducer import placed_stores
from streamssm.ssm.symbolic.unrolling import LayerPass, StepResult, SymbolicReadout, Unrolled, Unroller


def to_program(source: Algorithm | Program | Language | SSM) -> Program:
    """Return the program of an algorithm's class, a language or a model; a program is returned as is."""
    if isinstance(source, Program):
        return source
    return ssm_to_program(source) if isinstance(source, SSM) else source.program()


def ssm_to_program(ssm: SSM) -> Program:
    """Translate a model to a program.

    A gadget is translated by its semantics if its weights are shown to have them, and otherwise by its
    weights.

    >>> from streamssm.algorithms import FunctionComposition
    >>> from streamssm.equivalences.program_to_ssm import program_to_ssm
    >>> program = FunctionComposition(1024).program()
    >>> ssm_to_program(program_to_ssm(program)) == program
    True

    Raises
    ------
    ParameterError
        If an output reads a value that the step overwrites: a program's outputs read the registers after the
        update and the token, and another register would break the law of memory.
    PrecisionError
        If the model is not ready before the first token, or its thoughts there end in an error.
    """
    ssm.begin()  # a program always has outputs before the first token
    steps = Unroller(ssm)
    outcome, (output, outputs, checks) = (_offline if ssm.thoughts.on_copy else _online)(ssm, steps)
    scalars, stores = outcome.state.scalars, [s for array in outcome.state.arrays for s in array.stores]
    ports = [node for s in stores for node in (s.enable, s.index, s.value)]
    update, placed = steps.builder.finish([*(word.fused for word in scalars), *ports])
    return Program(
        name=ssm.name,
        fields=ssm.fields,
        registers=ssm.state,
        update=update,
        next_registers=placed[: len(scalars)],
        output=output,
        outputs=outputs,
        output_names=ssm.output_names,
        vocabulary=ssm.vocabulary,
        arrays=tuple(Array(array.name, array.first, array.length) for array in ssm.arrays),
        stores=placed_stores(stores, placed[len(scalars) :]),
        assumptions=_assumptions(ssm, steps, outcome.checks, checks),
    )


def _assumptions(
    ssm: SSM, steps: Unroller, checks: Sequence[Check], of_outputs: Sequence[Check]
) -> tuple[Assumption, ...]:
    """Return the assumptions that no check fails; those about outputs have a text and no claim."""
    assumptions = []
    for text in dict.fromkeys(check.text for check in (*checks, *of_outputs)):
        graph, failed = steps.builder.finish([c.failed.fused for c in checks if c.text == text])
        claim = RangeClaim(graph, tuple((node, node) for node in failed), Range(0, 0)) if failed else None
        assumptions.append(Assumption(text, ssm.name, 0, claim))
    return tuple(assumptions)


Rooted = tuple[Graph, tuple[int, ...], tuple[Check, ...]]


def _online(ssm: SSM, steps: Unroller) -> tuple[StepResult, Rooted]:
    """Return the step of a token and its thoughts, and the outputs."""
    unrolled = steps.token(steps.registers(), steps.fields())
    outcome = steps.result(unrolled)
    graph, roots = _Outputs(ssm, steps, unrolled, outcome.state.scalars).graph()
    return outcome, (graph, roots, ())


def _offline(ssm: SSM, steps: Unroller) -> tuple[StepResult, Rooted]:
    """Return the step of a token, and the outputs with the thoughts unrolled in them."""
    input_step = steps.advance(steps.registers(), steps.embed_token(steps.fields()), "input step")
    return StepResult(input_step.state, (), input_step.checks), _offline_outputs(ssm)


def _offline_outputs(ssm: SSM) -> Rooted:
    """Return the outputs as a graph over the registers after the token, its roots, and its checks."""
    steps = Unroller(ssm)
    state = steps.registers()
    begins = steps.duals.leaf(steps.builder.begin())
    before_token = steps.readout(state, steps.embed_begin(), "begin")
    x = steps.embed_token(steps.fields())
    y = _ChosenReadout(steps, begins, before_token, steps.readout(state, x, "answer"))
    outcome = steps.result(steps.think(LayerPass(tuple(x), state, y, (), ())))
    graph, roots = steps.builder.finish([word.fused for word in outcome.outputs])
    return graph, roots, outcome.checks


@dataclass(frozen=True)
class _ChosenReadout:
    """One of two readouts, chosen by a condition, so that the thoughts are unrolled once for both."""

    steps: Unroller
    condition: Dual
    yes: SymbolicReadout
    no: SymbolicReadout

    def outputs(self, start: int = 0, stop: int | None = None) -> tuple[Dual, ...]:
        branches = (branch.outputs(start, stop) for branch in (self.yes, self.no))
        return self.steps.choose(self.condition, *branches)


class _Outputs:
    """Rebuilds the outputs over the state after the token, since a readout reads only that state and x."""

    def __init__(self, ssm: SSM, before: Unroller, unrolled: Unrolled, after: Sequence[Dual]) -> None:
        self.ssm = ssm
        self.before = before
        self.unrolled = unrolled
        self.steps = Unroller(ssm)
        self.registers = self.steps.registers()
        self.fields = self.steps.fields()
        words = [word for layer_pass in unrolled.passes for word in (*layer_pass.x, before.ready(layer_pass))]
        known = {
            word.fused: register.fused for word, register in zip(after, self.registers.scalars, strict=True)
        }
        self.rewritten = rewritten(before.builder, [word.fused for word in words], known, self.steps.builder)

    def graph(self) -> tuple[Graph, tuple[int, ...]]:
        steps = self.steps
        before_token = steps.outputs(steps.readout(self.registers, steps.embed_begin(), "begin"))
        first = steps.duals.leaf(steps.builder.begin())
        outputs = steps.choose(first, before_token, self._after_token())
        for name, word in zip(self.ssm.output_names, outputs, strict=True):
            self._require_known(name, word)
        return steps.builder.finish([word.fused for word in outputs])

    def _after_token(self) -> tuple[Dual, ...]:
        """Return the outputs of the first pass that is ready."""
        *earlier, last = self.unrolled.passes
        outputs = self._read(last, len(earlier))
        for number, layer_pass in reversed(list(enumerate(earlier))):
            ready = self._known(self.before.ready(layer_pass), BIT, number)
            outputs = self.steps.choose(ready, self._read(layer_pass, number), outputs)
        return outputs

    def _read(self, layer_pass: LayerPass, number: int) -> tuple[Dual, ...]:
        """Return the outputs if this pass is the last one: the registers then hold its state."""
        slots = zip(layer_pass.x, self.ssm.input_words, strict=True)
        x = [
            self._known(word, slot.range, number, index) for index, (word, slot) in enumerate(slots, start=1)
        ]
        return self.steps.outputs(self.steps.readout(self.registers, x, f"thought {number}"))

    def _known(self, word: Dual, range_: Range, number: int, index: int = 0) -> Dual:
        """Return a word of the step over the state after it; a field of its own if it has no such form.

        Such a field is no field of the model: `_require_known` rejects an output that still reads one, while
        a word that no output reads may be lost.
        """
        node = self.rewritten[word.fused]
        if node is None:
            placeholder = len(self.fields) + number * (len(self.ssm.input_words) + 1) + index
            node = self.steps.builder.field(placeholder, range_)
        return self.steps.duals.leaf(node)

    def _require_known(self, name: str, word: Dual) -> None:
        nodes = self.steps.builder.nodes
        for index in reachable(nodes, [word.fused]):
            if nodes[index].op is Op.FIELD and nodes[index].index >= len(self.fields):
                raise ParameterError(
                    f"output '{name}' of {self.ssm.name} reads a value that the step overwrites; "
                    "it must depend on the token and the state after it alone"
                )


def rewritten(
    before: GraphBuilder, roots: Iterable[int], known: Mapping[int, int], into: GraphBuilder
) -> dict[int, int | None]:
    """Return the nodes that the roots need, rebuilt over the registers after the step; None where that fails.

    ``known`` maps the nodes of the registers' next values to the nodes that replace them; the old value of a
    register has no other form.
    """
    rebuilt: dict[int, int | None] = {}
    for index in reachable(before.nodes, roots):
        node = before.nodes[index]
        if node.op is Op.CONST:
            rebuilt[index] = into.const(node.index)
        elif index in known:
            rebuilt[index] = known[index]
        elif node.op is Op.FIELD:
            rebuilt[index] = into.field(node.index, node.range)
        else:
            rebuilt[index] = _rebuilt(node, [rebuilt[arg] for arg in node.args], into)
    return rebuilt


def _rebuilt(node: Node, args: Sequence[int | None], into: GraphBuilder) -> int | None:
    """Apply a node's operation in another graph.

    None for an old word, a lost argument, or an argument that is out of the operation's range there.
    """
    known_args = [arg for arg in args if arg is not None]
    if node.op in LEAVES or node.op is Op.LOAD or len(known_args) < len(args):
        return None
    try:
        return into.apply(node.op, known_args, node.attr)
    except ParameterError:
        return None
