"""Extraction: the machine that an artefact is, as a DFA, a Moore or a Mealy machine over named symbols.

Law: the machine gives the artefact's outputs on every word, and no machine of its kind has fewer states.

From an algorithm, a program, a language or a model it is exact, by a search of all reachable states
(`minimize`). From any other function of words it is learned, and as good as the oracle that looks for
differences (`learn`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from streamssm.automata.dot.to_text import to_dot
from streamssm.automata.machine import Automaton, Int32s
from streamssm.automata.machine_programs import nothing_beside
from streamssm.automata.mealy import Mealy
from streamssm.automata.program_machine import token_names_of
from streamssm.automata.regex.to_text import to_regex
from streamssm.equivalences.learn import Learned, learn
from streamssm.equivalences.minimize import MAX_TRANSITIONS, Minimal, Progress, minimize
from streamssm.equivalences.ssm_to_program import to_program
from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm
from streamssm.languages.language import Language
from streamssm.program.program import Program
from streamssm.ssm.model import SSM
from streamssm.ssm.symbolic.unrolling import Evaluation

KINDS = ("auto", "dfa", "moore", "mealy")
BITS = {(0,), (1,)}

Artefact = Algorithm | Program | Language | SSM | Mealy


@dataclass(frozen=True)
class Extraction:
    """A minimal machine, and how it was found.

    ``covers`` says for which words its outputs are known to be the source's. ``learned`` counts the queries,
    if the source was asked and not looked into.
    """

    machine: Automaton
    covers: str
    learned: Learned | None = None

    def to_dot(self) -> str:
        """Return the machine in Graphviz's language."""
        return to_dot(self.machine)

    def to_regex(self) -> str:
        """Return a regular expression for what a DFA accepts."""
        return to_regex(self.machine)

    def language(self) -> Language:
        """Return the language of the machine."""
        return Language.from_machine(self.machine)

    def to_dict(self) -> dict[str, Any]:
        """Return the machine and how it was found as values that JSON can hold."""
        how = {} if self.learned is None else {"learned": self.learned.to_dict()}
        return {**self.machine.to_dict(), "covers": self.covers, **how}


def extract(
    source: Artefact | Callable[[tuple[str, ...]], Any],
    symbols: Sequence[str] | None = None,
    *,
    kind: str = "auto",
    by: str = Evaluation.FUSED,
    max_transitions: int = MAX_TRANSITIONS,
    progress: Progress | None = None,
    **learning: Any,
) -> Extraction:
    """Return the minimal machine of an artefact, or of any function of words, with names of symbols kept.

    Parameters
    ----------
    source : an algorithm, a program, a language or a model, whose states are searched; or a function from
        words, tuples of symbols, to a bool or to an output, which is only asked
    symbols : of a function; of others the names of their tokens, if these have none
    kind : "dfa", "moore" or "mealy"; "auto" takes a DFA for outputs 0 and 1 (or bools), and else a Moore
        machine where that takes no more states than a Mealy machine
    by : how a model runs, "fused" or "weights"
    max_transitions : how many reachable states x tokens may be followed
    learning : options of `learn`, for functions: ``algorithm``, ``extra_states``,
        ``walks_per_state``, ``walk_length``, ``max_queries``, ``seed``

    Raises
    ------
    ParameterError
        If there are too many states, the outputs are not of the kind, or a function took too many queries.

    Examples
    --------
    >>> import streamssm as ss
    >>> model = ss.to_ssm(ss.Language.from_regex("(a|b)*ab", "ab"))
    >>> found = extract(model)
    >>> found.machine.num_states, found.covers, found.to_regex()
    (3, 'every word', 'b*aa*b(aa*b|bb*aa*b)*')
    """
    if kind not in KINDS:
        raise ParameterError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
    if isinstance(source, (Algorithm, Program, Language, SSM, Mealy)):
        if learning:
            raise ParameterError(f"{next(iter(learning))} is for functions, which are learned by asking")
        found = minimize(source, by=by, max_transitions=max_transitions, progress=progress)
        return Extraction(machine_of_minimal(found, symbols, kind), "every word")
    if not callable(source):
        raise ParameterError(f"what is extracted must be an artefact or a function of words, not {source!r}")
    if symbols is None:
        raise ParameterError("symbols must be given for a function of words")
    learned = learn(source, symbols, kind=kind, **learning)
    return Extraction(learned.machine, learned.covers, learned)


def extract_by_asking(
    source: Artefact,
    symbols: Sequence[str] | None = None,
    *,
    kind: str = "auto",
    by: str = Evaluation.FUSED,
    **learning: Any,
) -> Extraction:
    """Return the machine of an artefact as if it were a black box: learned from its outputs alone.

    What `extract` finds by looking inside, and the number of queries that it takes without; options as there.
    """
    if not isinstance(source, (Algorithm, Program, Language, SSM)):
        raise ParameterError(f"what is asked must be an algorithm, a program or a model, not {source!r}")
    program = source if isinstance(source, (Program, SSM)) else source.program()
    names = symbols or (
        program.vocabulary.symbols if program.vocabulary else token_names_of(program.fields, program.name)
    )
    asked = _asked(program, names, by)
    if kind == "auto":
        kind = _kind_of(to_program(program))
    named = {"name": program.name, **learning}
    learned = learn((lambda word: asked(word) == "1") if kind == "dfa" else asked, names, kind=kind, **named)
    return Extraction(learned.machine, learned.covers, learned)


def _asked(program: Program | SSM, symbols: Sequence[str], by: str) -> Callable[[tuple[str, ...]], str]:
    """Return the function from a word to the text of the output after it."""
    tokens = dict(
        zip(symbols, product(*(range(w.range.lo, w.range.hi + 1) for w in program.fields)), strict=True)
    )
    output = _outputs_of(program)

    def ask(word: tuple[str, ...]) -> str:
        if not word:
            return output(program.begin())
        stream = np.array([tokens[symbol] for symbol in word], np.int64).reshape(len(word), -1)
        rows = program.run(stream, by=by) if isinstance(program, SSM) else program.run(stream)
        return output(rows[-1].tolist())

    return ask


def _outputs_of(program: Program | SSM) -> Callable[[Sequence[int]], str]:
    names = program.vocabulary.outputs if program.vocabulary else ()
    if names:
        return lambda values: names[values[0]]
    return lambda values: " ".join(map(str, values)) or "-"


def _kind_of(program: Program) -> str:
    """Return the kind that outputs suggest before any is seen."""
    if program.vocabulary is not None and program.vocabulary.outputs:
        rest = program.vocabulary.outputs
        return "mealy" if rest[0] == nothing_beside(rest[1:]) else "moore"
    if len(program.output_names) != 1:
        return "moore"
    (root,) = program.outputs
    values = program.output.nodes[root].range
    return "dfa" if values.lo >= 0 and values.hi <= 1 else "moore"


def machine_of_minimal(
    minimal: Minimal, symbols: Sequence[str] | None = None, kind: str = "auto"
) -> Automaton:
    """Return the machine of what `minimize` found, with the names of symbols and outputs."""
    mealy = minimal.machine
    transitions = _mealy(mealy, _symbols(mealy, symbols))
    if kind == "mealy":
        return transitions
    if kind == "dfa" or (kind == "auto" and _gives_bits(mealy)):
        return _dfa(mealy, transitions)
    begin = mealy.output_text(mealy.begin)
    if kind == "auto" and begin == nothing_beside(transitions.outputs):
        return transitions
    states = _of_states(transitions, begin)
    return states if kind == "moore" or states.num_states <= transitions.num_states else transitions


def _symbols(mealy: Mealy, given: Sequence[str] | None) -> tuple[str, ...]:
    if given is not None:
        return tuple(given)
    return mealy.vocabulary.symbols if mealy.vocabulary else token_names_of(mealy.fields, mealy.name)


def _gives_bits(mealy: Mealy) -> bool:
    named = mealy.vocabulary is not None and mealy.vocabulary.outputs
    values = {mealy.begin, *(tuple(words) for words in mealy.outputs.tolist())}
    return not named and values <= BITS


def _mealy(mealy: Mealy, symbols: tuple[str, ...]) -> Automaton:
    """Return the machine with outputs of transitions; what comes before the first token is left out."""
    names = tuple(mealy.output_text(words) for words in mealy.outputs.tolist())
    return Automaton(mealy.name, symbols, mealy.next_state, mealy.output, names, mealy.initial)


def _of_states(machine: Automaton, begin: str) -> Automaton:
    """Return the minimal Moore machine that gives the outputs on arrival, and ``begin`` at the start."""
    outputs = machine.outputs if begin in machine.outputs else (*machine.outputs, begin)
    pairs, rows = _arrivals(machine, len(outputs), outputs.index(begin))
    found = Automaton(machine.name, machine.symbols, rows, pairs % len(outputs), outputs)
    return found.minimal()


def _arrivals(machine: Automaton, num_outputs: int, begin: int) -> tuple[Int32s, Int32s]:
    """Return the pairs of a state and the output on arrival that are reached, and where they lead."""
    arrivals = machine.next_state.astype(np.int64) * num_outputs + machine.output
    start = machine.initial * num_outputs + begin
    pairs = np.unique(np.append(arrivals, start))
    pairs = np.append(start, pairs[pairs != start])
    order = np.argsort(pairs)
    rows = order[np.searchsorted(pairs[order], arrivals[pairs // num_outputs])]
    return pairs.astype(np.int32), rows.astype(np.int32)


def _dfa(mealy: Mealy, transitions: Automaton) -> Automaton:
    values = {mealy.begin, *(tuple(words) for words in mealy.outputs.tolist())}
    if not values <= BITS:
        wrong = next(iter(values - BITS))
        raise ParameterError(f"{mealy.name} must give 0 or 1 to be a DFA, not {mealy.output_text(wrong)}")
    bits = tuple(str(words[0]) for words in mealy.outputs.tolist())
    states = _of_states(replace(transitions, outputs=bits), str(mealy.begin[0]))
    accepting = np.array([name == "1" for name in states.outputs])[states.output]
    return Automaton.acceptor(states.name, states.symbols, states.next_state, accepting)
