"""Exhaustive checks of every stream, or every short one, over the jointly reachable states of two forms."""

from __future__ import annotations

from math import prod
from typing import Any

from streamssm.equivalences.check import check
from streamssm.testing.execution_forms import Forms

# Limits of a search in transitions, and in evaluated nodes of a step's graph: a few seconds.
CLASS_TRANSITIONS, CLASS_NODES = 20_000, 10**7
NODES_PER_WORD = 4  # cost in plain Python of writing and reading a register
KERNEL_TRANSITIONS, KERNEL_NODES = 10**6, 2 * 10**8


def check_every_short_stream_of_the_class(forms: Forms) -> None:
    """Check the class against its program, unless it may raise where the program clamps (ss.within)."""
    if not forms.program.assumptions:
        nodes = len(forms.program.transducer().step) + NODES_PER_WORD * len(forms.program.registers)
        _search(forms, forms.algorithm, forms.program, min(CLASS_TRANSITIONS, CLASS_NODES // nodes))


def check_every_short_stream_of_the_model(forms: Forms) -> None:
    """Check the program against its model, by weights and fused."""
    _search(forms, forms.program, forms.model, _kernel_transitions(forms))


def check_every_short_stream_of_the_program_back(forms: Forms) -> None:
    """Check the model against the program translated back from it."""
    _search(forms, forms.model, forms.back, _kernel_transitions(forms))


def _kernel_transitions(forms: Forms) -> int:
    nodes = len(forms.model.transducer("weights").step)
    return min(KERNEL_TRANSITIONS, KERNEL_NODES // nodes)


def _search(forms: Forms, a: Any, b: Any, max_transitions: int) -> None:
    """Search within the limit; skip the search if the limit is below one token."""
    if prod(word.range.size for word in forms.program.fields) <= max_transitions:
        check(a, b, method="exhaust", max_transitions=max_transitions).raise_if_different()
