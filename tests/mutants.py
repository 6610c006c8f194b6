"""One changed weight of a model, picked by a number."""

from __future__ import annotations

from streamssm.errors import ParameterError
from streamssm.ssm.model import SSM
from streamssm.ssm.weights import weight_sites, with_changed_weight


def mutant_of(model: SSM, number: int) -> SSM | None:
    """Return the model with one weight 1 larger or smaller; None where no model has these weights."""
    sites = list(weight_sites(model))
    if not sites:
        return None
    try:
        return with_changed_weight(model, sites[7 * number % len(sites)], 1 if number % 2 else -1)
    except ParameterError:
        return None
