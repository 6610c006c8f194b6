"""Token files: any format, any chunks and any restart give the same tokens; errors name their place."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamssm.errors import FormatError, ParameterError, StreamSSMError, TokenError
from streamssm.ir import words
from streamssm.ir.ranges import Range
from streamssm.runtime.token_files import Place, open_tokens
from streamssm.runtime.token_files.text_tokens import TextLayout, _parse, _parse_slowly
from tests.unit.program.samples import compose

FIELDS = (
    words.field("a", Range(-5, 300)),
    words.field("b", Range(0, 1)),
    words.field("c", Range(-(2**59), 2**59)),
)


def some_tokens(count: int, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return np.stack([random.integers(w.range.lo, w.range.hi, count, endpoint=True) for w in FIELDS], axis=1)


def read(path: Path, *, chunk_tokens: int = 1 << 17, format: str = "auto") -> np.ndarray:
    with open_tokens(str(path), FIELDS, format=format) as tokens:
        return np.concatenate([np.stack(chunk.columns, axis=1) for chunk in tokens.chunks(chunk_tokens)])


def told(path: Path, content: bytes, fields: Sequence[words.Word] = FIELDS) -> tuple[int, str]:
    """Return how many tokens come before the error, and its text without the name of the file."""
    path.write_bytes(content)
    count = 0
    with pytest.raises(StreamSSMError) as caught:
        with open_tokens(str(path), fields) as tokens:
            for chunk in tokens.chunks():
                count += chunk.length
    assert str(caught.value).startswith(str(path)) and "\n" not in str(caught.value)
    return count, str(caught.value)[len(str(path)) :].lstrip(": ")


def saved(folder: Path, form: str, tokens: np.ndarray) -> Path:
    path = folder / f"tokens.{form}"
    if form == "npy":
        np.save(path, tokens)
    elif form == "csv":
        np.savetxt(path, tokens[:, [2, 0, 1]], fmt="%d", delimiter=" , ", header='c,"a", b', comments="")
    else:
        np.savetxt(path, tokens, fmt="%3d", delimiter="\t")
    return path


FORMS = pytest.mark.parametrize("form", ["npy", "csv", "txt"])


@FORMS
def test_formats(tmp_path: Path, form: str) -> None:
    tokens = some_tokens(1000)
    assert np.array_equal(read(saved(tmp_path, form, tokens)), tokens)


@FORMS
@pytest.mark.parametrize("chunk_tokens", [1, 7, 1000])
def test_every_place_is_a_start(tmp_path: Path, form: str, chunk_tokens: int) -> None:
    tokens = some_tokens(50)
    path = saved(tmp_path, form, tokens)
    with open_tokens(str(path), FIELDS) as source:
        ends = [chunk.end for chunk in source.chunks(chunk_tokens)]
        marks = [source.fingerprint(end) for end in ends]
    assert ends[-1].position == 50 and ends[-1].offset == path.stat().st_size
    for end, mark in zip(ends, marks, strict=True):
        with open_tokens(str(path), FIELDS) as source:
            source.resume(end)
            assert source.fingerprint(end) == mark
            rest = [np.stack(chunk.columns, axis=1) for chunk in source.chunks()]
            assert np.array_equal(np.concatenate([tokens[: end.position], *rest]), tokens)
            assert source.place.position == 50


def test_larger_than_a_block(tmp_path: Path) -> None:
    tokens = some_tokens(120_000)
    path = saved(tmp_path, "txt", tokens)
    assert path.stat().st_size > 2 << 20
    assert np.array_equal(read(path), tokens)
    content = path.read_bytes()
    place = content.rindex(b"\n", 0, len(content) - 100) + 1
    path.write_bytes(content[:place] + b"1 2 3\n" + content[place:])
    count, text = told(path, path.read_bytes())
    assert f"line {count + 1} (token {count}): field 'b' must be in [0, 1], not 2" == text


@pytest.mark.parametrize("dtype", ["<i2", ">i4", "u8", "?"])
@pytest.mark.parametrize("version", [(1, 0), (2, 0)])
def test_arrays_of_every_integer_dtype(tmp_path: Path, dtype: str, version: tuple[int, int]) -> None:
    tokens = np.array([[1, 0, 1], [0, 1, 1]]).astype(dtype)
    file = io.BytesIO()
    np.lib.format.write_array(file, tokens, version=version)
    (tmp_path / "tokens").write_bytes(file.getvalue())
    assert np.array_equal(read(tmp_path / "tokens"), tokens.astype(np.int64))


def test_array_of_one_field(tmp_path: Path) -> None:
    np.save(tmp_path / "tokens.npy", np.arange(5))
    with open_tokens(str(tmp_path / "tokens.npy"), FIELDS[:1]) as source:
        assert [chunk.columns[0].tolist() for chunk in source.chunks(3)] == [[0, 1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros((4, 2), dtype=int), "must have the shape (tokens, 3) for 3 fields (a, b, c), not (4, 2)"),
        (np.zeros(3, dtype=int), "must have the shape (tokens, 3) for 3 fields (a, b, c), not (3,)"),
        (np.zeros((4, 3)), "must be an array of integers, not of float64"),
        (np.zeros((4, 3), dtype=int, order="F"), "must be in C order"),
        (np.array([[1, 0, 0], [301, 0, 0]]), "token 1: field 'a' must be in [-5, 300], not 301"),
        (
            np.array([[1, 0, 0], [1, 2, 0], [301, 0, 0]], dtype=np.uint64),
            "token 1: field 'b' must be in [0, 1], not 2",
        ),
        (np.array([[0, 0, 2**64 - 1]], dtype=np.uint64), "token 0: field 'c'"),
        (np.zeros((0, 3), dtype=int), "must hold at least one token, not none"),
    ],
)
def test_arrays_that_are_no_tokens(tmp_path: Path, array: np.ndarray, message: str) -> None:
    file = io.BytesIO()
    np.save(file, array)
    assert message in told(tmp_path / "tokens.npy", file.getvalue())[1]


def test_array_cut_anywhere_or_too_long(tmp_path: Path) -> None:
    np.save(tmp_path / "whole.npy", some_tokens(4))
    whole = (tmp_path / "whole.npy").read_bytes()
    for kept in range(0, len(whole), 3):
        told(tmp_path / "tokens.npy", whole[:kept])
    assert "has 225 bytes instead of the 224" in told(tmp_path / "tokens.npy", whole + b"\0")[1]


def test_array_of_objects_is_never_unpickled(tmp_path: Path) -> None:
    file = io.BytesIO()
    np.save(file, np.array([[{}, 1, 2]], dtype=object), allow_pickle=True)
    assert "must be an array of integers" in told(tmp_path / "tokens.npy", file.getvalue())[1]


@pytest.mark.parametrize(
    ("content", "count", "message"),
    [
        (b"1 0 0\n1 0\n", 1, "line 2 (token 1): a token must have 3 fields (a, b, c), not 2"),
        (b"1 0 0\n\n \t\r\n1 0 0 1 0 0", 1, "line 4 (token 1): a token must have 3 fields (a, b, c), not 6"),
        (b"1 0-5 0\n", 0, "field 'b' must be an integer in [0, 1], not '0-5'"),
        (b"1 0 --5\n", 0, "field 'c' must be an integer in"),
        (b"1 0 -\n", 0, "field 'c' must be an integer in"),
        (b"1 0 +5\n", 0, "not '+5'"),
        (b"1 0 1_0\n", 0, "line 1: must be a header"),
        (b"0 0 0\n1 0 \x00\n", 1, "line 2 (token 1): field 'c' must be an integer"),
        (b"0 0 0\n1 0 \xff\xfe\n", 1, "line 2 (token 1): field 'c' must be an integer"),
        ("0 0 0\n1 0 ٣\n".encode(), 1, "line 2 (token 1): field 'c' must be an integer"),
        (b"0 0 0\n1 0 0x10\n", 1, "not '0x10'"),
        (b"0 0 " + b"9" * 5000, 0, "must be in"),
        (b"0 0 -" + b"9" * 19, 0, "must be in"),
        (b"a,b,c\n1,0\n", 0, "line 2 (token 0): a token must have 3 fields (a, b, c), not 2"),
        (b"a,b,c\n1,,0,0\n", 0, "line 2 (token 0): a token must have 3 fields (a, b, c), not 4"),
        (b"a,b,c\n1 0,,0\n", 0, "field 'a' must be an integer in [-5, 300], not '1 0'"),
        (b"a,b,c\n,0,0\n", 0, "field 'a' must be an integer in [-5, 300], not ''"),
        (b"c,b,a\n0,2,0\n", 0, "line 2 (token 0): field 'b' must be in [0, 1], not 2"),
        (b"a,b,c\n", 0, "must hold at least one token, not none"),
        (b"a,b\n1,0\n", 0, "'c' is missing"),
        (b"a,b,b\n1,0,0\n", 0, "'c' is missing"),
        (b"0,0,0\n", 0, "line 1: must be a header with the field names a,b,c, not '0,0,0'"),
        (b"x" * 100_000, 0, "must be a header"),
        (b"0 0 0\n" + b"7" * (3 << 20), 1, "line 2: must be one token, not"),
        (b"", 0, "must hold at least one token, not be empty"),
        (b"\xef\xbb\xbf", 0, "must hold at least one token, not none"),
    ],
)
def test_text_that_is_no_tokens(tmp_path: Path, content: bytes, count: int, message: str) -> None:
    found, text = told(tmp_path / "tokens", content)
    assert message in text and found == count


@pytest.mark.parametrize(
    "content", [b"1 0 5", b"\n1\t0 5\r\n\n", b"\xef\xbb\xbf1 0 5\n", b"0" * 30 + b"1 0 0005\n"]
)
def test_text_with_blank_lines_marks_and_zeros(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "tokens").write_bytes(content)
    assert read(tmp_path / "tokens").tolist() == [[1, 0, 5]]


@given(st.text(alphabet="0123-,  \t\r\n", max_size=17), st.booleans())
def test_quick_parse_agrees_with_line_by_line(text: str, comma: bool) -> None:
    fields = tuple(words.field(name, Range(-(10**17), 10**17)) for name in "ab")
    layout, data = TextLayout(fields, (1, 0), comma), text.encode() + b"\n"
    quick = _parse(layout, data)
    slow, wrong = _parse_slowly("file", layout, data, Place())
    assert (quick is None) == (wrong is not None)
    if quick is not None:
        for name in ("values", "ends", "lines"):
            assert np.array_equal(getattr(quick, name), getattr(slow, name))


@given(st.binary(max_size=40))
def test_any_bytes_are_tokens_or_refused(data: bytes) -> None:
    layout = TextLayout((words.field("a", Range(-9, 99)),), (0,), comma=False)
    quick = _parse(layout, data + b"\n")
    if quick is not None:
        assert quick.values[:, 0].tolist() == [int(part) for part in data.split()]


def test_unknown_format_and_no_fields(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="must be one of auto, npy, csv, text, symbols, not 'xls'"):
        open_tokens(str(tmp_path), FIELDS, format="xls")
    with pytest.raises(ParameterError, match="at least one field"):
        open_tokens(str(tmp_path), ())


def test_another_format_than_the_name_says(tmp_path: Path) -> None:
    path = tmp_path / "tokens.npy"
    path.write_text("1 0 5\n")
    assert read(path, format="text").tolist() == [[1, 0, 5]]
    with pytest.raises(FormatError):
        read(path)


def test_resuming_inside_a_header(tmp_path: Path) -> None:
    path = saved(tmp_path, "csv", some_tokens(3))
    with open_tokens(str(path), FIELDS) as source, pytest.raises(FormatError, match="inside its header"):
        source.resume(Place(0, 2, 1))


def test_tokens_before_a_misfit_are_given(tmp_path: Path) -> None:
    path = tmp_path / "tokens"
    path.write_text("1 0 0\n" * 10 + "1 0 x\n")
    with open_tokens(str(path), FIELDS) as source:
        chunks = source.chunks(4)
        assert [next(chunks).length for _ in range(3)] == [4, 4, 2]
        with pytest.raises(TokenError, match="line 11"):
            next(chunks)


def test_a_lone_carriage_return_ends_no_line(tmp_path: Path) -> None:
    path = tmp_path / "tokens.csv"
    path.write_bytes(b"key,image,last\r0,5,1\r")
    with pytest.raises(FormatError, match="line 1: must be a header with the field names"):
        list(open_tokens(str(path), compose(8).fields).chunks(10))
