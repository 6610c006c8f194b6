"""Entries in {-1, 0, 1}: languages whose monoid has only 2-groups."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from streamssm.claims.evidence import Covers, Evidence, checked, counted
from streamssm.claims.experiment import Experiment
from streamssm.claims.experiments.one_layer import decided
from streamssm.claims.experiments.star_free_layers import shape_of, wraps
from streamssm.claims.random_models import REAL, SIGNED, RandomGate, drawn
from streamssm.equivalences.check import check
from streamssm.equivalences.language_to_ssm import language_to_ssm
from streamssm.languages.suite import find
from streamssm.limits.synthesis.model_class import ModelClass
from streamssm.ssm.transitions import TransitionKind

HELD = (
    ("parity", 1),
    ("tomita_5", 1),
    ("mod_4", 2),
    ("word_problem_d4_generators", 2),
    ("word_problem_q8_generators", 2),
)  # with the layers of the cascade, which needs no delays


def two_groups_by_signs(full: bool) -> Iterator[Evidence]:
    """The states of languages with 2-groups, tracked by layers with entries in {-1, 0, 1}.

    It fails if a language has no such layers, or more of them than its cascade has levels, or if they wrap,
    or differ from it on some stream.
    """
    for name, layers in HELD:
        language = find(name).language().in_mode("track")
        model = language_to_ssm(language, "signed", mode="track")
        label = f"{name}, {shape_of(model)}"
        kinds = {layer.kind for layer in model.layers}
        as_expected = kinds == {TransitionKind.SIGNED} and not wraps(model) and model.num_layers <= layers
        yield Evidence(f"{label}: entries in {{-1, 0, 1}}, at most {counted(layers, 'layer')}", as_expected)
        yield checked(label, check(language.program("track"), model, method="exhaust"))


STACKS: tuple[tuple[Sequence[RandomGate], int], ...] = (
    ((SIGNED, SIGNED, SIGNED), 1),
    ((SIGNED, SIGNED), 2),
    ((REAL, REAL), 2),
)


def monoids_have_two_groups(full: bool) -> Iterator[Evidence]:
    """The groups of random models with entries of any sign.

    It fails if one has a group whose order is not a power of two, or if none has any group.
    """
    count = 1000 if full else 100
    for gates, words in STACKS:
        samples = list(drawn(count, gates, 3, most_words=words))
        held = sum(part.properties.has_two_groups_only for part in samples)
        groups = {group.structure for part in samples for group in part.properties.groups}
        label = f"{count} random models, {' over '.join(map(str, gates))}"
        seen = f"{label}: 2-groups alone in {held}, among them {', '.join(sorted(groups)[:6]) or 'none'}"
        yield Evidence(seen, held == count and bool(groups), Covers.SOME)


def no_other_group_in_one_layer(full: bool) -> Iterator[Evidence]:
    """Tomita 6, which is Z3, in one layer, over all weights; it fails if such a model exists."""
    machine = find("tomita_6").language().machine
    for d, p in ((1, 1), (1, 2), (2, 1), (2, 2), (4, 1), *(((1, 3), (3, 1), (1, 4)) if full else ())):
        yield decided(machine, ModelClass(d, p, TransitionKind.SIGNED), False)


EXPERIMENTS = (
    Experiment(("2-groups",), "mod 4, D4, Q8, Tomita 5 and parity by signs", two_groups_by_signs),
    Experiment(("2-groups",), "monoids of random models", monoids_have_two_groups),
    Experiment(("2-groups",), "Z3 in one layer of up to 4 bits, all weights", no_other_group_in_one_layer),
)
