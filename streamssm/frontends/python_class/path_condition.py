"""What is known on a path: conditions that are 1 or 0, found by the words that they are about.

A loop over an array may leave a fact behind at every turn. A question is then answered from the facts about
its own words, of which there are few.
"""

from __future__ import annotations

from collections.abc import Iterator

from streamssm.frontends.python_class.persistent_map import PersistentMap
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.range_prover import Fact, Facts

FEW = 32  # so many facts answer every question
WINDOW = 6  # of more, that many to twice as many about each word do, the last ones
ANY, MANY = -1, -2  # every fact is about ANY word; some are about too MANY to be told apart


class PathCondition:
    """Facts in the order in which they became known; knowing more gives a new one."""

    __slots__ = ("_all", "_before", "_g", "_last", "_links", "fact", "size")

    def __init__(self, g: GraphBuilder) -> None:
        self.size = 0
        self.fact: Fact | None = None
        self._g = g
        self._before: PathCondition | None = None
        self._links: dict[int, tuple[PathCondition | None, int]] = {}
        self._last: PersistentMap[PathCondition] = PersistentMap()
        self._all: Facts | None = ()

    def knowing(self, fact: Fact) -> PathCondition:
        """Return what is known if a condition's node is 1 or 0, too."""
        if self.holds(fact):
            return self
        made = PathCondition(self._g)
        made.size, made.fact, made._before = self.size + 1, fact, self
        made._all = (*self._all, fact) if self._all is not None and self.size < FEW else None
        made._last = self._last
        for word in (_name(fact), ANY, *(self._g.leaves(fact[0]) or (MANY,))):
            last = self._last.get(word)
            made._links[word] = last, last._links[word][1] + 1 if last else 0
            made._last = made._last.assigned(word, made)
        return made

    def holds(self, fact: Fact) -> bool:
        return self._last.get(_name(fact)) is not None

    def __iter__(self) -> Iterator[Fact]:
        """Yield all facts, the last one first: together they are the condition of being here."""
        at: PathCondition | None = self
        while at is not None and at.fact is not None:
            yield at.fact
            at = at._before

    def about(self, node: int) -> Facts:
        """Return the facts that a question about a node is answered from."""
        if self._all is not None:
            return self._all
        leaves = self._g.leaves(node)
        words = (MANY, *leaves) if leaves is not None else (ANY,)
        found = {each.size: each.fact for word in words for each in self._window(word) if each.fact}
        return tuple(found[size] for size in sorted(found))

    def _window(self, word: int) -> Iterator[PathCondition]:
        at = self._last.get(word)
        first = 0 if at is None else (at._links[word][1] // WINDOW - 1) * WINDOW
        while at is not None and at._links[word][1] >= first:
            yield at
            at = at._links[word][0]

    def common(self, other: PathCondition) -> PathCondition:
        """Return what is known here and there."""
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
            a = a.knowing(fact)
        return a


def _name(fact: Fact) -> int:
    """Return the place under which a fact itself is found."""
    condition, truth = fact
    return -3 - 2 * condition - truth
