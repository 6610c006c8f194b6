"""The algebraic profile of a language in a mode: properties of its minimal automaton, and sizes of models."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.holonomy.skeleton import skeleton_of
from streamssm.automata.holonomy.split import layout
from streamssm.automata.holonomy.to_cascade import levels_of
from streamssm.automata.machine_programs import live_states, mode_named, modes_of, readable
from streamssm.automata.positions import with_positions as add_positions
from streamssm.automata.properties import Properties
from streamssm.automata.witness_search import even_recurring_word
from streamssm.automata.witnesses import RecurringWord
from streamssm.errors import ParameterError
from streamssm.languages.classify.verdict import Cost

MAX_POSITION_IMAGES = (
    5_000  # images of the automaton with positions; the sizes of larger cascades are omitted
)


@dataclass(frozen=True, eq=False)
class AlgebraicProfile:
    """Properties of a minimal automaton, and the sizes of models that represent it."""

    properties: Properties

    @property
    def machine(self) -> Automaton:
        """The minimal automaton."""
        return self.properties.machine

    @cached_property
    def readable(self) -> Automaton:
        """The automaton that a model simulates: a Mealy machine with its states split by `readable`.

        Permutations split no state: a symbol enters each state from only one state, so with one output.
        """
        machine = self.machine
        return machine if machine.is_acceptor or machine.is_moore else readable(machine)[0]

    @cached_property
    def variants(self) -> tuple[int, ...]:
        """The largest number of copies of a split state, as the size of a level; () if no state is split."""
        if self.readable is self.machine:
            return ()
        entered = np.zeros(
            (self.machine.num_states, self.machine.num_symbols, len(self.machine.outputs)), bool
        )
        symbols = np.broadcast_to(np.arange(self.machine.num_symbols), self.machine.next_state.shape)
        entered[self.machine.next_state, symbols, self.machine.output] = True
        copies = int(entered.sum(axis=2).max())
        return (copies,) if copies > 1 else ()

    @cached_property
    def one_hot(self) -> Cost:
        """The size of one layer with a bit per state."""
        states = self.readable.num_states
        return Cost(layers=1, state_dim=states, precision_bits=1, memory_bits=states)

    @cached_property
    def one_hot_steps(self) -> Cost:
        """The size of one layer with a bit per state and symbol, and one for the start."""
        bits = self.readable.next_state.size + 1
        return Cost(layers=1, state_dim=bits, precision_bits=1, memory_bits=bits)

    @cached_property
    def packed(self) -> Cost:
        """The size of one layer of one word that holds the state's number."""
        bits = self.readable.memory_bits
        return Cost(layers=1, state_dim=1, precision_bits=bits, memory_bits=bits)

    @cached_property
    def cascade(self) -> Cost:
        """The level sizes of the holonomy cascade."""
        levels = tuple(level.size for level in levels_of(self.properties.skeleton))
        return Cost(levels=(*levels, *self.variants))

    @cached_property
    def with_positions(self) -> Cost:
        """The modulus, and the level sizes of the cascade with positions; no levels if it is too large."""
        modulus = self.properties.modulus
        if modulus is None or modulus == 1:
            return replace(self.cascade, modulus=modulus)
        try:
            skeleton = skeleton_of(
                add_positions(self.machine, modulus).minimal(), max_images=MAX_POSITION_IMAGES
            )
        except ParameterError:
            return Cost(modulus=modulus)
        levels = tuple(level.size for level in levels_of(skeleton))
        return Cost(modulus=modulus, levels=(*levels, *self.variants))

    def split(self, *, prime: bool) -> Cost:
        """Return the level sizes of the cascade with cyclic levels."""
        rows, _ = layout(self.properties.skeleton, prime=prime)
        return Cost(levels=(*(level.size for row in rows for level in row), *self.variants))

    @cached_property
    def moved(self) -> int:
        """The largest number of states that a symbol moves."""
        moves = self.readable.next_state != np.arange(self.readable.num_states)[:, None]
        return int(moves.sum(axis=0).max())

    @cached_property
    def reads_last_symbol_and_position(self) -> int | None:
        """The m for which the last symbol and the position modulo m determine the output, or None.

        They then determine the state too, as the automaton is minimal.
        """
        rows = self.machine.next_state
        ends, seen = np.full(self.machine.num_symbols, self.machine.initial), dict[bytes, int]()
        while (key := ends.tobytes()) not in seen:
            seen[key] = len(seen)
            targets = rows[ends]  # from the end of each last symbol
            if (targets != targets[0]).any():
                return None
            ends = targets[0].astype(ends.dtype)
        return len(seen) - seen[key] if seen[key] <= 1 else None

    @property
    def sets_holds_and_resets(self) -> bool:
        """True if the automaton is a flip-flop: two states, with the identity and both resets."""
        moves = {tuple(column) for column in self.machine.next_state.T.tolist()}
        return self.machine.num_states == 2 and moves == {(0, 1), (0, 0), (1, 1)}

    @cached_property
    def even_recurring(self) -> RecurringWord | None:
        """A word of even length whose powers do not stabilize, or None."""
        properties = self.properties
        if properties.is_aperiodic or (properties.modulus or 0) == 2:
            return None
        return even_recurring_word(self.machine, properties.image_groups)


def in_mode(machine: Automaton, mode: str | None) -> tuple[Automaton, str]:
    """Return the minimal automaton with the outputs of a mode, and the mode.

    Raises
    ------
    ParameterError
        If the automaton has no such mode.
    """
    modes = modes_of(machine)
    mode = mode_named(mode) or next(iter(modes))
    if mode not in modes:
        raise ParameterError(f"mode of {machine.name} must be one of {', '.join(modes)}, not {mode!r}")
    minimal = machine.minimal()
    if mode == "track":
        return _with_outputs(minimal, minimal.state_names), mode
    return (_with_outputs(minimal, _admissible(minimal)), mode) if mode == "predict" else (minimal, mode)


def _admissible(machine: Automaton) -> tuple[str, ...]:
    """Return for each state, as text, the symbols that can come next on the way to an accepted word."""
    allowed = live_states(machine)[machine.next_state]
    rows = zip(allowed.tolist(), machine.accepting.tolist(), strict=True)
    texts = []
    for row, accepts in rows:
        names = [symbol for symbol, bit in zip(machine.symbols, row, strict=True) if bit]
        texts.append(" ".join([*names, "end"] if accepts else names) or "nothing")
    return tuple(texts)


def _with_outputs(machine: Automaton, outputs: tuple[str, ...]) -> Automaton:
    names = tuple(dict.fromkeys(outputs))
    numbers = np.array([names.index(output) for output in outputs], dtype=np.int32)
    return replace(machine, output=numbers, outputs=names)
