"""Time-invariant layers that count positions together with nonnegative layers: regular languages in AC0."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from streamssm.automata.positions import with_positions
from streamssm.automata.properties import properties_of
from streamssm.claims import random_models as random
from streamssm.claims.evidence import Covers, Evidence, checked
from streamssm.claims.experiment import Experiment
from streamssm.claims.experiments.star_free_layers import shape_of, wraps
from streamssm.claims.formulas import PROPOSITIONS, position_atoms, random_formula
from streamssm.claims.random_models import RandomGate, drawn
from streamssm.equivalences.check import check
from streamssm.equivalences.language_to_ssm import language_to_ssm
from streamssm.languages.language import Language
from streamssm.languages.suite import find
from streamssm.ssm.formats import Overflow
from streamssm.ssm.layers import Layer
from streamssm.ssm.model import SSM
from streamssm.ssm.transitions import TransitionKind

HELD = (("tomita_3", 2), ("aa_star", 2), ("aaaa_star", 4), ("abab_star", 4))  # language, modulus
NONNEGATIVE = (TransitionKind.ZERO_ONE, TransitionKind.DYADIC)


def languages_by_positions(full: bool) -> Iterator[Evidence]:
    """Languages that are not star-free, in time-invariant layers together with nonnegative ones.

    It fails if a modulus is not as listed, if a group remains in the monoid once the position is an input, if
    no such layers exist, or if they wrap, or differ from the language on some stream.
    """
    for name, modulus in HELD:
        language = find(name).language()
        properties = properties_of(language.machine)
        yield Evidence(f"{name}: positions modulo {properties.modulus}", properties.modulus == modulus)
        positioned = properties_of(with_positions(language.machine, modulus))
        yield Evidence(f"{positioned.machine.name}: no group is left", positioned.is_aperiodic)
        model = language_to_ssm(language, "mixed")
        yield Evidence(f"{name}: {_kinds(model)}, {shape_of(model)}", _is_mixed(model))
        yield checked(f"{name} in such layers", check(language, model, method="exhaust"))


def formulas_by_positions(full: bool) -> Iterator[Evidence]:
    """Random formulas of past LTL with positions modulo 2 and 3 whose languages are not star-free.

    It fails if one is not quasi-aperiodic, if no such layers exist for it, or if they wrap, or differ from it
    on some stream.
    """
    r = Random(11)
    for number in range(40 if full else 8):
        language = _with_positions(r, depth=2 + number % 2, modulus=2 + number // 2 % 2)
        properties = properties_of(language.machine)
        yield Evidence(
            f"{language.name}: positions modulo {properties.modulus}", properties.is_quasi_aperiodic
        )
        model = language_to_ssm(language, "mixed")
        label = f"{language.name}, {_kinds(model)}, {shape_of(model)}"
        if not _is_mixed(model):
            yield Evidence(f"{label}: other layers", holds=False)
        yield checked(label, check(language, model, method="exhaust"))


def _with_positions(r: Random, depth: int, modulus: int) -> Language:
    """Return a random formula that is not star-free."""
    while True:
        formula = random_formula(r, depth, position_atoms(modulus))
        language = Language.from_past_ltl(formula, PROPOSITIONS)
        if not properties_of(language.machine).is_aperiodic:
            return language


def _kinds(model: SSM) -> str:
    return ", ".join(dict.fromkeys(layer.kind.value for layer in model.layers))


def _is_mixed(model: SSM) -> bool:
    return not wraps(model) and all(map(_is_invariant_or_nonnegative, model.layers))


def _is_invariant_or_nonnegative(layer: Layer) -> bool:
    """Return whether a layer is time-invariant, and linear if it is not diagonal, or else nonnegative."""
    if layer.kind is TransitionKind.TIME_INVARIANT_DENSE:
        saturates = any(word.format.overflow is Overflow.SATURATE for word in layer.words)
        return not saturates and not any(layer.entry_fraction_bits)
    return layer.kind is TransitionKind.TIME_INVARIANT or layer.kind in NONNEGATIVE


def other_groups_are_none(full: bool) -> Iterator[Evidence]:
    """Words of one length that generate a group; it fails if there are none for parity, Tomita 5 or Z3."""
    for name in ("parity", "tomita_5", "tomita_6"):
        machine = find(name).language().machine
        witness = properties_of(machine).same_length
        witness_text = witness.text(machine) if witness else "no such words"
        yield Evidence(f"{name}: {witness_text}", witness is not None and witness.verify(machine))


MIXES: tuple[tuple[Sequence[RandomGate], int], ...] = (
    ((random.LINEAR, random.NONNEGATIVE), 3),
    ((random.LINEAR, random.DYADIC, random.INVARIANT), 2),
)


def mixes_are_quasi_aperiodic(full: bool) -> Iterator[Evidence]:
    """Random mixed models: constant matrices that neither saturate nor round, and diagonal layers that may.

    It fails if words of one length generate a group in one of them, or if none of them has a group at all.
    """
    count = 400 if full else 50
    for gates, words in MIXES:
        samples = list(drawn(count, gates, 4, most_words=words, most_values=3))
        held = sum(part.properties.is_quasi_aperiodic for part in samples)
        groups = sum(not part.properties.is_aperiodic for part in samples)
        label = f"{count} random models, {' over '.join(map(str, gates))}"
        seen = f"{label}: {groups} with a group, quasi-aperiodic {held}"
        yield Evidence(seen, held == count and groups > 0, Covers.SOME)


EXPERIMENTS = (
    Experiment(("B5",), "Tomita 3, (aa)*, (aaaa)*, (abab)* in mixed layers", languages_by_positions),
    Experiment(("B5",), "random formulas with positions modulo 2 and 3", formulas_by_positions),
    Experiment(("B5",), "languages outside AC0, by words of one length", other_groups_are_none),
    Experiment(("B5",), "monoids of random mixed models", mixes_are_quasi_aperiodic),
)
