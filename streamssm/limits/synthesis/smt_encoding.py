"""Examples as a query to the solver: SMT-LIB text over bit-vectors.

Constants: ``low_i``, ``top_i``, ``init_i`` of word i, ``a_x_i``, ``b_x_i`` of symbol x and word i; all are
signed. ``h_n_i`` is word i of the state after the n-th word of the examples.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from streamssm.limits.synthesis.examples import Examples
from streamssm.limits.synthesis.model_class import ModelClass, Weights
from streamssm.ssm.formats import Overflow
from streamssm.ssm.transitions import TransitionKind


def script(model_class: ModelClass, num_symbols: int, examples: Examples) -> str:
    """Return the query whether some weights satisfy the examples."""
    text = _Text(model_class, num_symbols)
    lines = [
        "(set-logic QF_BV)",
        *text.constants(),
        *text.ranges(),
        *text.symmetries(),
        *text.states(examples),
        *text.pairs(examples),
        "(check-sat)",
    ]
    return "\n".join(lines)


def weights_of(model_class: ModelClass, num_symbols: int, values: Mapping[str, int]) -> Weights:
    """Return the weights in the solver's model."""
    text = _Text(model_class, num_symbols)
    words, symbols = range(model_class.state_dim), range(num_symbols)
    return Weights(
        lows=tuple(text.signed(values[f"low_{i}"]) for i in words),
        tops=tuple(text.signed(values[f"top_{i}"]) for i in words),
        initial=tuple(text.signed(values[f"init_{i}"]) for i in words),
        entries=tuple(tuple(text.signed(values[text.entry(x, i)]) for i in words) for x in symbols),
        increments=tuple(tuple(text.signed(values[f"b_{x}_{i}"]) for i in words) for x in symbols),
    )


class _Text:
    """The parts of a query, as lines; every bit-vector is signed and wide enough for every sum."""

    def __init__(self, model_class: ModelClass, num_symbols: int) -> None:
        self.model_class = model_class
        self.words = range(model_class.state_dim)
        self.symbols = range(num_symbols)
        self.width = _width(model_class)

    def signed(self, value: int) -> int:
        return value - (1 << self.width) if value >> self.width - 1 else value

    def number(self, value: int) -> str:
        return f"(_ bv{value % (1 << self.width)} {self.width})"

    def entry(self, x: int, i: int) -> str:
        """Return the name of an entry of A; the symbols of a time-invariant transition share it."""
        return f"a_{0 if self.model_class.is_time_invariant else x}_{i}"

    def constants(self) -> Iterator[str]:
        names = [f"{name}_{i}" for name in ("low", "top", "init") for i in self.words]
        for x in self.symbols:
            names += [name for i in self.words for name in (self.entry(x, i), f"b_{x}_{i}")]
        for name in dict.fromkeys(names):
            yield f"(declare-const {name} (_ BitVec {self.width}))"

    def within(self, name: str, bounds: range) -> str:
        least, most = self.number(bounds[0]), self.number(bounds[-1])
        return f"(and (bvsle {least} {name}) (bvsle {name} {most}))"

    def ranges(self) -> Iterator[str]:
        model_class = self.model_class
        for i in self.words:
            yield f"(assert {self.within(f'low_{i}', model_class.lows)})"
            tops = " ".join(f"(= top_{i} {self.number(top)})" for top in model_class.tops)
            yield f"(assert (or {tops} false))"
            offset = f"(bvsub init_{i} low_{i})"
            yield f"(assert (and (bvsle {self.number(0)} {offset}) (bvsle {offset} top_{i})))"
            for x in self.symbols:
                yield f"(assert {self.within(self.entry(x, i), model_class.entries)})"
                yield f"(assert {self._increment(x, i)})"

    def _increment(self, x: int, i: int) -> str:
        """Return the bounds of an increment: one case per entry if there are few, else a common bound."""
        entries, name = self.model_class.entries, f"b_{x}_{i}"
        if len(entries) > 3 or self.model_class.fraction_bits:
            return self.within(name, widest(self.model_class))
        bounds = {a: self.within(name, self.model_class.increments(a)) for a in entries}
        cases = [f"(and (= {self.entry(x, i)} {self.number(a)}) {bounds[a]})" for a in entries]
        return f"(or {' '.join(cases)} false)"

    def symmetries(self) -> Iterator[str]:
        """Yield symmetry-breaking conditions, which some weights satisfy whenever a solution exists.

        Words can be permuted. With integer entries, h -> top - h maps a saturating word to another one, and
        so does h -> h - init for a wrapping word.
        """
        model_class = self.model_class
        for i in self.words if not model_class.fraction_bits else ():
            wraps = model_class.overflow is Overflow.WRAP
            most = self.number(0) if wraps else f"(bvsub top_{i} init_{i})"
            yield f"(assert (bvsle init_{i} {most}))"
        for i, j in pairwise(self.words):
            yield f"(assert (bvule {self._all_of(i)} {self._all_of(j)}))"

    def _all_of(self, i: int) -> str:
        names = [
            f"low_{i}",
            f"top_{i}",
            f"init_{i}",
            *(f"{self.entry(x, i)} b_{x}_{i}" for x in self.symbols),
        ]
        return f"(concat {' '.join(names)})"

    def states(self, examples: Examples) -> Iterator[str]:
        number = {word: n for n, word in enumerate(examples.words)}
        for n, word in enumerate(examples.words):
            for i in self.words:
                if word:
                    yield from self._step(f"h_{n}_{i}", f"h_{number[word[:-1]]}_{i}", word[-1], i)
                else:
                    yield self._define(f"h_{n}_{i}", f"init_{i}")

    def _define(self, name: str, term: str) -> str:
        return f"(define-fun {name} () (_ BitVec {self.width}) {term})"

    def _step(self, name: str, before: str, x: int, i: int) -> Iterator[str]:
        yield self._define(f"s_{name}", f"(bvadd {self._product(self.entry(x, i), before)} b_{x}_{i})")
        low, total = f"low_{i}", f"s_{name}"
        offset = f"(bvsub {total} {low})"
        if self.model_class.overflow is Overflow.WRAP:
            yield self._define(name, f"(bvadd {low} (bvand {offset} top_{i}))")
            return
        high = f"(bvadd {low} top_{i})"
        if self.model_class.overflow is Overflow.ERROR:
            yield self._define(name, total)
            yield f"(assert (and (bvsle {low} {name}) (bvsle {name} {high})))"
            return
        clamped = f"(ite (bvslt {total} {low}) {low} (ite (bvslt {high} {total}) {high} {total}))"
        yield self._define(name, clamped)

    def _product(self, entry: str, word: str) -> str:
        """Return an entry times a word, rounded down to a whole number."""
        if self.model_class.kind in (TransitionKind.ZERO_ONE, TransitionKind.SIGNED):
            zero, one = self.number(0), self.number(1)
            nonzero = word
            if self.model_class.kind is TransitionKind.SIGNED:
                nonzero = f"(ite (= {entry} {one}) {word} (bvneg {word}))"
            return f"(ite (= {entry} {zero}) {zero} {nonzero})"
        product = f"(bvmul {entry} {word})"
        fraction_bits = self.model_class.fraction_bits
        return f"(bvashr {product} {self.number(fraction_bits)})" if fraction_bits else product

    def pairs(self, examples: Examples) -> Iterator[str]:
        number = {word: n for n, word in enumerate(examples.words)}
        for one, other in examples.pairs:
            m, n = number[one], number[other]
            distinct = " ".join(f"(distinct h_{m}_{i} h_{n}_{i})" for i in self.words)
            yield f"(assert (or {distinct} false))"


def widest(model_class: ModelClass) -> range:
    """Return the increments that have to be tried, over all entries and low ends of a word."""
    ends = {a for a in model_class.entries if a in (model_class.entries[0], 0, model_class.entries[-1])}
    intervals = [
        model_class.increments(a, low) for a in ends for low in (model_class.lows[0], model_class.lows[-1])
    ]
    return range(min(interval[0] for interval in intervals), max(interval[-1] for interval in intervals) + 1)


def _width(model_class: ModelClass) -> int:
    """Return a width that suffices for every product, sum and bound, with a sign."""
    largest = model_class.lows[-1] + model_class.top
    product = max(abs(model_class.entries[0]), abs(model_class.entries[-1])) * largest
    increments = widest(model_class)
    most = product + max(abs(increments[0]), abs(increments[-1])) + 2 * largest
    return most.bit_length() + 1
