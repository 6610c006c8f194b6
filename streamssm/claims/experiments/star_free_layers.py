"""Layers with nonnegative entries: star-free languages, and only aperiodic monoids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from streamssm.claims.evidence import Covers, Evidence, checked, counted
from streamssm.claims.experiment import Experiment
from streamssm.claims.formulas import PROPOSITIONS, random_formula
from streamssm.claims.random_models import DYADIC, NONNEGATIVE, ZERO_ONE, RandomGate, drawn
from streamssm.equivalences.check import check
from streamssm.equivalences.language_to_ssm import language_to_ssm
from streamssm.languages.language import Language
from streamssm.languages.suite import LanguageClass, find, suite
from streamssm.ssm.formats import Overflow
from streamssm.ssm.model import SSM
from streamssm.ssm.transitions import TransitionKind

KINDS = (TransitionKind.ZERO_ONE, TransitionKind.DYADIC)
LONG = ("d_12",)  # takes seconds
BESIDE = ("ab_star", "dyck_1_depth_3", "dyck_2_depth_3", "flip_flop_language")


def shape_of(model: SSM) -> str:
    """Return the number of layers and bits of a model, in words."""
    return f"{counted(model.num_layers, 'layer')}, {counted(model.memory_bits, 'bit')}"


def wraps(model: SSM) -> bool:
    """Return whether a word of a model wraps around: then the claims about its kind do not apply to it."""
    return any(word.format.overflow is Overflow.WRAP for word in model.state_words)


def held(name: str, language: Language, kind: TransitionKind) -> Iterator[Evidence]:
    """Yield evidence that a language's model is of a kind, without wrapping, and right on every stream."""
    model = language_to_ssm(language, kind.value)
    label = f"{name}, {kind.value}, {shape_of(model)}"
    if {layer.kind for layer in model.layers} != {kind} or wraps(model):
        yield Evidence(f"{label}: of another kind, or wraps", holds=False)
    yield checked(label, check(language, model, method="exhaust"))


def suite_by_nonnegative_layers(full: bool) -> Iterator[Evidence]:
    """The star-free languages of the suite in layers with {0, 1} and with dyadic entries.

    It fails if a language has no such layers, if they wrap, or if they differ from it on some stream.
    """
    names = [name for name, language in suite().items() if language.language_class is LanguageClass.STAR_FREE]
    for name in (*names, *BESIDE):
        for kind in KINDS if full or name not in LONG else ():
            yield from held(name, find(name).language(), kind)


def formulas_by_nonnegative_layers(full: bool) -> Iterator[Evidence]:
    """Random formulas of past LTL in layers with {0, 1} and with dyadic entries.

    It fails if a formula has no such layers, if they wrap, or if they differ from it on some stream.
    """
    for language in _formulas(Random(1), 60 if full else 12):
        for kind in KINDS:
            yield from held(language.name, language, kind)


def _formulas(r: Random, count: int) -> Iterator[Language]:
    """Yield formulas of growing depth whose languages have at least three states."""
    for number in range(count):
        while True:
            formula = random_formula(r, 2 + number % 3)
            language = Language.from_past_ltl(formula, PROPOSITIONS)
            if language.machine.num_states > 2:
                yield language
                break


STACKS: tuple[tuple[Sequence[RandomGate], int], ...] = (
    ((ZERO_ONE, ZERO_ONE, ZERO_ONE), 2),
    ((DYADIC, DYADIC), 2),
    ((NONNEGATIVE, NONNEGATIVE), 2),
)


def monoids_are_aperiodic(full: bool) -> Iterator[Evidence]:
    """Random nonnegative models are aperiodic; the same models with words that wrap are not.

    It fails if one such model has a nontrivial group. As a control, it also fails if none of the same models
    with words that wrap has one.
    """
    count = 1000 if full else 100
    for gates, words in STACKS:
        samples = list(drawn(count, gates, 1, most_words=words, most_values=5))
        seen = sum(part.properties.is_aperiodic for part in samples)
        most = max(part.machine.num_states for part in samples)
        label = f"{count} random models, {' over '.join(map(str, gates))}, up to {most} states"
        yield Evidence(f"{label}: {seen} aperiodic", seen == count, Covers.SOME)
    gates = [gate.wrapping() for gate in STACKS[0][0]]
    groups = sum(not part.properties.is_aperiodic for part in drawn(count, gates, 1))
    yield Evidence(f"with words that wrap {groups} of {count} make a group", groups > 0, Covers.SOME)


EXPERIMENTS = (
    Experiment(
        ("B1", "C1"), "the suite's star-free languages, zero-one and dyadic", suite_by_nonnegative_layers
    ),
    Experiment(("B1", "C1"), "random formulas of past LTL", formulas_by_nonnegative_layers),
    Experiment(("B1", "C1"), "monoids of random nonnegative models", monoids_are_aperiodic),
)
