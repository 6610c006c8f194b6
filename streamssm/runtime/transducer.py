"""One step of anything that reads a stream: the common form that kernels run and checks explore.

A Program, an SSM by its weights and an SSM fused all become a transducer: from (state, token) to (next state,
outputs), as one expression graph. REGISTER leaves are the state words before the token.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from streamssm.ir.graph import Graph, Store
from streamssm.ir.words import Word


@dataclass(frozen=True, eq=False)
class Transducer:
    """A step graph with its roots.

    ``next_state`` has a root for each of the first state words; the words after those belong to arrays, which
    only ``stores`` write. ``error`` is the root of a condition that is 1 where a step leaves a word's range,
    or None where that is proven impossible; ``reference`` runs the same step slowly and then names the word.
    ``probes`` names nodes of the step that reports are about (the ReLUs of a network).
    """

    name: str
    fields: tuple[Word, ...]
    state: tuple[Word, ...]
    step: Graph
    next_state: tuple[int, ...]
    outputs: tuple[int, ...]
    stores: tuple[Store, ...] = ()
    error: int | None = None
    probes: tuple[tuple[str, int], ...] = ()
    reference: Callable[[tuple[int, ...], tuple[int, ...]], object] | None = None

    @property
    def roots(self) -> tuple[int, ...]:
        """Every node of the step whose value is used when it is over."""
        ports = (node for store in self.stores for node in (store.enable, store.index, store.value))
        return (*self.next_state, *self.outputs, *ports, *(() if self.error is None else (self.error,)))

    @property
    def initial(self) -> tuple[int, ...]:
        return tuple(word.init for word in self.state)

    @property
    def memory_bits(self) -> int:
        return sum(word.bits for word in self.state)
