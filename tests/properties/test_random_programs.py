"""Laws of E1 and E4 on random classes: both translations, every stream, and all ways of running."""

from __future__ import annotations

import pytest

from streamssm.equivalences.check import check
from streamssm.equivalences.ssm_to_program import ssm_to_program
from streamssm.equivalences.to_ssm import to_ssm
from tests.random_classes import random_class
from tests.soak import examples

TRANSITIONS = 2_000  # states times tokens of one class; large ones teach no more than small ones
SHARDS = 20


@pytest.mark.soak
@pytest.mark.parametrize("shard", range(SHARDS))
def test_random_classes_survive_both_translations(shard: int) -> None:
    for seed in range(shard, examples(2 * SHARDS), SHARDS):
        require_round_trip(seed)


def require_round_trip(seed: int) -> None:
    made = random_class(seed, TRANSITIONS)
    algorithm = made()
    program = algorithm.program()
    model = to_ssm(program)
    for other in (program, model, ssm_to_program(model)):
        report = check(algorithm, other, method="exhaust")
        assert report.covers == "every stream" or not report.equal
        assert report.equal and report.memory_equal, f"seed {seed}\n{vars(made)['source']}\n{report}"
