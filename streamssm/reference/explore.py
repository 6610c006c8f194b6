"""Twin of ``streamssm.cext.explore``: breadth-first searches with a dictionary and a list."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import numpy.typing as npt

from streamssm.errors import ParameterError, PrecisionError
from streamssm.reference.program_vm import InstructionStep, VirtualMachine

Int64s = npt.NDArray[np.int64]
Words = tuple[int, ...]
Joint = tuple[Words, Words]


class Explorer:
    """Follows every transition of two machines from their initial states; see the kernel."""

    def __init__(
        self,
        a: VirtualMachine,
        b: VirtualMachine,
        *,
        state_lo_a: Int64s,
        state_bits_a: Int64s,
        initial_a: Int64s,
        state_lo_b: Int64s,
        state_bits_b: Int64s,
        initial_b: Int64s,
        field_lo: Int64s,
        field_hi: Int64s,
        max_states: int,
    ) -> None:
        if (a.num_fields, a.num_outputs) != (b.num_fields, b.num_outputs):
            raise ParameterError("a and b must have the same numbers of token fields and of output words")
        self.machines = (a, b)
        self.ranges = (word_ranges(state_lo_a, state_bits_a), word_ranges(state_lo_b, state_bits_b))
        self.fields = [range(lo, hi + 1) for lo, hi in zip(field_lo.tolist(), field_hi.tolist(), strict=True)]
        self.max_states = max_states
        self.status, self.transitions = "running", 0
        self.difference: tuple[int, Words] | None = None
        initial = (tuple(initial_a.tolist()), tuple(initial_b.tolist()))
        self._require_in_range(initial)
        self.index_of: dict[Joint, int] = {initial: 0}
        self.order: list[Joint] = [initial]
        self.parents: list[tuple[int, Words] | None] = [None]
        self.at = 0
        self.todo = self._transitions()

    @property
    def states(self) -> int:
        """The number of joint states found."""
        return len(self.order)

    @property
    def depth(self) -> int:
        """The number of tokens that lead to the state whose transitions are being followed."""
        return len(self.path(self.at))

    def expand(self, max_transitions: int) -> str:
        """Follow that many more transitions; see the kernel."""
        done = 0
        while self.status == "running" and done < max_transitions:
            transition = next(self.todo, None)
            if transition is None:
                self.status = "closed"
                break
            done += 1
            self.transitions += 1
            self._follow(*transition)
        return self.status

    def path(self, index: int) -> list[Words]:
        """Return the tokens of a shortest stream from the initial state to a state."""
        tokens = []
        while (parent := self.parents[index]) is not None:
            index, token = parent
            tokens.append(token)
        return tokens[::-1]

    def state(self, index: int) -> Joint:
        """Return a joint state as two tuples of words."""
        return self.order[index]

    def _transitions(self) -> Iterator[tuple[int, Words]]:
        for index, _ in enumerate(self.order):  # grows while it is traversed
            self.at = index
            for token in product(*self.fields):
                yield index, token

    def _follow(self, index: int, token: Words) -> None:
        steps = [
            machine.step(words, token)
            for machine, words in zip(self.machines, self.order[index], strict=True)
        ]
        if all(step.error for step in steps):
            return
        if differ(*steps):
            self.status, self.difference = "difference", (index, token)
            return
        joint = (tuple(steps[0].state), tuple(steps[1].state))
        self._require_in_range(joint)
        if joint not in self.index_of:
            self.index_of[joint] = len(self.order)
            self.order.append(joint)
            self.parents.append((index, token))
            self.status = "full" if len(self.order) > self.max_states else "running"

    def _require_in_range(self, joint: Joint) -> None:
        for side, words, ranges in zip((" of a", " of b"), joint, self.ranges, strict=True):
            require_in_range(side, words, ranges)


class Tabulator:
    """Follows and records every transition of one machine from its initial state; see the kernel."""

    def __init__(
        self,
        machine: VirtualMachine,
        *,
        state_lo: Int64s,
        state_bits: Int64s,
        initial: Int64s,
        field_lo: Int64s,
        field_hi: Int64s,
        max_states: int,
    ) -> None:
        self.machine, self.max_states = machine, max_states
        self.ranges = word_ranges(state_lo, state_bits)
        self.fields = [range(lo, hi + 1) for lo, hi in zip(field_lo.tolist(), field_hi.tolist(), strict=True)]
        self.status = "running"
        self.stopped: list[Words] | None = None
        self.order: list[Words] = [tuple(initial.tolist())]
        self.index_of = {self.order[0]: 0}
        self.streams: list[tuple[Words, ...]] = [()]
        self.known: dict[Words, int] = {}
        self.recorded: list[tuple[int, int]] = []
        self.todo = ((state, token) for state in self.order for token in product(*self.fields))

    @property
    def states(self) -> int:
        """The number of states found."""
        return len(self.order)

    @property
    def transitions(self) -> int:
        """The number of transitions followed."""
        return len(self.recorded) + (self.stopped is not None)

    def expand(self, max_transitions: int) -> str:
        """Follow that many more transitions; see the kernel."""
        while self.status == "running" and max_transitions > 0:
            transition = next(self.todo, None)
            if transition is None:
                self.status = "closed"
                break
            max_transitions -= 1
            self._record(*transition)
        return self.status

    def _record(self, state: Words, token: Words) -> None:
        step, stream = self.machine.step(state, token), (*self.streams[self.index_of[state]], token)
        after, outputs = tuple(step.state), tuple(step.outputs)
        if step.error:
            self.status, self.stopped = "error", list(stream)
            return
        require_in_range("", after, self.ranges)
        if after not in self.index_of:
            self.index_of[after] = len(self.order)
            self.order.append(after)
            self.streams.append(stream)
            self.status = "full" if len(self.order) > self.max_states else "running"
        self.recorded.append((self.index_of[after], self.known.setdefault(outputs, len(self.known))))

    def tables(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Return the next state and the outputs of every transition; see the kernel."""
        if self.status != "closed":
            raise ParameterError("a search must be closed before its tables are asked for")
        both = np.array(self.recorded, dtype=np.int32).reshape(len(self.order), -1, 2)
        return both[:, :, 0], both[:, :, 1]

    def outputs(self) -> Int64s:
        """Return the output words of every number, shape (outputs, W)."""
        return np.array(list(self.known), dtype=np.int64).reshape(len(self.known), -1)

    def path(self, index: int) -> list[Words]:
        """Return the tokens of a shortest stream from the initial state to a state."""
        return list(self.streams[index])

    def state(self, index: int) -> Words:
        """Return a state's words as a tuple."""
        return self.order[index]

    def words(self, indices: npt.NDArray[np.int32]) -> Int64s:
        """Return many states' words, shape (len(indices), S)."""
        rows = [self.order[index] for index in indices.tolist()]
        return np.array(rows, dtype=np.int64).reshape(len(rows), len(self.ranges))


def word_ranges(lo: Int64s, bits: Int64s) -> list[range]:
    """Return the values that each state word may have."""
    return [range(low, low + (1 << width)) for low, width in zip(lo.tolist(), bits.tolist(), strict=True)]


def require_in_range(side: str, words: Words, ranges: list[range]) -> None:
    """Raise PrecisionError unless every word has a value that it may have."""
    for word, (value, allowed) in enumerate(zip(words, ranges, strict=True)):
        if value not in allowed:
            label = f"state word {word}{side}"
            raise PrecisionError(f"{label} must lie in [{allowed[0]}, {allowed[-1]}], not be {value}")


def differ(a: InstructionStep, b: InstructionStep) -> bool:
    """Return whether two steps are distinguishable."""
    return a.error != b.error or a.outputs != b.outputs
