"""Minimization: the reachable states of an artefact as a minimal Mealy machine, and the memory it needs.

Law: the minimal machine gives the artefact's outputs on every stream, and no machine with fewer states does.

Cost: reachable states x tokens, each a step and 8 bytes; then Hopcroft's algorithm.
Source: E4; Myhill and Nerode's theorem for machines with outputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.dot.mealy_to_dot import to_dot
from streamssm.automata.mealy import Mealy, Token, Values
from streamssm.cext.explore import Tabulator
from streamssm.equivalences.checking.sides import Side, side_of
from streamssm.errors import ParameterError, PrecisionError
from streamssm.frontends.algorithm import Algorithm
from streamssm.ir.displayed import Displayed, amount, short
from streamssm.ir.words import Word
from streamssm.languages.language import Language
from streamssm.program.program import Program, Tokens
from streamssm.runtime.execution import compiled
from streamssm.ssm.model import SSM
from streamssm.ssm.symbolic.unrolling import Evaluation

MAX_TRANSITIONS = 10**8  # about 2 GB of memory
SLICE_TRANSITIONS = 1 << 22  # between two calls of progress

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Minimal(Displayed):
    """The minimal Mealy machine of an artefact, with the memory that its outputs require.

    ``ran`` says how the artefact was run: as a program, or a model by its gadgets (fused) or its weights.
    ``declared_bits`` is the artefact's memory_bits. ``memory_bits`` is ceil(log2 num_states), the least
    memory between two tokens of any machine that gives the same outputs on every stream. ``examples``
    (states, words) holds for each state of the minimal machine the artefact's words after a shortest stream
    to it.
    """

    name: str
    ran: str
    machine: Mealy
    reachable_states: int
    declared_bits: int
    examples: NDArray[np.int64]

    def __repr__(self) -> str:
        bits = f"{amount(self.memory_bits, 'bit')} needed of {self.declared_bits:,}"
        return f"<Minimal {short(self.name)}: {amount(self.num_states, 'state')}, {bits}>"

    @property
    def num_states(self) -> int:
        return self.machine.num_states

    @property
    def memory_bits(self) -> int:
        """The least number of bits that suffices between two tokens."""
        return self.machine.memory_bits

    def state_after(self, stream: Tokens) -> int:
        """Return the minimal machine's state after a stream; TokenError if a token does not fit."""
        return self.machine.state_after(stream)

    def distinguish(self, state_a: int, state_b: int) -> tuple[Token, ...] | None:
        """Return a shortest stream after which the outputs from two states differ; None for one state."""
        return self.machine.distinguish(state_a, state_b)

    def example(self, state: int) -> Values:
        """Return the artefact's words after a shortest stream to a state of the minimal machine."""
        if not 0 <= state < self.num_states:
            raise ParameterError(f"state must be in [0, {self.num_states - 1}], got {state}")
        return tuple(self.examples[state].tolist())

    def to_dot(self) -> str:
        """Return the minimal machine in Graphviz's language."""
        return to_dot(self.machine)

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as values that JSON can hold."""
        return {
            "name": self.name,
            "ran": self.ran,
            "tokens": self.machine.num_tokens,
            "reachable_states": self.reachable_states,
            "minimal_states": self.num_states,
            "declared_bits": self.declared_bits,
            "needed_bits": self.memory_bits,
        }


def minimize(
    artefact: Algorithm | Program | Language | SSM | Mealy,
    *,
    max_transitions: int = MAX_TRANSITIONS,
    by: str = Evaluation.FUSED,
    progress: Progress | None = None,
) -> Minimal:
    """Return the minimal Mealy machine of an artefact's reachable states.

    Parameters
    ----------
    artefact : an algorithm is translated to its program first, in which assumptions are clamps
    max_transitions : limit on reachable states x tokens, less than 2^31
    by : how a model runs, "fused" or "weights"
    progress : called with the transitions that have been followed and those known so far

    Raises
    ------
    ParameterError
        If there are more transitions than that; the message has the numbers of tokens and states.
    PrecisionError
        If a step of a reachable state is an error; the message has a shortest stream that leads to it.

    Examples
    --------
    >>> from streamssm.algorithms import FunctionComposition, ModularCounter
    >>> minimal = minimize(ModularCounter(5))
    >>> minimal.num_states, minimal.memory_bits, minimal.distinguish(1, 2)
    (5, 3, ((0,),))
    >>> once = minimize(FunctionComposition(4))
    >>> once.reachable_states, once.num_states, once.memory_bits, once.declared_bits
    (16, 16, 4, 4)
    """
    if not 0 < max_transitions < 2**31:
        raise ParameterError(f"max_transitions must be in [1, 2^31), got {max_transitions}")
    if isinstance(artefact, Mealy):
        return _of_machine(artefact)
    side = _side(artefact, by)
    search = _searched(side, max_transitions, progress)
    machine, _, firsts = _machine(_output_names(artefact), side, search).minimal()
    examples = search.words(firsts)
    return Minimal(side.name, str(side.ways[0]), machine, search.states, side.memory_bits, examples)


def _of_machine(machine: Mealy) -> Minimal:
    minimal, block_of, firsts = machine.minimal()
    examples = firsts[:, None].astype(np.int64)
    reachable = int((block_of >= 0).sum())
    return Minimal(machine.name, "machine", minimal, reachable, machine.memory_bits, examples)


def _output_names(artefact: Algorithm | Program | Language | SSM) -> tuple[str, ...]:
    return (artefact if isinstance(artefact, (Program, SSM)) else artefact.program()).output_names


def _side(artefact: Algorithm | Program | Language | SSM, by: str) -> Side:
    side = side_of(artefact.program() if isinstance(artefact, Algorithm) else artefact, by=(by,))
    if side.begin is None:
        raise PrecisionError(f"{side.name} is not ready before the first token: it asks for a thought")
    return side


def _searched(side: Side, max_transitions: int, progress: Progress | None) -> Tabulator:
    """Return the search of all reachable states, closed."""
    if side.num_tokens > max_transitions:
        raise ParameterError(
            f"{side.name} has {side.num_tokens:,} tokens: raise max_transitions ({max_transitions:,}) to at "
            "least that, or take smaller parameters"
        )
    (transducer,) = side.transducers.values()
    search = Tabulator(
        compiled(transducer).machine,
        state_lo=_lows(side.words),
        state_bits=np.array([word.bits for word in side.words], dtype=np.int64),
        initial=np.array(side.initial, dtype=np.int64),
        field_lo=_lows(side.fields),
        field_hi=np.array([word.range.hi for word in side.fields], dtype=np.int64),
        max_states=max_transitions // side.num_tokens,
    )
    while (status := search.expand(SLICE_TRANSITIONS)) == "running":
        if progress is not None:
            progress(search.transitions, search.states * side.num_tokens)
    if status == "error":
        stream = "; ".join(" ".join(map(str, token)) for token in search.stopped or ())
        raise PrecisionError(
            f"{side.name} cannot be minimized: it stops with an error on the stream {stream}"
        )
    if status == "full":
        raise ParameterError(
            f"{side.name} has {side.num_tokens:,} tokens and more than {search.states - 1:,} reachable "
            f"states: raise max_transitions ({max_transitions:,}), or take smaller parameters"
        )
    return search


def _machine(output_names: tuple[str, ...], side: Side, search: Tabulator) -> Mealy:
    next_state, output = search.tables()
    return Mealy(
        name=side.name,
        fields=side.fields,
        output_names=output_names,
        next_state=next_state,
        output=output,
        outputs=search.outputs(),
        begin=side.begin or (),
        vocabulary=side.vocabulary,
    )


def _lows(words: Sequence[Word]) -> NDArray[np.int64]:
    return np.array([word.range.lo for word in words], dtype=np.int64)
