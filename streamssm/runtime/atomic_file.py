"""Files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
from types import TracebackType
from typing import BinaryIO

from streamssm.errors import FormatError


class AtomicFile:
    """A file that is written under a temporary name and renamed when the block ends without an error.

    A path that names no regular file (a device, a pipe) is written as it is. With ``beside`` the file is
    written under that ending, so that a process that is killed again and again leaves one file at most.
    """

    def __init__(self, path: str, *, beside: str | None = None) -> None:
        self.path = path
        self._target = os.path.realpath(path)
        self._beside = beside
        self._temporary: str | None = None
        self._file: BinaryIO | None = None

    def __enter__(self) -> BinaryIO:
        try:
            self._file = self._opened()
        except OSError as error:
            raise unwritable(self.path, error) from None
        except BaseException:  # a signal
            self._discard()
            raise
        return self._file

    def _opened(self) -> BinaryIO:
        if os.path.exists(self._target) and not os.path.isfile(self._target):
            return open(self._target, "wb")
        if self._beside is not None:
            self._temporary = self._target + self._beside
            return open(self._temporary, "wb")
        name = f".streamssm-{secrets.token_hex(8)}"
        self._temporary = os.path.join(os.path.dirname(self._target), name)
        return open(self._temporary, "xb")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None and self._file is not None:
                self._commit(self._file)
        except OSError as failure:
            raise unwritable(self.path, failure) from None
        finally:
            self._discard()

    def _commit(self, file: BinaryIO) -> None:
        file.flush()
        if self._temporary is None:
            return
        os.fsync(file.fileno())
        file.close()
        os.replace(self._temporary, self._target)
        self._temporary = None

    def _discard(self) -> None:
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        if self._temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(self._temporary)


def write_atomically(path: str, data: bytes, *, beside: str | None = None) -> None:
    """Write a file so that it appears whole or not at all."""
    with AtomicFile(path, beside=beside) as file:
        try:
            file.write(data)
        except OSError as error:
            raise unwritable(path, error) from None


def unwritable(path: str, error: OSError) -> FormatError:
    """Return the error for a file that cannot be written."""
    return FormatError(f"{path}: cannot be written: {error.strerror or error}")


def require_writable(path: str) -> None:
    """Raise FormatError if the file could not be written, before the work that is to fill it."""
    target = os.path.realpath(path)
    folder = os.path.dirname(target)
    if os.path.isdir(target):
        raise FormatError(f"{path}: cannot be written: it is a folder")
    if not os.path.isdir(folder):
        raise FormatError(f"{path}: cannot be written: there is no folder {folder}")
    if not os.access(target if os.path.exists(target) and not os.path.isfile(target) else folder, os.W_OK):
        raise FormatError(f"{path}: cannot be written: permission denied")
