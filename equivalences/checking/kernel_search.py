"""Breadth-first search, in the kernel, of the joint states of two compiled sides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from streamssm.cext.explore import Explorer
from streamssm.equivalences.checking.joint_search import JointSearchResult, Progress
from streamssm.ir.words import Word
from streamssm.runtime.execution import compiled
from streamssm.runtime.transducer import Transducer

SLICE_TRANSITIONS = 1 << 24  # between two calls of progress
MAX_STATES = 10**8  # about 3 GB of memory


def kernel_search(
    a: Transducer, b: Transducer, max_transitions: int, progress: Progress | None = None
) -> JointSearchResult:
    """Explore the joint states from the initial ones; the search stops at a shortest differing stream."""
    explorer = _explorer(a, b, min(max_transitions + 1, MAX_STATES))
    status = "running"
    while status == "running" and explorer.transitions < max_transitions:
        status = explorer.expand(min(SLICE_TRANSITIONS, max_transitions - explorer.transitions))
        if progress is not None:
            progress(explorer.transitions, max_transitions)
    stream = None
    if explorer.difference is not None:
        state, token = explorer.difference
        stream = (*explorer.path(state), token)
    return JointSearchResult(
        stream, status == "closed", explorer.depth, explorer.states, explorer.transitions
    )


def _explorer(a: Transducer, b: Transducer, max_states: int) -> Explorer:
    return Explorer(
        compiled(a).machine,
        compiled(b).machine,
        state_lo_a=_lows(a.state),
        state_bits_a=_bits(a.state),
        initial_a=np.array(a.initial, dtype=np.int64),
        state_lo_b=_lows(b.state),
        state_bits_b=_bits(b.state),
        initial_b=np.array(b.initial, dtype=np.int64),
        field_lo=_lows(a.fields),
        field_hi=np.array([word.range.hi for word in a.fields], dtype=np.int64),
        max_states=max_states,
    )


def _lows(words: Sequence[Word]) -> NDArray[np.int64]:
    return np.array([word.range.lo for word in words], dtype=np.int64)


def _bits(words: Sequence[Word]) -> NDArray[np.int64]:
    return np.array([word.bits for word in words], dtype=np.int64)
