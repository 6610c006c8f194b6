"""Random formulas: text and back, programs against the definitions, chunks, and the other translations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import streamssm as ss
from streamssm.frontends.past_ltl.evaluate import evaluate, evaluate_columns, holds
from streamssm.frontends.past_ltl.formula import Formula, propositions_of, subformulas, temporal_depth
from streamssm.frontends.past_ltl.formula_parser import parse
from streamssm.frontends.past_ltl.to_program import to_program
from tests.past_ltl_cases import all_traces
from tests.random_formulas import formulas
from tests.soak import examples

NAMES = ("a", "b")
TRACES = all_traces(2, 6)
COLUMNS = {name: TRACES[..., i] == 1 for i, name in enumerate(NAMES)}

traces = st.lists(st.frozensets(st.sampled_from(NAMES)), max_size=30)


@settings(max_examples=examples(300))
@given(formulas(("a", "b", "not_a", "Ya", "first_", "_0", "last", "T"), max_leaves=20, max_bound=12))
def test_text_parses_to_the_formula(formula: Formula) -> None:
    text = str(formula)
    assert parse(text) == formula
    assert str(parse(text)) == text
    assert parse(text, propositions_of(formula)) == formula


@pytest.mark.soak
@settings(max_examples=examples(200))
@given(formulas() | formulas(max_bound=4))
def test_program_is_the_formula_on_every_short_trace(formula: Formula) -> None:
    outputs = to_program(formula, NAMES).run_lanes(TRACES)
    assert (outputs[..., 0] == evaluate_columns(formula, COLUMNS, TRACES.shape[:2])).all()


@pytest.mark.soak
@settings(max_examples=examples(50))
@given(formulas(max_leaves=30, max_bound=7), traces)
def test_program_is_the_formula_on_a_long_trace(formula: Formula, trace: list[frozenset[str]]) -> None:
    tokens = np.array([[name in names for name in NAMES] for names in trace], dtype=np.int64).reshape(-1, 2)
    program = to_program(formula, NAMES)
    values = evaluate(formula, trace)
    assert tuple(program.run(tokens).ravel().tolist()) == values
    assert ss.Language.from_past_ltl(formula, NAMES).accepts(trace) == holds(formula, trace)


@settings(max_examples=examples(50))
@given(formulas(max_bound=3))
def test_no_register_is_left_that_nothing_reads(formula: Formula) -> None:
    """Every register is read by the output or by an update, and names are distinct."""
    program = to_program(formula)
    read = {
        node.index
        for graph in (program.update, program.output)
        for node in graph
        if node.op.value == "register"
    }
    assert read == set(range(len(program.registers)))
    assert len({word.name for word in program.registers}) == len(program.registers)


@settings(max_examples=examples(50))
@given(formulas())
def test_at_most_two_registers_for_each_temporal_operator(formula: Formula) -> None:
    levels = [part for part in subformulas(formula) if temporal_depth(part)]
    assert len(to_program(formula).registers) <= 2 * len(levels)


@settings(max_examples=examples(20))
@given(formulas(max_leaves=8))
def test_model_with_thoughts_is_the_formula(formula: Formula) -> None:
    language = ss.Language.from_past_ltl(formula)
    assert ss.check(language, ss.to_ssm(language), method="exhaust").equal
