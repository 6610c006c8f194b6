"""Language: a set of finite words, or of traces, held as the machine or program that tells its members."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from streamssm.algorithms.parameters import BEYOND
from streamssm.automata.dot.to_text import to_dot
from streamssm.automata.machine import Automaton
from streamssm.automata.machine_programs import mode_named, modes_of, program_of
from streamssm.automata.program_machine import machine_of, token_names
from streamssm.automata.regex.to_text import to_regex
from streamssm.automata.tables import table_of
from streamssm.errors import ParameterError, PrecisionError, TokenError
from streamssm.ir.alphabet import Alphabet, SymbolWord
from streamssm.ir.ranges import Range
from streamssm.ir.vocabulary import Vocabulary
from streamssm.program.program import Program

if TYPE_CHECKING:
    from streamssm.frontends.past_ltl.formula import Formula

Trace = str | Sequence[str] | Sequence[Collection[str] | Sequence[int]] | NDArray[Any]


@dataclass(frozen=True)
class Language:
    """A set of finite words or traces; or, more widely, what a finite machine does.

    Words are over the symbols of ``alphabet``: a token is a symbol's number, field "symbol". Traces are over
    propositions, and ``alphabet`` is None: a token has a field in [0, 1] for each. ``given`` is the machine
    that the language was made of, if it was.

    The output word of ``recogniser`` is 1 where what it has read so far is a member, 0 where it is not, and
    `BEYOND` where its memory does not suffice to tell (counter languages). A machine that is no acceptor
    (such as a protocol's) has no members; its program gives the numbers of its outputs.

    ``mode`` is the question that `program` answers if it is not told another; see `in_mode`.
    """

    name: str
    recogniser: Program
    alphabet: Alphabet | None = None
    given: Automaton | None = None
    mode: str | None = None

    def __post_init__(self) -> None:
        if len(self.recogniser.outputs) != 1:
            raise ParameterError(
                f"a language's program must have 1 output word, not {len(self.recogniser.outputs)}"
            )

    @classmethod
    def from_machine(cls, machine: Automaton) -> Language:
        """Return the language of a machine. Its program holds the minimal machine's state.

        >>> from streamssm.automata.machine import Automaton
        >>> ab = Automaton.acceptor("(ab)*", "ab", [[1, 2], [2, 0], [2, 2]], [True, False, False])
        >>> Language.from_machine(ab).accepts("abab")
        True
        """
        minimal = machine.minimal()
        return cls(machine.name, program_of(minimal), machine.alphabet, machine)

    @classmethod
    def from_program(cls, program: Program, symbols: Sequence[str]) -> Language:
        """Return the words that a program of one field, the symbol's number, answers with 1.

        Raises
        ------
        ParameterError
            If the program has other fields, or not as many values of it as there are symbols.
        """
        alphabet = Alphabet.of(symbols)
        ranges = [word.range for word in program.fields]
        if ranges != [Range(0, len(alphabet) - 1)]:
            raise ParameterError(
                f"{program.name} must read one field in [0, {len(alphabet) - 1}], a symbol, not "
                f"{', '.join(map(str, ranges)) or 'none'}"
            )
        named = replace(program, vocabulary=Vocabulary(alphabet.symbols))
        return cls(program.name, named, alphabet)

    @classmethod
    def from_dfa(
        cls,
        symbols: Sequence[str],
        next_state: ArrayLike,
        accepting: ArrayLike,
        *,
        initial: int = 0,
        name: str = "dfa",
    ) -> Language:
        """Return the language of a DFA.

        Parameters
        ----------
        next_state : ints, shape (states, symbols)
        accepting : bools, shape (states,)

        Raises
        ------
        ParameterError
            For tables of the wrong shape or with entries out of range, or a symbol that is given twice.

        >>> Language.from_dfa("01", [[0, 1], [1, 0]], [True, False], name="parity").accepts("0110")
        True
        """
        states = table_of(next_state, "next_state", "iu", 2)
        answers = table_of(accepting, "accepting", "b", 1)
        return cls.from_machine(Automaton.acceptor(name, symbols, states, answers, initial=initial))

    @classmethod
    def from_regex(cls, pattern: str, alphabet: Sequence[str], *, name: str | None = None) -> Language:
        """Return the language of a regular expression.

        Parameters
        ----------
        pattern : ``| & ~`` and ``* + ? {m,n}``, ``( )``, ``.``, ``[abc]``, ``[^a]``, ``()`` for the empty
            word; symbols are characters, or ``<SYN>`` where a name is longer; see `frontends.regex.parser`
        alphabet : the symbols; a string's are its characters
        name : of the language and its program; the pattern if None

        Raises
        ------
        ParameterError
            If the pattern is no regular expression over the alphabet (line and column are named), for an
            empty alphabet, or a symbol that is given twice.

        >>> Language.from_regex("(ab)*", "ab").accepts("abab")
        True
        >>> Language.from_regex("<SYN> <ACK>*", ["SYN", "ACK"]).accepts("SYN ACK ACK")
        True
        """
        from streamssm.automata.regex.to_machine import machine_of_regex

        return cls.from_machine(machine_of_regex(pattern, Alphabet.of(alphabet).symbols, name=name))

    @classmethod
    def from_dot(
        cls,
        source: str | PathLike[str],
        *,
        kind: str = "auto",
        symbols: Sequence[str] | None = None,
        name: str | None = None,
        initial: str | None = None,
        accepting: Sequence[str] | None = None,
        labels: str = "auto",
        partial: str | None = None,
    ) -> Language:
        """Return what a machine does that is written in Graphviz's language.

        Parameters
        ----------
        source : a path, or a text; docs/FORMATS.md lists the dialects
        kind : "mealy", "moore" or "dfa"; "auto" decides by the labels
        symbols : the machine's, in this order; as they are met if None
        initial : the initial state's name or label, or ``attribute=value``; the marked one if None
        accepting : names or labels of a DFA's accepting states; those with a double circle if None
        labels : "symbol", "commas", "guards" or "bits"; "auto" takes the only reading that fits
        partial : "sink" or "undefined", where missing transitions lead; if None, they are an error

        Raises
        ------
        FormatError
            For errors of syntax, for machines that are not deterministic or not complete, and for graphs
            with more than one reading; line, state and symbol are named.

        >>> even = "digraph { __start0 -> e; e [shape=doublecircle]; e -> o [label=a]; o -> e [label=a] }"
        >>> Language.from_dot(even).accepts("aa")
        True
        """
        from streamssm.automata.dot.to_machine import machine_of_dot

        machine = machine_of_dot(
            source,
            kind=kind,
            symbols=symbols,
            name=name,
            initial=initial,
            accepting=accepting,
            labels=labels,
            partial=partial,
        )
        return cls.from_machine(machine)

    @classmethod
    def from_group(
        cls,
        group: Mapping[str, Sequence[int]] | ArrayLike,
        elements: Sequence[str] | None = None,
        *,
        name: str = "group",
    ) -> Language:
        """Return the word problem of a group: the words whose product is the identity.

        In mode "track" the program gives the product itself.

        Parameters
        ----------
        group : permutations by the symbols they are called, which generate the group; or a multiplication
            table, shape (n, n), row times column
        elements : with a table: the names of the elements, which are the symbols

        Raises
        ------
        ParameterError
            If it is no group: which axiom fails, or what is no permutation.

        >>> klein = Language.from_group({"a": (1, 0, 2, 3), "b": (0, 1, 3, 2)}, name="C2 x C2")
        >>> klein.accepts("abab"), klein.accepts("ab"), klein.program("track").memory_bits
        (True, False, 2)
        """
        from streamssm.automata.word_problem import machine_of_permutations, machine_of_table

        if isinstance(group, Mapping):
            if elements is not None:
                raise ParameterError("elements must be given with a multiplication table alone")
            return cls.from_machine(machine_of_permutations(group, name=name))
        return cls.from_machine(machine_of_table(group, elements, name=name))

    @classmethod
    def from_past_ltl(
        cls, formula: str | Formula, propositions: Sequence[str] | None = None, *, name: str | None = None
    ) -> Language:
        """Return the traces at whose last position a formula of past-time LTL is true, the empty one not.

        Parameters
        ----------
        formula : of ``! & ^ | -> <->``, ``Y Z O H S``, ``first``, ``pos % m == r``; positions count from 0
        propositions : the token's fields, in this order; if None, the propositions of the formula, sorted
        name : of the language and its program; the formula's text if None

        Raises
        ------
        ParameterError
            If the text is no formula (line and column are named), or names none of ``propositions``.

        Examples
        --------
        >>> granted = Language.from_past_ltl("H(grant -> Y O request)")
        >>> granted.propositions, granted.program().memory_bits
        (('grant', 'request'), 2)
        >>> granted.accepts([{"request"}, set(), {"grant"}]), granted.accepts([{"request", "grant"}])
        (True, False)
        """
        from streamssm.frontends.past_ltl.parser import parse
        from streamssm.frontends.past_ltl.to_program import to_program

        parsed = parse(formula, propositions) if isinstance(formula, str) else formula
        program = to_program(parsed, propositions, name=name)
        return cls(program.name, program)

    @property
    def propositions(self) -> tuple[str, ...]:
        """The names of the token's fields; none where words are over symbols."""
        return () if self.alphabet else tuple(word.name for word in self.recogniser.fields)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The names of the symbols, by their numbers; for traces, of the sets of propositions."""
        return self.alphabet.symbols if self.alphabet else token_names(self.recogniser)

    @cached_property
    def machine(self) -> Automaton:
        """The minimal machine: a DFA, or one with other outputs if such a one was given.

        Raises
        ------
        ParameterError
            If the program has more reachable states than memory can hold.
        """
        if self.given is not None:
            return self.given.minimal()
        return machine_of(self.recogniser, self.symbols).minimal()

    def to_dot(self) -> str:
        """Return the minimal machine in Graphviz's language."""
        return to_dot(self.machine)

    def to_regex(self) -> str:
        """Return a regular expression for the words.

        >>> Language.from_regex("(a|b)*a", "ab").to_regex()
        'b*a(a|bb*a)*'
        """
        return to_regex(self.machine)

    def program(self, mode: str | None = None) -> Program:
        """Return the program that recognises the language, or that answers in another mode.

        Parameters
        ----------
        mode : "recognize" (1 where the word so far is a member), "track" (the minimal machine's state),
            "predict" (which symbols can come next on the way to a member, and whether it may end);
            "transduce" for machines that are no acceptors

        Raises
        ------
        ParameterError
            If the language has no such mode.
        """
        requested = mode_named(mode or self.mode)
        if requested is None or (self.given is None and requested == "recognize"):
            return self.recogniser
        return program_of(self.machine, requested)

    def in_mode(self, mode: str | None) -> Language:
        """Return the language with another question that its program answers; ParameterError if it has none.

        >>> Language.from_regex("(ab)*", "ab").in_mode("predict").program().output_names
        ('a', 'b', 'end')
        """
        mode = mode_named(mode)
        if mode is not None and mode not in self.modes:
            raise ParameterError(f"mode of {self.name} must be one of {', '.join(self.modes)}, not {mode!r}")
        return replace(self, mode=mode)

    def renumbered(self, symbols: Sequence[str], outputs: Sequence[str]) -> Language:
        """Return the language of a machine with symbols and outputs in another order."""
        if self.given is None:
            raise ParameterError(f"{self.name} must be made of a machine to have its symbols renumbered")
        return self.from_machine(self.given.renumbered(symbols, outputs)).in_mode(self.mode)

    @property
    def modes(self) -> tuple[str, ...]:
        """The questions that programs of the language can answer."""
        return tuple(modes_of(self.given)) if self.given is not None else ("recognize", "track", "predict")

    def accepts(self, trace: Trace) -> bool:
        """Return whether a word or a trace is in the language.

        Parameters
        ----------
        trace : a word: symbols, or a string of them; a trace: for each position the names of the
            propositions that are true, or a token of bits

        Raises
        ------
        TokenError
            If a symbol or name is none of the language's, or a token does not fit its fields.
        PrecisionError
            If the language's program counts, and its bits do not suffice for this word.
        """
        if self.given is not None:
            _ = self.given.accepting  # an error for what accepts nothing
        tokens = self.tokens(trace)
        answers = self.recogniser.run(tokens)[:, 0] if len(tokens) else self.recogniser.begin()
        if answers[-1] == BEYOND:
            position = int(np.argmax(np.asarray(answers) == BEYOND))
            raise PrecisionError(
                f"{self.name}: {self.recogniser.memory_bits} bits of memory do not suffice from token "
                f"{position} on; it takes more counter_bits"
            )
        return bool(answers[-1])

    def tokens(self, trace: Trace) -> NDArray[np.int64] | list[tuple[int, ...]]:
        """Return the tokens of a word or a trace, for `program` to run; errors as in `accepts`."""
        if self.alphabet is None:
            return [self._token(position, part) for position, part in enumerate(trace)]
        if not isinstance(trace, str) and not all(isinstance(part, str) for part in trace):
            raise TokenError(f"a word must be made of symbols such as {self.symbols[0]!r}")
        return self.alphabet.numbers(cast(SymbolWord, trace)).astype(np.int64).reshape(-1, 1)

    def _token(self, position: int, given: Any) -> tuple[int, ...]:
        """Return the token of a position; names become bits."""
        if isinstance(given, str) or not isinstance(given, Iterable):
            raise TokenError(f"token {position} must be names of propositions or bits, not {given!r}")
        parts = list(given)
        if not all(isinstance(part, str) for part in parts):
            return tuple(parts)
        for name in parts:
            if name not in self.propositions:
                known = ", ".join(self.propositions) or "none"
                raise TokenError(f"token {position}: a proposition must be one of {known}, not {name!r}")
        return tuple(int(name in parts) for name in self.propositions)
