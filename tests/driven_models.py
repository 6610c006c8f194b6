"""One-layer models whose gates are the token: entries and increments of any layout and format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from streamssm.ir.ranges import Range
from streamssm.ssm.formats import NumberFormat
from streamssm.ssm.model import SSM, StateWord, TransitionKind
from streamssm.ssm.textbook.parts import itself, model
from streamssm.ssm.transitions import entries_of

Token = tuple[int, ...]


def driven(
    kind: TransitionKind,
    forms: Sequence[NumberFormat],
    entries: Range,
    increments: Range,
    *,
    places: tuple[int, ...] = (),
    reflections: int = 0,
) -> SSM:
    """Return a model with a token field for every entry and every increment; it outputs its state."""
    dim = len(forms)
    names = [str(entry) for entry in entries_of(kind.layout, dim, reflections)]
    targets = Range(0, dim - 1)
    fields = {name: targets if name.startswith("target") else entries for name in names}
    fields.update({f"b{i}": increments for i in range(dim)})
    words = [StateWord(f"h{i}", form, form.range.lo) for i, form in enumerate(forms)]
    return model(
        f"driven {kind.value}",
        fields,
        words,
        kind,
        lambda g, x: (x[: len(names)], x[len(names) :]),
        itself,
        [word.name for word in words],
        fraction_bits=places,
        reflections=reflections,
    )


def swinging(ssm: SSM, r: Random, count: int, choices: Sequence[int], *, over: int) -> list[Token]:
    """Return tokens that hold the words of a diagonal model at their ends, swing between those, and wander.

    ``over`` is how far beyond its range a word may be sent.
    """
    layer, state, tokens = ssm.layers[0], ssm.initial, []
    increments = ssm.fields[-1].range
    aim: list[Callable[[int, Range], int]] = [
        lambda h, values: values.hi + r.randint(0, over),
        lambda h, values: values.lo - r.randint(0, over),
        lambda h, values: r.randint(values.lo, values.hi),
        lambda h, values: h,
    ]
    wanted = [r.choice(aim) for _ in layer.words]
    for _ in range(count):
        entries, added = [], []
        for i, (word, h) in enumerate(zip(layer.words, state, strict=True)):
            if r.random() < 0.3:
                wanted[i] = r.choice(aim)
            a = r.choice(choices)
            rounded = word.format.rounded(a * h, layer.entry_fraction_bits[i])
            b = wanted[i](h, word.range) - rounded
            entries.append(a)
            added.append(min(max(b, increments.lo), increments.hi))
        tokens.append((*entries, *added))
        state, _ = ssm.step(state, tokens[-1])
    return tokens
