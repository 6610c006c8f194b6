"""Automaton extraction: the minimal DFA, Moore or Mealy machine of an artefact or a black box.

Law: the machine gives the artefact's outputs on every word, and no machine of its kind has fewer states.

For an algorithm, a program, a language or a model the machine is exact, by a search of all reachable states
(`minimize`). For any other function of words it is learned (`learn`), and as reliable as the equivalence
oracle that looks for counterexamples.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from streamssm.automata.automaton_class import Automaton, Int32s
from streamssm.automata.dot.automaton_to_dot import to_dot
from streamssm.automata.machine_programs import nothing_beside
from streamssm.automata.mealy import Mealy
from streamssm.automata.program_machine import token_names_of
from streamssm.automata.regex.automaton_to_regex import to_regex
from streamssm.equivalences.learn import Learned, learn
from streamssm.equivalences.minimize import MAX_TRANSITIONS, Minimal, Progress, minimize
from streamssm.equivalences.ssm_to_program import to_program
from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm
from streamssm.ir.displayed import Displayed, amount, short
from streamssm.ir.ranges import BIT
from streamssm.languages.language import Language
from streamssm.program.program import Program
from streamssm.ssm.model import SSM
from streamssm.ssm.symbolic.unrolling import Evaluation

KINDS = ("auto", "dfa", "moore", "mealy")
BITS = {(0,), (1,)}

Artefact = Algorithm | Program | Language | SSM | Mealy


@dataclass(frozen=True)
class Extraction(Displayed):
    """A minimal machine, and the evidence for it.

    ``covers`` are the words for which its outputs are known to be the source's. ``learned`` counts the
    queries if the machine was learned.
    """

    machine: Automaton
    covers: str
    learned: Learned | None = None

    def __repr__(self) -> str:
        states = amount(self.machine.num_states, "state")
        return f"<Extraction {short(self.machine.name)}: {states}, equal on {short(self.covers, 30)}>"

    def to_dot(self) -> str:
        """Return the machine in Graphviz's language."""
        return to_dot(self.machine)

    def to_regex(self) -> str:
        """Return a regular expression for the words that a DFA accepts."""
        return to_regex(self.machine)

    def language(self) -> Language:
        """Return the language of the machine."""
        return Language.from_machine(self.machine)

    def to_dict(self) -> dict[str, Any]:
        """Return the machine and the evidence for it as values that JSON can hold."""
        queries = {} if self.learned is None else {"learned": self.learned.to_dict()}
        return {**self.machine.to_dict(), "covers": self.covers, **queries}


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
    """Return the minimal machine of an artefact, or of any function of words, with its names of symbols.

    Parameters
    ----------
    source : an algorithm, a program, a language or a model, whose states are searched; or a function from
        words, tuples of symbols, to a bool or to an output, which is a black box
    symbols : the alphabet of a function; for other sources names of their tokens, if these have none
    kind : "dfa", "moore" or "mealy"; "auto" is a DFA for outputs 0 and 1 (or bools), and otherwise a Moore
        machine if that takes no more states than a Mealy machine
    by : how a model runs, "fused" or "weights"
    max_transitions : limit on reachable states x tokens
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
    >>> extraction = extract(model)
    >>> extraction.machine.num_states, extraction.covers, extraction.to_regex()
    (3, 'every word', 'b*aa*b(aa*b|bb*aa*b)*')
    """
    if kind not in KINDS:
        raise ParameterError(f"kind must be one of {', '.join(KINDS)}, not {kind!r}")
    if isinstance(source, (Algorithm, Program, Language, SSM, Mealy)):
        if learning:
            raise ParameterError(
                f"{next(iter(learning))} applies to black-box functions only, which are learned"
            )
        minimal = minimize(source, by=by, max_transitions=max_transitions, progress=progress)
        return Extraction(machine_of_minimal(minimal, symbols, kind), "every word")
    if not callable(source):
        raise ParameterError(
            f"source must be an algorithm, a program, a language, a model or a function, not {source!r}"
        )
    if symbols is None:
        raise ParameterError("a function of words needs symbols=, its alphabet")
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
    """Return the machine of an artefact as if it were a black box, learned from output queries alone.

    It is the machine that `extract` finds from the reachable states, with the number of queries that learning
    takes. The options are those of `extract`.
    """
    if not isinstance(source, (Algorithm, Program, Language, SSM)):
        raise ParameterError(f"source must be an algorithm, a program, a language or a model, not {source!r}")
    program = source if isinstance(source, (Program, SSM)) else source.program()
    names = symbols or (
        program.vocabulary.symbols if program.vocabulary else token_names_of(program.fields, program.name)
    )
    output_after = _output_after(program, names, by)
    if kind == "auto":
        kind = _kind_of(to_program(program))
    function = (lambda word: output_after(word) == "1") if kind == "dfa" else output_after
    learned = learn(function, names, kind=kind, **{"name": program.name, **learning})
    return Extraction(learned.machine, learned.covers, learned)


def _output_after(
    program: Program | SSM, symbols: Sequence[str], by: str
) -> Callable[[tuple[str, ...]], str]:
    """Return the function from a word to the text of the output after it."""
    tokens = dict(
        zip(symbols, product(*(range(w.range.lo, w.range.hi + 1) for w in program.fields)), strict=True)
    )
    output = _outputs_of(program)

    def output_after(word: tuple[str, ...]) -> str:
        if not word:
            return output(program.begin())
        stream = np.array([tokens[symbol] for symbol in word], np.int64).reshape(len(word), -1)
        rows = program.run(stream, by=by) if isinstance(program, SSM) else program.run(stream)
        return output(rows[-1].tolist())

    return output_after


def _outputs_of(program: Program | SSM) -> Callable[[Sequence[int]], str]:
    names = program.vocabulary.outputs if program.vocabulary else ()
    if names:
        return lambda values: names[values[0]]
    return lambda values: " ".join(map(str, values)) or "-"


def _kind_of(program: Program) -> str:
    """Return the kind that fits a program's declared outputs."""
    if program.vocabulary is not None and program.vocabulary.outputs:
        first, *others = program.vocabulary.outputs
        return "mealy" if first == nothing_beside(others) else "moore"
    if len(program.output_names) != 1:
        return "moore"
    (root,) = program.outputs
    return "dfa" if BIT.covers(program.output.nodes[root].range) else "moore"


def machine_of_minimal(
    minimal: Minimal, symbols: Sequence[str] | None = None, kind: str = "auto"
) -> Automaton:
    """Return the automaton of a result of `minimize`, with the names of symbols and outputs."""
    mealy = minimal.machine
    transitions = _mealy(mealy, _symbols(mealy, symbols))
    if kind == "mealy":
        return transitions
    if kind == "dfa" or (kind == "auto" and _gives_bits(mealy)):
        return _dfa(mealy, transitions)
    begin = mealy.output_text(mealy.begin)
    if kind == "auto" and begin == nothing_beside(transitions.outputs):
        return transitions
    states = _moore(transitions, begin)
    return states if kind == "moore" or states.num_states <= transitions.num_states else transitions


def _symbols(mealy: Mealy, symbols: Sequence[str] | None) -> tuple[str, ...]:
    if symbols is not None:
        return tuple(symbols)
    return mealy.vocabulary.symbols if mealy.vocabulary else token_names_of(mealy.fields, mealy.name)


def _gives_bits(mealy: Mealy) -> bool:
    named = mealy.vocabulary is not None and mealy.vocabulary.outputs
    values = {mealy.begin, *(tuple(words) for words in mealy.outputs.tolist())}
    return not named and values <= BITS


def _mealy(mealy: Mealy, symbols: tuple[str, ...]) -> Automaton:
    """Return the machine with outputs on transitions, without the output before the first token."""
    names = tuple(mealy.output_text(words) for words in mealy.outputs.tolist())
    return Automaton(mealy.name, symbols, mealy.next_state, mealy.output, names, mealy.initial)


def _moore(machine: Automaton, begin: str) -> Automaton:
    """Return the minimal Moore machine that gives the outputs on arrival, and ``begin`` at the start."""
    outputs = machine.outputs if begin in machine.outputs else (*machine.outputs, begin)
    pairs, rows = _arrivals(machine, len(outputs), outputs.index(begin))
    return Automaton(machine.name, machine.symbols, rows, pairs % len(outputs), outputs).minimal()


def _arrivals(machine: Automaton, num_outputs: int, begin: int) -> tuple[Int32s, Int32s]:
    """Return the reachable pairs of a state and the output on arrival, and their successors."""
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
        raise ParameterError(
            f"{mealy.name} is not a DFA: its output {mealy.output_text(wrong)} is not 0 or 1"
        )
    bits = tuple(str(words[0]) for words in mealy.outputs.tolist())
    states = _moore(replace(transitions, outputs=bits), str(mealy.begin[0]))
    accepting = np.array([name == "1" for name in states.outputs])[states.output]
    return Automaton.acceptor(states.name, states.symbols, states.next_state, accepting)
