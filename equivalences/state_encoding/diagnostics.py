"""Diagnostics when no model of a kind exists: the verdict of `classify`, with its theorem and witness."""

from __future__ import annotations

from streamssm.automata.machine import Automaton
from streamssm.errors import ParameterError, Reason, UnsupportedProgramError
from streamssm.languages.classify.classification import classify
from streamssm.languages.classify.verdict import Answer, ClassVerdict

REMEDIES = "use transition='monomial' or 'dense' (one layer), or online thoughts (cot='online')"


def refusal(machine: Automaton, transition: str, mode: str | None) -> UnsupportedProgramError:
    """Return the error that explains why there is no model of a kind."""
    reason = Reason("", 0, _explanation(machine, transition, mode), REMEDIES)
    return UnsupportedProgramError(machine.name, (reason,), f" with {transition} layers")


def may_exist(machine: Automaton, transition: str, mode: str | None) -> bool:
    """Return whether layers of a kind can simulate the machine, True if that is unknown."""
    try:
        return _verdict(machine, transition, mode)[0].answer is Answer.YES
    except ParameterError:
        return True


def _explanation(machine: Automaton, transition: str, mode: str | None) -> str:
    try:
        verdict, subject = _verdict(machine, transition, mode)
    except ParameterError as error:
        return f"no model with {transition} layers was found, and it is unknown whether one exists: {error}"
    if verdict.answer is Answer.YES:
        return f"a model with {transition} layers exists ({verdict.reason}), but it is too large to be built"
    text = f"{transition} layers: {verdict.answer.value} ({verdict.theorem}): {verdict.reason}"
    return text if verdict.witness is None else f"{text}: {verdict.witness.text(subject)}"


def _verdict(machine: Automaton, transition: str, mode: str | None) -> tuple[ClassVerdict, Automaton]:
    """Return the verdict, and the machine that its witness refers to."""
    classification = classify(machine, mode=mode)
    return (
        classification.wrapping[0] if transition == "wrap" else classification[transition]
    ), classification.machine
