"""Dyck languages of bounded depth: matching brackets of several kinds, with boundedly many open at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np

from streamssm.automata.automaton_class import Automaton
from streamssm.frontends.algorithm import Algorithm
from streamssm.languages.suite.bracket_stacks import HeightAndSlots, NextOfSlots
from streamssm.languages.suite.program_language import ProgramLanguage
from streamssm.languages.suite.sampling import Walks, Word
from streamssm.languages.suite.suite_language import END, LanguageClass, SuiteLanguage, regular

MAX_TABLE_STATES = 1000
PAIRS = ("()", "[]", "{}", "<>")
SOURCE = (
    "Hewitt et al., RNNs Can Generate Bounded Hierarchical Languages with Optimal Memory, 2020, "
    "arXiv 2010.07515"
)

Stack = tuple[int, ...]

NO_STACK: Stack = (-1,)


def bracket_symbols(kinds: int) -> tuple[str, ...]:
    """Return opening and closing brackets, kind by kind; with five kinds or more they are numbered.

    >>> bracket_symbols(2), bracket_symbols(8)[:4]
    (('(', ')', '[', ']'), ('(1', '1)', '(2', '2)'))
    """
    if kinds <= len(PAIRS):
        return tuple("".join(PAIRS[:kinds]))
    return tuple(symbol for kind in range(1, kinds + 1) for symbol in (f"({kind}", f"{kind})"))


def matching(word: Word, kinds: int, depth: int | None = None) -> bool:
    """Return whether brackets match and at most ``depth`` are open at once, by running a stack.

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


def stack_machine(name: str, kinds: int, depth: int) -> Automaton:
    """Return the minimal DFA: a state for every stack of at most ``depth`` brackets, and a sink.

    >>> stack_machine("dyck", kinds=2, depth=3).num_states
    16
    """
    stacks = [stack for height in range(depth + 1) for stack in product(range(kinds), repeat=height)]
    numbers = {stack: number for number, stack in enumerate(stacks)}
    failed = len(stacks)
    rows = [
        [
            numbers.get(_after(stack, kind, closing), failed)
            for kind in range(kinds)
            for closing in (False, True)
        ]
        for stack in stacks
    ]
    names = ["".join(bracket_symbols(kinds)[2 * kind] for kind in stack) or "empty" for stack in stacks]
    return Automaton.acceptor(
        name,
        bracket_symbols(kinds),
        [*rows, [failed] * 2 * kinds],
        [not stack for stack in stacks] + [False],
        state_names=[*names, "failed"],
    )


def _after(stack: Stack, kind: int, closing: bool) -> Stack:
    if not closing:
        return (*stack, kind)
    return stack[:-1] if stack[-1:] == (kind,) else NO_STACK


@dataclass(frozen=True, eq=False)
class BoundedDyck(ProgramLanguage):
    """A bounded Dyck language with too many stacks for a table: its programs store the stack in slots."""

    kinds: int
    depth: int

    @property
    def minimal_states(self) -> int:
        return num_minimal_states(self.kinds, self.depth)

    def algorithm(self, mode: str = "recognize", counter_bits: int | None = None) -> Algorithm:
        self._require_no_bits(counter_bits)
        mode = self._require_mode(mode)
        return (HeightAndSlots if mode == "recognize" else NextOfSlots)(self.kinds, self.depth)


def num_minimal_states(kinds: int, depth: int) -> int:
    """Return the number of states of the minimal DFA: the stacks, and a sink.

    >>> num_minimal_states(2, 3), num_minimal_states(8, 10)
    (16, 1227133514)
    """
    return 1 + sum(int(kinds**height) for height in range(depth + 1))


def bounded_dyck(kinds: int, depth: int) -> SuiteLanguage:
    """Return the language of matching brackets with at most ``depth`` open at once.

    It is a DFA up to 1,000 states, and a program with a stack beyond.

    >>> bounded_dyck(2, 3).contains("([])"), bounded_dyck(2, 3).contains("(((())))")
    (True, False)
    """
    small = num_minimal_states(kinds, depth) <= MAX_TABLE_STATES
    name = f"dyck_{kinds}_depth_{depth}" if small else f"bounded_dyck_{kinds}_{depth}"
    text = f"matching brackets of {kinds} kind{'s' * (kinds > 1)}, at most {depth} open at once"
    symbols = bracket_symbols(kinds)
    walks = Walks(deltas=(1, -1), weights=(kinds, 1), ceiling=depth)

    def is_member(word: Word) -> bool:
        return matching(word, kinds, depth)

    if small:
        group, build = LanguageClass.STAR_FREE, partial(stack_machine, name, kinds, depth)
        return regular(name, text, SOURCE, group, build, is_member, symbols, is_of_paper=False)
    return BoundedDyck(
        name=name,
        description=text,
        source=SOURCE,
        language_class=LanguageClass.STAR_FREE,
        symbols=symbols,
        is_member=is_member,
        is_of_paper=False,
        draw_word=lambda length, rng: draw_brackets(walks, symbols, length, rng),
        next_symbols=lambda word: next_brackets(word, kinds, depth),
        kinds=kinds,
        depth=depth,
    )


def draw_brackets(
    walks: Walks, symbols: tuple[str, ...], length: int, rng: np.random.Generator
) -> Word | None:
    """Draw matching brackets: a walk for the heights, then random kinds."""
    steps, stack, word = walks.draw(length, rng), [], []
    if steps is None:
        return None
    for closing in steps:
        if not closing:
            stack.append(2 * int(rng.integers(len(symbols) // 2)))
        word.append(symbols[stack.pop() + 1 if closing else stack[-1]])
    return tuple(word)


def next_brackets(word: Word, kinds: int, depth: int) -> frozenset[str]:
    """Return the admissible symbols, by definition: those after which closing all brackets gives a member."""
    symbols = bracket_symbols(kinds)
    closing = dict(zip(symbols[::2], symbols[1::2], strict=True))

    def is_prefix(word: Word) -> bool:
        return matching((*word, *_missing(word, closing)), kinds, depth)

    ended = {END} if matching(word, kinds, depth) else set()
    return frozenset(symbol for symbol in symbols if is_prefix((*word, symbol))) | ended


def _missing(word: Word, closing: dict[str, str]) -> list[str]:
    """Return the brackets that close all open ones, innermost first."""
    awaited: list[str] = []
    for symbol in word:
        if symbol in closing:
            awaited.append(closing[symbol])
        elif awaited:
            awaited.pop()
    return awaited[::-1]


LANGUAGES = tuple(bounded_dyck(kinds, depth) for kinds, depth in ((1, 3), (2, 3), (2, 4), (8, 5), (8, 10)))
