"""Demands as a question to the solver: SMT-LIB text over bit-vectors.

Constants: ``low_i``, ``top_i``, ``init_i`` of word i, ``a_x_i``, ``b_x_i`` of symbol x and word i; all are
signed. ``h_n_i`` is word i after the n-th word of the demands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from streamssm.limits.synthesis.examples import Examples
from streamssm.limits.synthesis.model_class import ModelClass, Weights
from streamssm.ssm.formats import Overflow
from streamssm.ssm.transitions import TransitionKind


def script(setting: ModelClass, num_symbols: int, demands: Examples) -> str:
    """Return the question whether weights meet the demands."""
    text = _Text(setting, num_symbols)
    lines = [
        "(set-logic QF_BV)",
        *text.constants(),
        *text.ranges(),
        *text.symmetries(),
        *text.states(demands),
        *text.pairs(demands),
        "(check-sat)",
    ]
    return "\n".join(lines)


def weights_of(setting: ModelClass, num_symbols: int, values: Mapping[str, int]) -> Weights:
    """Return the weights of the solver's answer."""
    text = _Text(setting, num_symbols)
    words, symbols = range(setting.state_dim), range(num_symbols)
    return Weights(
        lows=tuple(text.signed(values[f"low_{i}"]) for i in words),
        tops=tuple(text.signed(values[f"top_{i}"]) for i in words),
        initial=tuple(text.signed(values[f"init_{i}"]) for i in words),
        entries=tuple(tuple(text.signed(values[text.entry(x, i)]) for i in words) for x in symbols),
        increments=tuple(tuple(text.signed(values[f"b_{x}_{i}"]) for i in words) for x in symbols),
    )


class _Text:
    """The parts of a question, as lines; every vector is signed and wide enough for every sum."""

    def __init__(self, setting: ModelClass, num_symbols: int) -> None:
        self.setting = setting
        self.words = range(setting.state_dim)
        self.symbols = range(num_symbols)
        self.width = _width(setting)

    def signed(self, value: int) -> int:
        return value - (1 << self.width) if value >> self.width - 1 else value

    def number(self, value: int) -> str:
        return f"(_ bv{value % (1 << self.width)} {self.width})"

    def entry(self, x: int, i: int) -> str:
        """Return the name of an entry of A; where A is the same at every step, symbols share it."""
        return f"a_{0 if self.setting.is_time_invariant else x}_{i}"

    def constants(self) -> Iterator[str]:
        names = [f"{name}_{i}" for name in ("low", "top", "init") for i in self.words]
        for x in self.symbols:
            names += [name for i in self.words for name in (self.entry(x, i), f"b_{x}_{i}")]
        for name in dict.fromkeys(names):
            yield f"(declare-const {name} (_ BitVec {self.width}))"

    def within(self, name: str, values: range) -> str:
        least, most = self.number(values[0]), self.number(values[-1])
        return f"(and (bvsle {least} {name}) (bvsle {name} {most}))"

    def ranges(self) -> Iterator[str]:
        setting = self.setting
        for i in self.words:
            yield f"(assert {self.within(f'low_{i}', setting.lows)})"
            tops = " ".join(f"(= top_{i} {self.number(top)})" for top in setting.tops)
            yield f"(assert (or {tops} false))"
            offset = f"(bvsub init_{i} low_{i})"
            yield f"(assert (and (bvsle {self.number(0)} {offset}) (bvsle {offset} top_{i})))"
            for x in self.symbols:
                yield f"(assert {self.within(self.entry(x, i), setting.entries)})"
                yield f"(assert {self._increment(x, i)})"

    def _increment(self, x: int, i: int) -> str:
        """Return the bounds of an increment: by entry where there are few, else those of all entries."""
        entries, name = self.setting.entries, f"b_{x}_{i}"
        if len(entries) > 3 or self.setting.fraction_bits:
            return self.within(name, widest(self.setting))
        cases = [
            f"(and (= {self.entry(x, i)} {self.number(a)}) {self.within(name, self.setting.increments(a))})"
            for a in entries
        ]
        return f"(or {' '.join(cases)} false)"

    def symmetries(self) -> Iterator[str]:
        """Yield conditions that some weights meet wherever any do.

        Words may be put in any order. With whole entries, h -> top - h turns a saturating word into another
        one, and h -> h - init a wrapping word.
        """
        setting = self.setting
        for i in self.words if not setting.fraction_bits else ():
            wraps = setting.overflow is Overflow.WRAP
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

    def states(self, demands: Examples) -> Iterator[str]:
        number = {word: n for n, word in enumerate(demands.words)}
        for n, word in enumerate(demands.words):
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
        if self.setting.overflow is Overflow.WRAP:
            yield self._define(name, f"(bvadd {low} (bvand {offset} top_{i}))")
            return
        high = f"(bvadd {low} top_{i})"
        if self.setting.overflow is Overflow.ERROR:
            yield self._define(name, total)
            yield f"(assert (and (bvsle {low} {name}) (bvsle {name} {high})))"
            return
        clamped = f"(ite (bvslt {total} {low}) {low} (ite (bvslt {high} {total}) {high} {total}))"
        yield self._define(name, clamped)

    def _product(self, entry: str, word: str) -> str:
        """Return an entry times a word, rounded down to a whole number."""
        if self.setting.kind in (TransitionKind.ZERO_ONE, TransitionKind.SIGNED):
            zero, one = self.number(0), self.number(1)
            kept = word
            if self.setting.kind is TransitionKind.SIGNED:
                kept = f"(ite (= {entry} {one}) {word} (bvneg {word}))"
            return f"(ite (= {entry} {zero}) {zero} {kept})"
        product = f"(bvmul {entry} {word})"
        places = self.setting.fraction_bits
        return f"(bvashr {product} {self.number(places)})" if places else product

    def pairs(self, demands: Examples) -> Iterator[str]:
        number = {word: n for n, word in enumerate(demands.words)}
        for one, other in demands.pairs:
            m, n = number[one], number[other]
            apart = " ".join(f"(distinct h_{m}_{i} h_{n}_{i})" for i in self.words)
            yield f"(assert (or {apart} false))"


def widest(setting: ModelClass) -> range:
    """Return the increments that have to be tried with any entry, in a word that starts anywhere."""
    ends = {a for a in setting.entries if a in (setting.entries[0], 0, setting.entries[-1])}
    found = [setting.increments(a, low) for a in ends for low in (setting.lows[0], setting.lows[-1])]
    return range(min(values[0] for values in found), max(values[-1] for values in found) + 1)


def _width(setting: ModelClass) -> int:
    """Return bits enough for every product, sum and bound, and a sign."""
    largest = setting.lows[-1] + setting.top
    product = max(abs(setting.entries[0]), abs(setting.entries[-1])) * largest
    increments = widest(setting)
    most = product + max(abs(increments[0]), abs(increments[-1])) + 2 * largest
    return most.bit_length() + 1
