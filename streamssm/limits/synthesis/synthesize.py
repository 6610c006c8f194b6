"""Synthesis: does a small model without thoughts exist for a language? Guided by counterexamples.

Find weights that meet finitely many demands; search everything that they reach; where one state and symbol
are reached by words with different answers, that pair is a further demand. No weights for the demands: none
for the language. No conflict: the weights, with phi read off the search, are a model.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from streamssm.automata.machine import Automaton
from streamssm.automata.machine_programs import program_of
from streamssm.equivalences.check import check
from streamssm.errors import NotEquivalentError, ParameterError
from streamssm.limits.synthesis.engines import FINDERS, Engine
from streamssm.limits.synthesis.examples import Examples
from streamssm.limits.synthesis.machines import num_machines
from streamssm.limits.synthesis.model import model_of
from streamssm.limits.synthesis.model_class import ModelClass, Weights
from streamssm.limits.synthesis.reachability import Explored, explore
from streamssm.ssm.model import SSM

SECONDS = 60.0
FEW_MACHINES = 200_000  # listed again for every question
FEW_ALONE = 100_000_000  # of one word: gone through once
METHODS = ("auto", "solver", "enumerate")


class SynthesisVerdict(str, Enum):
    """Whether a model exists."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Synthesis:
    """What was found: a model for "yes", demands that none meets for "no", the reason for "unknown"."""

    machine: Automaton
    setting: ModelClass
    verdict: SynthesisVerdict
    demands: Examples
    rounds: int
    seconds: float
    method: str
    weights: Weights | None = None
    ssm: SSM | None = None
    reason: str = ""

    @property
    def exists(self) -> bool | None:
        """Whether a model exists; None if that is unknown."""
        return {SynthesisVerdict.YES: True, SynthesisVerdict.NO: False}.get(self.verdict)

    def __str__(self) -> str:
        return f"{self.machine.name}, {self.setting}: {self.verdict.value}; {self.because}"

    @property
    def because(self) -> str:
        """What the verdict rests on, in words."""
        words, pairs = len(self.demands.words), len(self.demands.pairs)
        if self.verdict is SynthesisVerdict.YES:
            return "a model with these weights recognises every stream"
        if self.verdict is SynthesisVerdict.NO:
            asked = f"{words} words of at most {self.demands.length} symbols"
            return f"no weights meet what {asked} ask for, {pairs} pairs to tell apart"
        return self.reason

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values for JSON."""
        setting = self.setting
        found: dict[str, Any] = {
            "language": self.machine.name,
            "state_dim": setting.state_dim,
            "precision_bits": setting.precision_bits,
            "transition": setting.kind.value,
            "overflow": setting.overflow.value,
            "fraction_bits": setting.fraction_bits,
            "full_range": setting.full_range,
            "answer": self.verdict.value,
            "method": self.method,
            "rounds": self.rounds,
            "words": len(self.demands.words),
            "length": self.demands.length,
            "seconds": round(self.seconds, 3),
        }
        if self.weights is not None:
            found["weights"] = {name: getattr(self.weights, name) for name in WEIGHTS}
        elif self.verdict is SynthesisVerdict.NO:
            found["in_range"] = [self.machine.alphabet.text(word) for word in self.demands.alone]
            found["pairs"] = [
                [self.machine.alphabet.text(word) for word in pair] for pair in self.demands.pairs
            ]
        else:
            found["reason"] = self.reason
        return found


WEIGHTS = ("lows", "tops", "initial", "entries", "increments")


def synthesize(
    machine: Automaton,
    setting: ModelClass,
    *,
    method: str = "auto",
    timeout: float = SECONDS,
    progress: Callable[[int, Examples], None] | None = None,
) -> Synthesis:
    """Decide whether a model with one layer and no thoughts recognises a language.

    The model answers after every symbol, by any function phi of the state and that symbol. Before the first
    one it knows that there was none, so that answer costs nothing.

    Law: "yes" comes with a model that equals the machine on every stream; "no" with demands that no weights
    of the setting meet, so it covers every readout phi and every length.

    Parameters
    ----------
    method : "solver" asks bitwuzla; "enumerate" lists the machines of one word and looks for d that do;
        "auto" lists them where there are few
    timeout : seconds for all rounds; then the answer is unknown
    progress : called with the round and the demands before each question

    Raises
    ------
    ParameterError
        If the solver is not installed, or there are too many machines to list.

    Examples
    --------
    >>> from streamssm.ssm.transitions import TransitionKind
    >>> parity = Automaton.acceptor("parity", "01", [[0, 1], [1, 0]], [True, False])
    >>> synthesize(parity, ModelClass(1, 1), method="enumerate").exists
    False
    >>> found = synthesize(parity, ModelClass(1, 1, TransitionKind.SIGNED), method="enumerate")
    >>> found.exists, found.ssm.memory_bits
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
    used = _chosen(setting, machine) if method == "auto" else method
    with FINDERS[used](setting, machine.num_symbols, start + timeout) as finder:
        asked = Synthesis(machine, setting, SynthesisVerdict.UNKNOWN, Examples(), 0, 0.0, used)
        found = _rounds(asked, finder, progress)
    return replace(found, seconds=time.monotonic() - start)


def _chosen(setting: ModelClass, machine: Automaton) -> str:
    most = FEW_MACHINES if setting.state_dim > 1 else FEW_ALONE
    count = num_machines(setting, machine.num_symbols)
    return "enumerate" if count is not None and count <= most else "solver"


def _rounds(found: Synthesis, finder: Engine, progress: Callable[[int, Examples], None] | None) -> Synthesis:
    """Ask, explore, ask again."""
    machine, setting = found.machine, found.setting
    while True:
        if progress is not None:
            progress(found.rounds, found.demands)
        answer = finder(found.demands)
        found = replace(found, rounds=found.rounds + 1)
        if answer.weights is None:
            verdict = SynthesisVerdict.NO if answer.decided else SynthesisVerdict.UNKNOWN
            demands = answer.core or found.demands
            return replace(found, verdict=verdict, reason=answer.reason, demands=demands)
        weights = answer.weights
        explored = explore(setting, weights, machine)
        if not explored.conflicts and not explored.outside:
            return replace(
                found, verdict=SynthesisVerdict.YES, weights=weights, ssm=_checked(found, weights, explored)
            )
        found = replace(found, demands=found.demands.with_more(explored.conflicts, explored.outside))


def _checked(found: Synthesis, weights: Weights, explored: Explored) -> SSM:
    """Return the model, once a search of all streams has shown that it equals the machine."""
    ssm = model_of(found.setting, weights, explored.phi, found.machine)
    report = check(program_of(found.machine), ssm, method="exhaust")
    if not report.equal:
        raise NotEquivalentError(report)
    return ssm
