"""Breadth-first search of the joint states of two machines that read the same tokens."""

from libc.stdint cimport int32_t, int64_t
from libc.string cimport memset

import math

import numpy as np

from streamssm.cext.program_vm cimport Machine, vm_code

from streamssm.cext.call_checks import require_state_format, require_words
from streamssm.errors import ParameterError, PrecisionError


cdef extern from "visited.h" nogil:
    ctypedef struct visited:
        int64_t num_states
        int64_t *parents
        int64_t *tokens


cdef extern from "explore.h" nogil:
    ctypedef struct ex_side:
        const vm_code *code
        const int64_t *state_lo
        const int64_t *state_bits

    ctypedef struct explorer:
        ex_side sides[2]
        int32_t num_fields, num_outputs
        const int64_t *field_lo
        const int64_t *field_hi
        int64_t num_tokens, max_states
        visited found
        int64_t state_at, transitions
        int status
        int64_t stop_state, stop_token, stop_value
        int32_t stop_side, stop_word

    int EX_RUNNING, EX_CLOSED, EX_DIFFERENCE, EX_FULL, EX_OUT_OF_RANGE, EX_NO_MEMORY
    int explore_init(explorer *search, const int64_t *initial_a, const int64_t *initial_b) noexcept
    void explore_release(explorer *search) noexcept
    void explore_expand(explorer *search, int64_t max_transitions) noexcept
    void explore_state(const explorer *search, int64_t index, int side, int64_t *words) noexcept
    void explore_token(const explorer *search, int64_t token, int64_t *fields) noexcept


STATUS = {EX_RUNNING: "running", EX_CLOSED: "closed", EX_DIFFERENCE: "difference", EX_FULL: "full"}


cdef const int64_t *address(array):
    return <const int64_t *><size_t>array.__array_interface__["data"][0]


cdef class Explorer:
    """Follows every transition of two machines from their initial states, until a difference or the end.

    A transition differs where an output word does, or where exactly one side's step is an error. Where both are errors it
    is not followed. States are found in breadth-first order and tokens are tried in lexicographic order, so that
    ``path(state)`` with the token of the difference is a shortest differing stream.

    Parameters
    ----------
    a, b : Machine, with the same numbers of fields and outputs
    state_lo_a, state_bits_a : int64 arrays (S,); a state word lies in [lo, lo + 2^bits)
    initial_a : int64 array (S,)
    field_lo, field_hi : int64 arrays (F,), within both machines' fields; tokens are all their combinations
    max_states : int, the number of joint states past which the search gives up
    """

    cdef explorer search
    cdef object kept

    def __cinit__(self, Machine a not None, Machine b not None, *, state_lo_a, state_bits_a, initial_a, state_lo_b,
                  state_bits_b, initial_b, field_lo, field_hi, max_states):
        memset(&self.search, 0, sizeof(self.search))
        if (a.num_fields, a.num_outputs) != (b.num_fields, b.num_outputs):
            raise ParameterError("a and b must have the same numbers of token fields and of output words")
        format_a = require_state_format("a", state_lo_a, state_bits_a, initial_a, a.num_state)
        format_b = require_state_format("b", state_lo_b, state_bits_b, initial_b, b.num_state)
        lows = require_words("field_lo", field_lo, a.num_fields)
        highs = require_words("field_hi", field_hi, a.num_fields)
        self.require_fields(a, lows, highs)
        self.require_fields(b, lows, highs)
        num_tokens = math.prod(hi - lo + 1 for lo, hi in zip(lows.tolist(), highs.tolist(), strict=True))
        if not 0 < num_tokens < 2**62:
            raise ParameterError(f"the fields must have between 1 and 2^62 - 1 combinations, not {num_tokens}")
        if not 0 < max_states < 2**62:
            raise ParameterError(f"max_states must lie in [1, 2^62), not {max_states}")
        self.kept = (a, b, format_a, format_b, lows, highs)
        self.search.sides[0].code, self.search.sides[1].code = &a.code, &b.code
        for side, (lo, bits, _) in enumerate((format_a, format_b)):
            self.search.sides[side].state_lo, self.search.sides[side].state_bits = address(lo), address(bits)
        self.search.num_fields, self.search.num_outputs = a.num_fields, a.num_outputs
        self.search.field_lo, self.search.field_hi = address(lows), address(highs)
        self.search.num_tokens, self.search.max_states = num_tokens, max_states
        if explore_init(&self.search, address(format_a[2]), address(format_b[2])):
            raise MemoryError

    def __dealloc__(self):
        explore_release(&self.search)

    cdef int require_fields(self, Machine machine, lows, highs) except -1:
        for index, (lo, hi) in enumerate(zip(lows.tolist(), highs.tolist(), strict=True)):
            least, most = machine.code.field_lo[index], machine.code.field_hi[index]
            if not least <= lo <= hi <= most:
                raise ParameterError(f"field {index} must lie in [{least}, {most}], not in [{lo}, {hi}]")
        return 0

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
        with nogil:
            explore_expand(&self.search, max_transitions)
        if self.search.status == EX_NO_MEMORY:
            raise MemoryError(f"no memory is left after {self.states} joint states")
        if self.search.status == EX_OUT_OF_RANGE:
            side = self.search.stop_side
            lo, bits = (int(array[self.search.stop_word]) for array in self.kept[2 + side][:2])
            place = f"state word {self.search.stop_word} of {'ab'[side]}"
            raise PrecisionError(f"{place} must lie in [{lo}, {lo + (1 << bits) - 1}], not be {self.search.stop_value}")
        return STATUS[self.search.status]

    @property
    def transitions(self):
        """The number of transitions followed."""
        return self.search.transitions

    @property
    def states(self):
        """The number of joint states found."""
        return self.search.found.num_states

    @property
    def depth(self):
        """The number of tokens that lead to the state whose transitions are being followed."""
        return len(self.token_indices(min(self.search.state_at, self.states - 1)))

    @property
    def difference(self):
        """The state's index and the token of the first difference, or None."""
        if self.search.status != EX_DIFFERENCE:
            return None
        return self.search.stop_state, self.token(self.search.stop_token)

    def path(self, int64_t index):
        """Return the tokens of a shortest stream from the initial state to a state."""
        return [self.token(token) for token in self.token_indices(self.require_index(index))]

    def state(self, int64_t index):
        """Return a joint state as two tuples of words."""
        self.require_index(index)
        words = [np.empty(len(self.kept[2 + side][0]), np.int64) for side in range(2)]
        for side in range(2):
            explore_state(&self.search, index, side, <int64_t *>address(words[side]))
        return tuple(words[0].tolist()), tuple(words[1].tolist())

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
