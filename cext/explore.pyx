"""Breadth-first search: of the joint states of two machines that read the same tokens, or of the states of one."""

from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.string cimport memcpy, memset

import math

import numpy as np

from streamssm.cext.program_vm cimport VirtualMachine, vm_code

from streamssm.cext.call_checks import require_state_format, require_words
from streamssm.errors import ParameterError, PrecisionError


cdef extern from "visited.h" nogil:
    ctypedef struct visited:
        int64_t num_states
        uint64_t *keys
        int64_t *parents
        int64_t *tokens


cdef extern from "explore.h" nogil:
    ctypedef struct ex_side:
        const vm_code *code
        const int64_t *state_lo
        const int64_t *state_bits

    ctypedef struct ex_record:
        int32_t *targets
        int32_t *outputs
        visited words

    ctypedef struct explorer:
        ex_side sides[2]
        int32_t num_sides
        int32_t num_fields, num_outputs
        const int64_t *field_lo
        const int64_t *field_hi
        int64_t num_tokens, max_states
        visited found
        ex_record record
        int64_t state_at, token_at, transitions
        int status
        int64_t stop_state, stop_token, stop_value
        int32_t stop_side, stop_word

    int EX_RUNNING, EX_CLOSED, EX_DIFFERENCE, EX_FULL, EX_OUT_OF_RANGE, EX_NO_MEMORY, EX_ERROR
    int explore_init(explorer *search, const int64_t *initial_a, const int64_t *initial_b) noexcept
    void explore_release(explorer *search) noexcept
    void explore_expand(explorer *search, int64_t max_transitions) noexcept
    void explore_state(const explorer *search, int64_t index, int side, int64_t *words) noexcept
    void explore_token(const explorer *search, int64_t token, int64_t *fields) noexcept


STATUS = {
    EX_RUNNING: "running", EX_CLOSED: "closed", EX_DIFFERENCE: "difference", EX_FULL: "full", EX_ERROR: "error",
}


cdef const int64_t *address(array):
    return <const int64_t *><size_t>array.__array_interface__["data"][0]


cdef class Search:
    """What both searches have in common: states in breadth-first order, tokens in lexicographic order."""

    cdef explorer search
    cdef tuple machines, formats, kept

    cdef int start(self, tuple machines, tuple formats, field_lo, field_hi, max_states) except -1:
        """Begin a search over all combinations of the fields, from the machines' initial states."""
        lows = require_words("field_lo", field_lo, (<VirtualMachine>machines[0]).num_fields)
        highs = require_words("field_hi", field_hi, (<VirtualMachine>machines[0]).num_fields)
        for machine in machines:
            self.require_fields(machine, lows, highs)
        num_tokens = math.prod(hi - lo + 1 for lo, hi in zip(lows.tolist(), highs.tolist(), strict=True))
        if not 0 < num_tokens < 2**62:
            raise ParameterError(f"the fields must have between 1 and 2^62 - 1 combinations, not {num_tokens}")
        if not 0 < max_states < 2**62:
            raise ParameterError(f"max_states must lie in [1, 2^62), not {max_states}")
        memset(&self.search, 0, sizeof(self.search))
        self.machines, self.formats, self.kept = machines, formats, (lows, highs)
        self.search.num_sides = len(machines)
        for side, (machine, (lo, bits, _)) in enumerate(zip(machines, formats, strict=True)):
            self.search.sides[side].code = &(<VirtualMachine>machine).code
            self.search.sides[side].state_lo, self.search.sides[side].state_bits = address(lo), address(bits)
        self.search.num_fields = (<VirtualMachine>machines[0]).num_fields
        self.search.num_outputs = (<VirtualMachine>machines[0]).num_outputs
        self.search.field_lo, self.search.field_hi = address(lows), address(highs)
        self.search.num_tokens, self.search.max_states = num_tokens, max_states
        if explore_init(&self.search, address(formats[0][2]), address(formats[len(formats) - 1][2])):
            raise MemoryError
        return 0

    def __dealloc__(self):
        explore_release(&self.search)

    cdef int require_fields(self, VirtualMachine machine, lows, highs) except -1:
        for index, (lo, hi) in enumerate(zip(lows.tolist(), highs.tolist(), strict=True)):
            least, most = machine.code.field_lo[index], machine.code.field_hi[index]
            if not least <= lo <= hi <= most:
                raise ParameterError(f"field {index} must lie in [{least}, {most}], not in [{lo}, {hi}]")
        return 0

    cdef str follow(self, int64_t max_transitions):
        with nogil:
            explore_expand(&self.search, max_transitions)
        if self.search.status == EX_NO_MEMORY:
            raise MemoryError(f"no memory is left after {self.states} states")
        if self.search.status == EX_OUT_OF_RANGE:
            side = self.search.stop_side
            lo, bits = (int(array[self.search.stop_word]) for array in self.formats[side][:2])
            place = f"state word {self.search.stop_word}" + (f" of {'ab'[side]}" if self.search.num_sides == 2 else "")
            raise PrecisionError(f"{place} must lie in [{lo}, {lo + (1 << bits) - 1}], not be {self.search.stop_value}")
        return STATUS[self.search.status]

    @property
    def transitions(self):
        """The number of transitions followed."""
        return self.search.transitions

    @property
    def states(self):
        """The number of states found."""
        return self.search.found.num_states

    @property
    def depth(self):
        """The number of tokens that lead to the state whose transitions are being followed."""
        return len(self.token_indices(min(self.search.state_at, self.states - 1))) if self.states else 0

    def path(self, int64_t index):
        """Return the tokens of a shortest stream from the initial state to a state."""
        return [self.token(token) for token in self.token_indices(self.require_index(index))]

    cdef int64_t require_index(self, int64_t index) except -1:
        if not 0 <= index < self.states:
            raise ParameterError(f"a state's index must lie in [0, {self.states}), not be {index}")
        return index

    cdef list token_indices(self, int64_t index):
        found = []
        while self.search.found.parents[index] >= 0:
            found.append(self.search.found.tokens[index])
            index = self.search.found.parents[index]
        return found[::-1]

    cdef tuple token(self, int64_t index):
        fields = np.empty(self.search.num_fields, np.int64)
        explore_token(&self.search, index, <int64_t *>address(fields))
        return tuple(fields.tolist())


cdef class Explorer(Search):
    """Follows every transition of two machines from their initial states, until a difference or the end.

    A transition differs where an output word does, or where exactly one side's step is an error. Where both are errors it
    is not followed. States are found in breadth-first order and tokens are tried in lexicographic order, so that
    ``path(state)`` with the token of the difference is a shortest differing stream.

    Parameters
    ----------
    a, b : VirtualMachine, with the same numbers of fields and outputs
    state_lo_a, state_bits_a : int64 arrays (S,); a state word lies in [lo, lo + 2^bits)
    initial_a : int64 array (S,)
    field_lo, field_hi : int64 arrays (F,), within both machines' fields; tokens are all their combinations
    max_states : int, the number of joint states past which the search gives up
    """

    def __cinit__(self, VirtualMachine a not None, VirtualMachine b not None, *, state_lo_a, state_bits_a, initial_a, state_lo_b,
                  state_bits_b, initial_b, field_lo, field_hi, max_states):
        if (a.num_fields, a.num_outputs) != (b.num_fields, b.num_outputs):
            raise ParameterError("a and b must have the same numbers of token fields and of output words")
        format_a = require_state_format("_a", state_lo_a, state_bits_a, initial_a, a.num_state)
        format_b = require_state_format("_b", state_lo_b, state_bits_b, initial_b, b.num_state)
        self.start((a, b), (format_a, format_b), field_lo, field_hi, max_states)

    def expand(self, int64_t max_transitions):
        """Follow about that many more transitions.

        Returns
        -------
        str
            "running"; "closed" where every transition has been followed; "difference"; "full" where there are more than
            max_states joint states.

        Raises
        ------
        PrecisionError
            If a state word leaves its bits.
        """
        return self.follow(max_transitions)

    @property
    def difference(self):
        """The state's index and the token of the first difference, or None."""
        if self.search.status != EX_DIFFERENCE:
            return None
        return self.search.stop_state, self.token(self.search.stop_token)

    def state(self, int64_t index):
        """Return a joint state as two tuples of words."""
        self.require_index(index)
        words = [np.empty(len(lo), np.int64) for lo, _, _ in self.formats]
        for side in range(2):
            explore_state(&self.search, index, side, <int64_t *>address(words[side]))
        return tuple(words[0].tolist()), tuple(words[1].tolist())


cdef class Tabulator(Search):
    """Follows every transition of one machine from its initial state, and records them.

    Parameters
    ----------
    machine : VirtualMachine
    state_lo, state_bits : int64 arrays (S,); a state word lies in [lo, lo + 2^bits)
    initial : int64 array (S,)
    field_lo, field_hi : int64 arrays (F,), within the machine's fields; tokens are all their combinations
    max_states : int, less than 2^31, the number of states past which the search gives up
    """

    def __cinit__(self, VirtualMachine machine not None, *, state_lo, state_bits, initial, field_lo, field_hi, max_states):
        if not 0 < max_states < 2**31:
            raise ParameterError(f"max_states must lie in [1, 2^31), not {max_states}")
        form = require_state_format("", state_lo, state_bits, initial, machine.num_state)
        self.start((machine,), (form,), field_lo, field_hi, max_states)

    def expand(self, int64_t max_transitions):
        """Follow about that many more transitions.

        Returns
        -------
        str
            "running"; "closed" where every transition has been recorded; "error" where the machine's step is one, after
            ``stopped``; "full" where there are more than max_states states.

        Raises
        ------
        PrecisionError
            If a state word leaves its bits.
        """
        return self.follow(max_transitions)

    @property
    def stopped(self):
        """The tokens of a shortest stream whose last step is an error, or None."""
        if self.search.status != EX_ERROR:
            return None
        return [*self.path(self.search.stop_state), self.token(self.search.stop_token)]

    def tables(self):
        """Return what every transition leads to and gives, once the search is closed.

        Returns
        -------
        next_state : int32 array (states, tokens)
        output : int32 array (states, tokens), numbered as they were met
        """
        if self.search.status != EX_CLOSED:
            raise ParameterError("a search must be closed before its tables are asked for")
        tables = [np.empty((self.states, self.search.num_tokens), np.int32) for _ in range(2)]
        size = tables[0].nbytes
        memcpy(<void *>address(tables[0]), self.search.record.targets, size)
        memcpy(<void *>address(tables[1]), self.search.record.outputs, size)
        return tuple(tables)

    def outputs(self):
        """Return the output words of every number, int64 array (outputs, W)."""
        words = np.empty((self.search.record.words.num_states, self.search.num_outputs), np.int64)
        if words.size:
            memcpy(<void *>address(words), self.search.record.words.keys, words.nbytes)
        return words

    def state(self, int64_t index):
        """Return a state's words as a tuple."""
        self.require_index(index)
        words = np.empty(len(self.formats[0][0]), np.int64)
        explore_state(&self.search, index, 0, <int64_t *>address(words))
        return tuple(words.tolist())

    def words(self, indices):
        """Return many states' words, int64 array (len(indices), S); indices are an int32 array."""
        if not isinstance(indices, np.ndarray) or indices.dtype != np.int32 or indices.ndim != 1:
            raise ParameterError("indices must be an int32 array of 1 dimension")
        if len(indices) and not 0 <= indices.min() <= indices.max() < self.states:
            raise ParameterError(f"indices must lie in [0, {self.states}), not in [{indices.min()}, {indices.max()}]")
        found = np.empty((len(indices), len(self.formats[0][0])), np.int64)
        cdef const int32_t[::1] places = np.ascontiguousarray(indices)
        cdef int64_t *words = <int64_t *>address(found)
        cdef int64_t i, width = found.shape[1]
        with nogil:
            for i in range(places.shape[0]):
                explore_state(&self.search, places[i], 0, words + i * width)
        return found
