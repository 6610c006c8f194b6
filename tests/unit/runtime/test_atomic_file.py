"""Files appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from streamssm.errors import FormatError
from streamssm.runtime.atomic_file import AtomicFile, require_writable, write_atomically


def test_replaces_what_was_there_with_the_usual_mode(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old and longer")
    write_atomically(str(path), b"new")
    assert path.read_bytes() == b"new"
    umask = os.umask(0)
    os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.parametrize("beside", [None, ".new"])
def test_error_leaves_things_as_they_were(tmp_path: Path, beside: str | None) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(KeyError), AtomicFile(str(path), beside=beside) as file:
        file.write(b"half")
        raise KeyError
    assert path.read_text() == "old" and os.listdir(tmp_path) == ["file"]


def test_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("old")
    (tmp_path / "link").symlink_to("target")
    write_atomically(str(tmp_path / "link"), b"new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "target").read_text() == "new"


@pytest.mark.parametrize("name", ["", "no/file", "file/file"])
def test_places_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("")
    path = f"{tmp_path}/{name}"
    for refused in (lambda: write_atomically(path, b""), lambda: require_writable(path)):
        with pytest.raises(FormatError) as caught:
            refused()
        assert str(caught.value).startswith(f"{path}: cannot be written: ")
    require_writable(str(tmp_path / "file"))
    require_writable(str(tmp_path / "another"))
    assert os.listdir(tmp_path) == ["file"]
