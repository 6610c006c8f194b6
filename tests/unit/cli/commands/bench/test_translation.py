"""streamssm bench translation: figures for both algorithms at every size."""

from __future__ import annotations

import json

from tests.unit.cli.command_line import refusal, succeeds


def test_figures() -> None:
    rows = json.loads(succeeds("bench", "translation", "--words", "4,8", "--json", "-"))["rows"]
    assert [(row["algorithm"], row["words"], row["memory_bits"]) for row in rows] == [
        ("one word", 4, 32),
        ("one word", 8, 64),
        ("every word", 4, 32),
        ("every word", 8, 64),
    ]
    assert all(row["peak_bytes"] > 0 and row["total_seconds"] > 0 for row in rows)


def test_bad_sizes_name_the_option() -> None:
    assert refusal("bench", "translation", "--words", "8..4").startswith("--words must be LO..HI")
