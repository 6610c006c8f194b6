"""Dual evaluation: every word computed twice, by the weights and by the meanings of the gadgets.

Law: both nodes of a dual have the same value, for all values of the leaves. So the range of each node holds
for the other one as well. That is all that the meanings contribute to a step that runs by weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from streamssm.errors import ParameterError
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.range_prover import Fact
from streamssm.ir.ranges import Range
from streamssm.ssm.gadgets import holds, meaning
from streamssm.ssm.network import Gadget, Neuron


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Prefix the message of a ParameterError with the name of the part being built."""
    try:
        yield
    except ParameterError as error:
        raise ParameterError(f"{name}: {error}") from None


class Dual(NamedTuple):
    """Two nodes with the same value: by weights, and fused; one node twice if only the latter is needed."""

    weights: int
    fused: int


class DualBuilder:
    """Builder of duals in a GraphBuilder; with ``by_weights=False`` only the fused nodes are built."""

    def __init__(self, builder: GraphBuilder, *, by_weights: bool) -> None:
        self.builder = builder
        self.by_weights = by_weights
        self.relus: list[tuple[str, int]] = []

    def leaf(self, node: int) -> Dual:
        return Dual(node, node)

    def const(self, value: int) -> Dual:
        return self.leaf(self.builder.const(value))

    def apply(self, operation: Callable[..., int], *args: Dual) -> Dual:
        """Apply a method of the builder to both halves."""
        fused = operation(*(arg.fused for arg in args))
        if not self.by_weights or all(arg.weights == arg.fused for arg in args):
            return self.leaf(fused)
        return self.tied(operation(*(arg.weights for arg in args)), fused)

    def range(self, word: Dual) -> Range:
        return self._met(self.builder.range(word.weights), self.builder.range(word.fused))

    def bound(self, word: Dual, facts: tuple[tuple[Dual, bool], ...] = ()) -> Range | None:
        """Return a range of the word under the facts; None if the facts contradict each other."""
        by_weights = self.builder.bound(word.weights, _facts(facts, 0))
        by_meaning = self.builder.bound(word.fused, _facts(facts, 1))
        if by_weights is None or by_meaning is None:
            return None
        return by_weights.meet(by_meaning)

    def proven(self, word: Dual) -> Range:
        """Return the word's range, after trying to prove a narrower one that holds unconditionally."""
        range_ = self.bound(word)
        if range_ is not None and not range_.is_constant:
            self.narrow(word, range_)
        return self.range(word)

    # gadgets

    def gadget(self, gadget: Gadget, args: Sequence[Dual], name: str) -> Dual:
        """Return a gadget's signal; its meaning is used only if the weights are verified to have it."""
        fused = [arg.fused for arg in args]
        if not holds(gadget, [self.range(arg) for arg in args]):
            by_weights = self.neurons(gadget, [arg.weights for arg in args], name)
            same = not self.by_weights or all(arg.weights == arg.fused for arg in args)
            return self.leaf(by_weights) if same else self.tied(by_weights, self.neurons(gadget, fused))
        by_meaning = meaning(self.builder, gadget, fused)
        if not self.by_weights:
            return self.leaf(by_meaning)
        return self.tied(self.neurons(gadget, [arg.weights for arg in args], name), by_meaning)

    def neurons(self, gadget: Gadget, args: Sequence[int], name: str | None = None) -> int:
        """Return a gadget's signal by its weights; with a name, its ReLUs are recorded under it."""
        signals = list(args)
        for number, neuron in enumerate(gadget.hidden):
            signals.append(self._neuron(neuron, args, relu=True))
            if name is not None:
                self.relus.append((f"{name} relu {number}", signals[-1]))
        return self._neuron(gadget.output, signals, relu=False)

    def _neuron(self, neuron: Neuron, args: Sequence[int], *, relu: bool) -> int:
        return self.builder.neuron(neuron.bias, [(w, args[i]) for w, i in neuron.terms], relu=relu)

    # ranges of both halves

    def tied(self, by_weights: int, fused: int) -> Dual:
        """Return the dual of two nodes that are known to have the same value."""
        word = Dual(by_weights, fused)
        self.narrow(word, self.range(word))
        return word

    def narrow(self, word: Dual, proven: Range) -> None:
        """Narrow both nodes to a proven range; the weights are computed even if their value is constant."""
        self.refine(word.weights, proven)
        if not proven.is_constant or word.fused != word.weights:
            self.builder.narrow(word.fused, proven)

    def refine(self, node: int, proven: Range) -> None:
        """Narrow a node to a proven range, but never replace it by a constant: it is still computed."""
        if not proven.is_constant:
            self.builder.narrow(node, proven)

    def _met(self, a: Range, b: Range) -> Range:
        met = a.meet(b)
        assert met is not None, "both nodes of a dual have the same value"
        return met


def _facts(facts: tuple[tuple[Dual, bool], ...], half: int) -> tuple[Fact, ...]:
    return tuple((condition[half], truth) for condition, truth in facts)
