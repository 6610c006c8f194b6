"""Parsing: precedence, every spelling, and errors with their line and column."""

from __future__ import annotations

import pytest

from streamssm.errors import ParameterError
from streamssm.frontends.past_ltl.formula import (
    Apply,
    Formula,
    Operator,
    Position,
    Proposition,
    temporal_depth,
)
from streamssm.frontends.past_ltl.formula_parser import OPERAND, parse

FOLLOWS = "one of & ^ | -> <-> S T or"


@pytest.mark.parametrize(
    ("text", "brackets"),
    [
        ("a <-> b -> c | d ^ e & f S !g", "a <-> (b -> (c | (d ^ (e & (f S (!g))))))"),
        ("!a S b & c ^ d | e -> f <-> g", "((((((!a) S b) & c) ^ d) | e) -> f) <-> g"),
        ("a S b S c", "a S (b S c)"),
        ("a -> b -> c", "a -> (b -> c)"),
        ("a T b S c T d", "a T (b S (c T d))"),
        ("O[0,5] a S[1,2] b & c T[3,3] d", "((O[0,5](a)) S[1,2] b) & (c T[3,3] d)"),
        ("H [ 0 , 5 ] !a", "H[0,5](!a)"),
        ("a <-> b <-> c", "(a <-> b) <-> c"),
        ("a & b & c", "(a & b) & c"),
        ("a | b | c", "(a | b) | c"),
        ("a ^ b ^ c", "(a ^ b) ^ c"),
        ("Y a S b", "(Y a) S b"),
        ("Y !O H Z a & b", "(Y(!(O(H(Z(a)))))) & b"),
        ("not a and b or c xor d", "((!a) & b) | (c ^ d)"),
        ("~a && b || c", "((!a) & b) | c"),
        ("!pos % 2 == 0 S b", "(!(pos % 2 == 0)) S b"),
        ("  a\n\tS\r\n b ", "a S b"),
        ("((((a))))", "a"),
    ],
)
def test_precedence(text: str, brackets: str) -> None:
    assert parse(text) == parse(brackets)


def test_operators_that_are_words_end_where_the_word_ends() -> None:
    assert parse("Ya") == Proposition("Ya")
    assert parse("trues & firsty & aSb & pos1 & nota") == parse("((((trues) & firsty) & aSb) & pos1) & nota")
    assert parse("Y(a)S(b)") == parse("(Y a) S b")


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("", 1, 1, f"unexpected end at the start; expected {OPERAND}"),
        ("   ", 1, 1, f"unexpected end at the start; expected {OPERAND}"),
        ("a S )", 1, 5, f"unexpected ')' after 'a S'; expected {OPERAND}"),
        ("a S", 1, 4, f"unexpected end after 'a S'; expected {OPERAND}"),
        ("a & S", 1, 5, f"unexpected 'S' after 'a &'; expected {OPERAND}"),
        ("a b", 1, 3, f"unexpected 'b' after 'a'; expected {FOLLOWS} the end"),
        ("(a", 1, 3, f"unexpected end after '(a'; expected {FOLLOWS} ')'"),
        ("(a b)", 1, 4, f"unexpected 'b' after '(a'; expected {FOLLOWS} ')'"),
        ("O a)", 1, 4, f"unexpected ')' after 'O a'; expected {FOLLOWS} the end"),
        ("a &\n  (b |\n   | c)", 3, 4, f"unexpected '|' after '& (b |'; expected {OPERAND}"),
        ("(a &\n b  \n\n", 2, 3, f"unexpected end after '(a & b'; expected {FOLLOWS} ')'"),
        ("a $ b", 1, 3, "unexpected character '$' after 'a'"),
        ("é", 1, 1, "unexpected character 'é' at the start"),
        ("a\x00", 1, 2, "unexpected character '\\x00' after 'a'"),
        ("a = b", 1, 3, "unexpected character '=' after 'a'"),
        ("pos", 1, 4, "unexpected end after 'pos'; expected '%'"),
        ("pos == 1", 1, 5, "unexpected '==' after 'pos'; expected '%'"),
        ("pos % a", 1, 7, "unexpected 'a' after 'pos %'; expected a number"),
        ("pos % 3", 1, 8, "unexpected end after 'pos % 3'; expected '=='"),
        ("a & pos % 3 == 3", 1, 11, "the remainder of pos % 3 must be from 0 to 2, not 3"),
        ("pos % 0 == 0", 1, 7, "the modulus of pos must be at least 1, not 0"),
        ("pos % 3 == " + "1" * 5000, 1, 12, f"number '{'1' * 30}...' has more than 18 digits"),
        ("O[5,0] a", 1, 3, "bounds [a,b] must have 0 <= a <= b, not [5,0]"),
        (
            "a S[0,1001] b",
            1,
            5,
            "a bound must be at most 1000, not 1001: each position takes a bit of memory",
        ),
        ("O[0," + "9" * 19 + "] a", 1, 5, f"number '{'9' * 19}' has more than 18 digits"),
        ("a 1", 1, 3, f"unexpected '1' after 'a'; expected {FOLLOWS} the end"),
        ("a " + "b" * 5000, 1, 3, f"unexpected '{'b' * 30}...' after 'a'; expected {FOLLOWS} the end"),
    ],
)
def test_errors_name_line_and_column(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(ParameterError) as error:
        parse(text)
    shown = str(error.value)
    assert shown.startswith(f"formula, line {line}, column {column}: ") and shown.endswith(message)
    assert len(shown.splitlines()) == 1


def test_unknown_proposition_names_the_known_ones() -> None:
    with pytest.raises(
        ParameterError, match=r"line 1, column 6: unknown proposition 'r'; declared are p, q$"
    ):
        parse("p S (r & q)", ["p", "q"])
    with pytest.raises(
        ParameterError, match=r"line 2, column 1: unknown proposition 'r'; none are declared$"
    ):
        parse("true |\nr", [])


@pytest.mark.parametrize("name", ["1a", "a b", 'a"b', "", "é", "a-b", None])
def test_propositions_must_be_names(name: str) -> None:
    with pytest.raises(ParameterError, match="a proposition (must|cannot) be "):
        parse("a", ["a", name])


def test_text_must_be_text() -> None:
    with pytest.raises(ParameterError, match="a formula must be a str, not 3"):
        parse(3)  # type: ignore[arg-type]


def test_depth_of_nesting_has_no_bound() -> None:
    depth = 5000
    assert parse("(" * depth + "a" + ")" * depth) == Proposition("a")
    deep = parse("!" * depth + "Y a")
    assert temporal_depth(deep) == 1 and str(deep) == "!" * depth + "Y a"
    assert temporal_depth(parse("a S (" * depth + "b" + ")" * depth)) == depth


def test_formulas_are_checked_where_they_are_made() -> None:
    a: Formula = Proposition("a")
    with pytest.raises(ParameterError, match="S takes 2 operands, not 1"):
        Apply(Operator.SINCE, (a,))
    with pytest.raises(ParameterError, match="Y takes 1 operand, not 2"):
        Apply(Operator.PREVIOUS, (a, a))
    with pytest.raises(ParameterError, match="from 0 to 2, not -1"):
        Position(3, -1)
    with pytest.raises(ParameterError, match="Y takes no bounds"):
        Apply(Operator.PREVIOUS, (a,), (1, 2))
    with pytest.raises(ParameterError, match="a proposition must be a name"):
        Proposition("a-b")
    assert Apply(Operator.NOT, (a,)) == parse("!a") and hash(parse("a S b")) == hash(parse("(a) S b"))


HINTS = [
    ("F a", "F is an operator of the future elsewhere; formulas here look back"),
    ("a U b", "U is an operator of the future elsewhere"),
    ("G(a)", "G is an operator of the future elsewhere"),
    ("a & always b", "always is an operator of the future elsewhere"),
    ("Y[2,2] a", "Y and Z take no bounds; O[2,2] f is f two positions ago"),
    ("O[0:5] a", "bounds are two numbers: O[0,5] f"),
    ("O[2,inf] a", "bounds are two numbers"),
    ("O[5] a", "bounds are two numbers"),
    ("O[2,", "bounds are two numbers"),
]


@pytest.mark.parametrize(("text", "hint"), HINTS)
def test_habits_from_other_logics_are_explained(text: str, hint: str) -> None:
    with pytest.raises(ParameterError) as error:
        parse(text)
    assert hint in str(error.value) and len(str(error.value).splitlines()) == 1


WORDS = [
    *(("true", word) for word in ("TRUE", "True", "tt", "TT", "top")),
    *(("false", word) for word in ("FALSE", "False", "ff", "FF", "bot")),
    *(("first", word) for word in ("FIRST", "First", "start", "START")),
    *(("looks back", word) for word in ("last", "LAST", "end", "End")),
    *(("Y", word) for word in ("yesterday", "previous", "previously")),
    *(("O", word) for word in ("once", "Once")),
    *(("H", word) for word in ("historically", "Historically")),
    *(("S", word) for word in ("since", "SINCE")),
    *(("T", word) for word in ("trigger", "triggered", "triggers")),
    *zip(("!", "&", "|", "^", "->", "<->"), ("NOT", "AND", "OR", "XOR", "implies", "iff"), strict=True),
    ("Z, ", "WY"),
    ("pos % m", "POS"),
]


@pytest.mark.parametrize(("advice", "word"), WORDS)
@pytest.mark.parametrize("text", ["{}", "a & {}", "(a -> {}(b))", "a {} b"])
def test_words_of_other_tools_are_no_propositions(text: str, advice: str, word: str) -> None:
    with pytest.raises(ParameterError) as error:
        parse(text.format(word), ["a", "b", word])
    column = text.index("{") + 1
    assert f"formula, line 1, column {column}: '{word}' is a constant or an operator elsewhere" in str(
        error.value
    )
    assert advice in str(error.value) and f"'\"{word}\"' in quotes" in str(error.value)


@pytest.mark.parametrize("word", [*(word for _, word in WORDS), "Y", "T", "true", "pos", "and", "a"])
def test_words_in_quotes_are_propositions(word: str) -> None:
    formula = parse(f'Y "{word}" & b')
    assert formula == Apply(Operator.AND, (Apply(Operator.PREVIOUS, (Proposition(word),)), Proposition("b")))
    assert parse(str(formula)) == formula == parse(f'Y "{word}" & b', ["b", word])
    assert (str(Proposition(word)) == word) == (word == "a")


def test_quotes_hold_names() -> None:
    for text, column in (('a & ""', 5), ('"a b"', 1), ('Y "é"', 3)):
        with pytest.raises(ParameterError, match=f"line 1, column {column}: a proposition must be a name"):
            parse(text)
    with pytest.raises(ParameterError, match="unexpected character"):
        parse('a & "b')
    with pytest.raises(ParameterError, match="column 5: unknown proposition 'last'; declared are a"):
        parse('a & "last"', ["a"])
