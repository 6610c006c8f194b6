"""Labels that all drawings share: names, ranges, dependencies."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from streamssm.report.drawing.drawing import DrawnInput, DrawnLayer, DrawnSignal, DrawnWord, Reads

TRANSITIONS = {
    "time-invariant": "diagonal, the same at every step",
    "zero-one": "diagonal, entries in {0, 1}",
    "dyadic": "diagonal, entries in [0, 1], multiples of a power of two",
    "signed": "diagonal, entries in {-1, 0, 1}",
    "complex": "complex diagonal, 0 or roots of unity",
    "diagonal": "diagonal, any entries",
    "time-invariant-dense": "dense, the same at every step",
    "monomial": "monomial, one entry per column",
    "householder": "product of Householder reflections",
    "dense": "dense, any entries",
}
GATES = {
    "monomial": "A[target[j], j] = D[j], all else 0",
    "householder": "A = F[n-1] ... F[0] with F[k] = I - beta[k] v[k] v[k]^T",
}
UPDATE = "h[t] = A(x[t]) h[t-1] + B(x[t])"
READOUT = "y[t] = phi(h[t], x[t])"


UNBROKEN = "\u00a0"  # a no-break space


def plain(name: str) -> str:
    r"""Return a name on one line, with escapes for characters that cannot be printed.

    >>> print(plain("a\x1b[2J\nb"))
    a\x1b[2J\nb
    """
    return "".join(
        c if c.isprintable() or c == UNBROKEN else c.encode("unicode_escape").decode() for c in name
    )


def listed(names: Sequence[str], most: int = 8) -> str:
    """Join names with commas; of many, show the first ones and the number.

    >>> listed(["a", "b"]), listed(["a", "b", "c", "d"], most=3)
    ('a, b', 'a, b, ...\\xa0(4)')
    """
    shown = names if len(names) <= most else [*names[: most - 1], f"... ({len(names)})"]
    return ", ".join(unbroken(name) for name in shown)


def unbroken(text: str) -> str:
    """Return a name with no-break spaces, so that it is not wrapped."""
    return plain(text).replace(" ", UNBROKEN)


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def values_of(word: DrawnInput | DrawnWord) -> str:
    """Return the range of a word, with its unit."""
    fraction_bits = word.fraction_bits if isinstance(word, DrawnWord) else 0
    return f"[{word.lo}, {word.hi}]" + (f" / 2^{fraction_bits}" if fraction_bits else "")


def stands_for(word: DrawnWord) -> str:
    """Return the registers that a state word holds, if the model records them."""
    if not word.registers:
        return ""
    noun = "register" if len(word.registers) == 1 and word.count == 1 else "registers"
    return noun if word.registers == (word.name,) else f"{noun} {listed(word.registers)}"


def read_from(reads: Reads | None, names: Sequence[str], fraction_bits: int = 0) -> str:
    """Return the names that are read, or the constant in units of 2^-fraction_bits if nothing is read.

    >>> read_from(Reads(constant=3), (), 2)
    '= 3/4'
    """
    if reads is None:
        return ""
    if not reads.words and not reads.inputs and reads.constant is not None:
        return f"= {Fraction(reads.constant, 1 << fraction_bits)}"
    return listed(names)


def unit_of_entries(word: DrawnWord) -> str:
    """Return the unit of the entries of A, if it is not 1."""
    fixed = word.entry is not None and word.entry.constant is not None
    return "" if fixed or not word.entry_fraction_bits else f"1/2^{word.entry_fraction_bits}"


def names_of(signals: Iterable[DrawnSignal]) -> str:
    """Return the names of signals, joined."""
    return listed([signal.name for signal in signals])


FLAGS = {"thought": "1 on a thought", "begin": "1 before the first token"}


def flag(slot: DrawnInput) -> str:
    """Return an input flag with its meaning."""
    return f"{slot.name} ({FLAGS[slot.name]})"


def head(layer: DrawnLayer) -> tuple[str, str]:
    """Return a layer's title and its size."""
    kind = TRANSITIONS.get(layer.transition, layer.transition)
    cost = f"d = {layer.state_dim}, p = {counted(layer.precision_bits, 'bit')}"
    return f"layer {layer.number}: {kind}", f"{cost}, memory {counted(layer.memory_bits, 'bit')}"
