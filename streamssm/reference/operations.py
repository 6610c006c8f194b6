"""The semantics of the opcodes of the bytecode, on Python integers."""

from __future__ import annotations

import operator
from collections.abc import Callable

from streamssm.errors import PrecisionError

NUM_OPCODES = 22
TABLE, NEURON, LOAD, STORE = 18, 19, 20, 21
MAX_SHIFT = 62


def require(condition: bool, message: str) -> None:
    """Raise PrecisionError unless the assumption of the code's author holds."""
    if not condition:
        raise PrecisionError(message)


def floordiv(a: int, b: int) -> int:
    require(b != 0, "a divisor must not be 0")
    return a // b


def mod(a: int, b: int) -> int:
    require(b != 0, "a divisor must not be 0")
    return a % b


def shl(a: int, b: int) -> int:
    require(0 <= b <= MAX_SHIFT, f"a shift must lie in [0, {MAX_SHIFT}], not be {b}")
    return a << b


def shr(a: int, b: int) -> int:
    require(0 <= b <= MAX_SHIFT, f"a shift must lie in [0, {MAX_SHIFT}], not be {b}")
    return a >> b


# opcode -> function of its operands; the opcodes from TABLE on need the machine too
WORD_OPERATIONS: dict[int, Callable[..., int]] = {
    0: lambda a: a,
    1: operator.add,
    2: operator.sub,
    3: operator.mul,
    4: floordiv,
    5: mod,
    6: min,
    7: max,
    8: lambda a, b: int(a == b),
    9: lambda a, b: int(a != b),
    10: lambda a, b: int(a < b),
    11: lambda a, b: int(a <= b),
    12: operator.and_,
    13: operator.or_,
    14: operator.xor,
    15: shl,
    16: shr,
    17: lambda a, b, c: b if a else c,
}

# how many of the columns a, b, c are slots that the opcode reads
NUM_READS = {op: 1 if op == 0 else 3 if op == 17 else 2 for op in WORD_OPERATIONS} | {
    TABLE: 1,
    NEURON: 0,
    LOAD: 1,
    STORE: 3,
}
