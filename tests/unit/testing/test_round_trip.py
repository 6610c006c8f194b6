"""What the fixture ``equivalence`` does: layers may need more memory, if that is said."""

from __future__ import annotations

import pytest

import streamssm as ss
from streamssm.errors import NotEquivalentError
from streamssm.testing.round_trip import require_equivalent
from tests.layered_classes import HeldBefore


def test_delays_are_a_difference_unless_outputs_alone_count() -> None:
    model = ss.to_ssm(HeldBefore(2), cot="none")
    with pytest.raises(NotEquivalentError, match="memory: different"):
        require_equivalent(HeldBefore(2), model)
    report = require_equivalent(HeldBefore(2), model, outputs_only=True)
    assert (report.equal, report.memory_equal) == (True, False)


def test_outputs_count_in_any_case() -> None:
    with pytest.raises(NotEquivalentError):
        require_equivalent(HeldBefore(2), ss.to_ssm(HeldBefore(2, init=1)), outputs_only=True)
