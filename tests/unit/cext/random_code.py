"""Random straight-line code whose values provably keep every promise, with the ranges of state and tokens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np

Span = tuple[int, int]
COPY, ADD, SUB, MUL, FLOORDIV, MOD, MIN, MAX = range(8)
EQ, NE, LT, LE, AND, OR, XOR, SHL, SHR, SELECT, TABLE, NEURON, LOAD, STORE = range(8, 22)

CORNERS: dict[int, Callable[[int, int], int]] = {
    ADD: lambda a, b: a + b,
    SUB: lambda a, b: a - b,
    MUL: lambda a, b: a * b,
    FLOORDIV: lambda a, b: a // b,
    MIN: min,
    MAX: max,
    SHL: lambda a, b: a << b,
    SHR: lambda a, b: a >> b,
}


def arguments(**changes: Any) -> dict[str, Any]:
    """Return the arguments of an empty machine with some of them replaced by lists or numbers."""
    args: dict[str, Any] = dict(
        instructions=[],
        constants=[],
        tables=[],
        terms=[],
        weights=[],
        biases=[],
        next_slots=[],
        output_slots=[],
        field_lo=[],
        field_hi=[],
        num_state=0,
        num_slots=0,
        error_slot=-1,
        word_bits=64,
    )
    args |= changes
    for name in ("terms", "next_slots", "output_slots"):
        args[name] = np.array(args[name], dtype=np.int32)
    for name in ("constants", "tables", "weights", "biases", "field_lo", "field_hi"):
        args[name] = np.array(args[name], dtype=np.int64)
    args["instructions"] = np.array(args["instructions"], dtype=np.int32).reshape(-1, 6)
    return args


def counter(limit: int = 9, **changes: Any) -> dict[str, Any]:
    """Return code that adds the field to its one word, in place, and fails above the limit."""
    return arguments(
        instructions=[(ADD, 0, 0, 1, 0, 0), (11, 3, 2, 0, 0, 0)],
        constants=[limit + 1],
        num_state=1,
        num_slots=4,
        next_slots=[0],
        output_slots=[0],
        field_lo=[0],
        field_hi=[5],
        error_slot=3,
        **changes,
    )


@dataclass
class RandomCode:
    """Builds code; ``ranges`` is what every slot that may be read can hold now."""

    rng: np.random.Generator
    word_bits: int
    ranges: dict[int, Span] = field(default_factory=dict)
    rows: list[tuple[int, ...]] = field(default_factory=list)
    tables: list[int] = field(default_factory=list)
    terms: list[int] = field(default_factory=list)
    weights: list[int] = field(default_factory=list)
    biases: list[int] = field(default_factory=list)

    def build(self, *, allow_error: bool = True) -> RandomCode:
        """Fill in everything; the machine's arguments are then ``self.arguments``."""
        self.num_words, self.array_size = int(self.rng.integers(0, 4)), int(self.rng.integers(0, 4))
        spans = [self.span() for _ in range(self.num_words)] + [self.span()] * self.array_size
        self.fields = [self.span() for _ in range(self.rng.integers(0, 4))]
        self.constants = [1, *(self.pick(self.span()) for _ in range(self.rng.integers(0, 6)))]
        self.state = spans
        self.first_constant = len(spans) + len(self.fields)
        known = [*spans, *self.fields, *((c, c) for c in self.constants)]
        self.ranges = dict(enumerate(known))
        self.first_temporary = self.next_slot = len(known)
        for _ in range(self.rng.integers(0, 25)):
            self.emit()
        next_slots = [self.next_word(word) for word in range(len(spans))]
        outputs = [self.some() for _ in range(self.rng.integers(0, 4))]
        error = self.rare() if allow_error and self.rng.random() < 0.4 else -1
        self.arguments = arguments(
            instructions=self.rows,
            constants=self.constants,
            tables=self.tables,
            terms=self.terms,
            weights=self.weights,
            biases=self.biases,
            num_state=len(spans),
            num_slots=self.next_slot,
            next_slots=next_slots,
            output_slots=outputs,
            error_slot=error,
            field_lo=[lo for lo, _ in self.fields],
            field_hi=[hi for _, hi in self.fields],
            word_bits=self.word_bits,
        )
        return self

    # choices

    def pick(self, span: Span) -> int:
        return int(self.rng.integers(span[0], span[1], endpoint=True))

    def span(self) -> Span:
        bits = int(self.rng.choice([0, 1, 3, 8, 16, self.word_bits - 3]))
        lo = int(self.rng.choice([0, 0, -5, -(1 << bits)]))
        return lo, lo + int(self.rng.integers(1 << bits, endpoint=True))

    def some(self) -> int:
        return int(self.rng.choice(list(self.ranges)))

    def fits(self, span: Span) -> bool:
        return -(1 << (self.word_bits - 1)) <= span[0] and span[1] < 1 << (self.word_bits - 1)

    # instructions

    def write(self, op: int, a: int, b: int, c: int, extra: int, span: Span, dst: int | None = None) -> int:
        """Emit an instruction into the given slot or a new temporary."""
        if dst is None:
            dst, self.next_slot = self.next_slot, self.next_slot + 1
        self.rows.append((op, dst, a, b, c, extra))
        self.ranges[dst] = span
        return dst

    def small(self, size: int) -> int:
        """Return a new slot with a value in [0, size)."""
        slot = self.write(AND, self.some(), self.first_constant, 0, 0, (0, 1))
        for _ in range(max(size - 2, 0).bit_length()):
            doubled = self.write(ADD, slot, slot, 0, 0, tuple(2 * v for v in self.ranges[slot]))  # type: ignore[arg-type]
            bit = self.write(LT, self.some(), self.some(), 0, 0, (0, 1))
            slot = self.write(ADD, doubled, bit, 0, 0, (0, self.ranges[doubled][1] + 1))
        top = self.write(COPY, self.first_constant, 0, 0, 0, (1, 1))
        for _ in range(size - 2):
            top = self.write(ADD, top, self.first_constant, 0, 0, (self.ranges[top][0] + 1,) * 2)
        if size == 1:
            top = self.write(SUB, top, self.first_constant, 0, 0, (0, 0))
        return self.write(MIN, slot, top, 0, 0, (0, size - 1))

    def emit(self) -> None:
        """Emit one instruction of a random opcode, or none where its result might not fit."""
        op = int(self.rng.integers(22))
        if op == TABLE:
            self.emit_table()
        elif op == NEURON:
            self.emit_neuron()
        elif op in (LOAD, STORE):
            self.emit_array(op)
        else:
            self.emit_word(op)

    def emit_word(self, op: int) -> None:
        a, b, c = self.some(), self.some(), self.some()
        span_a, span_b = self.ranges[a], self.ranges[b]
        if op in (SHL, SHR) and not 0 <= span_b[0] <= span_b[1] <= 62:
            b = self.small(int(self.rng.integers(1, 7)))
            span_a, span_b = self.ranges[a], self.ranges[b]
        if op in (FLOORDIV, MOD) and span_b[0] <= 0 <= span_b[1]:
            return
        span = self.result(op, span_a, span_b, self.ranges[c])
        if self.fits(span):
            self.write(op, a, b, c, 0, span, self.old_temporary())

    def old_temporary(self) -> int | None:
        """Return now and then a temporary whose value is given up."""
        old = [slot for slot in self.ranges if slot >= self.first_temporary]
        return int(self.rng.choice(old)) if old and self.rng.random() < 0.2 else None

    def result(self, op: int, a: Span, b: Span, c: Span) -> Span:
        if op == COPY:
            return a
        if op in CORNERS:
            values = [CORNERS[op](x, y) for x, y in product(a, b)]
            return min(values), max(values)
        if op == MOD:
            return min(b[0] + 1, 0), max(b[1] - 1, 0)
        if op == SELECT:
            return min(b[0], c[0]), max(b[1], c[1])
        if op in (AND, OR, XOR):
            bits = max(abs(v) for v in (*a, *b)).bit_length()
            return -(1 << bits), (1 << bits) - 1
        return 0, 1

    def emit_table(self) -> None:
        size, first = int(self.rng.integers(1, 9)), len(self.tables)
        span = self.span()
        index = self.small(size)
        self.tables += [self.pick(span) for _ in range(size)]
        self.write(TABLE, index, 0, 0, first, span)

    def emit_neuron(self) -> None:
        slots = [self.some() for _ in range(self.rng.integers(0, 6))]
        weights = [int(self.rng.choice([-1, 1, 1, -1, 0, 3, -7, 1000])) for _ in slots]
        bias = int(self.rng.choice([0, 1, -1, 17]))
        reach = abs(bias) + sum(
            abs(w) * max(map(abs, self.ranges[s])) for s, w in zip(slots, weights, strict=True)
        )
        if not self.fits((-reach, reach)):
            return
        relu = int(self.rng.integers(2))
        start = len(self.terms)
        self.terms += slots
        self.weights += weights
        self.biases.append(bias)
        span = (0 if relu else -reach, reach)
        self.write(NEURON, start, len(slots), relu, len(self.biases) - 1, span)

    def emit_array(self, op: int) -> None:
        if not self.array_size:
            return
        span = self.state[-1]
        index = self.small(self.array_size)
        if op == LOAD:
            self.write(LOAD, index, 0, 0, self.num_words, span)
            return
        value = self.clamped(self.some(), span)
        self.rows.append((STORE, 0, index, value, self.some(), self.num_words))

    def clamped(self, slot: int, span: Span, dst: int | None = None) -> int:
        """Return a slot with a value of the span: the slot itself, or a state word of that very span."""
        if span[0] <= self.ranges[slot][0] and self.ranges[slot][1] <= span[1]:
            return slot if dst is None else self.write(COPY, slot, 0, 0, 0, self.ranges[slot], dst)
        same = [i for i, old in enumerate(self.state) if old == span and self.ranges[i] == span]
        return self.write(COPY, int(self.rng.choice(same)), 0, 0, 0, span, dst)

    def next_word(self, word: int) -> int:
        """Return where a state word's next value lies: in place (written or kept) or in a later slot."""
        span = self.state[word]
        candidates = [s for s, r in self.ranges.items() if span[0] <= r[0] and r[1] <= span[1]]
        later = [s for s in candidates if s >= len(self.state)]
        if later and self.rng.random() < 0.6:
            return int(self.rng.choice(later))
        if word < self.num_words and self.rng.random() < 0.5:
            self.clamped(int(self.rng.choice(candidates)), span, dst=word)
        return word

    def rare(self) -> int:
        """Return a slot that is seldom nonzero."""
        return self.write(EQ, self.some(), self.some(), 0, 0, (0, 1))

    # data

    def tokens(self, shape: tuple[int, ...], *, faults: bool) -> list[np.ndarray[Any, Any]]:
        """Return token columns in dtypes and strides of all kinds, sometimes with a token out of range."""
        columns = []
        for lo, hi in self.fields:
            values = self.rng.integers(lo, hi, shape, endpoint=True)
            if faults and values.size and self.rng.random() < 0.3:
                values.flat[self.rng.integers(values.size)] = self.rng.choice([lo - 1, hi + 1])
            columns.append(self.disguise(values))
        return columns

    def disguise(self, values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        least, most = (int(values.min()), int(values.max())) if values.size else (0, 0)
        dtypes = [np.dtype(kind + size) for kind in "iu" for size in "1248"]
        able = [d for d in dtypes if np.iinfo(d).min <= least and most <= np.iinfo(d).max]
        values = np.asarray(values.astype(able[self.rng.integers(len(able))]))
        layout = self.rng.integers(5)
        if layout == 0:
            return np.repeat(values, 3, axis=-1)[..., ::3]
        if layout == 1:
            return np.asfortranarray(values)
        if layout == 2:
            return np.flip(np.flip(values, 0).copy(), 0)
        if layout == 3:
            return values.astype(values.dtype.newbyteorder(">"))
        return values

    def states(self, *lanes: int) -> np.ndarray[Any, Any]:
        """Return initial states, (S, *lanes)."""
        rows = [self.rng.integers(lo, hi, lanes, endpoint=True) for lo, hi in self.state]
        return np.array(rows, dtype=np.int64).reshape(len(rows), *lanes)
