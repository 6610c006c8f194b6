"""The text of a source: of a path, or the text itself."""

from __future__ import annotations

import os

from streamssm.errors import FormatError

MAX_BYTES = 1 << 26


def text_of(source: str | os.PathLike[str], mark: str, kind: str) -> tuple[str, str, str]:
    """Return the text, its place in messages, and a name; a string with ``mark`` in it is a text."""
    if isinstance(source, str) and mark in source:
        return source, kind, "machine"
    path = os.fspath(source)
    try:
        if os.path.getsize(path) > MAX_BYTES:
            raise FormatError(f"{path}: must have at most {MAX_BYTES:,} bytes")
        with open(path, encoding="utf-8-sig") as file:
            return file.read(), path, os.path.splitext(os.path.basename(path))[0]
    except OSError as error:
        raise FormatError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeError:
        raise FormatError(f"{path}: is not UTF-8 text") from None
    except ValueError:
        raise FormatError(f"{path!r}: is not a path") from None
