"""E4: any SSM becomes a Program whose registers are the state words of all layers.

Law: outputs(program) == outputs(ssm) on every stream that the model reads without an error, and
memory_bits(program) == memory_bits(ssm).

With offline thoughts the update is the input step alone, and the outputs read the registers after it,
thoughts unrolled from there.

Cost: the step's graph, thoughts unrolled, so it grows with max_per_token; no register beside the state
words. Where a word is not proven to stay in its range, the program clamps it and lists that as an assumption.
Source: one-pass streaming algorithms and models with online thoughts are the same thing (THEORY A4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from streamssm.equivalences.offline_answer import offline_answer
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
from streamssm.ssm.symbolic.to_transducer import placed_stores
from streamssm.ssm.symbolic.unrolling import LayerPass, StepResult, Unrolled, Unroller


def to_program(source: Algorithm | Program | Language | SSM) -> Program:
    """Return the program of an algorithm's class, of a language, of a model, or of a program (itself)."""
    if isinstance(source, Program):
        return source
    return ssm_to_program(source) if isinstance(source, SSM) else source.program()


def ssm_to_program(ssm: SSM) -> Program:
    """Translate a model to a program.

    A gadget's meaning is used where its weights are shown to have it, and the weights themselves elsewhere.

    >>> from streamssm.algorithms import FunctionComposition
    >>> from streamssm.equivalences.program_to_ssm import program_to_ssm
    >>> program = FunctionComposition(1024).program()
    >>> ssm_to_program(program_to_ssm(program)) == program
    True

    Raises
    ------
    ParameterError
        If an output reads what the step has overwritten: a program's outputs read the registers after the
        update and the token, and adding a register would break the law of memory.
    PrecisionError
        If the model is not ready before the first token, or has an error in the thoughts there.
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
    """Return that no check fails; of the outputs' checks no more than the text."""
    found = []
    for text in dict.fromkeys(check.text for check in (*checks, *of_outputs)):
        graph, failed = steps.builder.finish([c.failed.fused for c in checks if c.text == text])
        claim = RangeClaim(graph, tuple((node, node) for node in failed), Range(0, 0)) if failed else None
        found.append(Assumption(text, ssm.name, 0, claim))
    return tuple(found)


Rooted = tuple[Graph, tuple[int, ...], tuple[Check, ...]]


def _online(ssm: SSM, steps: Unroller) -> tuple[StepResult, Rooted]:
    """Return what a token and its thoughts do, and the outputs."""
    unrolled = steps.token(steps.registers(), steps.fields())
    outcome = steps.result(unrolled)
    graph, roots = _Outputs(ssm, steps, unrolled, outcome.state.scalars).graph()
    return outcome, (graph, roots, ())


def _offline(ssm: SSM, steps: Unroller) -> tuple[StepResult, Rooted]:
    """Return what a token does, and the outputs with the thoughts in them."""
    moment = steps.advance(steps.registers(), steps.embed_token(steps.fields()), "input step")
    return StepResult(moment.state, (), moment.checks), offline_answer(ssm)


class _Outputs:
    """Rebuilds the outputs over the state after the token: a readout sees that state and x alone."""

    def __init__(self, ssm: SSM, before: Unroller, unrolled: Unrolled, after: Sequence[Dual]) -> None:
        self.ssm = ssm
        self.before = before
        self.unrolled = unrolled
        self.steps = Unroller(ssm)
        self.registers = self.steps.registers()
        self.fields = self.steps.fields()
        words = [word for moment in unrolled.passes for word in (*moment.x, before.ready(moment))]
        known = {
            word.fused: register.fused for word, register in zip(after, self.registers.scalars, strict=True)
        }
        self.found = rewritten(before.builder, [word.fused for word in words], known, self.steps.builder)

    def graph(self) -> tuple[Graph, tuple[int, ...]]:
        steps = self.steps
        started = steps.outputs(steps.readout(self.registers, steps.embed_begin(), "begin"))
        first = steps.duals.leaf(steps.builder.begin())
        found = steps.choose(first, started, self._after_token())
        for name, word in zip(self.ssm.output_names, found, strict=True):
            self._require_known(name, word)
        return steps.builder.finish([word.fused for word in found])

    def _after_token(self) -> tuple[Dual, ...]:
        *waiting, last = self.unrolled.passes
        found = self._read(last, len(waiting))
        for number, moment in reversed(list(enumerate(waiting))):
            ready = self._known(self.before.ready(moment), BIT, number)
            found = self.steps.choose(ready, self._read(moment, number), found)
        return found

    def _read(self, moment: LayerPass, number: int) -> tuple[Dual, ...]:
        """Return the outputs if this moment is the last: its state is what the registers hold."""
        slots = zip(moment.x, self.ssm.input_words, strict=True)
        x = [
            self._known(word, slot.range, number, place) for place, (word, slot) in enumerate(slots, start=1)
        ]
        return self.steps.outputs(self.steps.readout(self.registers, x, f"thought {number}"))

    def _known(self, word: Dual, values: Range, number: int, place: int = 0) -> Dual:
        """Return a word of the step over the state after it; a field of its own if it has no such form."""
        node = self.found[word.fused]
        if node is None:
            beyond = len(self.fields) + number * (len(self.ssm.input_words) + 1) + place
            node = self.steps.builder.field(beyond, values)
        return self.steps.duals.leaf(node)

    def _require_known(self, name: str, word: Dual) -> None:
        nodes = self.steps.builder.nodes
        for index in reachable(nodes, [word.fused]):
            if nodes[index].op is Op.FIELD and nodes[index].index >= len(self.fields):
                raise ParameterError(
                    f"output '{name}' of {self.ssm.name} must read the token and the state after it alone, "
                    "not what the step has overwritten"
                )


def rewritten(
    before: GraphBuilder, roots: Iterable[int], known: Mapping[int, int], into: GraphBuilder
) -> dict[int, int | None]:
    """Return the nodes that the roots need, rebuilt over the registers after the step; None where that fails.

    ``known`` are the registers' next values and what they become; a register before the step has no other
    form.
    """
    found: dict[int, int | None] = {}
    for index in reachable(before.nodes, roots):
        node = before.nodes[index]
        if node.op is Op.CONST:
            found[index] = into.const(node.index)
        elif index in known:
            found[index] = known[index]
        elif node.op is Op.FIELD:
            found[index] = into.field(node.index, node.range)
        else:
            found[index] = _rebuilt(node, [found[arg] for arg in node.args], into)
    return found


def _rebuilt(node: Node, args: Sequence[int | None], into: GraphBuilder) -> int | None:
    """Apply a node's operation elsewhere; None for an old word, a lost argument, or one out of its range."""
    places = [arg for arg in args if arg is not None]
    if node.op in LEAVES or node.op is Op.LOAD or len(places) < len(args):
        return None
    try:
        return into.apply(node.op, places, node.attr)
    except ParameterError:
        return None
