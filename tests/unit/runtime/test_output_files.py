"""Output files: every format reads back as the outputs."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from streamssm.errors import FormatError, ParameterError
from streamssm.runtime.output_files import OutputEncoder

OUTPUTS = np.array([[1, -2], [300, 4], [2**59, -(2**59)]])


def content(path: str, outputs: np.ndarray, names: tuple[str, ...], values: tuple[str, ...] = ()) -> bytes:
    encoder = OutputEncoder.for_path(path, names, values)
    return encoder.header(len(outputs)) + encoder.rows(outputs[:1]) + encoder.rows(outputs[1:])


@pytest.mark.parametrize("num_rows", [0, 1, 3])
def test_array(num_rows: int) -> None:
    array = np.load(io.BytesIO(content("o.npy", OUTPUTS[:num_rows], ("x", "y"))))
    assert array.dtype == np.int64 and array.shape == (num_rows, 2)
    assert np.array_equal(array, OUTPUTS[:num_rows])


def test_array_header_has_room_for_any_number_of_rows() -> None:
    encoder = OutputEncoder.for_path("o.NPY", tuple("abcdefghij"))
    assert {len(encoder.header(count)) for count in (0, 1, 10**18)} == {128}
    assert encoder.num_rows(128 + 7 * 80) == 7


def test_text_formats() -> None:
    assert content("o.csv", OUTPUTS[:2], ("x", "y")) == b"x,y\n1,-2\n300,4\n"
    assert content("o.tsv", OUTPUTS[:2], ("x", "y")) == b"x\ty\n1\t-2\n300\t4\n"
    assert content("o.jsonl", OUTPUTS[:2], ("x", "y")) == b'{"x": 1, "y": -2}\n{"x": 300, "y": 4}\n'
    for path in ("o.txt", "o", "-", "o.out"):
        assert content(path, OUTPUTS[:2], ("x", "y")) == b"1 -2\n300 4\n"


def test_named_values() -> None:
    names, outputs = ('SYN, "ACK"', "a\nb", "c\td", "é"), np.arange(4)[:, None]
    table = content("o.csv", outputs, ("out",), names).decode()
    assert [row[0] for row in csv.reader(io.StringIO(table, newline=""))] == ["out", *names]
    lines = content("o.jsonl", outputs, ("out",), names).decode().splitlines()
    assert [json.loads(line)["out"] for line in lines] == list(names)
    assert np.load(io.BytesIO(content("o.npy", outputs, ("out",), names))).tolist() == outputs.tolist()


def test_formats_that_cannot_hold_the_outputs() -> None:
    with pytest.raises(ParameterError, match="cannot be written as .jsonl"):
        OutputEncoder.for_path("o.jsonl", ("x", "x"))
    with pytest.raises(ParameterError, match="cannot be written as .npy"):
        OutputEncoder.for_path("o.npy", ())


@pytest.mark.parametrize("path", ["o.npy", "o.csv", "o.tsv"])
def test_file_of_another_format_is_not_continued(path: str) -> None:
    encoder = OutputEncoder.for_path(path, ("x", "y"))
    encoder.require_header(path, encoder.header(12345)[:128])
    for start in (b"", b"1 2\n", OutputEncoder.for_path(path, ("x", "y", "z")).header(3)):
        with pytest.raises(FormatError, match="--fresh"):
            encoder.require_header(path, start)
