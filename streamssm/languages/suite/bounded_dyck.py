"""Dyck languages of bounded depth: brackets of several kinds that match, with few open at once."""

from __future__ import annotations

from itertools import product

from streamssm.languages.machine import Machine
from streamssm.languages.suite.sampling import Word

PAIRS = ("()", "[]", "{}", "<>")
SOURCE = (
    "Hewitt et al., RNNs Can Generate Bounded Hierarchical Languages with Optimal Memory, 2020, "
    "arXiv 2010.07515"
)

Stack = tuple[int, ...]


def bracket_symbols(kinds: int) -> tuple[str, ...]:
    """Return opening and closing brackets, kind by kind; from five kinds on they have numbers.

    >>> bracket_symbols(2), bracket_symbols(8)[:4]
    (('(', ')', '[', ']'), ('(1', '1)', '(2', '2)'))
    """
    if kinds <= len(PAIRS):
        return tuple("".join(PAIRS[:kinds]))
    return tuple(symbol for kind in range(1, kinds + 1) for symbol in (f"({kind}", f"{kind})"))


def matching(word: Word, kinds: int, depth: int | None = None) -> bool:
    """Return whether brackets match and at most ``depth`` are open at once, with a stack.

    >>> matching(("(", "[", "]", ")"), 2), matching(("(", "[", "]", ")"), 2, depth=1)
    (True, False)
    """
    symbols = bracket_symbols(kinds)
    closing = dict(zip(symbols[::2], symbols[1::2], strict=True))
    awaited: list[str] = []
    for symbol in word:
        if symbol in closing:
            awaited.append(closing[symbol])
            if depth is not None and len(awaited) > depth:
                return False
        elif not awaited or awaited.pop() != symbol:
            return False
    return not awaited


def stack_machine(name: str, kinds: int, depth: int) -> Machine:
    """Return the minimal DFA: a state for every stack of at most ``depth`` brackets, and one for failure.

    >>> stack_machine("dyck", kinds=2, depth=3).num_states
    16
    """
    stacks = [stack for height in range(depth + 1) for stack in product(range(kinds), repeat=height)]
    place = {stack: number for number, stack in enumerate(stacks)}
    failed = len(stacks)
    rows = [
        [
            place.get(_after(stack, kind, closing), failed)
            for kind in range(kinds)
            for closing in (False, True)
        ]
        for stack in stacks
    ]
    names = ["".join(bracket_symbols(kinds)[2 * kind] for kind in stack) or "empty" for stack in stacks]
    return Machine.acceptor(
        name,
        bracket_symbols(kinds),
        [*rows, [failed] * 2 * kinds],
        [not stack for stack in stacks] + [False],
        state_names=[*names, "failed"],
    )


def _after(stack: Stack, kind: int, closing: bool) -> Stack | None:
    if not closing:
        return (*stack, kind)
    return stack[:-1] if stack[-1:] == (kind,) else None
