"""Checkpoint files: what is written is read again, and nothing else is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from streamssm.errors import FormatError
from streamssm.runtime.checkpoint import MAGIC, Checkpoint, from_bytes, load_checkpoint

POINT = Checkpoint(
    digest="ab" * 32,
    position=10**12,
    offset=5,
    line=3,
    fingerprint="cd",
    output_bytes=7,
    snapshot=b"\x00\xff\x0a",
)


@pytest.mark.parametrize("snapshot", [b"", b"\x01", MAGIC, bytes(range(256))])
def test_round_trip(tmp_path: Path, snapshot: bytes) -> None:
    path = str(tmp_path / "run.ckpt")
    point = replace(POINT, snapshot=snapshot)
    point.save(path)
    point.save(path)
    assert load_checkpoint(path) == point
    assert [file.name for file in tmp_path.iterdir()] == ["run.ckpt"]


def test_any_bit_changed_or_any_end_missing() -> None:
    whole = POINT.to_bytes()
    for place in range(len(whole)):
        for bit in range(8):
            with pytest.raises(FormatError, match="not a checkpoint|cut short or damaged|another version"):
                from_bytes(whole[:place] + bytes([whole[place] ^ (1 << bit)]) + whole[place + 1 :])
        with pytest.raises(FormatError, match="not a checkpoint|cut short or damaged|another version"):
            from_bytes(whole[:place])
    with pytest.raises(FormatError, match="cut short or damaged"):
        from_bytes(whole + b"\0")


@pytest.mark.parametrize(
    "change",
    [
        {"position": -1},
        {"position": 1.5},
        {"position": True},
        {"digest": 5},
        {"offset": None},
        {"fingerprint": []},
    ],
)
def test_header_with_other_types(change: dict[str, object]) -> None:
    with pytest.raises(FormatError, match="header|at least 0"):
        from_bytes(replace(POINT, **change).to_bytes())  # type: ignore[arg-type]


def test_other_files(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be read: No such file"):
        load_checkpoint(str(tmp_path / "no"))
    with pytest.raises(FormatError, match="is not a checkpoint"):
        from_bytes(b"")
