"""What a constant matrix can do that is not linear: where words saturate or are rounded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from streamssm.automata.machine import Automaton
from streamssm.automata.machine_programs import program_of
from streamssm.claims.constant_matrix import rounding_parity
from streamssm.claims.evidence import Evidence, checked
from streamssm.claims.experiment import Experiment
from streamssm.equivalences.check import check
from streamssm.equivalences.language_to_ssm import language_to_ssm
from streamssm.languages.suite import find
from streamssm.ssm.textbook import running_parity
from streamssm.ssm.transitions import TransitionKind

A5 = Automaton.acceptor(
    "A5 on five points", "ab", np.transpose([[1, 2, 0, 3, 4], [0, 1, 3, 4, 2]]), [True, *[False] * 4]
)


def saturation_and_rounding_are_not_linear(full: bool) -> Iterator[Evidence]:
    """The claim is about matrices that are linear: one that saturates does any automaton, parity with others.

    It fails if such a layer is not time-invariant, or differs from parity, S3 or A5 on some stream: then the
    claim would need no such premise here.
    """
    for machine in (
        find("parity").language().machine,
        find("word_problem_s3_generators").language().machine,
        A5,
    ):
        found = language_to_ssm(machine, "time-invariant-dense", mode="track")
        (layer,) = found.layers
        size = f"{found.memory_bits} bits that saturate"
        what = f"outside the claim: {machine.name} in one constant matrix of {size}"
        yield Evidence(what, layer.kind is TransitionKind.TIME_INVARIANT_DENSE)
        yield checked(what, check(program_of(machine, "track"), found, method="exhaust"))
    found = rounding_parity()
    what = f"outside the claim: parity in one constant matrix of {found.memory_bits} bits that is rounded"
    yield checked(what, check(running_parity(), found, method="exhaust"))


EXPERIMENTS = (
    Experiment(("G4",), "constant matrices that saturate or round", saturation_and_rounding_are_not_linear),
)
