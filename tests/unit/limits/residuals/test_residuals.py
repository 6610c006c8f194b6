"""Residuals equal the count of a plain enumeration; fooling sets never exceed it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import ceil, log2

import numpy as np
import pytest

from streamssm.algorithms import (
    BlockComposition,
    FlipFlop,
    FunctionComposition,
    ModularCounter,
    PointerChasing,
    SaturatingCounter,
    StoredComposition,
)
from streamssm.errors import BudgetError, ParameterError
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word
from streamssm.limits.residuals.all_streams import all_residuals
from streamssm.limits.residuals.fooling_set import fooling_set
from streamssm.limits.residuals.order_bounds import (
    composed,
    order_fooling_sets,
    order_residuals,
    run_on_order,
    task_program,
)
from streamssm.limits.residuals.residuals import residuals
from streamssm.limits.streams.orders import BlockOrder, all_orders, parse_order, shape_of
from streamssm.limits.streams.packing import Packer, distinct, folded
from streamssm.limits.streams.shapes import StreamShape, total_shape
from streamssm.program.program import Program

SIZES = [(2, 1), (2, 2), (3, 1), (3, 2), (4, 1)]
ORDERS = [(n, order) for n, k in SIZES for order in all_orders(k)]


def looked_up(order: BlockOrder, n: int, images: Sequence[int]) -> int:
    """Return f_K(...f_1(x)), the images being those of a stream in an order."""
    tables, position = {}, 0
    for block in order.blocks:
        length = n if block else 1
        tables[block] = images[position : position + length]
        position += length
    value = tables[0][0]
    for block in range(1, order.k + 1):
        value = tables[block][value]
    return value


def enumerated(order: BlockOrder, n: int) -> tuple[int, ...]:
    """Count, at each cut, the different rows (continuation -> answer) of all prefixes."""
    length, answers = order.length(n), {}
    for images in product(range(n), repeat=length):
        answers[images] = looked_up(order, n, images)
    counts = []
    for cut in range(length + 1):
        tails = list(product(range(n), repeat=length - cut))
        rows = {tuple(answers[head + tail] for tail in tails) for head in product(range(n), repeat=cut)}
        counts.append(len(rows))
    return tuple(counts)


@pytest.mark.parametrize(("n", "order"), ORDERS, ids=lambda value: str(value))
def test_every_order_against_plain_enumeration(n: int, order: BlockOrder) -> None:
    assert order_residuals(order, n).counts == enumerated(order, n)


@pytest.mark.parametrize("k", [1, 2, 3])
def test_easy_order(k: int) -> None:
    """2 N - 1 for every K >= 1: 3 for N = 2, 5 for N = 3; two words take at most twice that."""
    order = all_orders(k)[0]
    for n in (2, 3, 4, 5, 8, 9, 16, 17):
        counted = order_residuals(order, n)
        assert counted.most == 2 * n - 1
        memory = FunctionComposition(n).program().memory_bits
        assert memory == 2 * ceil(log2(n)) and memory <= 2 * counted.bits


def test_hard_orders() -> None:
    """The numbers of residuals of THEORY A7 for tables that come first."""
    for n in (2, 3, 4):
        assert order_residuals(parse_order("f1,x"), n).most == n**n
    assert order_residuals(parse_order("f1,f2,x"), 3).most == 65
    assert order_residuals(parse_order("f2,f1,x"), 3).most == 129
    assert round(order_residuals(parse_order("f2,f1,x"), 3).bits, 1) == 7.0
    assert round(order_residuals(parse_order("f1,f2,x"), 3).bits, 1) == 6.0


@pytest.mark.parametrize(
    "algorithm", [BlockComposition(3, 2), StoredComposition(3, 2), FunctionComposition(3)]
)
def test_how_the_task_is_done_does_not_matter(algorithm: BlockComposition) -> None:
    order, program = parse_order("x,f1,f2"), algorithm.program()
    counted = residuals(program, shape_of(order, program.name, program.fields))
    assert counted.counts == (1, 3, 5, 4, 3, 5, 4, 3)


# programs on all streams


def differing(program: Program, cut: int, horizon: int) -> int:
    """Count prefixes that up to ``horizon`` more tokens distinguish, in plain Python."""
    tokens = list(product(*(range(w.range.lo, w.range.hi + 1) for w in program.fields)))

    def row(state: tuple[int, ...], left: int) -> tuple[object, ...]:
        steps = [program.step(state, token) for token in tokens] if left else []
        return tuple((answer, row(after, left - 1)) for after, answer in steps)

    states = {program.initial}
    for _ in range(cut):
        states = {program.step(state, token)[0] for state in states for token in tokens}
    return len({row(state, horizon) for state in states})


@pytest.mark.parametrize(
    ("algorithm", "counts"),
    [
        (ModularCounter(3), (1, 2, 3)),
        (SaturatingCounter(2), (1, 2, 3)),
        (FlipFlop(2), None),
        (FunctionComposition(2), None),
        (PointerChasing(2, 1), None),
    ],
)
def test_programs_on_all_streams(algorithm: FlipFlop, counts: tuple[int, ...] | None) -> None:
    program = algorithm.program()
    counted = all_residuals(program)
    assert counts is None or counted.counts == counts
    assert counted.bits <= program.memory_bits
    for cut, count in enumerate(counted.counts[:3]):
        assert count == differing(program, cut, 3)


def test_streams_of_one_length_against_all_streams() -> None:
    """With long enough continuations, streams of one length have as many residuals as all streams."""
    program = FunctionComposition(3).program()
    counted = residuals(program, total_shape(program.fields, 5))
    assert counted.counts[:3] == all_residuals(program).counts[:3]
    assert counted.counts[-1] == 1  # nothing is asked any more


# fooling sets


@pytest.mark.parametrize("order", all_orders(2), ids=str)
def test_samples_stay_below_and_reach_the_count(order: BlockOrder) -> None:
    exact = order_residuals(order, 3)
    few = order_fooling_sets(order, 3, prefixes=40, continuations=6)
    many = order_fooling_sets(order, 3, prefixes=4000, continuations=60)
    for cut, (less, more) in enumerate(zip(few, many, strict=True)):
        assert less.certain <= more.certain <= exact.counts[cut]
    assert max(one.certain for one in many) == exact.most


def test_a_sample_tells_its_rows_apart_pairwise() -> None:
    """The guarantee: a continuation distinguishes any two rows, in plain Python."""
    order = parse_order("f2,f1,x")
    program = task_program(order, 3)
    sample = fooling_set(
        program, shape_of(order, program.name, program.fields), 5, prefixes=200, continuations=12
    )

    def answer(head: object, tail: object) -> tuple[int, ...]:
        state, outputs = program.initial, program.begin()
        for token in [*np.asarray(head).tolist(), *np.asarray(tail).tolist()]:
            state, outputs = program.step(state, token)
        return outputs

    rows = {
        tuple(answer(head, sample.continuations[:, c]) for c in range(sample.continuations.shape[1]))
        for head in sample.rows
    }
    assert len(rows) == sample.certain == len(sample.rows) > 30


def test_the_bound_at_a_risk() -> None:
    program = task_program(parse_order("f1,x"), 16)
    shape = shape_of(parse_order("f1,x"), program.name, program.fields)
    all_differ = fooling_set(program, shape, 16, prefixes=1024)
    assert (all_differ.certain, round(all_differ.by_chance_bits or 0, 2)) == (1024, 15.21)
    assert fooling_set(program, shape, 1, prefixes=1024).by_chance_bits is None  # 16 residuals at most
    assert fooling_set(program, shape, 16, prefixes=2).by_chance_bits is None  # says no more than is certain


# memory of algorithms


def test_memory_beside_counts_only_where_answers_are_right() -> None:
    easy, hard = parse_order("x,f1"), parse_order("f1,x")
    once, stored = FunctionComposition(3).program(), StoredComposition(3, 1).program()
    assert (
        run_on_order(once, easy).is_right
        and run_on_order(stored, easy).is_right
        and run_on_order(stored, hard).is_right
    )
    wrong = run_on_order(once, hard)
    assert (wrong.right, wrong.streams, wrong.all_streams, wrong.is_right) == (45, 81, True, False)
    assert not run_on_order(StoredComposition(16, 1).program(), hard).all_streams


@pytest.mark.parametrize("order", all_orders(2), ids=str)
def test_composed_looks_tables_up(order: BlockOrder) -> None:
    program = StoredComposition(4, 2).program()
    shape = shape_of(order, program.name, program.fields)
    streams = shape.sample(np.random.default_rng(0), 50, 0, shape.length)
    expected = [looked_up(order, 4, streams[:, lane, 2].tolist()) for lane in range(50)]
    assert composed(order, shape, streams).tolist() == expected
    assert program.lanes(50).feed(streams)[-1, :, 0].tolist() == expected


# refusals


def test_budget_says_what_was_covered() -> None:
    with pytest.raises(
        BudgetError, match="Covered are all prefixes of up to 3 tokens, which reach 27 states"
    ):
        order_residuals(parse_order("f1,x"), 3, max_transitions=100)
    with pytest.raises(BudgetError, match="more than 6 reachable states"):
        all_residuals(FunctionComposition(4).program(), max_transitions=200)


def test_orders_that_are_none() -> None:
    for text in ("x", "f1", "x,f2", "x,f1,f1", "x,,f1", "x,f01", ""):
        with pytest.raises(ParameterError, match="name x, f1, ... fK once each"):
            parse_order(text)
    counter = ModularCounter(3).program()
    with pytest.raises(ParameterError, match="is not a composition task"):
        shape_of(parse_order("x,f1"), counter.name, counter.fields)
    stored = StoredComposition(3, 2).program()
    with pytest.raises(ParameterError, match="2 tables, as many as StoredComposition composes, not be f1,x"):
        shape_of(parse_order("f1,x"), stored.name, stored.fields)


def test_samples_that_are_none() -> None:
    program = task_program(parse_order("x,f1"), 2)
    shape = shape_of(parse_order("x,f1"), program.name, program.fields)
    for wrong in ({"prefixes": 0}, {"continuations": 0}):
        with pytest.raises(ParameterError, match="must be at least 1"):
            fooling_set(program, shape, 1, **wrong)
    for cut in (-1, shape.length):
        with pytest.raises(ParameterError, match="the cut must be in"):
            fooling_set(program, shape, cut)


# streams and states


def test_shapes() -> None:
    word = Word("x", Range(-1, 1), -1)
    shape = StreamShape((word,), (np.array([[-1], [1]]), np.array([[0]]), np.array([[-1], [0], [1]])))
    every = shape.numbered(np.arange(6), 0, 3)[:, :, 0].T.tolist()
    assert every == [[a, 0, b] for a in (-1, 1) for b in (-1, 0, 1)]
    assert shape.some(np.random.default_rng(0), 6, 0, 3)[:, :, 0].T.tolist() == every
    assert shape.holds([(1,), (0,), (0,)]) and not shape.holds([(0,), (0,), (0,)]) and not shape.holds([(1,)])
    assert shape.numbered(np.arange(1), 1, 1).shape == (0, 1, 1)
    with pytest.raises(ParameterError, match="at least 1, not 0"):
        total_shape([word], 0)
    with pytest.raises(ParameterError, match="must be at most 65,536, not 65,537"):
        total_shape([Word("x", Range(0, 1 << 16))], 1)


@pytest.mark.parametrize("bits", [[1], [60, 4], [60, 5], [33, 33, 33], [0, 64 - 4, 0], [40, 30, 60, 60]])
def test_packing(bits: list[int]) -> None:
    words = [Word(f"w{i}", Range(-3, (1 << min(width, 60)) - 4)) for i, width in enumerate(bits)]
    random = np.random.default_rng(0)
    states = np.array([random.integers(w.range.lo, w.range.hi, 50, endpoint=True) for w in words])
    packer = Packer(words)
    keys = packer.pack(states)
    assert packer.unpack(keys).tolist() == states.tolist()
    rows, numbers = distinct(keys)
    assert rows[numbers].tolist() == keys.tolist()
    assert (
        len(rows) == len({tuple(column) for column in states.T.tolist()}) == len(set(folded(keys).tolist()))
    )
