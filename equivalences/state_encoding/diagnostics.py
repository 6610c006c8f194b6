"""Why a kind does not hold a language: the verdict of `classify`, with its theorem and its witness."""

from __future__ import annotations

from streamssm.automata.machine import Automaton
from streamssm.errors import ParameterError, Reason, UnsupportedProgramError
from streamssm.languages.classify.classification import Classification, classify
from streamssm.languages.classify.verdict import Answer, ClassVerdict

WAYS_OUT = "transition='monomial' or 'dense' holds it in one layer, and so do online thoughts (cot='online')"


def refusal(machine: Automaton, transition: str, mode: str | None) -> UnsupportedProgramError:
    """Return the error that says why no model of a kind was made."""
    reason = Reason("", 0, _told(machine, transition, mode), WAYS_OUT)
    return UnsupportedProgramError(machine.name, (reason,), f" with {transition} layers")


def classified(machine: Automaton, mode: str | None) -> Classification | None:
    """Return the classification of a machine; None if it is too large for one."""
    try:
        return classify(machine, mode=mode)
    except ParameterError:
        return None


def may_hold(classification: Classification | None, transition: str) -> bool:
    """Return whether a kind of layers can hold a machine, as far as that is known."""
    return classification is None or _verdict(classification, transition).answer is Answer.YES


def _told(machine: Automaton, transition: str, mode: str | None) -> str:
    try:
        classification = classify(machine, mode=mode)
    except ParameterError as error:
        return f"no way to hold it in {transition} layers was found, and whether there is one: {error}"
    verdict = _verdict(classification, transition)
    if verdict.answer is Answer.YES:
        return f"{transition} layers can hold it ({verdict.reason}), but the way is too large to be built"
    found = f"{transition} layers: {verdict.answer.value} ({verdict.theorem}): {verdict.reason}"
    return found if verdict.witness is None else f"{found}: {verdict.witness.text(classification.machine)}"


def _verdict(classification: Classification, transition: str) -> ClassVerdict:
    return classification.wrapping[0] if transition == "wrap" else classification[transition]
