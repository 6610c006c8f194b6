"""A fault that shows at one value of a large range: the sampler knows the constants that both sides have."""

from __future__ import annotations

import pytest

from streamssm.algorithms.function_composition import FunctionComposition
from streamssm.equivalences.check import check
from streamssm.equivalences.checking.constants import class_constants
from streamssm.equivalences.to_ssm import to_ssm

SECRET = 123_457


class FaultyComposition(FunctionComposition):
    """Function composition that forgets one image."""

    def update(self, key: int, image: int, last: int) -> None:
        if key == self.value:
            self.image = image
        if last and self.image != 123_457:
            self.value = self.image


def test_ints_of_the_code_and_the_parameters_are_found() -> None:
    constants = class_constants(FaultyComposition(1_000_000))
    assert SECRET in constants


@pytest.mark.parametrize("translate", [lambda a: a, lambda a: a.program(), lambda a: to_ssm(a.program())])
def test_a_fault_at_one_value_of_a_million_is_found(translate) -> None:
    faulty = translate(FaultyComposition(1_000_000))
    report = check(FunctionComposition(1_000_000).program(), faulty, method="sample", tokens=200_000)
    assert report.equal is False
    assert report.witness is not None and SECRET in {token[1] for token in report.witness.tokens}
