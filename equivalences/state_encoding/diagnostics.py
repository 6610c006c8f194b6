"""Why a kind does not hold a language: the verdict of `classify`, with its theorem and its witness."""

from __future__ import annotations

from streamssm.automata.machine import Automaton
from streamssm.errors import ParameterError, Reason, UnsupportedProgramError
from streamssm.languages.classify.classification import classify
from streamssm.languages.classify.verdict import Answer, ClassVerdict

REMEDIES = "transition='monomial' or 'dense' holds it in one layer, and so do online thoughts (cot='online')"


def refusal(machine: Automaton, transition: str, mode: str | None) -> UnsupportedProgramError:
    """Return the error that says why no model of a kind was made."""
    reason = Reason("", 0, _explanation(machine, transition, mode), REMEDIES)
    return UnsupportedProgramError(machine.name, (reason,), f" with {transition} layers")


def may_exist(machine: Automaton, transition: str, mode: str | None) -> bool:
    """Return whether a kind of layers can hold the machine, as far as that is known."""
    try:
        return _verdict(machine, transition, mode)[0].answer is Answer.YES
    except ParameterError:
        return True


def _explanation(machine: Automaton, transition: str, mode: str | None) -> str:
    try:
        verdict, subject = _verdict(machine, transition, mode)
    except ParameterError as error:
        return f"no way to hold it in {transition} layers was found, and whether there is one: {error}"
    if verdict.answer is Answer.YES:
        return f"{transition} layers can hold it ({verdict.reason}), but the way is too large to be built"
    text = f"{transition} layers: {verdict.answer.value} ({verdict.theorem}): {verdict.reason}"
    return text if verdict.witness is None else f"{text}: {verdict.witness.text(subject)}"


def _verdict(machine: Automaton, transition: str, mode: str | None) -> tuple[ClassVerdict, Automaton]:
    """Return the verdict, and the machine that its witness is about."""
    classification = classify(machine, mode=mode)
    return (
        classification.wrapping[0] if transition == "wrap" else classification[transition]
    ), classification.machine
