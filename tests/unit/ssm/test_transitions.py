"""Transition kinds: proofs about them, refusals at construction, and errors in the stream."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from streamssm.errors import ParameterError, PrecisionError
from streamssm.ir import words
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Graph, Op
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.semantics import apply
from streamssm.ssm import textbook
from streamssm.ssm.arrays import StateArray
from streamssm.ssm.formats import NumberFormat, Overflow, Rounding
from streamssm.ssm.model import SSM, TransitionKind
from streamssm.ssm.symbolic.dual_arithmetic import affine
from streamssm.ssm.textbook.parts import Gates, Nodes, itself, model, network, word
from streamssm.ssm.transitions import MatrixLayout
from streamssm.ssm.weights import weight_sites, with_changed_weight

KINDS = list(TransitionKind)
SMALL = Range(-9, 9)
DIGIT = Range(0, 3)
DIGITS = words.field("x", DIGIT)


def two_words(
    kind: TransitionKind,
    gates: Gates,
    *,
    range_: Range = SMALL,
    overflow: Overflow = Overflow.ERROR,
    fraction_bits: tuple[int, ...] = (),
    reflections: int = 0,
) -> SSM:
    """Return a model of two words that are shown; a token is one field x in [0, 3]."""
    state = [word(name, range_, init, overflow=overflow) for name, init in (("p", 1), ("q", 2))]
    return model(
        "two",
        {"x": DIGIT},
        state,
        kind,
        gates,
        itself,
        ["p", "q"],
        fraction_bits=fraction_bits,
        reflections=reflections,
    )


def constants(*entries: int, increments: tuple[int, int] = (0, 0)) -> Gates:
    """Return gates that are the same at every step."""
    return lambda g, x: ([g.const(entry) for entry in entries], [g.const(value) for value in increments])


# the values of A h + B


def test_dense_rows_and_columns_are_not_swapped() -> None:
    dense = two_words(TransitionKind.DENSE, constants(0, 2, -1, 1, increments=(1, 0)))
    assert dense.run([[0]]).tolist() == [[2 * 2 + 1, -1 * 1 + 2]]


def test_monomial_moves_word_j_to_its_target_and_adds_where_targets_meet() -> None:
    def gates(g: GraphBuilder, x: Nodes) -> tuple[Nodes, Nodes]:
        return [g.const(1), g.min(x[0], g.const(1)), g.const(3), g.const(-2)], [g.const(0)] * 2

    assert two_words(TransitionKind.MONOMIAL, gates).run([[0]]).tolist() == [[-2 * 2, 3 * 1]]
    assert two_words(TransitionKind.MONOMIAL, gates).run([[1]]).tolist() == [[0, 3 * 1 - 2 * 2]]


def test_reflections_are_applied_in_order_and_rounded_once() -> None:
    """Two reflections that do not commute; halves meet in the exact sum, or 1 would become 0 on the way."""
    swap_then_turn = constants(1, -1, 1, 1, 0, 2)
    reflected = two_words(TransitionKind.HOUSEHOLDER, swap_then_turn, reflections=2)
    assert reflected.run([[0]]).tolist() == [[-2, 1]]
    halves = constants(1, -1, 2, 1, -1, 2)  # beta = 2/2
    reflected = two_words(TransitionKind.HOUSEHOLDER, halves, fraction_bits=(1, 1), reflections=2)
    assert reflected.run([[0]]).tolist() == [[1, 2]]


def test_every_row_has_its_own_fraction_bits() -> None:
    rows = two_words(TransitionKind.DIAGONAL, constants(3, 3), range_=Range(-99, 99), fraction_bits=(0, 1))
    assert rows.run([[0]]).tolist() == [[3, 3 * 2 // 2]]


@pytest.mark.parametrize("m", [1, 2, 3, 5, 6])
def test_exponents_turn_modulo_their_number(m: int) -> None:
    counter = textbook.rotating_counter(m)
    for h, x in product(range(m), repeat=2):
        assert counter.step((h,), (x,)) == (((h + x) % m,), ((h + x) % m,))


@pytest.mark.parametrize("make", [textbook.permuted_words, textbook.reflected_words])
def test_words_of_an_array_are_moved_like_others(make: Callable[[int], SSM]) -> None:
    plain = make(3)
    with_array = replace(plain, arrays=(StateArray("at", 0, 3),))
    tokens = [[1], [2], [2], [0], [1], [2]]
    for by in ("weights", "fused"):
        assert np.array_equal(with_array.run(tokens, by=by), plain.run(tokens, by=by))


# kinds


def test_every_kind_has_a_least_claiming_kind_of_its_layout() -> None:
    for kind in KINDS:
        assert kind.widest.layout is kind.layout
        assert kind.widest.widest is kind.widest
        assert kind.is_diagonal == (kind.layout is MatrixLayout.DIAGONAL)


def test_changed_weights_keep_the_layout() -> None:
    for ssm in (textbook.position_counter(2), textbook.permuted_words(2), textbook.rotating_counter(3)):
        (layer,) = ssm.layers
        changed = 0
        for site, change in product(weight_sites(ssm), (1, -1)):
            try:
                mutant = with_changed_weight(ssm, site, change)
            except ParameterError:
                continue
            changed += 1
            assert mutant.layers[0].kind is layer.kind.widest
        assert changed


@pytest.mark.parametrize(
    ("kind", "entries", "refused"),
    [
        (TransitionKind.COMPLEX, (2, 0), "overflow 'cycle'"),
        (TransitionKind.TIME_INVARIANT_DENSE, (0, 1, 1), "gates must have 6 outputs, not 5"),
        (TransitionKind.DENSE, (0, 1, 1, 0, 0), "gates must have 6 outputs, not 7"),
        (TransitionKind.ZERO_ONE, (0, 1, 1, 0), "gates must have 4 outputs, not 6"),
        (TransitionKind.MONOMIAL, (0, 2, 1, 1), r"target\[1\] must be a row in \[0, 1\], not range over"),
        (TransitionKind.MONOMIAL, (-1, 0, 1, 1), r"target\[0\] must be a row in"),
        (TransitionKind.SIGNED, (-2, 0), r"A\[0, 0\] must be signed, not range over \[-2, -2\]"),
    ],
)
def test_transitions_outside_their_kind_are_refused(
    kind: TransitionKind, entries: tuple[int, ...], refused: str
) -> None:
    (layer,) = two_words(TransitionKind.DIAGONAL, constants(1, 1)).layers

    def build(g: GraphBuilder, x: Nodes) -> Nodes:
        return [g.const(value) for value in (*entries, 0, 0)]

    gates = network(layer.gates.inputs, [f"e{n}" for n in range(len(entries) + 2)], build)
    with pytest.raises(ParameterError, match=refused):
        SSM("two", (DIGITS,), (replace(layer, kind=kind, gates=gates),), ("p", "q"))


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"entry_fraction_bits": (1,)}, "one number for each of 2 rows"),
        ({"entry_fraction_bits": (0, 61)}, "fraction bits must be 0 to 60, not 61"),
        ({"entry_fraction_bits": (0, 0.5)}, "fraction bits must be 0 to 60, not 0.5"),
        ({"reflections": 1}, "a diagonal layer must have 0 reflections, not 1"),
        ({"kind": TransitionKind.HOUSEHOLDER, "reflections": -1}, "0 reflections, not -1"),
        ({"kind": TransitionKind.HOUSEHOLDER, "entry_fraction_bits": (0, 1)}, "equal fraction bits"),
        (
            {"kind": TransitionKind.HOUSEHOLDER, "entry_fraction_bits": (20, 20), "reflections": 4},
            "must be at most 60, not 80",
        ),
        ({"kind": TransitionKind.COMPLEX}, "must have overflow 'cycle', not 'error'"),
    ],
)
def test_layers_that_no_kind_has_are_refused(change: dict[str, Any], refused: str) -> None:
    (layer,) = two_words(TransitionKind.DIAGONAL, constants(1, 1)).layers
    with pytest.raises(ParameterError, match=refused):
        replace(layer, **change)


def test_exponents_are_complex_and_start_at_0() -> None:
    (layer,) = textbook.rotating_counter(3).layers
    for kind in (TransitionKind.ZERO_ONE, TransitionKind.DENSE):
        with pytest.raises(ParameterError, match="cannot have overflow 'cycle'"):
            replace(layer, kind=kind)
    shifted = replace(layer.words[0], format=NumberFormat(Range(-1, 1), overflow=Overflow.CYCLE))
    with pytest.raises(ParameterError, match="must range from 0"):
        replace(layer, words=(shifted,))
    with pytest.raises(ParameterError, match="must have 0 entry fraction bits"):
        replace(layer, entry_fraction_bits=(1,))


# errors in the stream


def errors_of_all_runs(ssm: SSM, tokens: list[list[int]]) -> set[str]:
    """Return the errors of a stream, over all modes and backends."""
    texts = set()
    for by in ("weights", "fused"):
        for backend in ("kernel", "reference"):
            with pytest.raises(PrecisionError) as raised:
                ssm.stream(by=by, backend=backend).feed(np.array(tokens))
            texts.add(str(raised.value))
    return texts


def test_a_factor_that_is_no_reflection_is_an_error_with_its_position() -> None:
    def gates(g: GraphBuilder, x: Nodes) -> tuple[Nodes, Nodes]:
        return [g.const(1), g.const(-1), x[0]], [g.const(0)] * 2

    ssm = two_words(TransitionKind.HOUSEHOLDER, gates, reflections=1)
    assert ssm.run([[1], [0], [1]]).tolist() == [[2, 1], [2, 1], [1, 2]]
    assert errors_of_all_runs(ssm, [[1], [0], [2], [1]]) == {
        "two: layer 1: reflection 0 must have beta (v . v) = 0 or 2, not 4 at token 2"
    }


def test_a_factor_that_never_is_a_reflection_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"layer 1: factor 1 is never a reflection"):
        two_words(TransitionKind.HOUSEHOLDER, constants(1, -1, 1, 1, 0, 1), reflections=2)


def test_constant_reflections_need_no_check() -> None:
    swap = two_words(TransitionKind.HOUSEHOLDER, constants(1, -1, 1), reflections=1)
    assert [swap.transducer(by).error for by in ("weights", "fused")] == [None, None]
    assert textbook.reflected_words(2).transducer().error is None


def test_a_word_that_leaves_its_range_is_an_error_with_its_position() -> None:
    growing = two_words(TransitionKind.DENSE, constants(1, 1, 0, 1))
    assert errors_of_all_runs(growing, [[0]] * 9) == {
        "two: state word 'p' must stay in [-9, 9], not become 11 at token 4"
    }
    with pytest.raises(ParameterError, match="must start inside"):
        two_words(TransitionKind.DENSE, constants(1, 1, 0, 1), range_=Range(-1, 1))


# ranges by meanings where products lose correlations


@pytest.mark.parametrize(
    "make",
    [
        lambda: textbook.flip_flop(6),
        textbook.running_parity,
        textbook.since_saturating,
        textbook.since_halving,
        lambda: textbook.delay_line(3, 4),
    ],
)
def test_words_that_cannot_overflow_are_proven_not_to(make: Callable[[], SSM]) -> None:
    ssm = make()
    assert [ssm.transducer(by).error for by in ("weights", "fused")] == [None, None]


def test_one_bit_registers_are_given_back_as_choices() -> None:
    """Law: with A = f1 - f0 and B = f0, A h + B = f1 where h is 1, else f0."""
    g = GraphBuilder()
    h, x, y = g.register(0, BIT), g.field(0, DIGIT), g.field(1, DIGIT)
    then, other = g.lt(x, y), g.eq(x, g.const(2))
    assert affine(g, g.sub(then, other), h, other, Rounding.FLOOR, 0) == g.select(h, then, other)
    odd = g.field(2, BIT)
    flipped = affine(g, g.sub(g.const(1), g.mul(g.const(2), odd)), h, odd, Rounding.FLOOR, 0)
    assert flipped == g.select(odd, g.sub(g.const(1), h), h)
    word_ = g.register(1, Range(0, 9))
    written = affine(g, g.not_(odd), word_, g.select(odd, x, g.const(0)), Rounding.FLOOR, 0)
    assert written == g.select(odd, x, word_)


def _entries(g: GraphBuilder, bit: int, digit: int) -> list[int]:
    """Return entries of every shape: constants, bits, choices of choices, and others."""
    large = g.le(g.const(2), digit)
    chosen = g.select(bit, g.const(-4), g.select(large, g.const(6), g.const(1)))
    return [
        *(g.const(value) for value in (-4, -1, 0, 1, 3, 4)),
        bit,
        g.not_(bit),
        g.sub(g.const(1), g.mul(g.const(2), bit)),
        chosen,
        g.add(g.mul(g.const(3), chosen), g.const(2)),
        g.select(bit, digit, g.const(1)),
        g.add(bit, large),
        digit,
    ]


@pytest.mark.parametrize("rounding", list(Rounding))
@pytest.mark.parametrize("fraction_bits", [0, 1, 2, 3])
@pytest.mark.parametrize("range_", [BIT, Range(-3, 2)])
def test_meanings_are_exact(rounding: Rounding, fraction_bits: int, range_: Range) -> None:
    """Law: affine(A, h, B) = round(A h / 2^fraction_bits) + B, for every value of every leaf."""
    g = GraphBuilder()
    bit, digit, h = g.field(0, BIT), g.field(1, DIGIT), g.register(0, range_)
    form = NumberFormat(range_, rounding=rounding)
    increments = [g.const(0), g.const(2), bit, g.not_(bit), digit, g.select(bit, digit, g.const(0))]
    for entry, increment in product(_entries(g, bit, digit), increments):
        result = affine(g, entry, h, increment, rounding, fraction_bits)
        graph, roots = g.finish([entry, increment, result])
        for leaves in product(range(2), range(4), range(range_.lo, range_.hi + 1)):
            a, b, value = (evaluate(graph, leaves)[root] for root in roots)
            assert value == form.rounded(a * leaves[2], fraction_bits) + b
            assert graph[roots[2]].range.holds(value)


def evaluate(graph: Graph, leaves: tuple[int, int, int]) -> list[int]:
    """Return every node's value; leaves are the two fields and the register."""
    values: list[int] = []
    for node in graph:
        if node.op is Op.CONST:
            values.append(node.index)
        elif node.op in (Op.FIELD, Op.REGISTER):
            values.append(leaves[2 if node.op is Op.REGISTER else node.index])
        else:
            values.append(apply(node.op, [values[arg] for arg in node.args], node.attr))
    return values
