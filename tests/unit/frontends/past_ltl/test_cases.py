"""The table of formulas: programs against the definitions on all short traces, and against plain words."""

from __future__ import annotations

import pytest

from streamssm.frontends.past_ltl.evaluate import evaluate_columns
from streamssm.frontends.past_ltl.formula import propositions_of, temporal_depth
from streamssm.frontends.past_ltl.formula_parser import parse
from streamssm.frontends.past_ltl.to_program import to_program
from tests.past_ltl_cases import CASES, FormulaCase, all_traces

LENGTH = 6
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
described = pytest.mark.parametrize("case", [case for case in CASES if case.says], ids=lambda case: case.text)


def names_of(case: FormulaCase) -> tuple[str, ...]:
    """Two propositions, or three where the formula needs them."""
    return tuple(sorted({"a", "b", *propositions_of(parse(case.text))}))


@every_case
def test_program_is_the_formula_on_every_short_trace(case: FormulaCase) -> None:
    """Law of E6: the output after token t is the formula's value at t. Shorter traces are the prefixes."""
    names, formula = names_of(case), parse(case.text)
    tokens = all_traces(len(names), LENGTH)
    columns = {name: tokens[..., i] == 1 for i, name in enumerate(names)}
    program = to_program(formula, names)
    outputs = program.run_lanes(tokens)
    assert (outputs[..., 0] == evaluate_columns(formula, columns, tokens.shape[:2])).all()
    assert program.begin() == (0,)


@described
def test_formula_means_its_plain_words(case: FormulaCase) -> None:
    names, formula = names_of(case), parse(case.text)
    assert case.says is not None
    for length in range(1, 5):
        tokens = all_traces(len(names), length)
        columns = {name: tokens[..., i] == 1 for i, name in enumerate(names)}
        values = evaluate_columns(formula, columns, tokens.shape[:2])[-1]
        for lane in range(tokens.shape[1]):
            trace = tuple(
                frozenset(n for n, bit in zip(names, row, strict=True) if bit) for row in tokens[:, lane]
            )
            assert values[lane] == case.says(trace), trace


@every_case
def test_depth(case: FormulaCase) -> None:
    assert temporal_depth(parse(case.text)) == case.depth


def test_table_covers_every_depth() -> None:
    assert len({case.text for case in CASES}) == len(CASES) >= 50
    assert {case.depth for case in CASES} == {0, 1, 2, 3, 4, 5}
