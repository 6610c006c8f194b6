"""Layers for machines without structure: the kind is found quickly, and the notes say what was not tried."""

from __future__ import annotations

import random

import numpy as np
import pytest

import streamssm as ss
from streamssm.equivalences import language_to_ssm as translation
from streamssm.equivalences.state_encoding.targets import TARGETS
from streamssm.languages.language import Language


def random_mealy(seed: int, states: int, symbols: int = 4, outputs: int = 3) -> Language:
    """Return a Mealy machine whose transitions stay, step on by one, or jump anywhere."""
    rng = random.Random(seed)
    rows = [
        f"s{s} -> s{rng.choice([s, rng.randrange(states), (s + 1) % states])} "
        f'[label="i{a} / o{rng.randrange(outputs)}"];'
        for s in range(states)
        for a in range(symbols)
    ]
    return Language.from_dot("\n".join(["digraph g {", "start -> s0;", *rows, "}"]))


@pytest.mark.parametrize(("seed", "states"), [(3, 8), (5, 10), (4, 40)])
def test_no_large_cascade_is_built_unless_its_kind_is_named(
    seed: int, states: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(machine: object) -> None:
        raise AssertionError("large cascades take minutes")

    monkeypatch.setattr(translation, "large_encodings_of", never)
    language = random_mealy(seed, states)
    model = ss.to_ssm(language)
    tokens = np.random.default_rng(seed).integers(0, 4, (10_000, 1))
    assert np.array_equal(model.run(tokens), language.program().run(tokens))
    notes = [note for note in model.notes if "were not tried" in note]
    try:
        possible = set(ss.classify(language).yes)
    except ss.ParameterError:  # too large to be classified
        possible = set(TARGETS)
    chosen = max(translation.AUTO.index(layer.kind.value) for layer in model.layers)
    weaker = [kind for kind in translation.AUTO[:chosen] if kind in possible]
    assert bool(weaker) == bool(notes)
    assert all(kind in notes[0] for kind in weaker)
