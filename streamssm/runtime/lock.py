"""Locks: only one process at a time may use a checkpoint."""

from __future__ import annotations

import contextlib
import os
import time
from types import TracebackType
from typing import Any

from streamssm.errors import ParameterError
from streamssm.runtime.atomic_file import unwritable

fcntl: Any
try:
    import fcntl
except ImportError:  # no POSIX
    fcntl = None

ENDING = ".lock"
_PID_BYTES = 32
_READ_ATTEMPTS = 20


class FileLock:
    """A lock on a path, held within a ``with`` block; the file ``path.lock`` holds the pid of its owner.

    With `fcntl`, the system releases the lock of a process that was killed, so a stale file is harmless.
    Without it the existence of the file is the lock, and the user removes it after a killed run.

    Raises
    ------
    ParameterError
        If another process holds the lock; its pid is named.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.lock_path = os.path.realpath(path) + ENDING
        self._descriptor: int | None = None

    def __enter__(self) -> FileLock:
        acquire = self._acquire_exclusively if fcntl is None else self._acquire
        try:
            while self._descriptor is None:
                self._descriptor = acquire()
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, f"{os.getpid()}\n".encode())
        except OSError as error:
            raise unwritable(self.lock_path, error) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            with contextlib.suppress(OSError):
                os.unlink(self.lock_path)  # while the lock is held: nobody else can own this file
            os.close(self._descriptor)
            self._descriptor = None

    def _acquire(self) -> int | None:
        """Return the descriptor of the locked file; None if its owner has removed it meanwhile."""
        descriptor = os.open(self.lock_path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            current = os.stat(self.lock_path)
            if os.path.samestat(os.fstat(descriptor), current):
                return descriptor
        except FileNotFoundError:
            pass
        except BlockingIOError:
            owner = _owner(descriptor)
            os.close(descriptor)
            raise ParameterError(
                f"{self.path}: {owner} is using this checkpoint; wait until it ends, or use another file"
            ) from None
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        return None

    def _acquire_exclusively(self) -> int:
        try:
            return os.open(self.lock_path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            descriptor = os.open(self.lock_path, os.O_RDONLY)
            owner = _owner(descriptor)
            os.close(descriptor)
            raise ParameterError(
                f"{self.path}: {owner} is using this checkpoint; if it was killed, remove {self.lock_path}"
            ) from None


def require_only_writer(path: str, descriptor: int) -> None:
    """Lock an open file until it is closed; raise ParameterError if another process has locked it."""
    if fcntl is None:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ParameterError(f"{path}: another run is writing this file; use another one") from None


def _owner(descriptor: int) -> str:
    """Return a description of the process that holds a lock; it writes its pid just after locking."""
    for _ in range(_READ_ATTEMPTS):
        text = os.pread(descriptor, _PID_BYTES, 0).decode("ascii", "replace").strip()
        if text.isdigit():
            return f"process {text}"
        time.sleep(0.005)
    return "another process"
