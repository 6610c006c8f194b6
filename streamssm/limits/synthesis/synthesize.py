"""Counterexample-guided inductive synthesis (CEGIS) of a small model without thoughts for a language.

An engine searches for weights that satisfy finitely many examples, and an exact reachability search verifies
them: two words with different answers that lead to one state and symbol are a counterexample, and become an
example. If no weights satisfy the examples, no model exists. If there is no counterexample, the weights are a
model, with phi read off the search.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.machine_programs import program_of
from streamssm.equivalences.check import check
from streamssm.errors import NotEquivalentError, ParameterError
from streamssm.limits.synthesis.engines import ENGINES, Engine
from streamssm.limits.synthesis.examples import Examples
from streamssm.limits.synthesis.machine_to_model import model_of
from streamssm.limits.synthesis.machines import num_machines
from streamssm.limits.synthesis.model_class import ModelClass, Weights
from streamssm.limits.synthesis.reachability import Explored, explore
from streamssm.ssm.model import SSM

SECONDS = 60.0
FEW_MACHINES = 200_000  # with several words: enumerated again in every round
FEW_ALONE = 100_000_000  # with one word: enumerated once
METHODS = ("auto", "solver", "enumerate")


class SynthesisVerdict(str, Enum):
    """The answer to the question whether a model exists."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Synthesis:
    """The result: a model for "yes", examples that no weights satisfy for "no", a reason for "unknown"."""

    machine: Automaton
    model_class: ModelClass
    verdict: SynthesisVerdict
    examples: Examples
    rounds: int
    seconds: float
    method: str
    weights: Weights | None = None
    ssm: SSM | None = None
    reason: str = ""

    @property
    def exists(self) -> bool | None:
        """True if a model exists, False if none does, None if this is unknown."""
        return {SynthesisVerdict.YES: True, SynthesisVerdict.NO: False}.get(self.verdict)

    def __str__(self) -> str:
        return f"{self.machine.name}, {self.model_class}: {self.verdict.value}; {self.because}"

    @property
    def because(self) -> str:
        """The justification of the verdict, in words."""
        words, pairs = len(self.examples.words), len(self.examples.pairs)
        if self.verdict is SynthesisVerdict.YES:
            return "a model with these weights is right on every stream"
        if self.verdict is SynthesisVerdict.NO:
            words_text = f"{words} words of at most {self.examples.length} symbols"
            return f"no weights fit {words_text}, with {pairs} pairs to distinguish"
        return self.reason

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values for JSON."""
        model_class = self.model_class
        result: dict[str, Any] = {
            "language": self.machine.name,
            "state_dim": model_class.state_dim,
            "precision_bits": model_class.precision_bits,
            "transition": model_class.kind.value,
            "overflow": model_class.overflow.value,
            "fraction_bits": model_class.fraction_bits,
            "full_range": model_class.full_range,
            "answer": self.verdict.value,
            "method": self.method,
            "rounds": self.rounds,
            "words": len(self.examples.words),
            "length": self.examples.length,
            "seconds": round(self.seconds, 3),
        }
        if self.weights is not None:
            result["weights"] = {name: getattr(self.weights, name) for name in WEIGHTS}
        elif self.verdict is SynthesisVerdict.NO:
            result["in_range"] = [self.machine.alphabet.text(word) for word in self.examples.range_only]
            result["pairs"] = [
                [self.machine.alphabet.text(word) for word in pair] for pair in self.examples.pairs
            ]
        else:
            result["reason"] = self.reason
        return result


WEIGHTS = ("lows", "tops", "initial", "entries", "increments")


def synthesize(
    machine: Automaton,
    model_class: ModelClass,
    *,
    method: str = "auto",
    timeout: float = SECONDS,
    progress: Callable[[int, Examples], None] | None = None,
) -> Synthesis:
    """Decide whether a model with one layer and no thoughts recognizes a language.

    The model answers after every symbol, by any function phi of the state and that symbol. The answer before
    the first symbol is fixed and needs no memory.

    Law: "yes" comes with a model that equals the machine on every stream; "no" with examples that no weights
    of the class satisfy, so it covers every readout phi and every length.

    Parameters
    ----------
    method : "solver" asks bitwuzla; "enumerate" enumerates the machines of one word and chooses d of them;
        "auto" enumerates if there are few
    timeout : seconds for all rounds; after that the answer is unknown
    progress : called with the round and the examples before each query

    Raises
    ------
    ParameterError
        If the solver is not installed, or there are too many machines to enumerate.

    Examples
    --------
    >>> from streamssm.ssm.transitions import TransitionKind
    >>> parity = Automaton.acceptor("parity", "01", [[0, 1], [1, 0]], [True, False])
    >>> synthesize(parity, ModelClass(1, 1), method="enumerate").exists
    False
    >>> synthesis = synthesize(parity, ModelClass(1, 1, TransitionKind.SIGNED), method="enumerate")
    >>> synthesis.exists, synthesis.ssm.memory_bits
    (True, 1)

    Notes
    -----
    Source: width against precision, THEORY A5.
    """
    if method not in METHODS:
        raise ParameterError(f"method must be one of {', '.join(METHODS)}, not {method!r}")
    if not timeout > 0:
        raise ParameterError(f"timeout must be more than 0 seconds, not {timeout!r}")
    start = time.monotonic()
    chosen = _chosen(model_class, machine) if method == "auto" else method
    with ENGINES[chosen](model_class, machine.num_symbols, start + timeout) as engine:
        unanswered = Synthesis(machine, model_class, SynthesisVerdict.UNKNOWN, Examples(), 0, 0.0, chosen)
        synthesis = _rounds(unanswered, engine, progress)
    return replace(synthesis, seconds=time.monotonic() - start)


def _chosen(model_class: ModelClass, machine: Automaton) -> str:
    most = FEW_MACHINES if model_class.state_dim > 1 else FEW_ALONE
    count = num_machines(model_class, machine.num_symbols)
    return "enumerate" if count is not None and count <= most else "solver"


def _rounds(
    synthesis: Synthesis, engine: Engine, progress: Callable[[int, Examples], None] | None
) -> Synthesis:
    """Alternate between the engine and the search for counterexamples until one of them decides."""
    machine, model_class = synthesis.machine, synthesis.model_class
    while True:
        if progress is not None:
            progress(synthesis.rounds, synthesis.examples)
        answer = engine(synthesis.examples)
        synthesis = replace(synthesis, rounds=synthesis.rounds + 1)
        if answer.weights is None:
            verdict = SynthesisVerdict.NO if answer.decided else SynthesisVerdict.UNKNOWN
            examples = answer.core or synthesis.examples
            return replace(synthesis, verdict=verdict, reason=answer.reason, examples=examples)
        weights = answer.weights
        explored = explore(model_class, weights, machine)
        if not explored.conflicts and not explored.outside:
            return replace(
                synthesis,
                verdict=SynthesisVerdict.YES,
                weights=weights,
                ssm=_checked(synthesis, weights, explored),
            )
        synthesis = replace(
            synthesis, examples=synthesis.examples.with_more(explored.conflicts, explored.outside)
        )


def _checked(synthesis: Synthesis, weights: Weights, explored: Explored) -> SSM:
    """Return the model, after an exhaustive check that it equals the machine on every stream."""
    ssm = model_of(synthesis.model_class, weights, explored.phi, synthesis.machine)
    report = check(program_of(synthesis.machine), ssm, method="exhaust")
    if not report.equal:
        raise NotEquivalentError(report)
    return ssm
