"""Complete deterministic machines as tables: run, minimize, and tell two of them apart.

Shapes: S states, A symbols, T symbols of a stream, B lanes. ``next_state`` is (S, A). ``output`` is (S,) where outputs
are of states (Moore) and (S, A) where they are of transitions (Mealy); equal numbers are equal outputs.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t

import numpy as np

from streamssm.cext.automaton_checks import (
    require_initial, require_int32s, require_next, require_output, require_states, require_symbols, require_tables,
)
from streamssm.errors import ParameterError


cdef extern from "automaton.h" nogil:
    ctypedef struct am_machine:
        const int32_t *next
        const int32_t *out
        int32_t num_states, num_symbols, out_width, initial

    ctypedef struct am_state:
        int32_t block, place

    ctypedef struct am_block:
        int32_t first, end, marked

    ctypedef struct am_partition:
        int32_t num_reachable, num_blocks
        int32_t *order
        int32_t *number
        int32_t *targets
        int32_t *offsets
        int32_t *sources
        int32_t *elements
        int32_t *buffer
        int32_t *touched
        am_state *states
        am_block *blocks
        int32_t *table
        int64_t table_mask

    ctypedef struct am_pairs:
        int32_t *parents
        int32_t *left
        int32_t *right
        int32_t *origins
        int32_t *symbols

    ctypedef struct am_difference:
        int32_t pair, place

    void am_reach(const am_machine *machine, am_partition *work) noexcept
    void am_minimize(const am_machine *machine, am_partition *work, int32_t *block_of,
                     int32_t *representatives) noexcept
    am_difference am_distinguish(const am_machine *a, const am_machine *b, am_pairs *work) noexcept


ctypedef fused symbol:
    uint8_t
    int32_t


ctypedef fused entry:
    uint16_t
    uint32_t


cdef int32_t *address(array):
    return <int32_t *><size_t>array.__array_interface__["data"][0]


cdef am_machine machine_of(next_state, output, int initial):
    cdef am_machine machine
    machine.next, machine.out = address(next_state), address(output)
    machine.num_states, machine.num_symbols = next_state.shape
    machine.out_width = 1 if output.ndim == 1 else output.shape[1]
    machine.initial = initial
    return machine


def reachable(next_state, initial):
    """Return the states that the initial one reaches, breadth first, symbols in order.

    Parameters
    ----------
    next_state : int32 array (S, A)
    initial : int

    Returns
    -------
    int32 array

    Examples
    --------
    >>> reachable(np.array([[2, 0], [1, 1], [0, 3], [3, 3]], np.int32), 0).tolist()
    [0, 2, 3]
    """
    next_state = require_next("", next_state)
    num_states = len(next_state)
    cdef am_machine machine = machine_of(next_state, next_state, require_initial("initial", initial, num_states))
    cdef am_partition work
    order, number = np.empty(num_states, np.int32), np.empty(num_states, np.int32)
    work.order, work.number = address(order), address(number)
    with nogil:
        am_reach(&machine, &work)
    return order[: work.num_reachable].copy()


def minimize(next_state, output, initial):
    """Return which states behave alike: Hopcroft's algorithm, and the blocks numbered breadth first.

    Law: two states have one block exactly if they give the same outputs on every word.

    Parameters
    ----------
    next_state : int32 array (S, A)
    output : int32 array (S,) or (S, A)
    initial : int

    Returns
    -------
    block_of : int32 array (S,), -1 for states that are not reachable; block 0 is the initial state's
    representatives : int32 array, for each block the state of it that is reached first

    Raises
    ------
    ParameterError
        If an array has another dtype or shape, or an entry is no state.

    Notes
    -----
    Time O(S A log S). ``block_of[next_state[representatives]]`` is the minimal machine; since its states are numbered
    breadth first, machines that behave alike get the same tables.

    Examples
    --------
    Even or odd, with every state twice:

    >>> next_state = np.array([[1, 0], [2, 1], [3, 2], [0, 3]], np.int32)
    >>> blocks, firsts = minimize(next_state, np.array([0, 1, 0, 1], np.int32), 0)
    >>> blocks.tolist(), firsts.tolist(), blocks[next_state[firsts]].tolist()
    ([0, 1, 0, 1], [0, 1], [[1, 0], [0, 1]])
    """
    next_state, output = require_tables("", next_state, output)
    cdef int64_t num_states = next_state.shape[0], n
    cdef am_machine machine = machine_of(next_state, output, require_initial("initial", initial, num_states))
    cdef am_partition work
    order, number = np.empty(num_states, np.int32), np.empty(num_states, np.int32)
    work.order, work.number = address(order), address(number)
    with nogil:
        am_reach(&machine, &work)
    n = work.num_reachable
    targets, offsets, sources = (np.empty(n * machine.num_symbols + 1, np.int32) for _ in range(3))
    elements, buffer, touched = (np.empty(n, np.int32) for _ in range(3))
    states, blocks = np.empty((n, 2), np.int32), np.empty((n, 3), np.int32)
    table = np.empty(2 << int(n).bit_length(), np.int32)
    work.targets, work.offsets, work.sources = address(targets), address(offsets), address(sources)
    work.elements, work.buffer, work.touched = address(elements), address(buffer), address(touched)
    work.states, work.blocks = <am_state *>address(states), <am_block *>address(blocks)
    work.table, work.table_mask = address(table), len(table) - 1
    block_of, representatives = np.empty(num_states, np.int32), np.empty(n, np.int32)
    cdef int32_t *found = address(block_of)
    cdef int32_t *firsts = address(representatives)
    with nogil:
        am_minimize(&machine, &work, found, firsts)
    return block_of, representatives[: work.num_blocks].copy()


def distinguish(next_state_a, output_a, initial_a, next_state_b, output_b, initial_b):
    """Return a shortest word on which two states give different outputs: Hopcroft and Karp's algorithm.

    Parameters
    ----------
    next_state_a, output_a, initial_a : a machine and a state of it, as for ``minimize``
    next_state_b, output_b, initial_b : another with the same symbols and numbers of outputs; it may be the same

    Returns
    -------
    int32 array, the word after whose last symbol the outputs differ, empty where those of the states do; None if they
    behave alike

    Raises
    ------
    ParameterError
        If an array has another dtype or shape, or the machines cannot be compared.

    Notes
    -----
    Time O((S_a + S_b) A), but for the inverse of Ackermann's function.

    Examples
    --------
    Multiples of 4 and of 6 in unary:

    >>> four, six = ((np.roll(np.arange(m, dtype=np.int32), -1)[:, None], np.eye(1, m, dtype=np.int32)[0], 0)
    ...              for m in (4, 6))
    >>> distinguish(*four, *six).tolist(), distinguish(*four, *four) is None
    ([0, 0, 0, 0], True)
    """
    next_state_a, output_a = require_tables("_a", next_state_a, output_a)
    next_state_b, output_b = require_tables("_b", next_state_b, output_b)
    if next_state_a.shape[1] != next_state_b.shape[1] or output_a.ndim != output_b.ndim:
        raise ParameterError(
            f"both machines must have as many symbols, and outputs of the same kind: next_state_a, output_a, next_state_b "
            f"and output_b have shapes {next_state_a.shape}, {output_a.shape}, {next_state_b.shape}, {output_b.shape}"
        )
    num_nodes = len(next_state_a) + len(next_state_b)
    if num_nodes >= 2**31:
        raise ParameterError(f"both machines together must have less than 2^31 states, not {num_nodes}")
    cdef am_machine a = machine_of(next_state_a, output_a, require_initial("initial_a", initial_a, len(next_state_a)))
    cdef am_machine b = machine_of(next_state_b, output_b, require_initial("initial_b", initial_b, len(next_state_b)))
    cdef am_pairs work
    cdef am_difference found
    parents, left, right, origins, symbols = (np.empty(num_nodes, np.int32) for _ in range(5))
    work.parents, work.left, work.right = address(parents), address(left), address(right)
    work.origins, work.symbols = address(origins), address(symbols)
    with nogil:
        found = am_distinguish(&a, &b, &work)
    if found.pair < 0:
        return None
    word = [] if output_a.ndim == 1 else [found.place]
    pair = found.pair
    while pair > 0:
        word.append(int(symbols[pair]))
        pair = int(origins[pair])
    return np.array(word[::-1], np.int32)


cdef int shift_of(num_symbols):
    return (int(num_symbols) - 1).bit_length()


cdef entries(next_state):
    """Return a table whose rows are a power of two long: where the target's row begins.

    Entries are as narrow as they can be: a step waits for one to come from the cache, and more fit a near one.
    """
    cdef int shift = shift_of(next_state.shape[1])
    dtype = np.uint16 if len(next_state) << shift <= 1 << 16 else np.uint32
    table = np.zeros((len(next_state), 1 << shift), dtype)
    table[:, : next_state.shape[1]] = next_state.astype(np.uint32) << shift
    return table


cdef wide_entries(next_state, output):
    """Return a table whose rows are a power of two long: where the target's row begins, below the output."""
    cdef int shift = shift_of(next_state.shape[1])
    table = np.zeros((len(next_state), 1 << shift), np.int64)
    known = table[:, : next_state.shape[1]]
    if output is not None:
        known[:] = output if output.ndim == 2 else output[next_state]
        known <<= 32
    known |= next_state.astype(np.int64) << shift
    return table


cdef void follow(const entry *table, int shift, uint32_t place, const symbol *word, int64_t length,
                 int32_t *states) noexcept nogil:
    cdef int64_t t
    for t in range(length):
        place = table[place | <uint32_t>word[t]]
        states[t] = <int32_t>(place >> shift)


cdef void follow_outputs(const int64_t *table, int shift, int64_t state, const symbol *word, int64_t length,
                         int32_t *states, int32_t *outputs) noexcept nogil:
    cdef int64_t t, both = state << shift
    for t in range(length):
        both = table[<uint32_t>both | <uint32_t>word[t]]
        states[t] = <int32_t>(<uint32_t>both >> shift)
        outputs[t] = <int32_t>(both >> 32)


cdef void follow_lanes(const int64_t *table, int shift, const int32_t *before, const symbol *words, int64_t length,
                       int64_t lanes, int32_t *states, int32_t *outputs) noexcept nogil:
    cdef int64_t t, b, both
    for t in range(length):
        for b in range(lanes):
            both = table[(<uint32_t>before[b] << shift) | <uint32_t>words[b]]
            states[b] = <int32_t>(<uint32_t>both >> shift)
            if outputs != NULL:
                outputs[b] = <int32_t>(both >> 32)
        before = states
        states += lanes
        words += lanes
        if outputs != NULL:
            outputs += lanes


def run(next_state, output, symbols, initial):
    """Return the state, and the output, after every symbol of a stream.

    Parameters
    ----------
    next_state : int32 array (S, A)
    output : int32 array (S,) or (S, A), or None
    symbols : integer array (T,), fast where it is uint8 or int32
    initial : int

    Returns
    -------
    states : int32 array (T,)
    outputs : int32 array (T,); None where output is

    Raises
    ------
    TokenError
        If a symbol is none of the machine's; the first such is named.

    Examples
    --------
    >>> states, outputs = run(np.array([[0, 1], [1, 0]], np.int32), np.array([7, 9], np.int32), np.array([1, 0, 1]), 0)
    >>> states.tolist(), outputs.tolist()
    ([1, 1, 0], [9, 9, 7])
    """
    next_state = require_next("", next_state)
    if output is not None:
        output = require_output("", output, next_state.shape)
    word = require_symbols(symbols, 1, next_state.shape[1])
    states = np.empty(len(word), np.int32)
    outputs = None if output is None else np.empty(len(word), np.int32)
    cdef int64_t state = require_initial("initial", initial, len(next_state)), length = len(word)
    cdef int shift = shift_of(next_state.shape[1])
    table = entries(next_state) if output is None else wide_entries(next_state, output)
    cdef const void *rows = address(table)
    cdef const int32_t *read = address(word)
    cdef int32_t *found = address(states)
    cdef int32_t *given = NULL if outputs is None else address(outputs)
    cdef bint narrow = word.itemsize == 1, small = table.itemsize == 2
    cdef uint32_t place = <uint32_t>state << shift
    with nogil:
        if given != NULL and narrow:
            follow_outputs[uint8_t](<const int64_t *>rows, shift, state, <const uint8_t *>read, length, found, given)
        elif given != NULL:
            follow_outputs[int32_t](<const int64_t *>rows, shift, state, read, length, found, given)
        elif small and narrow:
            follow[uint16_t, uint8_t](<const uint16_t *>rows, shift, place, <const uint8_t *>read, length, found)
        elif small:
            follow[uint16_t, int32_t](<const uint16_t *>rows, shift, place, read, length, found)
        elif narrow:
            follow[uint32_t, uint8_t](<const uint32_t *>rows, shift, place, <const uint8_t *>read, length, found)
        else:
            follow[uint32_t, int32_t](<const uint32_t *>rows, shift, place, read, length, found)
    return states, outputs


def run_lanes(next_state, output, symbols, initial):
    """Return the states, and the outputs, after every symbol of many streams, time first.

    Parameters
    ----------
    next_state : int32 array (S, A)
    output : int32 array (S,) or (S, A), or None
    symbols : integer array (T, B), fast where it is uint8 or int32
    initial : int32 array (B,)

    Returns
    -------
    states : int32 array (T, B)
    outputs : int32 array (T, B); None where output is

    Raises
    ------
    TokenError
        If a symbol is none of the machine's; the first such is named.

    Examples
    --------
    >>> flip, starts = np.array([[0, 1], [1, 0]], np.int32), np.array([0, 1], np.int32)
    >>> run_lanes(flip, None, np.array([[1, 1], [0, 1]]), starts)[0].tolist()
    [[1, 0], [1, 1]]
    """
    next_state = require_next("", next_state)
    if output is not None:
        output = require_output("", output, next_state.shape)
    words = require_symbols(symbols, 2, next_state.shape[1])
    starts = require_int32s("initial", initial, 1)
    if len(starts) != words.shape[1]:
        raise ParameterError(f"initial must have {words.shape[1]} lanes as symbols has, not {len(starts)}")
    require_states("initial", starts, len(next_state))
    states = np.empty(words.shape, np.int32)
    outputs = None if output is None else np.empty(words.shape, np.int32)
    cdef int shift = shift_of(next_state.shape[1])
    cdef int64_t length = words.shape[0], lanes = words.shape[1]
    table = wide_entries(next_state, output)
    cdef const int64_t *rows = <const int64_t *>address(table)
    cdef const int32_t *read = address(words)
    cdef const int32_t *begin = address(starts)
    cdef int32_t *found = address(states)
    cdef int32_t *given = NULL if outputs is None else address(outputs)
    cdef bint narrow = words.itemsize == 1
    with nogil:
        if narrow:
            follow_lanes[uint8_t](rows, shift, begin, <const uint8_t *>read, length, lanes, found, given)
        else:
            follow_lanes[int32_t](rows, shift, begin, read, length, lanes, found, given)
    return states, outputs
