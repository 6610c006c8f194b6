"""Automaton -> regular expression by state elimination (Brzozowski and McCluskey)."""

from __future__ import annotations

from dataclasses import dataclass, field

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.regex.regex_parser import NEWLINE, SPECIAL
from streamssm.errors import ParameterError

MAX_CHARACTERS = 1_000_000
IN_CLASS = "^-"  # must be escaped in a class, in addition to the special characters


@dataclass(frozen=True)
class LabelledPath:
    """The label between two states of a generalized NFA: a union of symbols, expressions and the empty word.

    ``longer`` are expressions, in order, that must be parenthesized except in a union.
    """

    symbols: frozenset[int] = frozenset()
    longer: tuple[str, ...] = ()
    empty: bool = False

    def __bool__(self) -> bool:
        return bool(self.symbols or self.longer or self.empty)

    def or_(self, other: LabelledPath) -> LabelledPath:
        longer = tuple(dict.fromkeys(self.longer + other.longer))
        return LabelledPath(self.symbols | other.symbols, longer, self.empty or other.empty)


EMPTY_WORD = LabelledPath(empty=True)


def to_regex(machine: Automaton) -> str:
    """Return a regular expression of a DFA's language, in the syntax of `parser`.

    Law: ``machine_of_regex(to_regex(machine), machine.symbols)`` is the minimal DFA, up to its names.

    Notes
    -----
    The text can be exponentially longer than the DFA. Greedy order: the state whose elimination adds the
    fewest characters is eliminated first.

    Raises
    ------
    ParameterError
        If the automaton is not a DFA, or its expression is longer than a million characters.

    >>> no_aa = Automaton.acceptor("no aa", "ab", [[1, 0], [2, 0], [2, 2]], [True, True, False])
    >>> to_regex(no_aa)
    '(b|ab)*a?'
    """
    minimal = machine.minimal()
    if not minimal.accepting.any():
        return "[]"
    elimination = _Elimination(minimal)
    while elimination.states:
        elimination.remove(min(elimination.states, key=elimination.cost))
    return elimination.text(elimination.between(START, END))


START, END = -1, -2


@dataclass
class _Elimination:
    """A generalized NFA whose states are eliminated until only START and END remain."""

    machine: Automaton
    states: set[int] = field(default_factory=set)
    into: dict[int, dict[int, LabelledPath]] = field(default_factory=dict)
    out: dict[int, dict[int, LabelledPath]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.states = set(range(self.machine.num_states))
        self._add(START, self.machine.initial, EMPTY_WORD)
        for state, row in enumerate(self.machine.next_state.tolist()):
            for symbol, target in enumerate(row):
                self._add(state, target, LabelledPath(symbols=frozenset({symbol})))
            if self.machine.accepting[state]:
                self._add(state, END, EMPTY_WORD)

    def between(self, source: int, target: int) -> LabelledPath:
        return self.out.get(source, {}).get(target, LabelledPath())

    def _add(self, source: int, target: int, more: LabelledPath) -> None:
        path = self.between(source, target).or_(more)
        self.out.setdefault(source, {})[target] = path
        self.into.setdefault(target, {})[source] = path

    def cost(self, state: int) -> tuple[int, int]:
        """Return about how many characters the elimination of a state adds; ties go to the lower state."""
        into = {s: path for s, path in self.into.get(state, {}).items() if s != state}
        out = {t: path for t, path in self.out.get(state, {}).items() if t != state}
        loop = len(self.text(self.between(state, state)))
        written = sum(len(self.text(path)) for path in into.values()) * len(out)
        written += sum(len(self.text(path)) for path in out.values()) * len(into)
        return written + loop * len(into) * len(out), state

    def remove(self, state: int) -> None:
        """Eliminate a state: connect its predecessors to its successors, through its self-loop."""
        self.states.remove(state)
        into, out = self.into.pop(state, {}), self.out.pop(state, {})
        loop = self._star(out.pop(state, LabelledPath()))
        into.pop(state, None)
        for source in into:
            del self.out[source][state]
        for target in out:
            del self.into[target][state]
        for source, before in into.items():
            for target, after in out.items():
                self._add(source, target, self._concatenate(before, loop, after))

    def _concatenate(self, before: LabelledPath, loop: str, after: LabelledPath) -> LabelledPath:
        if not loop and before == EMPTY_WORD:
            return after
        if not loop and after == EMPTY_WORD:
            return before
        text = self._operand(before) + loop + self._operand(after)
        if len(text) > MAX_CHARACTERS:
            raise ParameterError(
                f"the regular expression of {self.machine.name} has more than {MAX_CHARACTERS:,} characters"
            )
        return LabelledPath(longer=(text,)) if text else EMPTY_WORD

    def _star(self, inner: LabelledPath) -> str:
        """Return the text of the star of a label; empty for the star of the empty word."""
        inner = LabelledPath(inner.symbols, inner.longer)
        return self._group(inner) + "*" if inner else ""

    # text

    def text(self, path: LabelledPath) -> str:
        """Return the text of a label."""
        inner = LabelledPath(path.symbols, path.longer)
        if not path.empty:
            return "|".join([*self._class(path), *path.longer]) or "[]"
        return self._group(inner) + "?" if inner else "()"

    def _operand(self, path: LabelledPath) -> str:
        """Return the text of a label as an operand of a concatenation; empty for the empty word."""
        if path == EMPTY_WORD:
            return ""
        single = path.empty or len(path.longer) + bool(path.symbols) == 1
        return self.text(path) if single else f"({self.text(path)})"

    def _group(self, inner: LabelledPath) -> str:
        """Return the text of a label as an operand of a repetition."""
        return self.text(inner) if not inner.longer else f"({self.text(inner)})"

    def _class(self, path: LabelledPath) -> list[str]:
        names = [self.machine.symbols[number] for number in sorted(path.symbols)]
        if len(names) == self.machine.num_symbols > 1:
            return ["." if NEWLINE not in names else r"[\d\D]"]
        if len(names) < 2:
            return [_symbol(name, SPECIAL) for name in names]
        others = [s for number, s in enumerate(self.machine.symbols) if number not in path.symbols]
        sign, shown = ("^", others) if len(others) < len(names) else ("", names)
        return ["[" + sign + "".join(_symbol(name, SPECIAL + IN_CLASS) for name in shown) + "]"]


def _symbol(name: str, special: str) -> str:
    if len(name) == 1:
        return "\\" + name if name in special else name
    return "<" + name.replace("\\", "\\\\").replace(">", "\\>") + ">"
