"""Trigger and bounded past operators: the definitions on every short trace, memory, laws and layers."""

from __future__ import annotations

import itertools

import pytest

import streamssm as ss
from streamssm.frontends.past_ltl.evaluate import evaluate_columns
from streamssm.frontends.past_ltl.formula import temporal_depth
from streamssm.frontends.past_ltl.formula_parser import parse
from streamssm.frontends.past_ltl.to_program import to_program
from tests.past_ltl_cases import all_traces

NAMES = ("p", "q")
TRACES = all_traces(2, 7)
COLUMNS = {name: TRACES[..., i] == 1 for i, name in enumerate(NAMES)}
BOUNDS = [(a, b) for b in range(5) for a in range(b + 1)]
OPERATORS = ("O[{},{}] p", "H[{},{}] p", "p S[{},{}] q", "p T[{},{}] q")
every_bound = pytest.mark.parametrize("bounds", BOUNDS, ids=str)
every_operator = pytest.mark.parametrize("template", OPERATORS)


def always_equal(left: str, right: str) -> bool:
    outputs = [to_program(parse(text), NAMES).run_lanes(TRACES) for text in (left, right)]
    return bool((outputs[0] == outputs[1]).all())


@every_bound
@every_operator
def test_program_is_the_definition_on_every_trace(template: str, bounds: tuple[int, int]) -> None:
    formula = parse(template.format(*bounds))
    outputs = to_program(formula, NAMES).run_lanes(TRACES)[..., 0]
    assert (outputs == evaluate_columns(formula, COLUMNS, TRACES.shape[:2])).all()


@every_bound
@every_operator
def test_memory_bits(template: str, bounds: tuple[int, int]) -> None:
    """Memory of docs/FORMULAS.md, where the operator is an operand: each remembered position is a bit."""
    a, b = bounds
    since = b + 2 * a - (a > 0) + (b > 0) * (a == 0)
    bits = b if template[0] in "OH" else since
    whole = to_program(parse(template.format(a, b)), NAMES)
    operand = to_program(parse(f"O({template.format(a, b)} & r)"))
    assert operand.memory_bits == bits + 1
    assert whole.memory_bits == bits + (b > 0) + (template[0] == "p") * ((a > 0) + (a > 1))


@pytest.mark.parametrize(
    ("text", "bits"), [("p T q", 1), ("O(p T q & r)", 2), ("p T q & !(!p S !q)", 1), ("O p", 1)]
)
def test_memory_of_trigger(text: str, bits: int) -> None:
    assert to_program(parse(text)).memory_bits == bits


def test_operators_share_the_positions_that_they_remember() -> None:
    assert (
        to_program(parse("O[0,5] p & O[2,3] p")).memory_bits == to_program(parse("O[0,5] p")).memory_bits == 6
    )


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("p T q", "!(!p S !q)"),
        ("p T q", "q & (p | Z(p T q))".replace("p T q", "!(!p S !q)")),
        ("p S q", "q | p & Y(p S q)"),
        ("~Y~p", "Z p"),
        ("!Z!p", "Y p"),
        ("O[0,0] p", "p"),
        ("O[1,1] p", "Y p"),
        ("H[1,1] p", "Z p"),
        ("O[2,2] p", "Y Y p"),
        ("H[2,2] p", "Z Z p"),
        ("O[1,3] p", "Y p | Y Y p | Y Y Y p"),
        ("H[0,2] p", "p & Z p & Z Z p"),
        ("H[1,4] p", "!O[1,4] !p"),
        ("O[0,9] p", "O p"),
        ("H[0,9] p", "H p"),
        ("p S[0,9] q", "p S q"),
        ("p T[0,9] q", "p T q"),
        ("true S[1,3] p", "O[1,3] p"),
        ("false T[1,3] p", "H[1,3] p"),
        ("p S[0,2] q", "(p S q) & O[0,2] q"),
        ("p S[1,2] q", "p & Y(p S[0,1] q)"),
    ],
)
def test_laws_on_every_trace(left: str, right: str) -> None:
    assert always_equal(left, right)


def test_different_bounds_are_different_formulas() -> None:
    """Each bound matters: no two of the formulas agree on every trace."""
    for template in OPERATORS:
        texts = [template.format(*bounds) for bounds in BOUNDS]
        for left, right in itertools.combinations(texts, 2):
            assert not always_equal(left, right), (left, right)


@pytest.mark.parametrize(
    "text", ["O[0,5] p", "H[2,4] p", "p S[1,3] q", "p T[0,2] q", "p T q", "O(H[0,2] p & q T[1,1] p)"]
)
def test_layers_without_thoughts(text: str) -> None:
    language = ss.Language.from_past_ltl(text)
    assert ss.check(language, ss.to_ssm(language, cot="none"), method="exhaust").equal


@pytest.mark.parametrize(
    ("text", "depth"), [("O[0,0] p", 0), ("O[1,4] p", 4), ("p S[0,0] q", 0), ("p S[2,2] q", 3), ("p T q", 1)]
)
def test_depth_is_the_depth_of_the_expansion(text: str, depth: int) -> None:
    assert temporal_depth(parse(text)) == depth


def test_the_largest_bound() -> None:
    program = to_program(parse("O[0,1000] p"))
    outputs = program.run([[1], *[[0]] * 1001]).ravel()
    assert program.memory_bits == 1001 and outputs.sum() == 1001 and outputs[-1] == 0
