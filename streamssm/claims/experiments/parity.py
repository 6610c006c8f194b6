"""Parity and (aa)*: impossible for nonnegative layers, also together with time-invariant ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from streamssm.automata.automaton_class import Automaton
from streamssm.claims import random_models as random
from streamssm.claims.evidence import Covers, Evidence
from streamssm.claims.experiment import Experiment
from streamssm.claims.experiments.one_layer import decided
from streamssm.claims.one_bit_layers import search
from streamssm.claims.random_models import RandomGate, drawn
from streamssm.languages.classify import classification
from streamssm.languages.classify.verdict import Answer
from streamssm.languages.suite import find
from streamssm.limits.synthesis.model_class import ModelClass
from streamssm.ssm.formats import Overflow
from streamssm.ssm.transitions import TransitionKind

PARITY, PAIRS = find("parity").language().machine, find("aa_star").language().machine


def recurring_words(full: bool) -> Iterator[Evidence]:
    """A word whose powers do not stabilize, run on the machine.

    It fails if the verdict of `classify` is not "no", or if the powers of its word do stabilize.
    """
    for machine in (PARITY, PAIRS):
        for kind in ("zero-one", "dyadic"):
            verdict = classification.classify(machine)[kind]
            witness_text = verdict.witness.text(machine) if verdict.witness else "no witness"
            holds = verdict.answer is Answer.NO and verdict.verify(machine)
            yield Evidence(f"{machine.name}, {kind}: {verdict.answer.value}; {witness_text}", holds)


def nonnegative_layers_listed(full: bool) -> Iterator[Evidence]:
    """All models of one-bit words: two layers for parity, three for (aa)*.

    It fails if one of them recognizes the language, or if none does with words that wrap.
    """
    yield _none(PARITY, [random.NONNEGATIVE] * 2)
    yield _none(PAIRS, [random.NONNEGATIVE] * 3)
    yield _some(PARITY, [random.ZERO_ONE.wrapping()])
    yield _some(PAIRS, [random.ZERO_ONE.wrapping()])


def _none(machine: Automaton, gates: Sequence[RandomGate]) -> Evidence:
    count, exists = search(machine, gates)
    return Evidence(f"{machine.name}, {_said(gates)}: none of {count:,} models", not exists)


def _some(machine: Automaton, gates: Sequence[RandomGate]) -> Evidence:
    return Evidence(f"{machine.name}, {_said(gates)}: some model", search(machine, gates)[1])


def _said(gates: Sequence[RandomGate]) -> str:
    return f"one bit {' over '.join(map(str, gates))}"


def nonnegative_layers_decided(full: bool) -> Iterator[Evidence]:
    """(aa)* in one layer, over all weights (parity: G5).

    It fails if such a model exists, or if none exists with words that wrap.
    """
    most = 5 if full else 4
    for kind, fraction_bits in ((TransitionKind.ZERO_ONE, 0), (TransitionKind.DYADIC, 1)):
        for d, p in ((1, 1), (1, 2), (2, 1), (1, most), (most, 1), (2, 2)):
            if p > fraction_bits:
                yield decided(PAIRS, ModelClass(d, p, kind, fraction_bits=fraction_bits), False)
    yield decided(PAIRS, ModelClass(1, 1, overflow=Overflow.WRAP), True)


MIXES: tuple[tuple[Sequence[RandomGate], int], ...] = (
    ((random.INVARIANT, random.NONNEGATIVE), 2),
    ((random.NONNEGATIVE, random.INVARIANT, random.DYADIC), 1),
)


def mixes_are_no_parity(full: bool) -> Iterator[Evidence]:
    """Time-invariant layers of any sign together with nonnegative ones.

    All models with one bit per layer are listed; it fails if one of them recognizes parity. Larger ones are
    drawn at random: two steps of such a layer are monotone, so that words of even length generate no group
    (for parity, the word 01 swaps the states forever); it fails if the words of even length of a drawn model
    do. It also fails if no drawn model has a group, or if a single layer that is driven by the input *and*
    has an entry -1 does not recognize parity.
    """
    invariant, driven = random.INVARIANT, random.NONNEGATIVE
    for gates in ([invariant, driven], [driven, invariant], [invariant, invariant]):
        yield _none(PARITY, gates)
    yield _some(PARITY, [random.SIGNED])
    yield _witness()
    count = 1000 if full else 100
    for stack, words in MIXES:
        samples = list(drawn(count, stack, 2, most_words=words))
        even = sum(part.properties.modulus in (1, 2) for part in samples)
        odd = sum(not part.properties.is_aperiodic for part in samples)
        label = f"{count} random models, {' over '.join(map(str, stack))}"
        seen = f"{label}: {odd} with a group, words of even length make none in {even}"
        yield Evidence(seen, even == count and odd > 0, Covers.SOME)


def _witness() -> Evidence:
    verdict = classification.classify(PARITY)["mixed"]
    witness_text = verdict.witness.text(PARITY) if verdict.witness else "no witness"
    holds = verdict.answer is Answer.NO and verdict.verify(PARITY)
    return Evidence(f"parity, mixed: {verdict.answer.value}; {witness_text}", holds)


EXPERIMENTS = (
    Experiment(("B2", "C2"), "words whose powers recur", recurring_words),
    Experiment(("B2", "C2"), "all models of two or three one-bit layers", nonnegative_layers_listed),
    Experiment(("B2", "C2"), "(aa)* in one layer of up to 4 bits, all weights", nonnegative_layers_decided),
    Experiment(
        ("G4",), "time-invariant and nonnegative layers together, listed and drawn", mixes_are_no_parity
    ),
)
