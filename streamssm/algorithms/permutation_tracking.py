"""The word problem of the symmetric group S_n: the running product of permutations."""

from __future__ import annotations

from itertools import permutations

from streamssm.algorithms.parameters import between
from streamssm.frontends.algorithm import Algorithm

MAX_N = 8  # the table has n * n! entries


class PermutationTracking(Algorithm):
    """Solve the word problem of S_n: track the product of a stream of permutations of n points.

    A token is one field, ``element``: the index of a permutation among all n! in lexicographic order.

    Law: after elements p_1..p_t output i is p_t(...p_1(i)), or p_1(...p_t(i)) with ``new_first``.

    Parameters
    ----------
    n : number of points, 1 to 8
    new_first : 1 for products in which the new element acts first, as in the published word-problem data of
        Merrill et al. (arXiv 2404.08819); 0 for those in which it acts last

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
    >>> published = PermutationTracking(3, new_first=1)
    >>> for element in (1, 3):
    ...     published.update(element)
    >>> published.output()
    (2, 1, 0)
    """

    def __init__(self, n: int = 5, new_first: int = 0) -> None:
        self.n = between("n", n, 1, MAX_N)
        self.new_first = bool(between("new_first", new_first, 0, 1))
        elements = tuple(permutations(range(n)))
        self.images = tuple(image for element in elements for image in element)
        self.tokens(element=len(elements))
        self.product = self.array(n, n, init=range(n))

    def update(self, element: int) -> None:
        if self.new_first:
            before = tuple(self.product[point] for point in range(self.n))
            for point in range(self.n):
                image = self.images[element * self.n + point]
                for other in range(self.n):
                    if image == other:
                        self.product[point] = before[other]
        else:
            for point in range(self.n):
                self.product[point] = self.images[element * self.n + self.product[point]]

    def output(self) -> tuple[int, ...]:
        return tuple(self.product)
