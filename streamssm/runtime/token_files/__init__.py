"""Token files: streams of any length read in constant memory, with errors that name the position."""

from __future__ import annotations

from streamssm.runtime.token_files.chunks import Chunk, Place
from streamssm.runtime.token_files.reader import FORMATS, TokenFile, open_tokens

__all__ = ["FORMATS", "Chunk", "Place", "TokenFile", "open_tokens"]
