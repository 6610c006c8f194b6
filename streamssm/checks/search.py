"""Checks by search: every stream, or every short one, by all states that two forms can reach together."""

from __future__ import annotations

from typing import Any

from streamssm.checks.forms import Forms
from streamssm.equivalences.check import check

CLASS_TRANSITIONS = 20_000
KERNEL_TRANSITIONS = 1_000_000


def check_every_short_stream_of_the_class(forms: Forms) -> None:
    """Check the class against its program; not if it may stop where the program clamps (ss.within)."""
    if not forms.program.assumptions:
        _search(forms.algorithm, forms.program, CLASS_TRANSITIONS)


def check_every_short_stream_of_the_model(forms: Forms) -> None:
    """Check the program against its model, by weights and fused."""
    _search(forms.program, forms.model, KERNEL_TRANSITIONS)


def check_every_short_stream_of_the_program_back(forms: Forms) -> None:
    """Check the model against the program that it is translated back to."""
    _search(forms.model, forms.back, KERNEL_TRANSITIONS)


def _search(a: Any, b: Any, max_transitions: int) -> None:
    check(a, b, method="exhaust", max_transitions=max_transitions).raise_if_different()
