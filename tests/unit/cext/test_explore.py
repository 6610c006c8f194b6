"""The search equals its twin: the same states in the same order, and the same first difference."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamssm.cext import explore as kernel
from streamssm.cext import program_vm
from streamssm.errors import ParameterError, PrecisionError
from streamssm.reference import explore as twin
from streamssm.reference import program_vm as twin_vm
from tests.soak import examples
from tests.unit.cext.random_code import ADD, EQ, MOD, SELECT, XOR, arguments, counter

KERNEL, TWIN = (program_vm.VirtualMachine, kernel.Explorer), (twin_vm.VirtualMachine, twin.Explorer)
BACKENDS = pytest.mark.parametrize("backend", [KERNEL, TWIN], ids=["kernel", "twin"])


def ints(*values: int) -> Any:
    return np.array(values, dtype=np.int64)


def explorer(
    backend: Any, codes: Any, bits: Any, fields: Any, max_states: int = 10**6, **changes: Any
) -> Any:
    """Return a search from state 0 of two codes whose words have these bits and start at 0."""
    machine, search = backend
    options: dict[str, Any] = dict(
        field_lo=ints(*(lo for lo, _ in fields)),
        field_hi=ints(*(hi for _, hi in fields)),
        max_states=max_states,
    )
    for side, widths in zip("ab", bits, strict=True):
        zeros = np.zeros(len(widths), np.int64)
        options |= {f"state_lo_{side}": zeros, f"state_bits_{side}": ints(*widths), f"initial_{side}": zeros}
    return search(*(machine(**code) for code in codes), **(options | changes))


def modular(rng: np.random.Generator, widths: list[int], fields: int, word_bits: int) -> dict[str, Any]:
    """Return code over words of these bits: sums modulo 2^bits, choices between them, and a comparison."""
    num_state, rows, powers = len(widths), [], [1 << width for width in widths]
    first_constant = num_state + fields
    slot = first_constant + num_state
    next_slots = []
    for word in range(num_state):
        for _ in range(2):
            rows.append(
                (ADD, slot, int(rng.integers(first_constant)), int(rng.integers(first_constant)), 0, 0)
            )
            rows.append((MOD, slot + 1, slot, first_constant + word, 0, 0))
            slot += 2
        rows.append((SELECT, slot, int(rng.integers(first_constant)), slot - 1, slot - 3, 0))
        next_slots.append(slot)
        slot += 1
    rows.append((EQ, slot, int(rng.integers(first_constant)), next_slots[-1], 0, 0))
    return arguments(
        instructions=rows,
        constants=powers,
        num_state=num_state,
        num_slots=slot + 1,
        next_slots=next_slots,
        output_slots=[slot],
        error_slot=slot if rng.random() < 0.2 else -1,
        field_lo=[0] * fields,
        field_hi=[5] * fields,
        word_bits=word_bits,
    )


@settings(max_examples=examples(40))
@given(seed=st.integers(0, 2**32 - 1))
def test_search_equals_twin(seed: int) -> None:
    rng = np.random.default_rng(seed)
    fields = [(0, int(rng.integers(1, 5))) for _ in range(rng.integers(0, 3))]
    widths = [int(bits) for bits in rng.integers(1, 4, rng.integers(1, 4))]
    code = modular(rng, widths, len(fields), int(rng.choice([32, 64])))
    other = code if rng.random() < 0.4 else modular(rng, widths, len(fields), int(rng.choice([32, 64])))
    results = []
    # padding bits take the search through every kind of set: bitmap, one word, several words
    pad = int(rng.choice([0, 0, 20, 60]))
    bits = (widths, [widths[0] + pad, *widths[1:]])
    for backend in (KERNEL, TWIN):
        search = explorer(backend, (code, other), bits, fields, max_states=300)
        status = search.expand(10**9)
        found = [(search.state(index), search.path(index)) for index in range(search.states)]
        results.append((status, search.transitions, search.difference, found))
    assert results[0] == results[1]


def identity(bits: int, flaw: int | None = None) -> dict[str, Any]:
    """Return code that XORs the field into its word and shows it, and adds 1 to the output at a flaw."""
    return arguments(
        instructions=[(XOR, 0, 0, 1, 0, 0), (EQ, 3, 0, 2, 0, 0), (ADD, 4, 0, 3, 0, 0)],
        constants=[-1 if flaw is None else flaw],
        num_state=1,
        num_slots=5,
        next_slots=[0],
        output_slots=[4],
        field_lo=[0],
        field_hi=[(1 << bits) - 1],
    )


@pytest.mark.parametrize("pad", [0, 17, 50], ids=["bitmap", "one word", "two words"])
def test_many_states_and_tokens(pad: int) -> None:
    bits = 10
    codes = (identity(bits), identity(bits))
    search = explorer(KERNEL, codes, ([bits], [bits + pad]), [(0, (1 << bits) - 1)])
    assert search.expand(10**9) == "closed"
    assert (search.states, search.transitions, search.depth) == (1 << bits, 1 << 2 * bits, 1)
    assert [search.state(i) for i in range(search.states)] == [((i,), (i,)) for i in range(1 << bits)]


def test_more_tokens_than_a_table_holds() -> None:
    bits = 17
    codes = (identity(bits), identity(bits, flaw=(1 << bits) - 3))
    search = explorer(KERNEL, codes, ([bits], [bits]), [(0, (1 << bits) - 1)])
    assert search.expand(10**9) == "difference"
    assert search.difference == (0, ((1 << bits) - 3,))


@BACKENDS
def test_difference_is_shortest(backend: Any) -> None:
    codes = (counter(limit=9), counter(limit=6))
    search = explorer(backend, codes, ([5], [5]), [(0, 2)])
    assert search.expand(10**9) == "difference"
    index, token = search.difference
    assert [*search.path(index), token] == [(1,), (2,), (2,), (2,)]
    assert search.state(index) == ((5,), (5,))
    assert search.depth == 3


@BACKENDS
def test_both_in_error_is_not_followed(backend: Any) -> None:
    search = explorer(backend, (counter(), counter()), ([4], [4]), [(0, 5)])
    assert search.expand(10**9) == "closed"
    assert (search.states, search.transitions) == (10, 60)


@BACKENDS
def test_tokens_are_lexicographic(backend: Any) -> None:
    spans = [(-1, 1), (5, 5), (2, 4)]
    lo, hi = [lo for lo, _ in spans], [hi for _, hi in spans]
    plain = arguments(num_slots=3, output_slots=[0], field_lo=lo, field_hi=hi)
    for count, token in enumerate(product(*(range(lo, hi + 1) for lo, hi in spans)), start=1):
        rows = [(EQ, 6, 0, 3, 0, 0), (EQ, 7, 2, 4, 0, 0), (SELECT, 8, 7, 6, 5, 0), (ADD, 9, 0, 8, 0, 0)]
        flawed = arguments(
            instructions=rows,
            constants=[token[0], token[2], 0],
            num_slots=10,
            output_slots=[9],
            field_lo=lo,
            field_hi=hi,
        )
        search = explorer(backend, (plain, flawed), ([], []), spans)
        assert search.expand(10**9) == "difference"
        assert (search.difference, search.transitions) == ((0, token), count)


def test_search_goes_on_where_it_stopped() -> None:
    codes, spans = (identity(8), identity(8)), [(0, 255)]
    search = explorer(KERNEL, codes, ([8], [8]), spans)
    statuses: list[str] = []
    while not statuses or statuses[-1] == "running":
        before = search.transitions
        statuses.append(search.expand(1000))
        assert search.transitions - before <= 2024
    assert statuses[-1] == "closed" and len(statuses) > 30
    assert (search.states, search.transitions) == (256, 65536)


@BACKENDS
def test_too_many_states(backend: Any) -> None:
    search = explorer(backend, (identity(8), identity(8)), ([8], [8]), [(0, 255)], max_states=100)
    assert search.expand(10**9) == "full"
    assert search.expand(10**9) == "full"
    assert search.difference is None


@BACKENDS
def test_state_that_leaves_its_bits_is_refused(backend: Any) -> None:
    search = explorer(backend, (identity(8), identity(8)), ([8], [7]), [(0, 255)])
    with pytest.raises(PrecisionError, match=r"state word 0 of b must lie in \[0, 127\], not be 128"):
        search.expand(10**9)


@BACKENDS
def test_no_fields(backend: Any) -> None:
    cycle = arguments(
        instructions=[(ADD, 3, 0, 1, 0, 0), (MOD, 0, 3, 2, 0, 0)],
        constants=[1, 700],
        num_state=1,
        num_slots=4,
        next_slots=[0],
        output_slots=[0],
    )
    search = explorer(backend, (cycle, cycle), ([10], [10]), [])
    assert search.expand(10**9) == "closed"
    assert (search.states, search.transitions, search.depth) == (700, 700, 699)
    assert search.path(3) == [(), (), ()]


@BACKENDS
def test_negative_ranges_and_wide_words(backend: Any) -> None:
    lo = -(2**63)
    keep = arguments(
        instructions=[(XOR, 0, 0, 1, 0, 0)],
        num_state=1,
        num_slots=2,
        next_slots=[0],
        output_slots=[0],
        field_lo=[-1],
        field_hi=[0],
    )
    search = explorer(
        backend,
        (keep, keep),
        ([64], [64]),
        [(-1, 0)],
        state_lo_a=ints(lo),
        state_lo_b=ints(lo),
        initial_a=ints(5),
        initial_b=ints(lo),
    )
    assert search.expand(10**9) == "difference"
    same = dict(initial_a=ints(lo), initial_b=ints(lo))
    search = explorer(
        backend, (keep, keep), ([64], [64]), [(-1, 0)], state_lo_a=ints(lo), state_lo_b=ints(lo), **same
    )
    assert search.expand(10**9) == "closed"
    assert [search.state(i) for i in range(2)] == [((lo,), (lo,)), ((2**63 - 1,), (2**63 - 1,))]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (dict(initial_a=ints(256)), r"initial_a must have word 0 in \[0, 255\], not 256"),
        (dict(state_bits_b=ints(65)), r"bits must lie in \[0, 64\]"),
        (dict(state_lo_a=ints(0, 0)), "state_lo_a must be an int64 array"),
        (dict(field_hi=ints(256)), r"field 0 must lie in \[0, 255\], not in \[0, 256\]"),
        (dict(max_states=0), "max_states must lie in"),
    ],
)
def test_arguments_are_checked(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        explorer(KERNEL, (identity(8), identity(8)), ([8], [8]), [(0, 255)], **changes)


def test_machines_must_match() -> None:
    other = arguments(output_slots=[0], constants=[0], num_slots=1)
    with pytest.raises(ParameterError, match="same numbers of token fields"):
        explorer(KERNEL, (identity(8), other), ([8], []), [(0, 255)])


def test_index_of_no_state() -> None:
    search = explorer(KERNEL, (identity(8), identity(8)), ([8], [8]), [(0, 255)])
    for index in (-1, 1):
        with pytest.raises(ParameterError, match=r"must lie in \[0, 1\)"):
            search.state(index)


def tabulator(
    backend: Any, code: Any, bits: Any, fields: Any, max_states: int = 10**6, **changes: Any
) -> Any:
    """Return a search of one machine from state 0."""
    zeros = np.zeros(len(bits), np.int64)
    options: dict[str, Any] = dict(
        state_lo=zeros,
        state_bits=ints(*bits),
        initial=zeros,
        field_lo=ints(*(lo for lo, _ in fields)),
        field_hi=ints(*(hi for _, hi in fields)),
        max_states=max_states,
    )
    machine, module = backend
    return module.Tabulator(machine(**code), **(options | changes))


TABULATORS = (program_vm.VirtualMachine, kernel), (twin_vm.VirtualMachine, twin)
BOTH = pytest.mark.parametrize("backend", TABULATORS, ids=["kernel", "twin"])


@settings(max_examples=examples(60))
@given(seed=st.integers(0, 2**32 - 1))
def test_tables_equal_twin(seed: int) -> None:
    rng = np.random.default_rng(seed)
    fields = [(int(rng.integers(-2, 1)), int(rng.integers(1, 5))) for _ in range(rng.integers(0, 3))]
    widths = [int(bits) for bits in rng.integers(1, 4, rng.integers(1, 4))]
    code = modular(rng, widths, len(fields), int(rng.choice([32, 64])))
    code = code | dict(field_lo=ints(*(-2 for _ in fields)))
    results: list[Any] = []
    for backend in TABULATORS:
        search = tabulator(
            backend, code, [widths[0] + int(seed % 3) * 30, *widths[1:]], fields, max_states=300
        )
        status = search.expand(10**9)
        found: list[Any] = [(search.state(index), search.path(index)) for index in range(search.states)]
        if status == "closed":
            found += [*(table.tolist() for table in search.tables()), search.outputs().tolist()]
            found.append(search.words(np.arange(0, search.states, 2, dtype=np.int32)).tolist())
        results.append((status, search.transitions, search.stopped, found))
    assert results[0] == results[1]


@BOTH
def test_an_error_is_told_by_a_shortest_stream(backend: Any) -> None:
    search = tabulator(backend, counter(limit=9), [4], [(0, 2)])
    assert search.expand(10**9) == "error"
    assert search.stopped == [(2,)] * 5
    with pytest.raises(ParameterError, match="must be closed before its tables"):
        search.tables()


@BOTH
def test_a_table_of_too_many_states(backend: Any) -> None:
    search = tabulator(backend, identity(8), [8], [(0, 255)], max_states=100)
    assert search.expand(10**9) == "full"
    assert search.stopped is None


@BOTH
def test_a_state_of_a_table_that_leaves_its_bits(backend: Any) -> None:
    search = tabulator(backend, identity(8), [7], [(0, 255)])
    with pytest.raises(PrecisionError, match=r"state word 0 must lie in \[0, 127\], not be 128"):
        search.expand(10**9)


@pytest.mark.parametrize("slice_transitions", [1, 1000, 10**9])
def test_a_table_goes_on_where_it_stopped(slice_transitions: int) -> None:
    search = tabulator(TABULATORS[0], identity(6), [6 + 50], [(0, 63)])
    while search.expand(slice_transitions) == "running":
        pass
    next_state, output = search.tables()
    assert np.array_equal(next_state, np.bitwise_xor.outer(np.arange(64), np.arange(64)))
    assert np.array_equal(search.outputs()[output, 0], next_state)


def test_a_table_of_a_machine_without_outputs() -> None:
    silent = arguments(num_state=1, num_slots=2, next_slots=[1], output_slots=[], field_lo=[0], field_hi=[3])
    search = tabulator(TABULATORS[0], silent, [2], [(0, 3)])
    assert search.expand(10**9) == "closed"
    next_state, output = search.tables()
    assert next_state.tolist() == [[0, 1, 2, 3]] * 4 and not output.any()
    assert search.outputs().shape == (1, 0)


def test_tabulator_checks_its_arguments() -> None:
    for changes, message in (
        (dict(initial=ints(256)), r"initial must have word 0 in \[0, 255\], not 256"),
        (dict(max_states=2**31), "max_states must lie in"),
        (dict(max_states=0), "max_states must lie in"),
        (dict(field_hi=ints(256)), r"field 0 must lie in \[0, 255\]"),
    ):
        with pytest.raises(ParameterError, match=message):
            tabulator(TABULATORS[0], identity(8), [8], [(0, 255)], **changes)
    for places, message in (
        (ints(0), "int32 array"),
        (np.array([0, 1], np.int32), r"in \[0, 1\)"),
        (np.array([-1], np.int32), "in"),
    ):
        with pytest.raises(ParameterError, match=message):
            tabulator(TABULATORS[0], identity(8), [8], [(0, 255)]).words(places)
    with pytest.raises(ParameterError, match="must be closed"):
        tabulator(TABULATORS[0], identity(8), [8], [(0, 255)]).tables()


def test_what_both_searches_share_is_no_search() -> None:
    nothing = kernel.Search()
    assert (nothing.states, nothing.transitions, nothing.depth) == (0, 0, 0)
    with pytest.raises(ParameterError, match="a state's index"):
        nothing.path(0)
