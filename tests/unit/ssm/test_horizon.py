"""Horizons: the report equals the measurement of a plain run in floating point, and claims no more."""

from __future__ import annotations

import cmath
from itertools import islice

import numpy as np
import pytest

from streamssm.algorithms import FunctionComposition
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import ParameterError, TokenError
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import BIT, Range
from streamssm.ssm import textbook
from streamssm.ssm.formats import Overflow
from streamssm.ssm.model import SSM, TransitionKind
from streamssm.ssm.textbook.parts import Nodes, itself, model, word

FINE = 1 << 20  # so many roots that complex64 soon reads a neighbor


def some_turns(m: int, count: int) -> np.ndarray:
    return np.random.default_rng(1).integers(0, m, size=(count, 1))


def plain_horizon(m: int, turns: list[int]) -> int | None:
    """Multiply by roots with NumPy's parts one by one, and read the nearest root."""
    z, exact = np.complex64(1), 0
    for step, turn in enumerate(turns):
        root = np.complex64(cmath.exp(2j * cmath.pi * turn / m))
        re = root.real * z.real - root.imag * z.imag
        im = root.real * z.imag + root.imag * z.real
        z, exact = np.complex64(complex(re, im)), (exact + turn) % m
        if round(cmath.phase(complex(z)) * m / (2 * cmath.pi)) % m != exact:
            return step
    return None


def test_a_horizon_is_that_of_a_plain_run() -> None:
    turns = some_turns(FINE, 20_000)
    measured = textbook.rotating_counter(FINE).horizon(turns)
    assert measured.steps is not None
    assert measured.steps == plain_horizon(FINE, turns[:, 0].tolist())
    assert measured.ran == measured.steps + 1
    assert measured.word == "count"
    assert 0.5 < measured.largest_error < 1
    assert f"right for {measured.steps:,} steps measured on this stream, then 'count' is read" in str(
        measured
    )


def test_more_bits_see_further_and_the_text_says_how_far_was_looked() -> None:
    turns = some_turns(FINE, 20_000)
    measured = textbook.rotating_counter(FINE).horizon(turns, dtype="complex128")
    assert (measured.steps, measured.ran, measured.word) == (None, 20_000, None)
    assert 0 < measured.largest_error < 1e-3
    assert "right at all 20,000 steps measured on this stream" in str(measured)


def test_a_counter_modulo_5_is_right_for_a_million_steps() -> None:
    """The rounded products of five roots stay among few values: on this stream the error does not grow."""
    measured = textbook.rotating_counter(5).horizon(some_turns(5, 10**6))
    assert (measured.steps, measured.ran) == (None, 10**6)
    assert measured.largest_error < 1e-3


def test_chunks_are_one_stream() -> None:
    turns, counter = some_turns(FINE, 20_000), textbook.rotating_counter(FINE)
    chunks = iter([turns[:100], turns[100:100], turns[100:]])
    assert counter.horizon(chunks) == counter.horizon(turns)
    beyond = iter([turns, *islice(iter(lambda: pytest.fail("read on after the horizon"), 0), 0)])
    assert counter.horizon(beyond) == counter.horizon(turns)


def test_several_layers_are_measured_at_once() -> None:
    measured = textbook.symmetric_group_of_3().horizon(some_turns(3, 5_000))
    assert measured.steps is None


def test_an_entry_of_0_starts_from_a_root_again() -> None:
    """Resets take the drift away: the same turns with a reset now and then have no horizon."""

    def gates(g: GraphBuilder, x: Nodes) -> tuple[Nodes, Nodes]:
        return [x[1]], [x[0]]

    state = [word("count", Range(0, FINE - 1), overflow=Overflow.CYCLE)]
    fields = {"x": Range(0, FINE - 1), "keep": BIT}
    resets: SSM = model("resets", fields, state, TransitionKind.COMPLEX, gates, itself, ["count"])
    turns = some_turns(FINE, 20_000)
    keep = (np.arange(20_000) % 10 != 0).astype(np.int64)[:, None]
    assert resets.horizon(np.hstack([turns, np.ones_like(turns)])).steps is not None
    assert resets.horizon(np.hstack([turns, keep])).steps is None


def test_what_has_no_horizon_is_refused() -> None:
    counter = textbook.rotating_counter(3)
    with pytest.raises(ParameterError, match="dtype must be complex64 or complex128, not 'float16'"):
        counter.horizon([[1]], dtype="float16")
    with pytest.raises(ParameterError, match="has no complex layer"):
        textbook.running_parity().horizon([[1]])
    with pytest.raises(ParameterError, match="only defined without thoughts, and .* has online ones"):
        to_ssm(FunctionComposition(3)).horizon([[0, 0, 0]])
    with pytest.raises(TokenError, match="token 1: field 'x' must be in"):
        counter.horizon([[1], [3]])
