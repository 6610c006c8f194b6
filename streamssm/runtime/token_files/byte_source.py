"""Bytes of a file or of standard input, read once from front to back."""

from __future__ import annotations

import hashlib
import io
import os
import sys
from types import TracebackType
from typing import Any

from streamssm.errors import FormatError

BLOCK_BYTES = 1 << 20
HEAD_BYTES = 4096


class ByteSource:
    """An input with a name, read forwards; it keeps its first bytes, by which a resumed run recognizes it."""

    def __init__(self, path: str) -> None:
        self.name = "standard input" if path == "-" else path
        try:
            self._file: Any = sys.stdin.buffer if path == "-" else open(path, "rb")
        except OSError as error:
            raise FormatError(f"{path}: cannot be read: {error.strerror}") from None
        except ValueError:
            raise FormatError(f"{path!r} must be the path of a token file") from None
        self._owned = path != "-"
        self._head = bytearray()
        self._pending = b""
        self.offset = 0

    def __enter__(self) -> ByteSource:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._owned:
            self._file.close()

    @property
    def size(self) -> int | None:
        """Bytes of a regular file; None for a pipe."""
        try:
            return os.fstat(self._file.fileno()).st_size if self._file.seekable() else None
        except (OSError, io.UnsupportedOperation):
            return None

    def read(self, count: int = BLOCK_BYTES) -> bytes:
        """Return up to ``count`` bytes, as soon as there are any; none at the end."""
        if not self._pending:
            self._fetch()
        data, self._pending = self._pending[:count], self._pending[count:]
        self.offset += len(data)
        return data

    def read_exactly(self, count: int) -> bytes:
        """Return ``count`` bytes, fewer only at the end."""
        parts: list[bytes] = []
        while count > 0:
            part = self.read(count)
            if not part:
                break
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def peek(self, count: int) -> bytes:
        """Return the next ``count`` bytes, fewer only at the end, and leave them to be read."""
        while len(self._pending) < count and self._fetch():
            pass
        return self._pending[:count]

    def peek_line(self, limit: int) -> bytes:
        """Return the next line with its end, and leave it to be read; its start if it passes ``limit``."""
        while b"\n" not in self._pending and len(self._pending) < limit and self._fetch():
            pass
        return self._pending[: self._pending.find(b"\n") + 1] or self._pending

    def advance(self, offset: int) -> None:
        """Advance to an absolute offset."""
        self.read_exactly(min(offset, HEAD_BYTES) - self.offset)
        size = self.size
        if size is not None and size >= offset and offset > self.offset:
            self._file.seek(offset)
            self._pending, self.offset = b"", offset
        while self.offset < offset:
            if not self.read(min(offset - self.offset, BLOCK_BYTES)):
                raise FormatError(
                    f"{self.name}: cannot be resumed at byte {offset}: it ends at byte {self.offset}"
                )

    def fingerprint(self, offset: int) -> str:
        """Return a digest of the first bytes, none of them at or after ``offset``."""
        return hashlib.sha256(bytes(self._head[:offset])).hexdigest()

    def _fetch(self) -> bool:
        """Read the available bytes, a block at most; return False at the end."""
        try:
            data = self._file.read1(BLOCK_BYTES)
        except OSError as error:
            raise FormatError(f"{self.name}: cannot be read: {error.strerror}") from None
        if len(self._head) < HEAD_BYTES:
            self._head += data[: HEAD_BYTES - len(self._head)]
        self._pending += data
        return bool(data)
