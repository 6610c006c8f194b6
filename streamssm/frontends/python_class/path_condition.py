"""The path condition: a set of facts (conditions that are 1 or 0), indexed by the words in them.

A loop over an array may add a fact in every iteration, and the prover's time grows with the facts it gets. So
a query uses only the facts about its own words, of which there are few.
"""

from __future__ import annotations

from collections.abc import Iterator

from streamssm.frontends.python_class.persistent_map import PersistentMap
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.range_prover import Fact, Facts

FEW = 32  # up to this many facts, every query uses all of them
WINDOW = 6  # beyond that, it uses the last WINDOW to 2 * WINDOW facts about each of its words
ANY, MANY = -1, -2  # keys of the index: ANY for every fact, MANY for facts about too many words to list


class PathCondition:
    """Facts in the order in which they were added; immutable, adding a fact gives a new condition."""

    __slots__ = ("_all", "_before", "_g", "_last", "_links", "fact", "size")

    def __init__(self, g: GraphBuilder) -> None:
        self.size = 0
        self.fact: Fact | None = None
        self._g = g
        self._before: PathCondition | None = None
        self._links: dict[int, tuple[PathCondition | None, int]] = {}
        self._last: PersistentMap[PathCondition] = PersistentMap()
        self._all: Facts | None = ()

    def with_fact(self, fact: Fact) -> PathCondition:
        """Return the path condition extended by a fact."""
        if self.holds(fact):
            return self
        extended = PathCondition(self._g)
        extended.size, extended.fact, extended._before = self.size + 1, fact, self
        extended._all = (*self._all, fact) if self._all is not None and self.size < FEW else None
        extended._last = self._last
        for word in (_key(fact), ANY, *(self._g.leaves(fact[0]) or (MANY,))):
            last = self._last.get(word)
            extended._links[word] = last, last._links[word][1] + 1 if last else 0
            extended._last = extended._last.assigned(word, extended)
        return extended

    def holds(self, fact: Fact) -> bool:
        return self._last.get(_key(fact)) is not None

    def __iter__(self) -> Iterator[Fact]:
        """Yield all facts, the last one first; their conjunction is the path condition."""
        at: PathCondition | None = self
        while at is not None and at.fact is not None:
            yield at.fact
            at = at._before

    def about(self, node: int) -> Facts:
        """Return the facts for a query about a node."""
        if self._all is not None:
            return self._all
        leaves = self._g.leaves(node)
        words = (MANY, *leaves) if leaves is not None else (ANY,)
        facts = {each.size: each.fact for word in words for each in self._window(word) if each.fact}
        return tuple(facts[size] for size in sorted(facts))

    def _window(self, word: int) -> Iterator[PathCondition]:
        at = self._last.get(word)
        first = 0 if at is None else (at._links[word][1] // WINDOW - 1) * WINDOW
        while at is not None and at._links[word][1] >= first:
            yield at
            at = at._links[word][0]

    def common(self, other: PathCondition) -> PathCondition:
        """Return the facts that both conditions contain, for a merge of their paths."""
        a, b = self, other
        mine: list[Fact] = []
        while a is not b:
            if a.size >= b.size:
                assert a.fact is not None and a._before is not None
                mine.append(a.fact)
                a = a._before
            else:
                assert b._before is not None
                b = b._before
        for fact in [fact for fact in reversed(mine) if other.holds(fact)]:
            a = a.with_fact(fact)
        return a


def _key(fact: Fact) -> int:
    """Return the key of a fact itself in the index, below those of words, ANY and MANY."""
    condition, truth = fact
    return -3 - 2 * condition - truth
