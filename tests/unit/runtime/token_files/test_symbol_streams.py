"""Streams of symbols: how they are written, at which place what is none, and where a reading goes on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamssm.errors import FormatError, ParameterError, TokenError
from streamssm.ir.ranges import Range
from streamssm.ir.vocabulary import Vocabulary
from streamssm.ir.words import field
from streamssm.runtime.token_files import byte_source as byte_source
from streamssm.runtime.token_files import open_tokens

ALPHABETS = [
    ("a", "b"),
    ("a", " ", "\n"),
    ("\u00e9", "\u4e16", "\U0001f600", "a"),
    ("SYN", "ACK+RST(V,V,0)", "x"),
    ("\u00e9t\u00e9", "b"),
    ("a b", "c", "d e f"),
]


def read(path: Path, vocabulary: Vocabulary, chunk_tokens: int = 1 << 17) -> list[int]:
    fields = (field("symbol", Range(0, len(vocabulary.symbols) - 1)),)
    with open_tokens(str(path), fields, vocabulary=vocabulary) as tokens:
        assert tokens.format == "symbols"
        found = [chunk.columns[0] for chunk in tokens.chunks(chunk_tokens)]
    assert all(len(column) <= chunk_tokens for column in found)
    return [int(number) for column in found for number in column]


def written(vocabulary: Vocabulary, word: list[int], gaps: list[str]) -> str:
    """Return a word as text; characters may have no gaps."""
    between = [" ", "\n", "\r\n", "\t", "  \n\n"]
    if vocabulary.alphabet.is_of_lines:
        between = ["\n", "\r\n", "\n\n", " \n"]
    elif vocabulary.alphabet.is_of_characters:
        between = [""] if " " in vocabulary.symbols else ["", *between]
    text = ""
    for number, gap in zip(word, gaps, strict=True):
        text += vocabulary.symbols[number] + between[hash(gap) % len(between)]
    return text


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_written_and_read(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """Whatever the blocks and chunks, the symbols are those that were written."""
    vocabulary = Vocabulary(data.draw(st.sampled_from(ALPHABETS)))
    word = data.draw(st.lists(st.integers(0, len(vocabulary.symbols) - 1), min_size=1, max_size=30))
    gaps = data.draw(st.lists(st.text(max_size=2), min_size=len(word), max_size=len(word)))
    path = tmp_path_factory.mktemp("symbols") / "word.txt"
    text = written(vocabulary, word, gaps)
    if data.draw(st.booleans()) and not vocabulary.alphabet.is_of_characters:
        text = text.rstrip()
    path.write_bytes(text.encode())
    block = data.draw(st.sampled_from([1, 2, 3, 7, 1 << 20]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(byte_source, "BLOCK_BYTES", block)
        assert read(path, vocabulary, data.draw(st.sampled_from([1, 2, 5, 1000]))) == word


@pytest.mark.parametrize(
    ("symbols", "text", "message"),
    [
        ("ab", "ab\nba c", "line 2 (token 4): a symbol must be one of a, b, not 'c'"),
        ("ab", "c", "line 1 (token 0): a symbol must be one of a, b, not 'c'"),
        ("ab", "a\n\n\u00e9", "line 3 (token 1): a symbol must be one of a, b, not '\u00e9'"),
        ("a\u00e9", "a\u00e9\u00e8", "line 1 (token 2): a symbol must be one of a, \u00e9, not '\u00e8'"),
        (["SYN", "ACK"], "SYN ACK\nsyn ACK", "line 2 (token 2): a symbol must be one of SYN, ACK, not 'syn'"),
        (["a b", "c"], "a b\na  b", "line 2 (token 1): a symbol must be one of a b, c, not 'a  b'"),
        (["a", "bb"], "a \xff", "line 1 (token 1)"),
    ],
)
@pytest.mark.parametrize("chunk_tokens", [1, 1 << 17])
def test_unknown_symbols(
    symbols: list[str], text: str, message: str, chunk_tokens: int, tmp_path: Path
) -> None:
    path = tmp_path / "word.txt"
    path.write_bytes(text.encode("latin-1") if "\xff" in text else text.encode())
    with pytest.raises(TokenError) as caught:
        read(path, Vocabulary(tuple(symbols)), chunk_tokens)
    assert message in str(caught.value)


def test_symbols_before_an_error_are_read(tmp_path: Path) -> None:
    path = tmp_path / "word.txt"
    path.write_text("abac")
    with open_tokens(str(path), (field("symbol", Range(0, 1)),), vocabulary=Vocabulary(("a", "b"))) as tokens:
        chunks = tokens.chunks()
        assert next(chunks).columns[0].tolist() == [0, 1, 0]
        with pytest.raises(TokenError, match="token 3"):
            next(chunks)


@pytest.mark.parametrize("symbols", [("a", "b"), ("SYN", "ACK"), ("a b", "c"), ("\u00e9", "b")])
def test_going_on_from_a_place(symbols: tuple[str, ...], tmp_path: Path) -> None:
    vocabulary, path = Vocabulary(symbols), tmp_path / "word.txt"
    word = np.random.default_rng(0).integers(2, size=50).tolist()
    path.write_text("\n".join(symbols[number] for number in word) + "\n")
    fields = (field("symbol", Range(0, 1)),)
    with open_tokens(str(path), fields, vocabulary=vocabulary) as tokens:
        places = [chunk.end for chunk in tokens.chunks(7)]
    for place in places[:-1]:
        with open_tokens(str(path), fields, vocabulary=vocabulary) as tokens:
            tokens.resume(place)
            rest = [int(number) for chunk in tokens.chunks(5) for number in chunk.columns[0]]
            assert rest == word[place.position :]


def test_other_formats_are_numbers(tmp_path: Path) -> None:
    vocabulary, fields = Vocabulary(("b", "a")), (field("symbol", Range(0, 1)),)
    array, text = tmp_path / "t.npy", tmp_path / "t.txt"
    np.save(array, np.array([1, 0]))
    text.write_text("1\n0\n")
    for path, form in ((array, "auto"), (text, "text")):
        with open_tokens(str(path), fields, format=form, vocabulary=vocabulary) as tokens:
            assert [chunk.columns[0].tolist() for chunk in tokens.chunks()] == [[1, 0]]


def test_refusals(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_text(" \n")
    with pytest.raises(ParameterError, match="must have names to be read as symbols"):
        open_tokens(str(path), (field("x", Range(0, 1)),), format="symbols")
    with pytest.raises(FormatError, match="must hold at least one token, not none"):
        read(path, Vocabulary(("a",)))


def test_a_symbol_longer_than_a_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.txt"
    path.write_text("x" * (3 << 20))
    with pytest.raises(FormatError, match="must be a symbol, not 2097152 bytes"):
        read(path, Vocabulary(("ab", "c")))
