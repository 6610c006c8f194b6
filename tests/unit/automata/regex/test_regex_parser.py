"""Regular expressions as text: precedence, and positions of errors."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.regex.automaton_to_regex import to_regex
from streamssm.automata.regex.regex_to_automaton import machine_of_regex
from streamssm.errors import ParameterError
from tests.soak import examples


def same(a: str, b: str, symbols: tuple[str, ...] = ("a", "b")) -> bool:
    return machine_of_regex(a, symbols) == machine_of_regex(b, symbols)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("ab*", "a(b*)"),
        ("ab|ba", "(ab)|(ba)"),
        ("a|b&a", "a|(b&a)"),
        ("~ab", "(~a)b"),
        ("~a*", "~(a*)"),
        ("~~a", "a"),
        ("ab&(a|b){2}", "ab"),
        ("a{3}", "aaa"),
        ("a{2,}", "aaa*"),
        ("a{,2}", "()|a|aa"),
        ("a{1,3}", "a|aa|aaa"),
        ("a{0}", "()"),
        ("(ab){2}", "abab"),
        ("a+", "aa*"),
        ("a?", "(a|)"),
        ("a**", "a*"),
        (".", "a|b"),
        ("[ab]", "a|b"),
        ("[a-z]", "a|b"),
        ("[^a]", "b"),
        ("[^]", "a|b"),
        ("[]a", "[]"),
        ("", "()"),
        ("|", "()"),
        ("a&", "[]"),
        (" a \n b ", "ab"),
        (r"\x61", "a"),
        ("<a>", "a"),
        ("~[]", ".*"),
    ],
)
def test_meaning(text: str, meaning: str) -> None:
    assert same(text, meaning)


def test_names_and_escapes() -> None:
    symbols = ("SYN", "ACK", "a>b", "-", "^", "(", " ")
    machine = machine_of_regex(r"<SYN> <ACK>|[<a\>b>^][\^-][-\-]|\(", symbols[:-1])
    assert machine.accepts(["SYN", "ACK"]) and machine.accepts(["a>b", "^", "-"]) and machine.accepts(["("])
    assert not machine.accepts(["SYN", "^", "-"]) and not machine.accepts(["ACK"])
    assert machine_of_regex("a b", "ab ").accepts("a b")  # white space that is a symbol
    assert not machine_of_regex("a b", "ab ").accepts("ab")


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("a(b", "line 1, column 2", "'(' is not closed by ')'"),
        ("a\n b)", "line 2, column 3", "')' without a '('"),
        ("*a", "line 1, column 1", "'*' has nothing to repeat"),
        ("a|*", "line 1, column 3", "'*' has nothing to repeat"),
        ("({2})", "line 1, column 2", "'{' has nothing to repeat"),
        ("a{2,1}", "line 1, column 2", "a repetition {m,n} must have m <= n, not 2 and 1"),
        ("a{x}", "line 1, column 2", "a repetition must be {m}, {m,}, {,n} or {m,n}"),
        ("a{2", "line 1, column 2", "a repetition must be {m}, {m,}, {,n} or {m,n}"),
        ("a{}", "line 1, column 2", "a repetition must be {m}, {m,}, {,n} or {m,n}"),
        ("a{9999999999}", "line 1, column 2", "a repetition must be {m}, {m,}, {,n} or {m,n}"),
        ("ac", "line 1, column 2", "a symbol must be one of a, b, not 'c'"),
        ("[ac]", "line 1, column 3", "a symbol must be one of a, b, not 'c'"),
        ("a<SYN>", "line 1, column 2", "a symbol must be one of a, b, not 'SYN'"),
        ("[c-d]", "line 1, column 2", "the range from 'c' to 'd' contains no symbol"),
        ("a<b", "line 1, column 2", "'<' is not closed by '>': escape it as '\\<' if it is a symbol"),
        ("[ab", "line 1, column 1", "'[' is not closed by ']'"),
        ("a\\", "line 1, column 2", "'\\' at the end escapes no character"),
        ("a~", "line 1, column 3", "'~' has no operand"),
        ("(a~)", "line 1, column 4", "'~' has no operand"),
        ("a]", "line 1, column 2", "']' must be escaped as '\\]' to be a symbol"),
        (
            "a{100}{100}{100}",
            "line 1, column 12",
            "repetitions expand to more than 300,000 states in all: repeat less often",
        ),
    ],
)
def test_errors_have_their_position(text: str, position: str, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        machine_of_regex(text, "ab")
    assert str(caught.value) == f"regex, {position}: {message}" or (
        position in str(caught.value) and message in str(caught.value)
    )


def test_alphabet() -> None:
    with pytest.raises(ParameterError, match="must have at least one symbol"):
        machine_of_regex("", "")
    with pytest.raises(ParameterError, match="given once, not 'a' 2 times"):
        machine_of_regex("a", "aba")
    with pytest.raises(ParameterError, match="a, b, .* \\(26 in all\\), not '1'"):
        machine_of_regex("1", "abcdefghijklmnopqrstuvwxyz")


def test_depth_costs_no_recursion() -> None:
    deep = "(" * 5_000 + "a" + ")*" * 5_000
    assert same(deep, "a*")


def test_too_many_subsets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streamssm.automata.regex.regex_to_automaton.MAX_STATES", 1000)
    assert machine_of_regex("(a|b)*a(a|b){8}", "ab").num_states == 512
    with pytest.raises(ParameterError, match="needs more than 1,000 DFA states"):
        machine_of_regex("(a|b)*a(a|b){10}", "ab")


def test_name_is_the_text() -> None:
    assert (machine_of_regex("a*", "a").name, machine_of_regex("", "a").name) == ("a*", "()")
    assert isinstance(machine_of_regex("a", "a", name="x"), Automaton)


@settings(max_examples=examples(300), deadline=None)
@given(st.text(alphabet="ab()[]{}|&~*+?.^-<>\\ \n0,1", max_size=12))
def test_any_text_is_an_expression_or_refused_at_a_place(text: str) -> None:
    try:
        machine = machine_of_regex(text, "ab")
    except ParameterError as error:
        assert str(error).startswith("regex, line ")
    else:
        assert machine_of_regex(to_regex(machine), "ab") == machine
