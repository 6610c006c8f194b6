"""The bounded Dyck language Dyck-(k, m): brackets of k kinds, nested at most m deep."""

from __future__ import annotations

from streamssm.algorithms.parameters import at_least
from streamssm.frontends.algorithm import Algorithm

FAILED = -1


class BoundedBrackets(Algorithm):
    """Recognize the bounded Dyck language: brackets of several kinds, at most ``depth`` open at once.

    A token is (kind, closing): an opening bracket of that kind, or with ``closing`` = 1 a closing one.

    Law: the output is the number of open brackets, and -1 from the first position on where a closing bracket
    does not match the last open one, or where more than ``depth`` would be open. It is 0 exactly for the
    words of the Dyck language of these kinds with at most that depth.

    Parameters
    ----------
    kinds : number of kinds of brackets, at least 1
    depth : greatest number of open brackets, at least 1

    Notes
    -----
    Memory: ``depth * ceil(log2 kinds) + ceil(log2(depth + 2))`` bits: a stack, and its height or -1 for
    failure. Source of the task: Hewitt et al., *RNNs Can Generate Bounded Hierarchical Languages with Optimal
    Memory*, 2020. The language is star-free, so layers with a diagonal transition in {0, 1} can recognize it
    without thoughts (THEORY B1, C1).

    >>> brackets = BoundedBrackets(2, 3)
    >>> for kind, closing in [(0, 0), (1, 0), (1, 1), (1, 1), (0, 0)]:  # ( [ ] ] (
    ...     brackets.update(kind, closing)
    ...     print(brackets.output())
    1
    2
    1
    -1
    -1
    """

    def __init__(self, kinds: int = 2, depth: int = 5) -> None:
        self.depth = at_least("depth", depth, 1)
        self.tokens(kind=at_least("kinds", kinds, 1), closing=2)
        self.height = self.register((FAILED, depth))
        self.open = self.array(kinds, depth)

    def update(self, kind: int, closing: int) -> None:
        if self.height == FAILED:
            return
        if closing:
            matches = self.height > 0 and self.open[self.height - 1] == kind
            self.height = self.height - 1 if matches else FAILED
        elif self.height < self.depth:
            self.open[self.height] = kind
            self.height += 1
        else:
            self.height = FAILED

    def output(self) -> int:
        return self.height
