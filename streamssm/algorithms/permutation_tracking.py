"""The word problem of the symmetric group S_n: the running product of permutations."""

from __future__ import annotations

from itertools import permutations

from streamssm.algorithms.parameters import between
from streamssm.frontends.algorithm import Algorithm

MAX_N = 8  # the table has n * n! entries


class PermutationTracking(Algorithm):
    """Solve the word problem of S_n: track the product of a stream of permutations of n points.

    A token is one field, ``element``: the index of a permutation among all n! in lexicographic order.

    Law: after elements p_1..p_t output i is p_t(...p_1(i)).

    Parameters
    ----------
    n : number of points, 1 to 8

    Notes
    -----
    Memory: ``n * ceil(log2 n)`` bits; one word of ceil(log2 n!) bits would suffice. For n >= 5 no diagonal or
    time-invariant model without thoughts solves it with log precision, unless TC0 = NC1 (THEORY D1); with
    online thoughts every one-pass algorithm has a model (THEORY A4).

    >>> tracking = PermutationTracking(3)
    >>> for element in (1, 3):  # (0, 2, 1), then (1, 2, 0)
    ...     tracking.update(element)
    >>> tracking.output()
    (1, 0, 2)
    """

    def __init__(self, n: int = 5) -> None:
        self.n = between("n", n, 1, MAX_N)
        elements = tuple(permutations(range(n)))
        self.images = tuple(image for element in elements for image in element)
        self.tokens(element=len(elements))
        self.product = self.array(n, n, init=range(n))

    def update(self, element: int) -> None:
        for point in range(self.n):
            self.product[point] = self.images[element * self.n + self.product[point]]

    def output(self) -> tuple[int, ...]:
        return tuple(self.product)
