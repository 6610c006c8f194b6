"""Formal languages in every kind of layers: verdicts, and models checked against the automata.

For every language and kind of transition there is a verdict (`streamssm.languages.classify`). For a "yes",
the model is built (E3) and checked against the automaton's program; for a "no", the witness words are run on
the automaton. Counter languages have no finite automaton: their programs with a few bits become layers (E2),
or models with thoughts (E1).

The result is a dict for JSON: ``rows``, one for each language:

    name, class, symbols, states      states of the minimal automaton; null for languages that count
    memory_bits                       of the program
    cells                             by kind: answer, theorem, layers, state_dim, memory_bits, thoughts,
                                      covers, equal, verified, reason, too_large, seconds

``equal`` is null without a model, ``verified`` without witness words.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from streamssm.automata.automaton_class import Automaton
from streamssm.equivalences.check import check
from streamssm.equivalences.checking.report import EVERY_STREAM, Report
from streamssm.equivalences.language_to_ssm import language_to_ssm
from streamssm.equivalences.smt.solver import is_installed
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import ParameterError, StreamSSMError, UnsupportedProgramError
from streamssm.languages.classify.classification import Classification, classify
from streamssm.languages.classify.verdict import Answer, ClassVerdict
from streamssm.languages.language import Language
from streamssm.languages.suite import LanguageClass, SuiteLanguage, find, load_all
from streamssm.program.program import Program
from streamssm.ssm.model import SSM

ONLINE = "online thoughts"
KINDS = (
    "time-invariant",
    "zero-one",
    "dyadic",
    "mixed",
    "signed",
    "complex",
    "monomial",
    "householder",
    "time-invariant-dense",
    "dense",
    ONLINE,
)
COUNTER_BITS = 2  # few, because models of counter languages are checked on every stream
LOG_PRECISION = "with log precision"  # the answer for counter languages (THEORY B6)
MOST_STATES = 10_000  # a larger automaton is represented by its program instead of a table

# The class of languages without an automaton of at most MOST_STATES states, by definition of the language
CLASSES = {LanguageClass.STAR_FREE: "aperiodic", LanguageClass.COUNTER: "counter"}

Cell = dict[str, Any]


def measure(
    names: Sequence[str] = (),
    kinds: Sequence[str] = KINDS,
    *,
    done: Callable[[str, int], None] = lambda name, count: None,
) -> dict[str, Any]:
    """Return the row of every language of the suite, or of some.

    Parameters
    ----------
    done : called with a language's name and the number of rows so far

    Raises
    ------
    ParameterError
        If no language has one of the names.
    """
    chosen = [find(name) for name in names] if names else [*load_all().values()]
    rows: list[dict[str, Any]] = []
    for language in chosen:
        rows.append(_row(language, kinds))
        done(language.name, len(rows))
    return {"kinds": list(kinds), "rows": rows}


def failures(result: dict[str, Any]) -> list[str]:
    """Return a message for every model that differs and every witness that does not verify."""
    messages = []
    for row in result["rows"]:
        for kind, cell in row["cells"].items():
            has_model = cell["answer"] in (Answer.YES.value, LOG_PRECISION) and not cell["too_large"]
            if has_model and cell["equal"] is not True:
                messages.append(f"{row['name']}, {kind}: {cell['reason'] or 'the model differs'}")
            if cell["verified"] is False:
                messages.append(f"{row['name']}, {kind}: the witness does not verify")
    return messages


def _row(language: SuiteLanguage, kinds: Sequence[str]) -> dict[str, Any]:
    program = language.program()
    states = language.minimal_states
    if states is not None and states <= MOST_STATES:
        classification = classify(language.language())
        name, cells = classification.language_class, _regular(language.language(), classification, kinds)
    else:
        name, cells = CLASSES[language.language_class], _by_words(language, kinds)
    return {
        "name": language.name,
        "class": name,
        "symbols": len(language.symbols),
        "states": language.minimal_states,
        "memory_bits": program.memory_bits,
        "cells": cells,
    }


def _regular(language: Language, classification: Classification, kinds: Sequence[str]) -> dict[str, Cell]:
    verdicts = {verdict.kind: verdict for verdict in classification.verdicts}
    return {
        kind: _cell(language, classification.machine, verdicts[kind]) for kind in kinds if kind in verdicts
    }


def _cell(language: Language, machine: Automaton, verdict: ClassVerdict) -> Cell:
    cell = {
        **_empty(verdict.answer.value, verdict.theorem),
        "verified": verdict.verify(machine) if verdict.witness is not None else None,
    }
    if verdict.answer is not Answer.YES:
        return cell
    return {**cell, **_built(language.program(), lambda: _model(language, verdict.kind))}


def _model(language: Language, kind: str) -> SSM:
    if kind == ONLINE:
        return to_ssm(language.program(), cot="online")
    return language_to_ssm(language, kind)


def _by_words(language: SuiteLanguage, kinds: Sequence[str]) -> dict[str, Cell]:
    """Return the models of a language's program, which has a counter of a few bits or a stack."""
    counts = language.minimal_states is None
    program = language.program(counter_bits=COUNTER_BITS if counts else None)
    answer, theorem = (LOG_PRECISION, "B6") if counts else (Answer.YES.value, "C")
    layered = {"mixed": "auto"} if counts else {kind: kind for kind in ("zero-one", "dyadic", "signed")}
    models: dict[str, Callable[[], SSM]] = {
        **{kind: partial(to_ssm, program, cot="none", transition=asked) for kind, asked in layered.items()},
        ONLINE: partial(to_ssm, program, cot="online"),
    }
    return {
        kind: {**_empty(answer, theorem), **_built(program, models[kind])} for kind in kinds if kind in models
    }


def _empty(answer: str, theorem: str) -> Cell:
    return {
        "answer": answer,
        "theorem": theorem,
        "layers": None,
        "state_dim": None,
        "memory_bits": None,
        "thoughts": None,
        "covers": None,
        "equal": None,
        "verified": None,
        "reason": None,
        "too_large": False,
        "seconds": 0.0,
    }


def _built(program: Program, make: Callable[[], SSM]) -> Cell:
    """Return the sizes of a model and whether it is equal, or the reason why there is no model."""
    began = time.perf_counter()
    try:
        model = make()
    except UnsupportedProgramError as error:
        return {"reason": str(error.reasons[0]), "seconds": _since(began)}
    except ParameterError as error:
        return {"too_large": True, "reason": str(error), "seconds": _since(began)}
    except StreamSSMError as error:
        return {"reason": str(error), "seconds": _since(began)}
    report = _strongest(program, model)
    return {
        "layers": model.num_layers,
        "state_dim": model.state_dim,
        "memory_bits": model.memory_bits,
        "thoughts": model.thoughts.max_per_token,
        "covers": report.covers,
        "equal": report.equal,
        "seconds": _since(began),
    }


def _strongest(program: Program, model: SSM) -> Report:
    """Return the strongest report: an exhaustive search if it finishes, else a proof, else samples."""
    report = check(program, model)
    if report.equal is False or report.covers == EVERY_STREAM or not is_installed():
        return report
    proof = check(program, model, method="prove")
    return report if proof.equal is None else proof


def _since(began: float) -> float:
    return round(time.perf_counter() - began, 3)
