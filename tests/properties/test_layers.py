"""Laws of E2 on random programs that have layers, and on the tables of cases."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from streamssm.equivalences.check import check
from streamssm.equivalences.program_to_layers import program_to_layers
from streamssm.equivalences.ssm_to_program import ssm_to_program
from streamssm.errors import UnsupportedProgramError
from streamssm.program.program import Program
from streamssm.ssm.model import SSM
from tests.case import Case
from tests.cases import SMALL_CASES, each
from tests.layered_classes import LAYERED_CASES, LayeredCase
from tests.random_layered import random_layered
from tests.soak import examples

TRANSITIONS = ("auto", "zero-one", "dyadic", "signed", "monomial")


def require_same(program: Program, model: SSM) -> None:
    report = check(program, model, method="exhaust")
    assert (report.equal, report.covers) == (True, "every stream"), str(report)
    assert model.transducer().error is None
    assert model.transducer("weights").error is None


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(examples(40)))
def test_layers_of_random_programs(seed: int) -> None:
    program = random_layered(Random(seed))
    for transition in TRANSITIONS:
        try:
            model = program_to_layers(program, transition)
        except UnsupportedProgramError:
            assert transition in ("zero-one", "signed")  # words that decay by halves
            continue
        require_same(program, model)


@each(SMALL_CASES)
def test_layers_of_the_cases_that_have_them(case: Case) -> None:
    program = case.make().program()
    try:
        model = program_to_layers(program)
    except UnsupportedProgramError as error:
        assert error.reasons
        return
    require_same(program, model)
    assert check(model, ssm_to_program(model), method="exhaust").equal


@pytest.mark.parametrize("case", LAYERED_CASES, ids=lambda case: case.name)
def test_layers_run_in_blocks(case: LayeredCase) -> None:
    model = program_to_layers(case.make().program())
    rng = np.random.default_rng(4)
    columns = [rng.integers(f.range.lo, f.range.hi, 200, endpoint=True) for f in model.fields]
    tokens = np.stack(columns, axis=1)
    whole = model.run(tokens).tolist()
    for by in ("weights", "fused"):
        for blocks in (1, 3, 16, 300):
            assert model.run(tokens, by=by, blocks=blocks).tolist() == whole
