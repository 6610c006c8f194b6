"""Deterministic automata of finite words in the Hanoi Omega-Automata format (HOA), version 1.

A word is accepted if the state after it is in acceptance set 0, as in the automata that Spot's ``to_finite``
writes. An assignment without an edge ends the run, which rejects. Symbols are the assignments, ``a&~b``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.formats.source_text import text_of
from streamssm.automata.guards import (
    INDEX_CONSTANTS,
    MAX_PROPOSITIONS,
    MAX_WORK,
    Bools,
    Guard,
    assignments_of,
    gap_of,
    parse_guard,
    propositions_of,
    symbols_of,
    targets_of,
)
from streamssm.errors import FormatError, ParameterError

MAX_TABLE = 1 << 24  # states x assignments
_TOKEN = re.compile(
    r'"(?:[^"\\]|\\.)*"|--[A-Z]+--|[A-Za-z_][A-Za-z0-9_-]*:?|@[A-Za-z0-9_-]+|[0-9]+|[\[\]{}()!&|]', re.DOTALL
)
_SPACE = re.compile(r"\s+")
_UNREADABLE = {
    "univ-branch": "alternation (univ-branch)",
    "trans-acc": "transition-based acceptance (trans-acc)",
    "no-univ-branch": "",
}


@dataclass
class _State:
    number: int
    accepting: bool
    label: str | None
    edges: list[tuple[str | None, int]] = field(default_factory=list)


def machine_of_hoa(source: str | os.PathLike[str], *, name: str | None = None) -> Automaton:
    """Return the DFA of finite words that a HOA file or text describes.

    Raises
    ------
    FormatError
        For syntax errors, nondeterminism (with state and assignment), several or no start states,
        alternation, transition-based acceptance, and acceptance that only infinite words have.

    >>> last_a = '''HOA: v1 States: 2 Start: 0 AP: 1 "a" acc-name: Buchi Acceptance: 1 Inf(0)
    ... --BODY-- State: 0 [!0] 0 [0] 1 State: 1 {0} [!0] 0 [0] 1 --END--'''
    >>> machine_of_hoa(last_a).accepts(["~a", "a"])
    True
    """
    text, where, default = text_of(source, "HOA:", "HOA")
    try:
        return _Reader(text).machine(name or default)
    except FormatError as error:
        raise FormatError(f"{where}: {error}") from None
    except ParameterError as error:
        raise FormatError(f"{where}: {error}") from None


def to_hoa(machine: Automaton) -> str:
    """Return a DFA whose symbols are assignments of propositions (``a&~b`` or ``{a}``) in HOA.

    Raises
    ------
    ParameterError
        If the machine is not a DFA, or its symbols are not the assignments of some propositions.
    """
    accepting = machine.accepting
    names = propositions_of(machine.symbols)
    if names is None:
        raise ParameterError(
            f"{machine.name} cannot be written in HOA: its symbols must be all assignments of propositions, "
            f"such as a&~b, not {machine.symbols[0]!r}"
        )
    labels = [
        "&".join(str(i) if bit else f"!{i}" for i, bit in enumerate(row)) or "t"
        for row in assignments_of(len(names)).tolist()
    ]
    quoted = "".join(f" {_quoted(name)}" for name in names)
    lines = [
        "HOA: v1",
        f"name: {_quoted(machine.name)}",
        f"States: {machine.num_states}",
        f"Start: {machine.initial}",
        f"AP: {len(names)}{quoted}",
        "acc-name: Buchi",
        "Acceptance: 1 Inf(0)",
        "properties: explicit-labels state-acc deterministic complete",
        "--BODY--",
    ]
    for state, row in enumerate(machine.next_state.tolist()):
        lines.append(f"State: {state}" + " {0}" * bool(accepting[state]))
        lines += [f"[{label}] {target}" for label, target in zip(labels, row, strict=True)]
    return "\n".join([*lines, "--END--", ""])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unquoted(token: str) -> str:
    if not token.startswith('"'):
        raise FormatError(f"a string in quotes must come, not {token!r}")
    return re.sub(r"\\(.)", r"\1", token[1:-1], flags=re.DOTALL)


def _tokens(text: str) -> Iterator[str]:
    position, end = 0, len(text)
    while position < end:
        if match := _SPACE.match(text, position):
            position = match.end()
        elif text.startswith("/*", position):
            position = _end_of_comment(text, position)
        elif match := _TOKEN.match(text, position):
            yield match.group()
            position = match.end()
        else:
            line = text.count("\n", 0, position) + 1
            raise FormatError(f"line {line}: {text[position]!r} is not part of HOA")


def _end_of_comment(text: str, position: int) -> int:
    depth = 0
    for match in re.compile(r"/\*|\*/").finditer(text, position):
        depth += 1 if match.group() == "/*" else -1
        if depth == 0:
            return match.end()
    raise FormatError("a comment /* is not closed")


class _Reader:
    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.position = 0
        self.propositions: tuple[str, ...] = ()
        self.aliases: dict[str, str] = {}
        self.headers: dict[str, list[str]] = {}
        self.masks: dict[str, Bools] = {}
        self.work = 0

    def machine(self, name: str) -> Automaton:
        self._read_headers()
        start = self._require_finite_words()
        states = self._read_states()
        self.assignments = assignments_of(len(self.propositions))
        declared = " ".join(self.headers["States"]) if "States" in self.headers else None
        if declared is not None and not (declared.isdigit() and len(declared) < 10):
            raise FormatError(f"States must be a number, not {declared!r}")
        count = max([start, *states, *(to for s in states.values() for _, to in s.edges)]) + 1
        if declared is not None and count > int(declared):
            raise FormatError(f"state {count - 1} must be less than the number of states, {declared}")
        symbols = symbols_of(self.propositions)
        if (count + 1) * len(symbols) > MAX_TABLE:
            raise FormatError(f"states x assignments must be at most {MAX_TABLE:,}")
        table = np.full((count + 1, len(symbols)), count, np.int32)  # the last state rejects
        for state in states.values():
            row = self._row(state)
            gap = gap_of(row, self.propositions)
            if gap is not None and "complete" in self.headers.get("properties", []):
                raise FormatError(f"not complete, as it declares: state {state.number} has no edge for {gap}")
            table[state.number] = np.where(row < 0, count, row)
        used = count + 1 if (table[:count] == count).any() else count
        accepting = [state in states and states[state].accepting for state in range(used)]
        return Automaton.acceptor(name, symbols, table[:used], accepting, initial=start)

    # header

    def _next(self) -> str:
        if self.position == len(self.tokens):
            raise FormatError("the text ends before --END--")
        self.position += 1
        return self.tokens[self.position - 1]

    def _read_headers(self) -> None:
        if self.tokens[:2] != ["HOA:", "v1"]:
            raise FormatError("must begin with HOA: v1")
        self.position = 2
        token = self._next()
        while token != "--BODY--":
            if not token.endswith(":"):
                raise FormatError(f"a header such as States: must come, not {token!r}")
            values: list[str] = []
            header = token[:-1]
            token = self._next()
            while not token.endswith(":") and token != "--BODY--":
                values.append(token)
                token = self._next()
            self._add(header, values)

    def _add(self, header: str, values: list[str]) -> None:
        if header == "Alias":
            if not values or not values[0].startswith("@") or values[0] in self.aliases:
                raise FormatError("Alias must name a new @alias and its formula")
            self.aliases[values[0]] = self._without_aliases(values[1:])
            return
        if header in self.headers and header not in ("properties", "Start"):
            raise FormatError(f"{header}: is given twice")
        if header == "Start" and "Start" in self.headers:
            raise FormatError("has several start states: a DFA must have one; determinize it first")
        if header[:1].isupper() and header not in ("States", "Start", "AP", "Acceptance"):
            raise FormatError(f"header {header}: changes the meaning and cannot be read")
        self.headers.setdefault(header, []).extend(values)
        if header == "AP":
            self._add_propositions(values)

    def _add_propositions(self, values: list[str]) -> None:
        names = tuple(map(_unquoted, values[1:]))
        if not values or values[0] != str(len(names)):
            raise FormatError("AP: must give the number of propositions, and then as many names")
        if len(set(names)) != len(names) or "" in names:
            raise FormatError("AP: must give distinct names that are not empty")
        if len(names) > MAX_PROPOSITIONS:
            raise FormatError(f"must have at most {MAX_PROPOSITIONS} propositions, not {len(names)}")
        self.propositions = names

    def _require_finite_words(self) -> int:
        """Raise FormatError for acceptance of another kind; return the start state."""
        for name in self.headers.get("properties", []):
            if reason := _UNREADABLE.get(name):
                raise FormatError(f"{reason} cannot be read: states must accept, of deterministic automata")
        condition = "".join(self.headers.get("Acceptance", []))
        if condition != "1Inf(0)":
            kind = " ".join(self.headers.get("acc-name", [])) or condition or "no acceptance"
            raise FormatError(
                f"acceptance {kind} is for infinite words: for finite words it must be 1 Inf(0) on states"
            )
        if "alive" in self.propositions:
            raise FormatError("has the proposition alive, for infinite words: apply Spot's to_finite first")
        start = self.headers.get("Start", [])
        if "&" in start:
            raise FormatError("alternation (Start: with &) cannot be read")
        if len(start) != 1 or not start[0].isdigit():
            raise FormatError("must have one start state, Start: NUMBER")
        return _number(start[0])

    # body

    def _read_states(self) -> dict[int, _State]:
        states: dict[int, _State] = {}
        state: _State | None = None
        while (token := self._next()) != "--END--":
            if token == "--ABORT--":
                raise FormatError("was aborted by its writer (--ABORT--)")
            if token == "State:":
                state = self._state()
                if state.number in states:
                    raise FormatError(f"state {state.number} is given twice")
                states[state.number] = state
            elif state is None:
                raise FormatError(f"State: must come, not {token!r}")
            else:
                self._add_edge(state, token)
        if self.position < len(self.tokens):
            raise FormatError("holds several automata: keep one to a file")
        return states

    def _state(self) -> _State:
        token, label = self._next(), None
        if token == "[":
            label, token = self._label(), self._next()
        state = _State(_number(token), False, label)
        if self._peek().startswith('"'):
            self._next()
        if self._peek() == "{":
            self._next()
            while (token := self._next()) != "}":
                if token != "0":
                    raise FormatError(f"state {state.number}: an acceptance set must be 0, not {token!r}")
                state.accepting = True
        return state

    def _add_edge(self, state: _State, token: str) -> None:
        label = None
        if token == "[":
            label, token = self._label(), self._next()
            if state.label is not None:
                raise FormatError(f"state {state.number} has a label, and so has one of its edges")
        state.edges.append((label, _number(token)))
        if self._peek() == "&":
            raise FormatError(f"alternation (state {state.number}: edge to {token} & ...) cannot be read")
        if self._peek() == "{":
            raise FormatError(
                f"transition-based acceptance (state {state.number}: edge to {token}) cannot be read: "
                "states must accept"
            )

    def _peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def _label(self) -> str:
        parts: list[str] = []
        while (token := self._next()) != "]":
            parts.append(token)
        return self._without_aliases(parts)

    def _without_aliases(self, parts: list[str]) -> str:
        for part in parts:
            if part.startswith("@") and part not in self.aliases:
                raise FormatError(f"alias {part} is not defined before its use")
        text = " ".join(f"({self.aliases[part]})" if part.startswith("@") else part for part in parts)
        if len(text) > 1 << 16:
            raise FormatError("a label is too long: it must have at most 65,536 characters")
        return text

    # rows

    def _row(self, state: _State) -> np.ndarray:
        targets = [target for _, target in state.edges]
        if state.label is not None:
            masks = [self._mask(state.label, state.number)] * len(targets)
        elif all(label is None for label, _ in state.edges):
            return self._implicit_row(state, targets)
        else:
            masks = []
            for label, target in state.edges:
                if label is None:
                    raise FormatError(f"state {state.number}: the edge to {target} has no label")
                masks.append(self._mask(label, state.number))
        return targets_of(masks, targets, self.propositions, str(state.number))

    def _implicit_row(self, state: _State, targets: list[int]) -> np.ndarray:
        """Return the row of edges without labels: bit i of an edge's index is proposition i."""
        if not targets:
            return np.full(len(self.assignments), -1, np.int32)
        if len(targets) != len(self.assignments):
            raise FormatError(
                f"state {state.number} must have {len(self.assignments)} edges without labels, "
                f"not {len(targets)}"
            )
        numbers = self.assignments @ (1 << np.arange(len(self.propositions)))
        return np.array(targets, np.int32)[numbers]

    def _mask(self, label: str, state: int) -> Bools:
        if label in self.masks:
            return self.masks[label]
        guard = parse_guard(label, constants=INDEX_CONSTANTS)
        if guard is None:
            raise FormatError(f"state {state}: [{label[:60]}] is not a formula of ! & | t f and indices")
        self._require_indices(guard, state)
        self.work += len(guard.postfix) * len(self.assignments)
        if self.work > MAX_WORK:
            raise FormatError("labels have too many words for the number of propositions")
        names = tuple(map(str, range(len(self.propositions))))
        mask = guard.satisfying(self.assignments, names)
        if len(self.masks) * len(mask) < 1 << 28:
            self.masks[label] = mask
        return mask

    def _require_indices(self, guard: Guard, state: int) -> None:
        for word in guard.propositions:
            if not word.isdigit() or word != str(_number(word)) or int(word) >= len(self.propositions):
                raise FormatError(
                    f"state {state}: a proposition must be an index below {len(self.propositions)}, "
                    f"not {word[:20]!r}"
                )


def _number(token: str) -> int:
    if not token.isdigit() or len(token) > 9:
        raise FormatError(f"a number of a state must come, not {token[:20]!r}")
    return int(token)
