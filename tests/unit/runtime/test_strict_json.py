"""Strict JSON: text that readers disagree about is refused when it is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from streamssm.errors import FormatError
from streamssm.runtime import strict_json
from streamssm.ssm.transitions import MatrixLayout, count_entries, entries_of
from streamssm.testing.baseline import load_baseline


@pytest.mark.parametrize("text", ['"\\ud800"', '["\\udfff"]', '{"\\ud801": 1}', '{"a": [{"b": "x\\udc00"}]}'])
def test_lone_surrogates_are_refused_and_the_message_is_printable(text: str) -> None:
    with pytest.raises(FormatError, match="lone surrogates") as refusal:
        strict_json.loads(text)
    assert str(refusal.value).isascii()


@pytest.mark.parametrize("text", ['{"a": 1, "a": 1}', "NaN", "[Infinity]", '{"a": -Infinity}'])
def test_repeated_keys_and_infinite_numbers_are_refused(text: str) -> None:
    with pytest.raises(FormatError):
        strict_json.loads(text)


def test_pairs_of_surrogates_are_characters() -> None:
    assert strict_json.loads('"\\ud83d\\ude00"') == "\U0001f600"


@pytest.mark.parametrize("layout", MatrixLayout)
def test_entries_are_counted_as_they_are_listed(layout: MatrixLayout) -> None:
    for dim in range(5):
        for reflections in range(4):
            assert count_entries(layout, dim, reflections) == len(entries_of(layout, dim, reflections))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"test": "\\ud800"}', "{", '{"test": NaN}'])
def test_a_memory_baseline_that_is_not_one_is_one_error(text: str, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(text)
    with pytest.raises(FormatError, match="not a memory baseline"):
        load_baseline(path, "test")
