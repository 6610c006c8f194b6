"""Running a transducer: over one stream in chunks, or over many streams in lanes.

T = tokens, B = lanes (batch), F = fields of a token, W = output words, S = state words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import ParameterError, PrecisionError, TokenError
from streamssm.ir.words import Word, require_state
from streamssm.runtime import snapshot
from streamssm.runtime.execution import compiled
from streamssm.runtime.transducer import Transducer

Columns = list[NDArray[Any]]


class Stream:
    """One stream being read: a position, a state, and nothing else.

    Law: feeding a stream in any chunks gives the outputs and the state of feeding it whole.
    """

    def __init__(
        self,
        transducer: Transducer,
        *,
        state: Sequence[int] | None = None,
        position: int = 0,
        backend: str = "kernel",
    ) -> None:
        start = transducer.initial if state is None else tuple(int(value) for value in state)
        require_state(transducer.state, start)
        self.transducer = transducer
        self.position = position
        self._machine = compiled(transducer, backend).machine
        self._state = np.array(start, dtype=np.int64)

    @property
    def state(self) -> tuple[int, ...]:
        """The state words after the tokens read so far."""
        return tuple(int(value) for value in self._state)

    def feed(self, tokens: Any) -> NDArray[np.int64]:
        """Read tokens, shape (T, F) or F columns of shape (T,); return their outputs, shape (T, W).

        Raises
        ------
        TokenError, PrecisionError
            With the position counted from the start of the stream; the state is the one before that token.
        """
        columns, length = columns_of(self.transducer.fields, tokens)
        out = np.empty((length, len(self.transducer.outputs)), dtype=np.int64)
        stop = self._machine.run(columns, self._state, out, num_tokens=length)
        start, self.position = self.position, self.position + stop.position
        if stop.kind == "token":
            column = columns[stop.index]
            raise token_error(
                self.transducer.fields[stop.index], column[stop.position], start + stop.position
            )
        if stop.kind == "error":
            token = tuple(int(column[stop.position]) for column in columns)
            raise precision_error(self.transducer, self.state, token, start + stop.position)
        return out

    def run(self, tokens: Any) -> Any:
        """Feed an array, or every chunk of an iterator (giving an iterator of outputs)."""
        if isinstance(tokens, Iterator):
            return self._run_chunks(tokens)
        return self.feed(tokens)

    def _run_chunks(self, chunks: Iterable[Any]) -> Iterator[NDArray[np.int64]]:
        for chunk in chunks:
            yield self.feed(chunk)

    def snapshot(self) -> bytes:
        """Pack the state into exactly ``ceil(memory_bits / 8)`` bytes."""
        return snapshot.pack(self.transducer.state, self.state)


class Lanes:
    """Many streams being read side by side; ``state`` is int64 of shape (S, B)."""

    def __init__(
        self, transducer: Transducer, batch_size: int, *, backend: str = "kernel", isa: str | None = None
    ) -> None:
        if batch_size < 1:
            raise ParameterError(f"batch_size must be at least 1, not {batch_size}")
        self.transducer = transducer
        self.position = 0
        self.isa = isa
        self._compiled = compiled(transducer, backend)
        start = np.array(transducer.initial, dtype=np.int64)
        self.state: NDArray[np.int64] = np.repeat(start[:, None], batch_size, axis=1)
        self.coverage = np.zeros(len(self._compiled.code.instructions), dtype=np.uint8)

    @property
    def batch_size(self) -> int:
        return int(self.state.shape[1])

    def feed(self, tokens: Any, out: NDArray[Any] | None = None, *, cover: bool = False) -> NDArray[Any]:
        """Read tokens, shape (T, B, F) or F columns of shape (T, B); return their outputs, shape (T, B, W).

        ``out`` may be any integer dtype that holds the outputs' ranges. ``cover`` records which ReLUs were
        active.
        """
        columns, length = lane_columns_of(self.transducer.fields, tokens, self.batch_size)
        shape = (length, self.batch_size, len(self.transducer.outputs))
        if out is None:
            out = np.empty(shape, dtype=np.int64)
        self._require_out(out, shape)
        before = self.state.copy() if self.transducer.error is not None else self.state
        coverage = self.coverage if cover else None
        stop = self._compiled.machine.run_lanes(
            columns, self.state, out, coverage=coverage, isa=self.isa, num_tokens=length
        )
        if stop.kind == "token":
            value = columns[stop.index][stop.position, stop.lane]
            position = self.position + stop.position
            raise token_error(self.transducer.fields[stop.index], value, position, stop.lane)
        if stop.kind == "error":
            self.state = before
            self._raise_in_lane(columns, stop.lane)
        self.position += length
        return out

    def _raise_in_lane(self, columns: Columns, lane: int) -> None:
        """Read one lane on its own up to its error, and raise that."""
        state = self.state[:, lane].tolist()
        alone = Stream(self.transducer, state=state, position=self.position)
        try:
            alone.feed([column[:, lane] for column in columns])
        except PrecisionError as error:
            raise PrecisionError(f"{error} of lane {lane}") from None

    def _require_out(self, out: NDArray[Any], shape: tuple[int, ...]) -> None:
        if out.shape != shape or out.dtype.kind not in "iu":
            raise ParameterError(
                f"out must be an integer array of shape {shape}, not {out.dtype} of {out.shape}"
            )
        info = np.iinfo(out.dtype)
        for root in self.transducer.outputs:
            range_ = self.transducer.step[root].range
            if range_.lo < info.min or range_.hi > info.max:
                raise ParameterError(f"out must hold outputs in {range_}, which {out.dtype} does not")

    def relu_coverage(self) -> dict[str, tuple[bool, bool]]:
        """Return, for every probe, whether it was seen inactive and seen active."""
        seen = {name: int(self.coverage[index]) for name, index in self._compiled.code.probes}
        return {name: (bool(bits & 1), bool(bits & 2)) for name, bits in seen.items()}


def run_lanes(transducer: Transducer, tokens: Any) -> NDArray[np.int64]:
    """Run many streams from the initial state; see `Lanes.feed`."""
    first = tokens[0] if isinstance(tokens, (list, tuple)) and len(tokens) else tokens
    if getattr(first, "ndim", 0) < 2:
        raise ParameterError("lanes must be given as an array (T, batch, fields) or as columns (T, batch)")
    return Lanes(transducer, int(first.shape[1])).feed(tokens)


def columns_of(fields: Sequence[Word], tokens: Any) -> tuple[Columns, int]:
    """Return one array per field, and the number of tokens.

    Accepts an int array (T, F), (T,) where there is one field, a sequence of F one-dimensional arrays, or a
    sequence of tokens.
    """
    if _is_columns(tokens, len(fields), 1):
        return _same_length(list(tokens), 1)
    array = _int_array(tokens, len(fields))
    if array.ndim == 1 and len(fields) == 1:
        array = array[:, None]
    if array.size == 0 and array.ndim < 2:
        array = array.reshape(0, len(fields))
    if array.ndim != 2 or array.shape[1] != len(fields):
        raise TokenError(f"tokens must have {_fields(fields)}, not the shape {array.shape}")
    return [array[:, f] for f in range(len(fields))], int(array.shape[0])


def lane_columns_of(fields: Sequence[Word], tokens: Any, batch_size: int) -> tuple[Columns, int]:
    """Return one array (T, B) per field, and T."""
    if _is_columns(tokens, len(fields), 2):
        columns, length = _same_length(list(tokens), 2)
    else:
        array = _int_array(tokens, len(fields))
        if array.ndim != 3 or array.shape[2] != len(fields):
            raise TokenError(
                f"lanes must have shape (T, batch, fields) with {_fields(fields)}, not {array.shape}"
            )
        columns, length = [array[:, :, f] for f in range(len(fields))], int(array.shape[0])
    if any(column.shape[1] != batch_size for column in columns):
        raise TokenError(f"tokens must be for {batch_size} lanes, not {columns[0].shape[1]}")
    return columns, length


def token_error(word: Word, value: Any, position: int, lane: int | None = None) -> TokenError:
    where = f"token {position}" if lane is None else f"token {position} of lane {lane}"
    return TokenError(f"{where}: field '{word.name}' must be in {word.range}, not {int(value)}")


def precision_error(
    transducer: Transducer, state: tuple[int, ...], token: tuple[int, ...], position: int
) -> PrecisionError:
    """Return the error of a step, with the word that the reference names."""
    text = "a word leaves its range"
    try:
        if transducer.reference is not None:
            transducer.reference(state, token)
    except PrecisionError as error:
        text = str(error)
    return PrecisionError(f"{transducer.name}: {text} at token {position}")


def _is_columns(tokens: Any, count: int, ndim: int) -> bool:
    return (
        isinstance(tokens, (list, tuple))
        and len(tokens) == count
        and count > 0
        and all(isinstance(c, np.ndarray) and c.ndim == ndim for c in tokens)
    )


def _same_length(columns: Columns, ndim: int) -> tuple[Columns, int]:
    if any(column.dtype.kind not in "iu" for column in columns):
        raise TokenError("token columns must be integers, not " + ", ".join(str(c.dtype) for c in columns))
    if len({column.shape for column in columns}) != 1:
        raise TokenError(f"token columns must have one shape, not {', '.join(str(c.shape) for c in columns)}")
    return columns, int(columns[0].shape[0])


def _int_array(tokens: Any, num_fields: int) -> NDArray[Any]:
    if isinstance(tokens, np.ndarray):
        array = tokens
    else:
        try:
            array = np.array(list(tokens))
        except ValueError:
            raise TokenError(
                f"every token must have {num_fields} fields, not differing numbers of them"
            ) from None
        if array.size == 0:
            array = array.astype(np.int64)
    if array.dtype.kind not in "iub":
        raise TokenError(f"tokens must be integers that fit 64 bits, not {array.dtype}")
    return array.view(np.uint8) if array.dtype.kind == "b" else array


def _fields(fields: Sequence[Word]) -> str:
    names = ", ".join(word.name for word in fields)
    return f"{len(fields)} fields ({names})" if len(fields) != 1 else f"1 field ({names})"
