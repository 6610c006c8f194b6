r"""Regular expressions mean what Python's `re` means, or are refused: every construct, and random texts."""

from __future__ import annotations

import itertools
import re
import warnings
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.regex.automaton_to_regex import to_regex
from streamssm.automata.regex.regex_to_automaton import machine_of_regex
from streamssm.errors import ParameterError
from tests.soak import examples

SYMBOLS = (
    "a",
    "1",
    " ",
    "\n",
    "b",
    "-",
    "^",
    "$",
    "_",
    "\\",
    "]",
    "~",
    "&",
    "<",
    ">",
    "{",
    "d",
    "é",
    "٣",
    "\b",
)


def words(symbols: Sequence[str], length: int) -> list[str]:
    return ["".join(word) for n in range(length + 1) for word in itertools.product(symbols, repeat=n)]


def assert_equal_to_re(machine: Automaton, text: str, symbols: Sequence[str], length: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        pattern = re.compile(text)
    for word in words(symbols, length):
        assert machine.accepts(word) == (pattern.fullmatch(word) is not None), (text, word)


# every construct of the syntax that the documentation of `re` lists

READ = [
    ".", "..", ".*", "^a", "a$", "^a$", "^$", "^", "$", "^^a$$", "^a|b$", "^a$|^b$", r"\Aa\Z", "a|$",
    "|a$", "a*", "a+", "a?", "a*?", "a+?", "a??", "a{2}", "a{2}?", "a{1,2}", "a{1,2}?", "a{1,}", "a{,2}",
    "a{0}", "(a|1)+?b", "(a+?)+", "(?:a)", "(?:a|b)*", "(?:)", "(a)(b)", "()", "a|", "|", "(|a)b",
    "((a))", "[ab]", "[^ab]", "[a-z]", "[^a-z]", "[0-9a]", "[a-]", "[-a]", "[^-a]", "[a^]", "[^^]",
    r"[\^]", "[${]", r"[\]]", r"[a\]]", r"[\-a]", r"[\\]", "[{a]", r"[\d]", r"[\da]", r"[^\d]", r"[^\W]",
    r"[\s\S]", r"[\b]", "[+--]", r"[\x61-\x63]", r"[\141]", r"[\10a]", "[ -a]", "[!-~]", "[a b]",
    r"[\n ]", r"[\w-]", r"\d", r"\D", r"\w", r"\W", r"\s", r"\S", r"\d+", r"\w*\s?", r"\n", r"\x61",
    r"\u0061", r"\U00000061", r"\141", r"\N{LATIN SMALL LETTER A}", r"\\", r"\^", r"\$", r"\-", r"\_",
    r"\]", r"\~", r"\&", r"\<", r"\>", r"\{", r"\ ", " ", "\n", "-", "_", "a-b", "a\\\nb", "é", "[à-ÿ]",
    "٣", "a_1",
]  # fmt: skip

REFUSED = {
    "a*+": "possessive", "a++": "possessive", "a?+": "possessive", "a{1,2}+": "possessive",
    "a*?*": "parentheses", "a+??": "parentheses", "a*?+": "parentheses", "a*?{2}": "parentheses",
    "(?P<n>a)": "named group", "(?P<n>a)(?P=n)": "named group", "(?P=n)": "back-reference",
    r"(a)\1": "back-reference", r"\18": "back-reference", r"\9": "back-reference", "(?=a)a": "look-ahead",
    "(?!a)b": "look-ahead", "(?<=a)b": "look-behind", "(?<!a)b": "look-behind", "(?>a)": "atomic",
    "(?#a)b": "comment", "(a)?(?(1)a|b)": "condition", "(?i)a": "flags", "(?i:a)": "flags",
    "(?-i:a)": "flags", "(?aiLmsux)": "flags", "(?x) a": "flags", r"\bab": "word boundary",
    r"a\Bb": "word boundary", r"\G": "no escape", r"\e": "no escape", r"\q": "no escape",
    r"[\A]": "no escape", r"[\Z]": "no escape", r"[\B]": "word boundary", r"[\8]": "no escape",
    r"\z": "write '$'", "(^a)": "'^' is read only at the start", "a^": "'^' is read only",
    "(^|a)b": "'^' is read only", "a^b": "'^' is", "^*": "nothing to repeat",
    "a$b": "'$' is read only at the end", "$a": "'$' is read only", "(a$)": "'$' is read",
    "$*": "'$' is read only", "$^": "'^' is read only", r"a\Ab": "'^' is read only",
    r"\Za": "'$' is read only", "~^a": "symbol of this alphabet", "[]a]": "escaped as '\\]'",
    "[^]a]": "escaped as", "[]a|[b]": "escaped as", "a{1, 2}": "must be {m}", "a{ 2}": "must be {m}",
    "a{x}": "must be {m}", "a{": "must be {m}", "a{2,1}": "m <= n", r"\x6": "2 hexadecimal digits, not 1",
    r"\x": "2 hexadecimal digits, not 0", r"\u006": "4 hexadecimal", r"\U00110000": "largest code point",
    r"\777": "larger than", r"[\777]": "larger than", r"\N{NO SUCH}": "name of", r"\Na": "name of",
    "\\": "escapes no character", "[a-\\d]": "ends of a range", r"[\d-z]": "ends of a range",
    "[z-a]": "contains no symbol", "[a-<b>]": "is one", "<a>": "is one", "[<a>]": "is one",
    "a]": "escaped", "a}": "escaped", "a>": "escaped", "a~b": "symbol of this alphabet",
    "a&b": "symbol of this alphabet", "~a": "symbol of this alphabet", r"\S\f": "must be one of",
    "Z": "must be one of", r"\t": "must be",
}  # fmt: skip


@pytest.mark.parametrize("text", READ)
def test_constructs_that_are_read(text: str) -> None:
    assert_equal_to_re(machine_of_regex(text, SYMBOLS), text, SYMBOLS, 2)


@pytest.mark.parametrize("text", REFUSED)
def test_constructs_that_are_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="regex, line 1, column ") as error:
        machine_of_regex(text, SYMBOLS)
    assert REFUSED[text] in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_a_class_without_symbols_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"column 2: '\\\\d' matches no symbol of a, b$"):
        machine_of_regex(r"a\d", "ab")
    assert machine_of_regex(r"[\d\D]", "ab") == machine_of_regex(".", "ab")


def test_letters_of_escapes_are_not_symbols() -> None:
    assert not machine_of_regex(r"\d+", "01d").accepts("d") and machine_of_regex(r"\d+", "01d").accepts("10")
    assert machine_of_regex(r"\n", "n\n").accepts("\n") and not machine_of_regex(r"\n", "n\n").accepts("n")


def test_names_of_several_characters_are_outside_classes() -> None:
    symbols = ["SYN", "1", "a"]
    assert machine_of_regex(r"\w", symbols) == machine_of_regex("[1a]", symbols)
    assert machine_of_regex(r"\D", symbols) == machine_of_regex("[a<SYN>]", symbols)
    assert machine_of_regex(".", symbols) == machine_of_regex("[1a<SYN>]", symbols)
    with pytest.raises(ParameterError, match="a class or an anchor cannot be in '<...>'"):
        machine_of_regex(r"<\d>", symbols)


def test_dot_is_written_back_with_a_newline() -> None:
    everything = machine_of_regex(r"(.|\n)*a", "a\n")
    assert machine_of_regex(to_regex(everything), "a\n") == everything
    assert not machine_of_regex(".", "a\n").accepts("\n")
    single = machine_of_regex(r"[\d\D]", "a\n")
    assert to_regex(single) == r"[\d\D]" and single.accepts("\n")


# random texts: what both read has the same words

PIECES = st.sampled_from(
    [
        *"ab1-^$_ \n()[]{}|*+?.,\\:", "(?:", "[^", "{2}", "{1,2}", "{,1}", "{1,}", r"\d", r"\w", r"\s",
        r"\D", r"\W", r"\S", r"\n", r"\x61", r"\141", r"\1", r"\b", r"\Z", r"\A", "a-b", "[a", "]", ")",
        "~", "&", "<", ">", "<a>", r"\-", r"\]", r"\^",
    ]
)  # fmt: skip
SMALL = ["ab1", "a-^", "a\n ", "1_]", "ab~&", "a<>", "a$|", "\\nb", "é٣b", "a,{", "+!-"]


@settings(max_examples=examples(1500), deadline=None)
@given(st.lists(PIECES, max_size=9).map("".join), st.sampled_from(SMALL))
def test_random_texts_mean_what_re_means(text: str, symbols: str) -> None:
    ours = any(char in text and char not in symbols for char in "~&<>")
    separated = any(char.isspace() and char not in symbols for char in text)
    if ours or separated:
        return  # operators and separators that `re` does not have
    try:
        machine = machine_of_regex(text, symbols)
        assert_equal_to_re(machine, text, symbols, 4)
    except (ParameterError, re.error):
        pass


def expressions(symbols: str) -> st.SearchStrategy[str]:
    """Return expressions over what `re` reads too, as texts."""
    escaped = st.sampled_from([re.escape(symbol) for symbol in symbols])
    classes = st.builds(
        lambda sign, members: f"[{sign}{''.join(members)}]",
        st.sampled_from(["", "^"]),
        st.lists(escaped | st.sampled_from([r"\d", r"\w", r"\S", "a-z", "0-9"]), min_size=1, max_size=3),
    )
    atoms = escaped | classes | st.sampled_from([".", r"\w", r"\D", "()", "(?:)"])

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        quantifiers = st.sampled_from(
            [q + lazy for q in ("*", "+", "?", "{2}", "{0,2}", "{1,}") for lazy in ("", "?")]
        )
        repeated = st.builds(lambda x, q: f"(?:{x}){q}", inner, quantifiers)
        joined = st.lists(inner, min_size=2, max_size=3)
        return repeated | joined.map("".join) | joined.map(lambda parts: f"({'|'.join(parts)})")

    anchored = st.sampled_from(["{}", "^{}", "{}$", "^{}$", "^{}|$", r"\A{}\Z"])
    return st.builds(str.replace, anchored, st.just("{}"), st.recursive(atoms, larger, max_leaves=6))


@pytest.mark.soak
@settings(max_examples=examples(400), deadline=None)
@given(st.data(), st.sampled_from(["ab", "a1", "a\n", "a-^", "1_ "]))
def test_random_expressions_mean_what_re_means(data: st.DataObject, symbols: str) -> None:
    text = data.draw(expressions(symbols))
    try:
        machine = machine_of_regex(text, symbols)
    except ParameterError as error:
        assert "contains no symbol" in str(error) or "matches no symbol" in str(error)
    else:
        assert_equal_to_re(machine, text, symbols, 5)
        assert machine_of_regex(to_regex(machine), symbols) == machine
