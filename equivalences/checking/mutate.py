"""Mutation: models with one weight changed, which a check must distinguish from the model itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from streamssm.errors import ParameterError
from streamssm.ssm.model import SSM
from streamssm.ssm.weights import weight_sites, with_changed_weight

CHANGES = (1, -1)


@dataclass(frozen=True)
class Mutant:
    """A model with one weight changed, or the reason why no model has these weights.

    ``label`` is the position of the weight and the change; models of one shape have the same labels.
    """

    label: str
    model: SSM | None
    refusal: str = ""


def single_weight_mutants(ssm: SSM) -> Iterator[Mutant]:
    """Yield every change of a single weight or bias by +1 and by -1."""
    for site in weight_sites(ssm):
        for change in CHANGES:
            label = f"{site} {change:+d}"
            try:
                yield Mutant(label, with_changed_weight(ssm, site, change))
            except ParameterError as error:
                yield Mutant(label, None, str(error))
