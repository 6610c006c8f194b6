"""The horizon of complex layers: the number of steps for which a run in floating point reads correct states.

A word that holds the exponent h of one of m roots of unity is run as a complex number z instead:

    z[t] = a z[t-1] + b        where the exact A is 1: a = e^(2 pi i B / m), b = 0
                               where it is 0: a = 0, b = e^(2 pi i B / m)

and read as the nearest root. Up to the first wrong reading everything else in the model is exact, so the
exact run provides the entries, and the error of the phase of z.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import ParameterError
from streamssm.program.program import Tokens
from streamssm.runtime.stream import Stream
from streamssm.ssm.layer_stack import LayerStack
from streamssm.ssm.layers import ThoughtMode, TransitionKind
from streamssm.ssm.symbolic.dual import Dual
from streamssm.ssm.symbolic.ssm_transducer import watching

if TYPE_CHECKING:
    from streamssm.ssm.symbolic.unrolling import LayerPass

DTYPES = ("complex64", "complex128")
CHUNK = 1 << 16

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Horizon:
    """The measurement on one stream.

    ``steps`` is the number of steps before the first wrong reading, None if there was none; ``ran`` the
    number of steps measured; ``largest_error`` the largest phase error among correct readings, where 1 is the
    edge of the basin, pi / m; ``word`` names the state word that was read wrong.
    """

    dtype: str
    steps: int | None
    ran: int
    largest_error: float
    word: str | None = None

    def __str__(self) -> str:
        seen = f"largest phase error {self.largest_error:.3g} of the basin"
        if self.steps is None:
            return f"{self.dtype}: right at all {self.ran:,} steps measured on this stream; {seen}"
        return (
            f"{self.dtype}: right for {self.steps:,} steps measured on this stream, then '{self.word}' "
            f"is read wrong; {seen}"
        )


def horizon(ssm: LayerStack, tokens: Tokens | Iterator[Tokens], dtype: str = "complex64") -> Horizon:
    """Run a model with its complex layers in floating point until a state is read wrong.

    Parameters
    ----------
    tokens : int array, shape (T, fields), or an iterator of such chunks
    dtype : "complex64" or "complex128", of the states and the roots

    Returns
    -------
    Horizon
        Measured on this stream, with this machine's roots of unity; it implies nothing about others.

    Raises
    ------
    ParameterError
        If the model has thoughts or no complex layer, or the dtype is not one of these.
    TokenError, PrecisionError
        As the exact run raises them.

    Examples
    --------
    >>> from streamssm.ssm import textbook
    >>> measured = textbook.rotating_counter(4).horizon([[1], [2], [3]] * 1000, "complex128")
    >>> measured.steps, measured.ran, measured.largest_error < 1e-9
    (None, 3000, True)
    """
    _require_complex(ssm, dtype)
    run = _Run(ssm, np.dtype(dtype))
    stream, ran, largest = _exact(ssm), 0, 0.0
    for chunk in filter(len, _chunks(tokens)):
        errors, wrong = run.feed(stream.feed(chunk))
        bad = np.flatnonzero(wrong.any(axis=1))
        right = errors[: bad[0]] if len(bad) else errors
        largest = max(largest, float(right.max(initial=0.0)))
        if len(bad):
            word = ssm.state[run.positions[int(np.argmax(wrong[bad[0]]))]].name
            return Horizon(dtype, ran + int(bad[0]), ran + int(bad[0]) + 1, largest, word)
        ran += len(errors)
    return Horizon(dtype, None, ran, largest)


def _require_complex(ssm: LayerStack, dtype: str) -> None:
    if dtype not in DTYPES:
        raise ParameterError(f"dtype must be {' or '.join(DTYPES)}, not {dtype!r}")
    if ssm.thoughts.mode is not ThoughtMode.NONE:
        raise ParameterError(
            f"a horizon is only defined without thoughts, and {ssm.name} has {ssm.thoughts.mode.value} ones"
        )
    if not _complex_layers(ssm):
        raise ParameterError(f"{ssm.name} has no complex layer, so it has no horizon")


def _complex_layers(ssm: LayerStack) -> list[int]:
    return [n for n, layer in enumerate(ssm.layers) if layer.kind is TransitionKind.COMPLEX]


def _exact(ssm: LayerStack) -> Any:
    """Return the exact run; its outputs are the entries of complex layers, then their words after a step."""
    layers, positions = _complex_layers(ssm), _complex_positions(ssm)

    def watched(layer_pass: LayerPass) -> list[Dual]:
        entries = [entry for n in layers for entry in layer_pass.entries[n]]
        words = [layer_pass.state.scalars[position] for position in positions]
        return [*(entry for entry in entries if entry is not None), *words]

    return Stream(watching(replace(ssm, arrays=()), watched))


def _complex_positions(ssm: LayerStack) -> tuple[int, ...]:
    """Return the indices of the state words that are exponents."""
    kinds = [layer.kind for layer in ssm.layers for _ in layer.words]
    return tuple(position for position, kind in enumerate(kinds) if kind is TransitionKind.COMPLEX)


def _chunks(tokens: Any) -> Iterator[Any]:
    if isinstance(tokens, Iterator):
        for chunk in tokens:
            yield from _chunks(chunk)
    else:
        for start in range(0, len(tokens), CHUNK):
            yield tokens[start : start + CHUNK]


class _Run:
    """A run in floating point: the states as complex numbers, beside the exact exponents."""

    def __init__(self, ssm: LayerStack, dtype: np.dtype[Any]) -> None:
        from streamssm.cext import scan

        self.scan: Any = scan.diagonal
        self.dtype = dtype
        self.positions = _complex_positions(ssm)
        self.sizes: Ints = np.array([ssm.state_words[p].range.size for p in self.positions], np.int64)
        self.last: Ints = np.array([ssm.initial[p] for p in self.positions], np.int64)
        self.state = self._roots(self.last)

    def feed(self, exact: Ints) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return the phase errors, in units of the basin, and a mask of the wrong readings."""
        keep, words = np.split(exact, 2, axis=1)
        before = np.concatenate([self.last[None], words[:-1]])
        turns = self._roots(np.where(keep == 1, words - before, words))
        zero = self.dtype.type(0)
        states = self.scan(np.where(keep == 1, turns, zero), np.where(keep == 1, zero, turns), self.state)
        self.last, self.state = words[-1], states[-1]
        return self._read(states.astype(np.complex128), words)

    def _read(
        self, states: NDArray[np.complex128], words: Ints
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        phases = np.angle(states) * self.sizes / (2 * np.pi)  # in units of the angle between two roots
        nearest = np.rint(phases)
        wrong = ~np.isfinite(states) | (states == 0) | ((nearest - words) % self.sizes != 0)
        return 2 * np.abs(phases - nearest), wrong

    def _roots(self, exponents: Ints) -> NDArray[Any]:
        roots = np.exp(2j * np.pi * (exponents % self.sizes) / self.sizes)
        return np.asarray(roots, self.dtype)
