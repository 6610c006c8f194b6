"""Hypothesis strategies: random algorithms, random models of several layers."""

from __future__ import annotations

from hypothesis import strategies as st

from streamssm.frontends.algorithm import Algorithm
from streamssm.ssm.model import SSM
from tests.layered_models import layered_model
from tests.random_classes import class_from, random_class, random_source

__all__ = ["algorithm_classes", "layered_model", "models", "random_class"]


def algorithm_classes(transitions: int = 2_000) -> st.SearchStrategy[type[Algorithm]]:
    """Return classes, made without arguments, with at most so many states times tokens; they shrink."""
    return st.randoms(use_true_random=False).map(
        lambda random: class_from(random_source(random, transitions))
    )


def models() -> st.SearchStrategy[SSM]:
    """Return models of 1 to 6 layers without thoughts, of every transition kind and number format."""
    return st.randoms(use_true_random=False).map(layered_model)
