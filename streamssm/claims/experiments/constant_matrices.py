"""Constant matrices that are not linear, because words saturate or are rounded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from streamssm.automata.automaton_class import Automaton
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
    """The claim assumes linear matrices: with saturation, a constant matrix simulates any automaton.

    It fails if such a layer is not time-invariant, or differs from parity, S3 or A5 on some stream: then the
    claim would not need that assumption here.
    """
    for machine in (
        find("parity").language().machine,
        find("word_problem_s3_generators").language().machine,
        A5,
    ):
        ssm = language_to_ssm(machine, "time-invariant-dense", mode="track")
        (layer,) = ssm.layers
        size = f"{ssm.memory_bits} bits that saturate"
        label = f"outside the claim: {machine.name} in one constant matrix of {size}"
        yield Evidence(label, layer.kind is TransitionKind.TIME_INVARIANT_DENSE)
        yield checked(label, check(program_of(machine, "track"), ssm, method="exhaust"))
    ssm = rounding_parity()
    label = f"outside the claim: parity in one constant matrix of {ssm.memory_bits} bits that is rounded"
    yield checked(label, check(running_parity(), ssm, method="exhaust"))


EXPERIMENTS = (
    Experiment(("G4",), "constant matrices that saturate or round", saturation_and_rounding_are_not_linear),
)
