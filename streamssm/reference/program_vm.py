"""Twin of ``streamssm.cext.program_vm``: the bytecode's meaning, one token and one lane at a time.

Where a kernel relies on a promise (values fit word_bits, indices and shifts are in range, no divisor is 0),
the reference raises PrecisionError.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from streamssm.errors import ParameterError, PrecisionError
from streamssm.reference.operations import (
    LOAD,
    NEURON,
    NUM_OPCODES,
    NUM_READS,
    STORE,
    TABLE,
    WORD_OPERATIONS,
    require,
)

Ints = npt.NDArray[np.integer[Any]]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]

INACTIVE, ACTIVE = 1, 2


class ExecutionStop(NamedTuple):
    """The reason for the end of a run over one stream: "end", "token" (bad field ``index``) or "error"."""

    kind: str
    position: int
    index: int  # type: ignore[assignment]


class LaneStop(NamedTuple):
    """As ExecutionStop, with the lane; the earliest position, then the lowest lane."""

    kind: str
    position: int
    index: int  # type: ignore[assignment]
    lane: int


class Instruction(NamedTuple):
    """One row of the code."""

    op: int
    dst: int
    a: int
    b: int
    c: int
    extra: int


@dataclass
class InstructionStep:
    """The result of one token: the state after it and the outputs, or an error."""

    state: list[int]
    outputs: list[int]
    error: bool


def available_isas() -> tuple[str, ...]:
    """Return the only instruction set of the reference."""
    return ("baseline",)


class VirtualMachine:
    """Straight-line code over a file of words, executed once per token; see the kernel for the arguments."""

    def __init__(
        self,
        *,
        instructions: Int32s,
        constants: Int64s,
        tables: Int64s,
        terms: Int32s,
        weights: Int64s,
        biases: Int64s,
        num_state: int,
        num_slots: int,
        next_slots: Int32s,
        output_slots: Int32s,
        error_slot: int,
        field_lo: Int64s,
        field_hi: Int64s,
        word_bits: int,
    ) -> None:
        self.code = [Instruction(*(int(cell) for cell in row)) for row in instructions]
        self.constants, self.tables = constants.tolist(), tables.tolist()
        self.terms, self.weights, self.biases = terms.tolist(), weights.tolist(), biases.tolist()
        self.next_slots, self.output_slots = next_slots.tolist(), output_slots.tolist()
        self.field_lo, self.field_hi = field_lo.tolist(), field_hi.tolist()
        self.error_slot, self.num_slots, self.word_bits = error_slot, num_slots, word_bits
        self.num_state, self.num_fields = num_state, len(self.field_lo)
        self.num_outputs, self.num_instructions = len(self.output_slots), len(self.code)
        self._check_shapes()
        self._check_slots()

    def run(
        self,
        columns: Sequence[Ints],
        state: Int64s,
        out: Int64s | None = None,
        *,
        num_tokens: int | None = None,
    ) -> ExecutionStop:
        """Run one stream from the state, which is updated in place; see the kernel."""
        words = state.tolist()
        for position in range(self._num_tokens(columns, out, num_tokens)):
            token = [int(column[position]) for column in columns]
            bad_field = self._bad_field(token)
            step = None if bad_field is not None else self.step(words, token)
            if step is None or step.error:
                state[:] = words
                return ExecutionStop("token" if step is None else "error", position, bad_field or 0)
            words = step.state
            if out is not None:
                out[position] = step.outputs
        state[:] = words
        return ExecutionStop("end", self._num_tokens(columns, out, num_tokens), 0)

    def run_lanes(
        self,
        columns: Sequence[Ints],
        state: Int64s,
        out: Ints | None = None,
        *,
        coverage: Bytes | None = None,
        isa: str | None = None,
        num_tokens: int | None = None,
    ) -> LaneStop:
        """Run many streams side by side from their states, which are updated in place; see the kernel."""
        if isa not in (None, *available_isas()):
            raise ParameterError(f"isa must be {' or '.join(available_isas())}, not {isa!r}")
        total, lanes = self._num_tokens(columns, out, num_tokens), state.shape[1]
        cells = [(position, lane) for position in range(total) for lane in range(lanes)]
        for position, lane in cells:
            bad_field = self._bad_field([int(column[position, lane]) for column in columns])
            if bad_field is not None:
                return LaneStop("token", position, bad_field, lane)
        for position, lane in cells:
            token = [int(column[position, lane]) for column in columns]
            step = self.step(state[:, lane].tolist(), token, coverage)
            if step.error:
                return LaneStop("error", position, 0, lane)
            state[:, lane] = step.state
            if out is not None:
                self._write(out, position, lane, step.outputs)
        return LaneStop("end", total, 0, 0)

    def step(
        self, state: Sequence[int], token: Sequence[int], coverage: Bytes | None = None
    ) -> InstructionStep:
        """Execute the code once.

        Raises
        ------
        PrecisionError
            If a promise of the code's author is broken.
        """
        slots = [*state, *token, *self.constants]
        slots += [0] * (self.num_slots - len(slots))
        for index, row in enumerate(self.code):
            if row.op == STORE:
                self._store(row, slots)
                continue
            value = self._neuron(row, slots, index, coverage) if row.op == NEURON else self._value(row, slots)
            slots[row.dst] = self._word(value, index)
        if self.error_slot >= 0 and slots[self.error_slot]:
            return InstructionStep(list(state), [], True)
        outputs = [slots[slot] for slot in self.output_slots]
        for word, slot in enumerate(self.next_slots):
            slots[word] = slots[slot]
        return InstructionStep(slots[: self.num_state], outputs, False)

    def _value(self, row: Instruction, slots: list[int]) -> int:
        operands = [slots[slot] for slot in (row.a, row.b, row.c)[: NUM_READS[row.op]]]
        if row.op == TABLE:
            index = row.extra + operands[0]
            require(0 <= index < len(self.tables), f"a table index must lie in the tables, not be {index}")
            return int(self.tables[index])
        if row.op == LOAD:
            return slots[self._state_index(row, slots)]
        return WORD_OPERATIONS[row.op](*operands)

    def _neuron(self, row: Instruction, slots: list[int], index: int, coverage: Bytes | None) -> int:
        terms = range(row.a, row.a + row.b)
        products = [self.weights[k] * slots[self.terms[k]] for k in terms]
        bias = self.biases[row.extra]
        self._word(abs(bias) + sum(map(abs, products)), index)
        total = int(bias + sum(products))
        if not row.c:
            return total
        if coverage is not None:
            coverage[index] |= ACTIVE if total > 0 else INACTIVE
        return max(total, 0)

    def _store(self, row: Instruction, slots: list[int]) -> None:
        if slots[row.c]:
            slots[self._state_index(row, slots)] = slots[row.b]

    def _state_index(self, row: Instruction, slots: list[int]) -> int:
        index = row.extra + slots[row.a]
        require(0 <= index < self.num_state, f"an array index must lie in the state, not be {index}")
        return index

    def _word(self, value: int, index: int) -> int:
        bound = 1 << (self.word_bits - 1)
        require(
            -bound <= value < bound, f"instruction {index} must fit {self.word_bits} bits, not give {value}"
        )
        return value

    def _write(self, out: Ints, position: int, lane: int, outputs: Sequence[int]) -> None:
        limits = np.iinfo(out.dtype)
        for word, value in enumerate(outputs):
            if not limits.min <= value <= limits.max:
                label = f"output {word} at position {position}"
                raise PrecisionError(f"{label} does not fit {out.dtype}, the dtype of out")
            out[position, lane, word] = value

    def _bad_field(self, token: Sequence[int]) -> int | None:
        """Return the first field that is out of range."""
        for index, (value, lo, hi) in enumerate(zip(token, self.field_lo, self.field_hi, strict=True)):
            if not lo <= value <= hi:
                return index
        return None

    def _num_tokens(self, columns: Sequence[Ints], out: Ints | None, num_tokens: int | None) -> int:
        if len(columns) != self.num_fields:
            raise ParameterError(f"columns must be {self.num_fields} arrays, not {len(columns)}")
        known = {len(array) for array in columns} | ({len(out)} if out is not None else set())
        known |= {num_tokens} if num_tokens is not None else set()
        if len(known) != 1 or min(known) < 0:
            raise ParameterError("columns, out and num_tokens must agree on the number of tokens")
        return known.pop()

    def _check_shapes(self) -> None:
        first_temporary = self.num_state + self.num_fields + len(self.constants)
        wrong = [
            *(["word_bits must be 32 or 64"] if self.word_bits not in (32, 64) else []),
            *(["weights must be as many as terms"] if len(self.weights) != len(self.terms) else []),
            *(["field_hi must be as many as field_lo"] if len(self.field_hi) != self.num_fields else []),
            *(["next_slots must be one per state word"] if len(self.next_slots) != self.num_state else []),
            *(
                ["num_slots must cover state, fields and constants"]
                if self.num_slots < first_temporary
                else []
            ),
        ]
        if wrong:
            raise ParameterError("; ".join(wrong))

    def _check_slots(self) -> None:
        """Require that every slot exists and is written before it is read, and that constants stay."""
        first_constant = self.num_state + self.num_fields
        constants = range(first_constant, first_constant + len(self.constants))
        written = set(range(constants.stop))
        for index, row in enumerate(self.code):
            if not 0 <= row.op < NUM_OPCODES:
                raise ParameterError(f"opcodes must lie in [0, {NUM_OPCODES}), not {row.op}")
            if not written.issuperset(self._reads(row)):
                raise ParameterError(f"instruction {index} must only read slots that were written")
            if row.op == STORE:
                continue
            if not 0 <= row.dst < self.num_slots or row.dst in constants:
                raise ParameterError(
                    f"instruction {index} must write a slot that is no constant, not {row.dst}"
                )
            written.add(row.dst)
        at_end = {*self.output_slots, *self.next_slots, *([self.error_slot] if self.error_slot != -1 else [])}
        if not written.issuperset(at_end):
            raise ParameterError("output_slots, next_slots and error_slot must name slots that were written")
        if any(slot != word and slot < self.num_state for word, slot in enumerate(self.next_slots)):
            raise ParameterError("next_slots must name the word itself or a slot past the state")

    def _reads(self, row: Instruction) -> Iterator[int]:
        yield from (row.a, row.b, row.c)[: NUM_READS[row.op]]
        if row.op != NEURON:
            return
        if not (0 <= row.a and 0 <= row.b and row.a + row.b <= len(self.terms)):
            raise ParameterError("the terms of every NEURON must lie within terms")
        if not 0 <= row.extra < len(self.biases):
            raise ParameterError("the bias of every NEURON must lie within biases")
        yield from self.terms[row.a : row.a + row.b]
