"""E6: formulas of past-time LTL become layers without thoughts, one for each level of temporal operators."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

import streamssm as ss
from streamssm.frontends.past_ltl.formula import (
    TEMPORAL,
    Apply,
    First,
    Formula,
    Operator,
    Position,
    fold,
    subformulas,
    temporal_depth,
)
from streamssm.frontends.past_ltl.formula_parser import parse
from streamssm.ssm.transitions import TransitionKind
from streamssm.ssm.validating import entry_ranges
from tests.past_ltl_cases import CASES, MODULAR, FormulaCase
from tests.random_formulas import formulas
from tests.soak import examples

DELAYS = (Operator.PREVIOUS, Operator.WEAK_PREVIOUS)
NONNEGATIVE = (TransitionKind.TIME_INVARIANT, TransitionKind.ZERO_ONE, TransitionKind.DYADIC)
WITHOUT_POS = [case for case in CASES if case not in MODULAR]
every_case = pytest.mark.parametrize("case", WITHOUT_POS, ids=lambda case: case.text)


def levels(formula: Formula) -> int:
    """Return the depth of nesting; Y's directly in each other count once, as one word delays for all."""

    def visit(part: Formula, below: tuple[tuple[int, bool], ...]) -> tuple[int, bool]:
        delays = isinstance(part, Apply) and part.operator in DELAYS
        temporal = isinstance(part, Apply) and part.operator in TEMPORAL
        goes_on = delays and below[0][1]
        deepest = max((depth for depth, _ in below), default=0)
        return deepest + ((temporal and not goes_on) or isinstance(part, First | Position)), delays

    return fold(formula, visit)[0]


def has_positions(formula: Formula) -> bool:
    return any(isinstance(part, Position) for part in subformulas(formula))


def require_equal(language: ss.Language, model: ss.SSM) -> None:
    report = ss.check(language, model, method="exhaust")
    assert (report.equal, report.covers) == (True, "every stream"), report


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a", 0), ("Y Z Y a", 1), ("Y !Y a", 2), ("Y O Y Y a", 3), ("Y first", 2), ("Y a S b", 2)],
)
def test_levels(text: str, expected: int) -> None:
    assert levels(parse(text)) == expected


@every_case
def test_one_layer_for_each_level(case: FormulaCase) -> None:
    """Law of E6: equal on every stream, as many layers as levels, transitions nonnegative and diagonal."""
    language = ss.Language.from_past_ltl(case.text)
    model = ss.to_ssm(language, cot="none")
    require_equal(language, model)
    assert model.num_layers == max(1, levels(parse(case.text)))
    assert all(layer.kind in NONNEGATIVE for layer in model.layers)
    assert all(values.lo >= 0 for layer in entry_ranges(model) for values in layer)


@every_case
def test_zero_and_one_alone(case: FormulaCase) -> None:
    """Every Y is a layer then: the two counters of a delay read what they delay."""
    language = ss.Language.from_past_ltl(case.text)
    model = ss.to_ssm(language, cot="none", transition="zero-one")
    require_equal(language, model)
    assert model.num_layers == max(1, case.depth)
    assert {layer.kind for layer in model.layers} <= {TransitionKind.ZERO_ONE}


@pytest.mark.parametrize("case", MODULAR, ids=lambda case: case.text)
def test_modular_predicates(case: FormulaCase) -> None:
    language = ss.Language.from_past_ltl(case.text)
    require_equal(language, ss.to_ssm(language, cot="none"))


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("(a & pos % 3 == 0) S b", ["time-invariant-dense", "zero-one"]),
        ("pos % 4 == 1 & O a", ["zero-one"]),
        ("pos % 3 == 1 & O a", ["time-invariant-dense", "zero-one"]),
        ("pos % 3 == 1 & Y a", ["time-invariant-dense", "time-invariant"]),
    ],
)
def test_each_layer_is_of_the_weakest_kind_and_runs_in_blocks(text: str, kinds: list[str]) -> None:
    language = ss.Language.from_past_ltl(text)
    model = ss.to_ssm(language, cot="none")
    require_equal(language, model)
    assert [layer.kind.value for layer in model.layers] == kinds
    tokens = [[i * i % 2, i % 3 % 2][: len(language.propositions)] for i in range(50)]
    assert model.run(tokens, blocks=4).tolist() == model.run(tokens).tolist()


def test_fewer_layers_where_the_inner_operator_does_not_matter() -> None:
    """Where a is false, a S b is b: the outer S can read that from the token."""
    language = ss.Language.from_past_ltl("(a S b) S a")
    model = ss.to_ssm(language, cot="none")
    require_equal(language, model)
    assert model.num_layers == 1


@pytest.mark.parametrize("text", ["Y(a & Y b) & H(a & Y b)", "Y first & H first"])
def test_no_layer_is_spent_on_reading_a_shared_subformula(text: str) -> None:
    model = ss.to_ssm(ss.Language.from_past_ltl(text), cot="none")
    assert model.num_layers == levels(parse(text)) == 2


@pytest.mark.soak
@settings(max_examples=examples(40))
@given(formulas(max_leaves=8))
def test_random_formulas(formula: Formula) -> None:
    language = ss.Language.from_past_ltl(formula)
    model = ss.to_ssm(language, cot="none")
    require_equal(language, model)
    if not has_positions(formula):
        assert model.num_layers <= max(1, levels(formula))
        narrow = ss.to_ssm(language, cot="none", transition="zero-one")
        require_equal(language, narrow)
        assert narrow.num_layers <= max(1, temporal_depth(formula))
