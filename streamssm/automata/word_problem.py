"""Word problems of groups as DFAs: symbols are elements, the state is their product (Cayley graph).

Words are multiplied from left to right; words whose product is the identity are accepted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from streamssm.automata.automaton_class import Automaton
from streamssm.errors import ParameterError

MAX_ELEMENTS = 1_000_000

Permutation = tuple[int, ...]
Table = NDArray[np.int64]


def machine_of_permutations(generators: Mapping[str, Sequence[int]], *, name: str) -> Automaton:
    """Return the word problem of the group that permutations generate.

    Parameters
    ----------
    generators : for each symbol the images of points 0, 1, ...; in a word, the first symbol acts first

    Raises
    ------
    ParameterError
        If there are no generators, one is not a permutation, their degrees differ, or the group is too large.

    >>> s3 = machine_of_permutations({"swap": (1, 0, 2), "turn": (1, 2, 0)}, name="S3")
    >>> s3.num_states, s3.accepts(["turn", "turn", "turn"]), s3.state_names[:3]
    (6, True, ('()', '(0 1)', '(0 1 2)'))
    """
    if not generators:
        raise ParameterError("a group needs at least one generator")
    moves = {symbol: _permutation(symbol, images) for symbol, images in generators.items()}
    _require_one_degree(moves)
    start: Permutation = tuple(range(len(next(iter(moves.values())))))
    numbers, rows = {start: 0}, []
    elements = [start]
    for element in elements:
        products = [tuple(map(move.__getitem__, element)) for move in moves.values()]
        for product in products:
            if numbers.setdefault(product, len(elements)) == len(elements):
                elements.append(product)
        rows.append([numbers[product] for product in products])
        if len(elements) > MAX_ELEMENTS:
            raise ParameterError(f"the group of {name} has more than {MAX_ELEMENTS:,} elements")
    accepting = [number == 0 for number in range(len(elements))]
    return Automaton.acceptor(name, tuple(moves), rows, accepting, state_names=list(map(cycles, elements)))


def cycles(permutation: Sequence[int]) -> str:
    """Return a permutation in cycle notation; the identity is ().

    >>> cycles((1, 0, 2, 4, 3))
    '(0 1)(3 4)'
    """
    texts, seen = [], set[int]()
    for point in range(len(permutation)):
        cycle = []
        while point not in seen:
            seen.add(point)
            cycle.append(point)
            point = permutation[point]
        if len(cycle) > 1:
            texts.append("(" + " ".join(map(str, cycle)) + ")")
    return "".join(texts) or "()"


def _permutation(symbol: str, images: Sequence[int]) -> Permutation:
    permutation = tuple(images)
    if not permutation or sorted(permutation) != list(range(len(permutation))):
        raise ParameterError(
            f"{symbol!r} must be a permutation of 0..{max(len(permutation) - 1, 0)}, not {permutation}"
        )
    return tuple(map(int, permutation))


def _require_one_degree(moves: Mapping[str, Permutation]) -> None:
    first = next(iter(moves))
    for symbol, images in moves.items():
        if len(images) != len(moves[first]):
            raise ParameterError(
                f"permutations must have equal degrees: {first!r} has {len(moves[first])} points, "
                f"{symbol!r} has {len(images)}"
            )


def machine_of_table(table: ArrayLike, elements: Sequence[str] | None, *, name: str) -> Automaton:
    """Return the word problem of the group of a multiplication table.

    Parameters
    ----------
    table : ints, shape (n, n): row i, column j is the element i times j
    elements : the names of the elements, which are the symbols; "0", "1", ... if None

    Raises
    ------
    ParameterError
        If the table is not that of a group: the axiom that fails, with a counterexample.

    >>> machine_of_table([[0, 1], [1, 0]], "ea", name="C2").accepts("aeea")
    True
    """
    products = _square(table)
    names = tuple(map(str, range(len(products)))) if elements is None else tuple(elements)
    if len(names) != len(products):
        raise ParameterError(f"elements must have {len(products)} names, not {len(names)}")
    identity = _identity(products)
    _require_group(products, identity, names)
    accepting = np.arange(len(products)) == identity
    return Automaton.acceptor(name, names, products, accepting, initial=identity, state_names=names)


def _square(table: ArrayLike) -> Table:
    try:
        products = np.asarray(table)
    except ValueError:
        raise ParameterError("the rows of a multiplication table must have equal lengths") from None
    if products.ndim != 2 or products.shape[0] != products.shape[1] or not len(products):
        raise ParameterError(f"a multiplication table must be square, not of shape {products.shape}")
    size = len(products)
    if products.dtype.kind not in "iu" or products.min() < 0 or products.max() >= size:
        raise ParameterError(f"a multiplication table must hold elements in [0, {size - 1}]")
    return products.astype(np.int64)


def _identity(products: Table) -> int:
    every = np.arange(len(products))
    is_identity = (products == every).all(axis=1) & (products == every[:, None]).all(axis=0)
    if not is_identity.any():
        raise ParameterError("not a group: no element e is an identity, e x = x e = x for all x")
    return int(is_identity.argmax())


def _require_group(products: Table, identity: int, names: Sequence[str]) -> None:
    for element, row in enumerate(products):
        if identity not in row or products[np.flatnonzero(row == identity)[0], element] != identity:
            raise ParameterError(f"not a group: {names[element]!r} has no inverse")
    for c in range(len(products)):
        left, right = products[:, c][products], products[:, products[:, c]]
        wrong = np.argwhere(left != right)
        if len(wrong):
            x, y, z = names[int(wrong[0, 0])], names[int(wrong[0, 1])], names[c]
            raise ParameterError(f"not a group: not associative, ({x} {y}) {z} is not {x} ({y} {z})")
