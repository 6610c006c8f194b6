"""Programs of formulas: their registers and the values that these hold."""

from __future__ import annotations

import pytest

from streamssm.errors import ParameterError
from streamssm.frontends.past_ltl.evaluate import evaluate, holds
from streamssm.frontends.past_ltl.formula_parser import parse
from streamssm.frontends.past_ltl.to_program import to_program
from streamssm.program.program import Program


def registers(program: Program) -> list[tuple[str, int]]:
    return [(word.name, word.init) for word in program.registers]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a & !b", []),
        ("a S b", [("a S b", 0)]),
        ("O a", [("O a", 0)]),
        ("H a", [("H a", 1)]),
        # the output reads Y a itself; an update would read the register a before the step
        ("Y a", [("a", 0), ("Y a", 0)]),
        ("O Y a", [("a", 0), ("O Y a", 0)]),
        ("Y Y Y a", [("a", 0), ("Y a", 0), ("Y Y a", 0), ("Y Y Y a", 0)]),
        # a value that a register holds anyway is not held twice
        ("O(Y(O a))", [("O a", 0), ("O Y O a", 0)]),
        ("Y O a", [("O a", 0), ("Y O a", 0)]),
        ("Z H a", [("H a", 1), ("Z H a", 0)]),
        ("O Z !O a", [("O a", 0), ("O Z !O a", 0)]),
        ("O(Y a & Z !a)", [("a", 0), ("O(Y a & Z !a)", 0)]),
        # but H starts at 1, and Y is false at first
        ("O Y H a", [("H a", 1), ("H a from 0", 0), ("O Y H a", 0)]),
        # equal subformulas share a register, also when they are written differently
        ("O a & O (a) | !O a & b", [("O a", 0)]),
        ("O(a & b) ^ Y O(b and a)", [("O(a & b)", 0), ("Y O(a & b)", 0)]),
        ("(true S a) ^ Y Y O a", [("true S a", 0), ("Y O a", 0), ("Y Y O a", 0)]),
        ("first", [("true", 0), ("Y true", 0)]),
        ("O(first & a)", [("true", 0), ("O(first & a)", 0)]),
        ("O(pos % 3 == 1) & pos % 3 == 2", [("pos % 3", 2), ("O(pos % 3 == 1)", 0)]),
        # constants need no memory
        ("Y false | O false | (false S false) | !H true | !Z true | pos % 1 == 0", []),
        ("O true & (H b S true) & (false S a)", []),
        ("false & O a", []),
    ],
)
def test_registers(text: str, expected: list[tuple[str, int]]) -> None:
    program = to_program(parse(text))
    assert registers(program) == expected
    assert program.memory_bits == sum(word.bits for word in program.registers)


def test_order_of_the_fields() -> None:
    formula = parse("b S a")
    assert [word.name for word in to_program(formula).fields] == ["a", "b"]
    program = to_program(formula, ["b", "c", "a"])
    assert [word.name for word in program.fields] == ["b", "c", "a"]
    assert program.run([[0, 0, 1], [1, 0, 0], [0, 1, 0]]).ravel().tolist() == [1, 1, 0]


def test_propositions_that_do_not_fit() -> None:
    with pytest.raises(ParameterError, match="unknown proposition 'b'; declared are a, c"):
        to_program(parse("a & b"), ["a", "c"])
    with pytest.raises(ParameterError, match="duplicate proposition 'a'"):
        to_program(parse("a"), ["a", "b", "a"])


def test_several_formulas_share_their_registers() -> None:
    parts = {"seen": parse("O a"), "before": parse("Y O a"), "now": parse("a")}
    program = to_program(parts)
    assert program.output_names == ("seen", "before", "now")
    assert registers(program) == [("O a", 0), ("Y O a", 0)]
    assert program.run([0, 1, 0]).tolist() == [[0, 0, 0], [1, 0, 1], [1, 1, 0]]
    assert program.begin() == (0, 0, 0)


def test_nothing_is_true_before_the_first_token() -> None:
    for text in ("true", "H a", "!a", "first", "Z a", "pos % 2 == 1"):
        assert to_program(parse(text)).begin() == (0,)
        assert not holds(parse(text), [])


def test_name() -> None:
    assert to_program(parse("(a) S b")).name == "a S b"
    assert to_program(parse("a"), name="granted").name == "granted"


def test_counter_of_positions_fits_a_word() -> None:
    program = to_program(parse("pos % 576460752303423488 == 1"))
    assert program.memory_bits == 59 and program.run([[], []]).ravel().tolist() == [0, 1]


def test_deep_formulas_need_no_recursion() -> None:
    program = to_program(parse("!(b & " * 2000 + "O a" + ")" * 2000))
    assert len(program.registers) == 1
    assert len(to_program(parse("O Y " * 100 + "a")).registers) == 101


def test_evaluate() -> None:
    trace = [{"a"}, set(), {"a", "b"}]
    assert evaluate(parse("Y a"), trace) == (False, True, False)
    assert evaluate(parse("pos % 2 == 0"), trace) == (True, False, True)
    assert evaluate(parse("true"), []) == ()
    assert evaluate(parse("!other"), trace) == (True, True, True)
    with pytest.raises(ParameterError, match="a position of a trace must be a set of names, not a str"):
        evaluate(parse("a"), ["a"])
