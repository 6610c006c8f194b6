"""Checkpoint files: the progress of a run and a snapshot of its state, under a checksum.

    "streamssm checkpoint 1\\n" | header's length, 4 bytes little-endian | header, JSON | snapshot | SHA-256

The snapshot is the state as raw bits; the checksum covers everything before it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from streamssm.errors import FormatError
from streamssm.runtime.atomic_file import write_atomically

MAGIC = b"streamssm checkpoint 1\n"
_FAMILY = MAGIC.split(b" 1")[0]
_LENGTH_BYTES = 4
_SUM_BYTES = hashlib.sha256().digest_size


@dataclass(frozen=True)
class Checkpoint:
    """A run between two tokens.

    ``digest`` is the artefact's; ``position`` counts tokens, ``offset`` bytes of the input, and ``line`` is
    the number of its next line; ``fingerprint`` is a digest of the input's first bytes; ``output_bytes``
    counts what the outputs before ``position`` took in the output file.
    """

    digest: str
    position: int
    offset: int
    line: int
    fingerprint: str
    output_bytes: int
    snapshot: bytes

    def to_bytes(self) -> bytes:
        """Return the file's content."""
        header = {name: getattr(self, name) for name in _HEADER_TYPES}
        text = json.dumps(header, separators=(",", ":")).encode()
        body = MAGIC + len(text).to_bytes(_LENGTH_BYTES, "little") + text + self.snapshot
        return body + hashlib.sha256(body).digest()

    def save(self, path: str) -> None:
        """Replace the file; after a crash at any moment it holds the old or the new checkpoint, whole."""
        write_atomically(path, self.to_bytes(), beside=".new")


_HEADER_TYPES: dict[str, type] = {
    "digest": str,
    "position": int,
    "offset": int,
    "line": int,
    "fingerprint": str,
    "output_bytes": int,
}


def load_checkpoint(path: str) -> Checkpoint:
    """Read a checkpoint; FormatError if the file is damaged or not a checkpoint."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise FormatError(f"{path}: cannot be read: {error.strerror}") from None
    return from_bytes(data, path)


def from_bytes(data: bytes, where: str = "checkpoint") -> Checkpoint:
    """Return the checkpoint of a file's content."""
    if not data.startswith(_FAMILY):
        raise FormatError(f"{where}: is not a checkpoint; use another file name, or --fresh to replace it")
    body, checksum = data[:-_SUM_BYTES], data[-_SUM_BYTES:]
    if hashlib.sha256(body).digest() != checksum:
        raise FormatError(f"{where}: the checkpoint is cut short or damaged; start again with --fresh")
    if not body.startswith(MAGIC):
        raise FormatError(f"{where}: is a checkpoint of another version; only version 1 can be read")
    start = len(MAGIC) + _LENGTH_BYTES
    stop = start + int.from_bytes(body[len(MAGIC) : start], "little")
    try:
        header = json.loads(body[start:stop])
    except (ValueError, RecursionError):
        header = None
    _require_header(header, where)
    return Checkpoint(snapshot=body[stop:], **header)


def _require_header(header: Any, where: str) -> None:
    if not isinstance(header, dict) or {name: type(value) for name, value in header.items()} != _HEADER_TYPES:
        raise FormatError(f"{where}: must have a header with {', '.join(_HEADER_TYPES)}, each of its type")
    if any(value < 0 for value in header.values() if isinstance(value, int)):
        raise FormatError(f"{where}: counts of tokens, bytes and lines must be at least 0")
