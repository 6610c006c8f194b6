"""Diagnostics when no model of a kind exists: the verdict of `classify`, with its theorem and witness."""

from __future__ import annotations

from streamssm.automata.automaton_class import Automaton
from streamssm.errors import ParameterError, Reason, UnsupportedProgramError
from streamssm.languages.classify.classification import Classification, classify
from streamssm.languages.classify.verdict import Answer, ClassVerdict

REMEDIES = "use transition='monomial' or 'dense' (one layer), or online thoughts (cot='online')"


def refusal(machine: Automaton, transition: str, mode: str | None) -> UnsupportedProgramError:
    """Return the error that explains why there is no model of a kind."""
    reason = Reason("", 0, _explanation(machine, transition, mode), REMEDIES)
    return UnsupportedProgramError(machine.name, (reason,), f" with {transition} layers")


def classified(machine: Automaton, mode: str | None) -> Classification | None:
    """Return the classification of a machine; None if it is too large for one."""
    try:
        return classify(machine, mode=mode)
    except ParameterError:
        return None


def may_exist(classification: Classification | None, transition: str) -> bool:
    """Return whether layers of a kind can simulate a machine, True if that is unknown."""
    return classification is None or _verdict(classification, transition).answer is Answer.YES


def _explanation(machine: Automaton, transition: str, mode: str | None) -> str:
    try:
        classification = classify(machine, mode=mode)
    except ParameterError as error:
        return f"no model with {transition} layers was found, and it is unknown whether one exists: {error}"
    verdict = _verdict(classification, transition)
    if verdict.answer is Answer.YES:
        return f"a model with {transition} layers exists ({verdict.reason}), but it is too large to be built"
    text = f"{transition} layers: {verdict.answer.value} ({verdict.theorem}): {verdict.reason}"
    return text if verdict.witness is None else f"{text}: {verdict.witness.text(classification.machine)}"


def _verdict(classification: Classification, transition: str) -> ClassVerdict:
    return classification.wrapping[0] if transition == "wrap" else classification[transition]
