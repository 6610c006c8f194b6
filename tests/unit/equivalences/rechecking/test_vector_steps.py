"""A step written as vectors is what the reference interpreters do: state, outputs, errors; by weights too."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import pytest

from streamssm.equivalences.rechecking.obligations import declared, words_of
from streamssm.equivalences.rechecking.solver_worker import bitwuzla_answer
from streamssm.equivalences.rechecking.vector_models import model_step
from streamssm.equivalences.rechecking.vector_networks import claimed_meaning
from streamssm.equivalences.rechecking.vector_programs import VectorStep, program_step
from streamssm.equivalences.rechecking.vectors import Bool, Int, Script
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import PrecisionError
from streamssm.ir.words import Word
from streamssm.program.program import Program
from streamssm.ssm.model import SSM
from streamssm.ssm.network import Gadget
from tests.cases import CASES
from tests.layered_models import layered_model
from tests.models import random_model
from tests.random_classes import random_class
from tests.soak import examples

pytest.importorskip("bitwuzla", reason="the extra prove")

TRIED = 6
MOST_WORDS = 40  # of a case's state

Values = tuple[int, ...]


def by_weights(gadget: Gadget) -> None:
    return None


def require_steps(artefact: Program | SSM, meaning_of: Any = by_weights) -> None:
    """Compare both on a few states and tokens, all in one question."""
    s, draw = Script(), Random(0)
    state, token = declared(s, "s", words_of(artefact)), declared(s, "x", artefact.fields)
    if isinstance(artefact, SSM):
        step = model_step(s, artefact, state, token, meaning_of)
    else:
        step = program_step(s, artefact, state, token)
    wrong = []
    for _ in range(TRIED):
        given = drawn(draw, words_of(artefact)), drawn(draw, artefact.fields)
        here = [s.equal(x, s.const(v)) for x, v in zip([*state, *token], [*given[0], *given[1]], strict=True)]
        wrong.append(s.both([*here, s.either(differences(s, artefact, step, *given))]))
    assert bitwuzla_answer(s.question((), wrong))["result"] == "unsat"


def differences(
    s: Script, artefact: Program | SSM, step: VectorStep, state: Values, token: Values
) -> list[Bool]:
    """Return conditions of which each says that the step is not what the interpreter does."""
    try:
        after, outputs = artefact.step(state, token)
    except PrecisionError:
        return [s.negation(step.failed), *step.traps]
    vectors: Sequence[Int] = (*step.state, *step.outputs)
    unequal = [s.negation(s.equal(x, s.const(v))) for x, v in zip(vectors, (*after, *outputs), strict=True)]
    return [step.failed, *step.traps, *step.strays, *unequal]


def drawn(draw: Random, words: Sequence[Word]) -> Values:
    return tuple(draw.choice((w.range.lo, w.range.hi, draw.randint(w.range.lo, w.range.hi))) for w in words)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_library(case: Any) -> None:
    program = case.make().program()
    if len(program.registers) > MOST_WORDS:
        pytest.skip("many words: others show as much")
    require_steps(program)


@pytest.mark.parametrize("case", CASES[:12], ids=lambda case: case.name)
def test_library_models(case: Any) -> None:
    model = to_ssm(case.make().program())
    require_steps(model, claimed_meaning)
    require_steps(model)


@pytest.mark.parametrize("seed", range(examples(25)))
def test_random_programs(seed: int) -> None:
    require_steps(random_class(seed)().program())


@pytest.mark.parametrize("seed", range(examples(25)))
def test_random_models(seed: int) -> None:
    require_steps(random_model(seed))


@pytest.mark.parametrize("seed", range(examples(25)))
def test_layered_models(seed: int) -> None:
    """Every transition kind, rounding and overflow mode."""
    require_steps(layered_model(Random(seed)))
