"""Every experiment can fail: a planted false claim is contradicted by the evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from streamssm.claims import random_models as random
from streamssm.claims.evidence import Evidence
from streamssm.claims.experiments import (
    complex_layers,
    constant_matrices,
    counting,
    gates,
    mixed_layers,
    nonsolvable,
    one_hot_layers,
    parity,
    reflections,
    star_free_layers,
    two_groups,
)
from streamssm.claims.one_bit_layers import search
from streamssm.equivalences.language_to_ssm import language_to_ssm
from streamssm.equivalences.state_encoding import one_hot as encoding
from streamssm.languages.suite import find
from streamssm.languages.suite.program_language import CounterLanguage
from streamssm.ssm import textbook

Run = Callable[[bool], Iterator[Evidence]]

PLANTED: dict[str, tuple[Run, Any, str, Any]] = {
    "words that wrap make no group": (
        star_free_layers.monoids_are_aperiodic,
        star_free_layers,
        "STACKS",
        [([random.ZERO_ONE.wrapping()], 1)],
    ),
    "signs make no group": (
        star_free_layers.monoids_are_aperiodic,
        star_free_layers,
        "STACKS",
        [([random.SIGNED], 1)],
    ),
    "mod 4 in one layer": (two_groups.two_groups_by_signs, two_groups, "HELD", [("mod_4", 1)]),
    "rotations make 2-groups alone": (
        two_groups.monoids_have_two_groups,
        two_groups,
        "STACKS",
        [([random.ROOTS], 1)],
    ),
    "nonnegative layers make a 2-group": (
        two_groups.monoids_have_two_groups,
        two_groups,
        "STACKS",
        [([random.DYADIC], 1)],
    ),
    "signs make no group of even words": (
        parity.mixes_are_no_parity,
        parity,
        "MIXES",
        [([random.SIGNED] * 2, 2)],
    ),
    "Tomita 3 needs no position": (
        mixed_layers.languages_by_positions,
        mixed_layers,
        "HELD",
        [("tomita_3", 1)],
    ),
    "formulas with positions take time-invariant layers alone": (
        mixed_layers.formulas_by_positions,
        mixed_layers,
        "language_to_ssm",
        lambda language, kind: language_to_ssm(language, "monomial"),
    ),
    "parity is in AC0": (mixed_layers.languages_by_positions, mixed_layers, "HELD", [("parity", 2)]),
    "signs are quasi-aperiodic": (
        mixed_layers.mixes_are_quasi_aperiodic,
        mixed_layers,
        "MIXES",
        [([random.SIGNED], 1)],
    ),
    "S3 in one layer": (complex_layers.groups_by_rotations, complex_layers, "LENGTHS", {"s3": 1}),
    "S4 has derived length 2": (complex_layers.derived_series, complex_layers, "LENGTHS", {"s4": 2}),
    "A5 is solvable": (complex_layers.derived_series, complex_layers, "PERFECT", {"a5": 1}),
    "two layers of rotations are as one": (
        complex_layers.layers_bound_the_derived_length,
        complex_layers,
        "STACKS",
        [(random.ROOTS, random.DYADIC)],
    ),
    "letters move two states at most": (
        reflections.swaps_do_permutations,
        reflections,
        "_most_moved",
        lambda machine: 2,
    ),
    "any square turns": (
        reflections.two_reflections_turn,
        reflections,
        "turning_square",
        lambda: language_to_ssm(find("parity").language(), "signed"),
    ),
    "a dense layer is monomial": (one_hot_layers.monomial_layers, encoding, "monomial", encoding.dense),
    "a monomial layer is dense": (one_hot_layers.dense_layers, encoding, "dense", encoding.monomial),
    "S4 is not solvable": (
        nonsolvable.groups_are_not_solvable,
        nonsolvable,
        "word_problem",
        lambda group: complex_layers.word_problem("s4"),
    ),
    "one layer of real gates makes abelian groups alone": (
        gates.intervals_tell_groups,
        gates,
        "CLAIMED",
        [(random.UNIT, "none", lambda one: not one.properties.groups, True)],
    ),
    "parity in no constant matrix": (
        constant_matrices.saturation_and_rounding_are_not_linear,
        constant_matrices,
        "rounding_parity",
        lambda: textbook.wrapping_counter(2),
    ),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_claim_is_contradicted(planted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run, module, name, value = PLANTED[planted]
    assert hasattr(module, name)
    monkeypatch.setattr(module, name, value)
    assert not all(part.holds for part in run(False))


def test_counters_are_not_right_beyond_their_length(monkeypatch: pytest.MonkeyPatch) -> None:
    language = find("an_bn")
    assert isinstance(language, CounterLanguage)
    for wrong in (-1, 1):
        monkeypatch.setattr(
            CounterLanguage, "sufficient_length", lambda self, bits, off=wrong: 2**bits - 1 + off
        )
        (evidence,) = counting._on_all_words(language, language.program(counter_bits=2), 2)
        assert not evidence.holds


def test_a_wrong_answer_is_seen() -> None:
    language, other = find("an_bn"), find("dyck_1")
    assert isinstance(language, CounterLanguage)
    (evidence,) = counting._on_all_words(language, other.program(counter_bits=2), 2)
    assert not evidence.holds and " 0 wrong" not in evidence.seen


def test_listed_models_are_found_where_there_are_some() -> None:
    assert not parity._none(parity.PARITY, [random.SIGNED]).holds
    assert not parity._some(parity.PARITY, [random.NONNEGATIVE]).holds
    assert search(parity.PAIRS, [random.INVARIANT])[1]  # every step turns it: no need for the input
