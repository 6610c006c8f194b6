"""streamssm bench memory: figures, JSON and a picture."""

from __future__ import annotations

import json
from pathlib import Path

from streamssm.cli.output import parse_sizes
from tests.unit.cli.command_line import succeeds


def test_figures(tmp_path: Path) -> None:
    figures, picture = tmp_path / "memory.json", tmp_path / "memory.svg"
    table = succeeds("bench", "memory", "--n", "16..64*4", "--k", "3", "--json", figures, "--plot", picture)
    assert "1,152" in table and "right" in table and "wrong" not in table
    data = json.loads(figures.read_text())
    assert [row["n"] for row in data["rows"]] == [16, 64]
    for row, bits in zip(data["rows"], (8, 12), strict=True):
        for side in ("algorithm", "model", "program_back"):
            assert row[side]["memory_bits"] == bits and row[side]["bits_per_log2_n"] == 2
            assert row[side]["snapshot_bytes"] == (bits + 7) // 8
            assert row[side]["answer"] == row["expected"] and row[side]["correct"] is True
        assert row["tables_bits"] == 3 * row["n"] * (bits // 2)
        assert 0 < row["peak_bytes"] < 300e6
    assert picture.read_text().lstrip().startswith("<?xml") and "(bits)" in picture.read_text()


def test_sizes() -> None:
    assert parse_sizes("16..1048576") == [2**i for i in range(4, 21)]
    assert parse_sizes("2^4 .. 2^20 * 16") == [16, 256, 4096, 65536, 1048576]
    assert parse_sizes("2**4..2**6") == [16, 32, 64]
    assert parse_sizes("5, 7,1") == [5, 7, 1]
    assert parse_sizes("12") == [12]
