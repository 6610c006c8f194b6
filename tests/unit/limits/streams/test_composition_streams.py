"""The stream of function composition: every key once per block, and the answer of plain evaluation."""

from __future__ import annotations

import numpy as np
import pytest

from streamssm.algorithms import FunctionComposition
from streamssm.errors import ParameterError
from streamssm.limits.streams.composition_streams import CompositionStream


@pytest.mark.parametrize(("n", "k"), [(1, 1), (2, 3), (7, 2), (256, 4), (257, 2)])
def test_stream_is_a_start_and_k_whole_functions(n: int, k: int) -> None:
    stream = CompositionStream(n, k, seed=5)
    blocks = list(stream.blocks())
    assert [len(block[0]) for block in blocks] == [1] + [n] * k
    assert sum(len(block[0]) for block in blocks) == stream.length
    value = int(blocks[0][1][0])
    algorithm = FunctionComposition(n)
    for number, (keys, images, last) in enumerate(blocks):
        assert last.tolist() == [0] * (len(keys) - 1) + [1]
        assert {column.dtype.itemsize for column in (keys, images)} == {1 if n <= 256 else 2}
        if number:
            assert sorted(keys.tolist()) == list(range(n))
            value = dict(zip(keys.tolist(), images.tolist(), strict=True))[value]
        for token in zip(keys.tolist(), images.tolist(), last.tolist(), strict=True):
            algorithm.update(*token)
    assert value == stream.answer() == algorithm.output()


def test_parts_make_the_whole() -> None:
    stream = CompositionStream(5, 3, seed=1)
    whole = np.concatenate([np.stack([c.astype(int) for c in b], axis=1) for b in stream.blocks()])
    for cut in range(stream.length + 1):
        parts = [*stream.tokens(0, cut), *stream.tokens(cut, stream.length)]
        assert np.array_equal(
            np.concatenate([np.stack([c.astype(int) for c in b], axis=1) for b in parts]), whole
        )


def test_table_bits() -> None:
    assert CompositionStream(1024, 8).table_bits == 8 * 1024 * 10
    assert CompositionStream(1000, 2).table_bits == 2 * 1000 * 10
    assert CompositionStream(1, 2).table_bits == 0


@pytest.mark.parametrize(("n", "k"), [(0, 1), (1, 0), (-3, 2)])
def test_sizes_below_one(n: int, k: int) -> None:
    with pytest.raises(ParameterError, match="must be at least 1"):
        CompositionStream(n, k)
