"""Arrays, helpers and scans translated: plain Python == Program on every state and token; few ports."""

from __future__ import annotations

import itertools
import textwrap

import pytest

from streamssm.errors import UnsupportedProgramError
from streamssm.frontends.algorithm import Algorithm, fields_of, state_of
from streamssm.program.program import Program
from tests.exhaustive import plain_step, require_same
from tests.random_classes import class_from
from tests.sample_arrays import SAMPLES, Bits, Exclusive, Guarded, Misra, Store, Swap, TopTwo, TwoWrites


@pytest.mark.parametrize("cls", SAMPLES, ids=[cls.__name__ for cls in SAMPLES])
def test_plain_python_equals_the_program_everywhere(cls: type[Algorithm]) -> None:
    require_same(cls(), cls().program())


def test_bits_of_words() -> None:
    bits = Bits()
    program, state = bits.program(), state_of(bits)
    for token in itertools.product(*(range(w.range.lo, w.range.hi + 1) for w in fields_of(bits))):
        assert program.step(state, token) == plain_step(bits, state, token)


@pytest.mark.parametrize(
    ("algorithm", "stores"),
    [
        (Store(), {"a": 1}),
        (TwoWrites(), {"a": 2}),
        (Swap(), {"a": 4}),
        (Misra(4), {"keys": 1, "counts": 4}),  # all counts go down together, one goes up
        (TopTwo(5), {"top": 5}),
        (Exclusive(), {"a": 2, "b": 2}),
        (Guarded(), {"stack": 1}),  # pushing and popping exclude each other
    ],
)
def test_exclusive_stores_share_their_ports(algorithm: Algorithm, stores: dict[str, int]) -> None:
    assert ports_of(algorithm.program()) == stores


def ports_of(program: Program) -> dict[str, int]:
    return {a.name: sum(store.first == a.first for store in program.stores) for a in program.arrays}


HEAD = """\
class Random(Algorithm):
    def __init__(self):
        self.n = 3
        self.tokens(x=4, y=(-1, 4), b=2)
        self.r = self.register(5)
        self.a = self.array(4, 3)
    def update(self, x, y, b):
"""
ONLY = "only to registers, words of arrays and local names"
GUARD = ": clamp it, or guard it by an if"


def instance_of(update: str, output: str = "return self.r") -> Algorithm:
    text = HEAD + textwrap.indent(update, " " * 8) + "\n    def output(self):\n        " + output + "\n"
    return class_from(text)()


def reasons(update: str, output: str = "return self.r") -> list[tuple[int, str]]:
    with pytest.raises(UnsupportedProgramError) as caught:
        instance_of(update, output).program()
    return [(reason.line - HEAD.count("\n"), reason.message) for reason in caught.value.reasons]


@pytest.mark.parametrize(
    ("update", "ports"),
    [
        ("self.a[x % 3] = 1", 1),
        ("if b:\n    self.a[0] = 1\nelse:\n    self.a[1] = 2", 1),
        ("if b:\n    self.a[0] = 1\nelse:\n    self.a[0] = 2", 1),
        ("self.a[0] = 1\nself.a[0] = x", 1),
        ("if x < 3 and self.a[x] < 3:\n    self.a[x] += 1", 1),
        ("self.a[0] = 1\nif x > 2:\n    return\nself.a[x] = 2\nself.a[0] = 3", 2),
        ("for i in range(3):\n    if x == i:\n        self.a[i] = 1\n        break", 1),
        ("for i in range(3):\n    self.a[i] = x", 3),
        ("a = self.a\na[b], a[1] = a[1], a[b]", 2),
        ("self.r = sum(word > x for word in self.a)", 0),
        ("self.r = max([i * (self.a[i] + k) for i in range(3) for k in (0, -1)]) % 5 * all(self.a)", 0),
        ("self.r = any(self.a) + any(()) + all(())", 0),
        ("if x in self.a and y in range(2, 5):\n    self.a[y - 2] = 0", 1),
    ],
)
def test_ports_of_small_updates(update: str, ports: int) -> None:
    instance = instance_of(update, "return tuple(self.a)")
    program = instance.program()
    assert ports_of(program) == {"a": ports}
    require_same(instance, program)


@pytest.mark.parametrize(
    ("update", "message"),
    [
        ("self.a[x] = 1", f"an index of self.a must be in [0, 2], not reach [0, 3]{GUARD}"),
        ("self.r = self.a[y]", f"an index of self.a must be in [0, 2], not reach [-1, 4]{GUARD}"),
        ("if y < 2:\n self.r = self.a[y]", f"an index of self.a must be in [0, 2], not reach [-1, 1]{GUARD}"),
        ("self.a[3] += 1", f"an index of self.a must be in [0, 2], not reach [3, 3]{GUARD}"),
        ("self.a[-1] = 1", f"an index of self.a must be in [0, 2], not reach [-1, -1]{GUARD}"),
        ("t = self.a\nt[x] = 1", f"an index of t must be in [0, 2], not reach [0, 3]{GUARD}"),
        (
            "self.a[b] += 1",
            "self.a[b] must stay in [0, 3], not reach [1, 4]: clamp or wrap it, "
            "or, if it can never leave this range, write ss.assume_in_range(value, 0, 3)",
        ),
        ("self.a = 3", "cannot assign to the array self.a as a whole: assign its words one by one"),
        ("self.a[0:2] = 3", f"cannot assign to self.a[0:2]: {ONLY}"),
        ("self.r = self.a", "this must be an int, not an array"),
        ("self.r = self.a[0:2]", "slices are not supported: index one element at a time"),
        ("self.a[(1, 2)] = 3", "this must be an int, not a tuple"),
        ("self.a[0] = None", "this must be an int, not None"),
        ("self.a.append(3)", "self.a.append is neither a register nor a constant"),
    ],
)  # fmt: skip
def test_refusals(update: str, message: str) -> None:
    assert [actual for _, actual in reasons(update)] == [message]


def test_output_reads_only() -> None:
    assert reasons("pass", "self.a[0] = 1; return 0") == [
        (3, "cannot assign to self.a[0] in output: assign it in update")
    ]
