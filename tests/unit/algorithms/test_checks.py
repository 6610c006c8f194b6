"""Every algorithm of the library, and every case of the table, passes every shipped check."""

from __future__ import annotations

from functools import cache

import pytest

from streamssm.algorithms import library
from streamssm.testing import CHECKS, Check, Forms
from tests.case import Case
from tests.cases import CASES, each


@cache
def forms_of(case: Case) -> Forms:
    """Translate a case once for all checks."""
    return Forms(case.make(), given=(case.tokens,))


@pytest.mark.parametrize("name", library())
def test_every_algorithm_is_in_the_table_of_cases(name: str) -> None:
    covered = {type(case.make()) for case in CASES}
    assert library()[name] in covered, f"{name} needs a Case in tests/cases.py, with small parameters"


@each()
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
def test_check(check: Check, case: Case) -> None:
    check(forms_of(case))
