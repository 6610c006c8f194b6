"""Composition by thoughts, layers and stored tables: the cost of each, and the check of every answer."""

from __future__ import annotations

import numpy as np
import pytest

from streamssm.algorithms import BlockComposition, StoredComposition
from streamssm.limits.depth.methods import METHODS, all_correct, measure, work
from streamssm.limits.streams.composition_streams import CompositionBlocks, CompositionStream
from streamssm.report.plots.methods_plot import plot_svg


@pytest.mark.parametrize(("n", "k"), [(1, 1), (2, 3), (7, 2), (256, 4), (3, 300)])
def test_tokens_that_name_their_block_are_the_same_instance(n: int, k: int) -> None:
    stream, plain = CompositionBlocks(n, k, seed=5), CompositionStream(n, k, seed=5)
    assert stream.length == plain.length and stream.answer() == plain.answer()
    for number, (named, other) in enumerate(zip(stream.blocks(), plain.blocks(), strict=True)):
        block, key, image = named
        assert block.tolist() == [number] * len(key)
        assert np.array_equal(key, other[0]) and np.array_equal(image, other[1])


@pytest.mark.parametrize("make", [BlockComposition, StoredComposition])
def test_block_stream_asks_for_its_answer(make: type[BlockComposition | StoredComposition]) -> None:
    for seed in range(10):
        stream, algorithm = CompositionBlocks(5, 3, seed), make(5, 3)
        for columns in stream.blocks():
            for token in zip(*(column.tolist() for column in columns), strict=True):
                algorithm.update(*token)
        assert algorithm.output() == stream.answer()


@pytest.mark.parametrize("by", ["weights", "fused"])
def test_costs(by: str) -> None:
    done: list[int] = []
    result = measure([3, 4], [1, 2], by=by, most_words=6, done=done.append)
    assert all_correct(result)
    assert done == sorted(done) and done[-1] == work([3, 4], [1, 2], 6)
    rows = {(row["n"], row["k"], row["method"]): row for row in result["rows"]}
    assert list(rows) == [(n, k, method) for n in (3, 4) for k in (1, 2) for method in METHODS]
    for (n, k, method), row in rows.items():
        layers, words = {"online": (1, 2), "stored": (1, k * n + 1)}.get(method, (k + 1, 1))
        assert row["memory_bits"] == 2 * layers * words
        assert row["tokens"] == 1 + k * n and row["answer"] == row["expected"] and row["correct"] is True
        if method == "stored" and k * n > 6:
            assert row["ran"] == "program"
            assert {row[name] for name in ("layers", "state_dim", "ratio", "thought_bits")} == {None}
            continue
        assert row["ran"] == "model"
        assert (row["layers"], row["state_dim"], row["precision_bits"]) == (layers, words, 2)
        thoughts = (1, 4) if method == "online" else (0, 0)
        assert (row["thoughts_per_token"], row["thought_bits"]) == thoughts
        ratio = n / (layers**3 * words**2 * 2)
        assert row["ratio"] == (None if method == "online" else float(f"{ratio:.3g}"))
        assert row["transition"] == ["time-invariant" if method == "adding" else "zero-one"]


def test_words_without_bits_have_no_ratio() -> None:
    result = measure([1], [2])
    assert all_correct(result)
    assert {row["precision_bits"] for row in result["rows"]} == {0}
    assert {row["ratio"] for row in result["rows"]} == {None}


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_answer_is_seen(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = METHODS[method].stream.answer
    monkeypatch.setattr(METHODS[method].stream, "answer", lambda stream: 1 - right(stream))
    result = measure([2], [1])
    assert not all_correct(result)
    assert not next(row for row in result["rows"] if row["method"] == method)["correct"]


def test_picture_has_a_panel_per_k_and_says_what_was_not_translated() -> None:
    result = measure([1, 2, 4], [1, 2, 3], most_words=4)
    picture = plot_svg(result)
    assert plot_svg(result) == picture
    text = picture.decode()
    for shown in ("K = 1", "K = 2", "K = 3", "(bits)", "(elements)", "program only", "storing the tables"):
        assert shown in text
    assert "program only" not in plot_svg(measure([2], [1])).decode()
