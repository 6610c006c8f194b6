"""Locks: one owner at a time, no owner after its death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from streamssm.bench.subprocesses import PACKAGE_HOME
from streamssm.errors import FormatError, ParameterError
from streamssm.runtime import lock
from streamssm.runtime.lock import FileLock

HOLDER = """
import sys, time
from streamssm.runtime.lock import FileLock
with FileLock(sys.argv[1]):
    print("locked", flush=True)
    time.sleep(60)
"""


def test_second_owner_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "run.ckpt")
    with FileLock(path):
        with pytest.raises(ParameterError, match=f"process {os.getpid()} is using this checkpoint"):
            with FileLock(path):
                pass
    with FileLock(path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    path = str(tmp_path / "run.ckpt")
    process = subprocess.Popen([sys.executable, "-c", HOLDER, path], stdout=subprocess.PIPE, cwd=PACKAGE_HOME)
    assert process.stdout is not None and process.stdout.readline() == b"locked\n"
    with pytest.raises(ParameterError, match=f"process {process.pid} is using"):
        with FileLock(path):
            pass
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert os.path.exists(path + ".lock")
    with FileLock(path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_without_fcntl_the_file_is_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "fcntl", None)
    path = str(tmp_path / "run.ckpt")
    with FileLock(path):
        with pytest.raises(ParameterError, match=r"if it was killed, remove .*run\.ckpt\.lock"):
            with FileLock(path):
                pass
    assert list(tmp_path.iterdir()) == []


def test_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be written"):
        with FileLock(str(tmp_path / "no" / "run.ckpt")):
            pass
