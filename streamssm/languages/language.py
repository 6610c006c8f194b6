"""Language: a set of finite words or traces, represented by an automaton or program that decides it."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from streamssm.algorithms.parameters import BEYOND
from streamssm.automata.array_arguments import table_of
from streamssm.automata.automaton_class import Automaton
from streamssm.automata.dot.automaton_to_dot import to_dot
from streamssm.automata.machine_programs import mode_named, modes_of, program_of
from streamssm.automata.program_machine import machine_of, token_names
from streamssm.automata.regex.automaton_to_regex import to_regex
from streamssm.errors import ParameterError, PrecisionError, TokenError
from streamssm.ir.alphabet import Alphabet, SymbolWord
from streamssm.ir.displayed import Displayed, amount, short
from streamssm.ir.ranges import Range
from streamssm.ir.vocabulary import Vocabulary
from streamssm.program.program import Program

if TYPE_CHECKING:
    from streamssm.frontends.past_ltl.formula import Formula

Trace = str | Sequence[str] | Sequence[Collection[str] | Sequence[int]] | NDArray[Any]


@dataclass(frozen=True)
class Language(Displayed):
    """A set of finite words or traces, or more generally the transduction of a Moore or Mealy machine.

    Words are over the symbols of ``alphabet``: a token is a symbol's number, field "symbol". Traces are over
    propositions, and ``alphabet`` is None: a token has a field in [0, 1] for each. ``given`` is the automaton
    that the language was built from, or None.

    The output word of ``recognizer`` is 1 if the word so far is a member, 0 if not, and `BEYOND` if its
    memory does not suffice to decide (counter languages). A Moore or Mealy machine (such as a protocol's) has
    no members; its program outputs the numbers of its outputs.

    ``mode`` is the default mode of `program`; see `in_mode`.
    """

    name: str
    recognizer: Program
    alphabet: Alphabet | None = None
    given: Automaton | None = None
    mode: str | None = None

    def __post_init__(self) -> None:
        if len(self.recognizer.outputs) != 1:
            raise ParameterError(
                f"a language's program must have 1 output word, not {len(self.recognizer.outputs)}"
            )

    def __repr__(self) -> str:
        fields = self.recognizer.fields
        symbols = (
            amount(len(self.symbols), "symbol") if len(fields) == 1 else amount(len(fields), "proposition")
        )
        return f"<Language {short(self.name)}: {symbols}, {amount(self.recognizer.memory_bits, 'bit')}>"

    @classmethod
    def from_machine(cls, machine: Automaton) -> Language:
        """Return the language of an automaton; the program's register is the minimal automaton's state.

        >>> from streamssm.automata.automaton_class import Automaton
        >>> ab = Automaton.acceptor("(ab)*", "ab", [[1, 2], [2, 0], [2, 2]], [True, False, False])
        >>> Language.from_machine(ab).accepts("abab")
        True
        """
        minimal = machine.minimal()
        return cls(machine.name, program_of(minimal), machine.alphabet, machine)

    @classmethod
    def from_program(cls, program: Program, symbols: Sequence[str]) -> Language:
        """Return the language of a program whose one field is the symbol's number, and whose output is 1.

        Raises
        ------
        ParameterError
            If the program has other fields, or the field's range does not fit the symbols.
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
            For tables of the wrong shape or with entries out of range, or duplicate symbols.

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
            word; symbols are characters, or ``<SYN>`` for longer names. Escapes are those of Python's `re`;
            see `automata.regex.regex_parser`
        alphabet : the symbols; of a string, its characters
        name : of the language and its program; if None, the pattern

        Raises
        ------
        ParameterError
            If the pattern is not a regular expression over the alphabet (with line and column), the alphabet
            is empty, or a symbol is duplicate.

        >>> Language.from_regex("(ab)*", "ab").accepts("abab")
        True
        >>> Language.from_regex("<SYN> <ACK>*", ["SYN", "ACK"]).accepts("SYN ACK ACK")
        True
        """
        from streamssm.automata.regex.regex_to_automaton import machine_of_regex

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
        """Return the language or transduction of an automaton in the DOT language.

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
        from streamssm.automata.dot.dot_to_automaton import machine_of_dot

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
    def from_hoa(cls, source: str | PathLike[str], *, name: str | None = None) -> Language:
        """Return the finite-word language of a deterministic automaton in the HOA format.

        A word is a member if the state after it is in acceptance set 0; a missing edge rejects. Symbols are
        the assignments of the propositions, such as ``a&~b``.

        Parameters
        ----------
        source : a path, or a text with ``HOA:`` in it

        Raises
        ------
        FormatError
            For syntax errors, nondeterminism, alternation, transition-based acceptance, and acceptance that
            only infinite words have.
        """
        from streamssm.automata.formats.hoa import machine_of_hoa

        return cls.from_machine(machine_of_hoa(source, name=name))

    @classmethod
    def from_automaton(cls, automaton: object, *, name: str | None = None) -> Language:
        """Return the language of a DFA of automata-lib, or of a Dfa, MooreMachine or MealyMachine of AALpy.

        Raises
        ------
        ParameterError
            For other objects, and for automata of AALpy that are not complete.
        """
        from streamssm.automata.formats.library_objects import machine_of_object

        return cls.from_machine(machine_of_object(automaton, name=name))

    @classmethod
    def from_jff(cls, source: str | PathLike[str], *, name: str | None = None) -> Language:
        """Return the language or transduction of a JFLAP file: a DFA, Moore or Mealy machine.

        Parameters
        ----------
        source : a path, or a text with ``<structure`` in it

        Raises
        ------
        FormatError
            For other types, nondeterminism, and Moore and Mealy machines that are not complete.
        """
        from streamssm.automata.formats.jflap import machine_of_jff

        return cls.from_machine(machine_of_jff(source, name=name))

    @classmethod
    def from_mona(cls, source: str | PathLike[str], *, name: str | None = None) -> Language:
        """Return the language of a DFA as text of ``mona -w``; symbols are assignments, ``P&~Q``.

        Parameters
        ----------
        source : a path, or a text with ``DFA for formula`` in it

        Raises
        ------
        FormatError
            For other texts, tree automata, don't-care states, and transitions that overlap or leave a gap.
        """
        from streamssm.automata.formats.mona import machine_of_mona

        return cls.from_machine(machine_of_mona(source, name=name))

    @classmethod
    def from_group(
        cls,
        group: Mapping[str, Sequence[int]] | ArrayLike,
        elements: Sequence[str] | None = None,
        *,
        name: str = "group",
    ) -> Language:
        """Return the word problem of a group: the words whose product is the identity.

        In mode "track" the program outputs the product itself.

        Parameters
        ----------
        group : generating permutations by their symbols; or a multiplication table, shape (n, n), row times
            column
        elements : with a table, the names of the elements, which are the symbols

        Raises
        ------
        ParameterError
            If an array is not a permutation, or the table is not a group's, with the axiom that fails.

        >>> klein = Language.from_group({"a": (1, 0, 2, 3), "b": (0, 1, 3, 2)}, name="C2 x C2")
        >>> klein.accepts("abab"), klein.accepts("ab"), klein.program("track").memory_bits
        (True, False, 2)
        """
        from streamssm.automata.word_problem import machine_of_permutations, machine_of_table

        if isinstance(group, Mapping):
            if elements is not None:
                raise ParameterError("elements applies to multiplication tables only: leave it out")
            return cls.from_machine(machine_of_permutations(group, name=name))
        return cls.from_machine(machine_of_table(group, elements, name=name))

    @classmethod
    def from_past_ltl(
        cls, formula: str | Formula, propositions: Sequence[str] | None = None, *, name: str | None = None
    ) -> Language:
        """Return the nonempty traces at whose last position a past-time LTL formula is true.

        Parameters
        ----------
        formula : of ``! & ^ | -> <->``, ``Y Z O H S T``, ``O[a,b]``, ``first``, ``pos % m == r``; see
            docs/FORMULAS.md. Positions count from 0
        propositions : the token's fields, in this order; if None, the propositions of the formula, sorted
        name : of the language and its program; if None, the formula's text

        Raises
        ------
        ParameterError
            If the text is not a formula (with line and column), or has a name that is not in
            ``propositions``.

        Examples
        --------
        >>> granted = Language.from_past_ltl("H(grant -> Y O request)")
        >>> granted.propositions, granted.program().memory_bits
        (('grant', 'request'), 2)
        >>> granted.accepts([{"request"}, set(), {"grant"}]), granted.accepts([{"request", "grant"}])
        (True, False)
        """
        from streamssm.frontends.past_ltl.formula_parser import parse
        from streamssm.frontends.past_ltl.to_program import to_program

        parsed = parse(formula, propositions) if isinstance(formula, str) else formula
        program = to_program(parsed, propositions, name=name)
        return cls(program.name, program)

    @property
    def recogniser(self) -> Program:
        """The former spelling of ``recognizer``, for one version."""
        warnings.warn("Language.recogniser is now Language.recognizer", DeprecationWarning, stacklevel=2)
        return self.recognizer

    @property
    def propositions(self) -> tuple[str, ...]:
        """The names of the token's fields; empty for words over symbols."""
        return () if self.alphabet else tuple(word.name for word in self.recognizer.fields)

    @property
    def symbols(self) -> tuple[str, ...]:
        """The names of the symbols, by number; for traces, of the sets of propositions."""
        return self.alphabet.symbols if self.alphabet else token_names(self.recognizer)

    @cached_property
    def machine(self) -> Automaton:
        """The minimal automaton: a DFA, or the Moore or Mealy machine that was given.

        Raises
        ------
        ParameterError
            If the program has more reachable states than memory can hold.
        """
        if self.given is not None:
            return self.given.minimal()
        return machine_of(self.recognizer, self.symbols).minimal()

    def to_dot(self) -> str:
        """Return the minimal automaton in the DOT language."""
        return to_dot(self.machine)

    def to_hoa(self) -> str:
        """Return the minimal DFA of a language of traces, or of assignments, in the HOA format.

        >>> Language.from_hoa(Language.from_past_ltl("O a").to_hoa()).symbols
        ('~a', 'a')
        """
        from streamssm.automata.formats.hoa import to_hoa

        return to_hoa(self.machine)

    def to_regex(self) -> str:
        """Return a regular expression of the language.

        >>> Language.from_regex("(a|b)*a", "ab").to_regex()
        'b*a(a|bb*a)*'
        """
        return to_regex(self.machine)

    def program(self, mode: str | None = None) -> Program:
        """Return the program of a mode; if None, of the language's mode, by default the recognizer.

        Parameters
        ----------
        mode : "recognize" (1 if the word so far is a member), "track" (the minimal automaton's state),
            "predict" (the symbols that can come next on the way to a member, and whether the word may end);
            "transduce" for Moore and Mealy machines

        Raises
        ------
        ParameterError
            If the language has no such mode.
        """
        requested = mode_named(mode or self.mode)
        if requested is None or (self.given is None and requested == "recognize"):
            return self.recognizer
        return program_of(self.machine, requested)

    def in_mode(self, mode: str | None) -> Language:
        """Return the language with another default mode; ParameterError if it has no such mode.

        >>> Language.from_regex("(ab)*", "ab").in_mode("predict").program().output_names
        ('a', 'b', 'end')
        """
        mode = mode_named(mode)
        if mode is not None and mode not in self.modes:
            raise ParameterError(f"mode of {self.name} must be one of {', '.join(self.modes)}, not {mode!r}")
        return replace(self, mode=mode)

    def renumbered(self, symbols: Sequence[str], outputs: Sequence[str]) -> Language:
        """Return the language with the symbols and outputs of its automaton in another order."""
        if self.given is None:
            raise ParameterError(
                f"symbols of {self.name} cannot be renumbered: it was not built from an automaton"
            )
        return self.from_machine(self.given.renumbered(symbols, outputs)).in_mode(self.mode)

    @property
    def modes(self) -> tuple[str, ...]:
        """The modes of the language's programs."""
        return tuple(modes_of(self.given)) if self.given is not None else ("recognize", "track", "predict")

    def accepts(self, trace: Trace) -> bool:
        """Return whether a word or a trace is in the language.

        Parameters
        ----------
        trace : a word, as symbols or a string of them; or a trace, for each position the names of the
            propositions that are true, or a token of bits

        Raises
        ------
        TokenError
            For an unknown symbol or proposition, or a token that does not fit the fields.
        PrecisionError
            If a counter of the language's program overflows on this word.
        """
        if self.given is not None:
            _ = self.given.accepting  # raises for a Moore or Mealy machine
        tokens = self.tokens(trace)
        answers = self.recognizer.run(tokens)[:, 0] if len(tokens) else self.recognizer.begin()
        if answers[-1] == BEYOND:
            position = int(np.argmax(np.asarray(answers) == BEYOND))
            raise PrecisionError(
                f"{self.name}: counter overflow at token {position} with {self.recognizer.memory_bits} bits "
                "of memory: increase counter_bits"
            )
        return bool(answers[-1])

    def tokens(self, trace: Trace) -> NDArray[np.int64] | list[tuple[int, ...]]:
        """Return the tokens of a word or a trace, for `program` to run; errors as in `accepts`."""
        if self.alphabet is None:
            return [self._token(position, part) for position, part in enumerate(trace)]
        if not isinstance(trace, str) and not all(isinstance(part, str) for part in trace):
            raise TokenError(f"a word must consist of symbols such as {self.symbols[0]!r}")
        return self.alphabet.numbers(cast(SymbolWord, trace)).astype(np.int64).reshape(-1, 1)

    def _token(self, position: int, given: Any) -> tuple[int, ...]:
        """Return the token of a position; names of propositions become bits."""
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
