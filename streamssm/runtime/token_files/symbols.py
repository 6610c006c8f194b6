"""Tokens as names of symbols: characters, words between white space, or lines.

Single characters need no separator, and white space between them is skipped unless it is a symbol itself;
longer names are separated by white space; names that contain white space are on lines of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import FormatError, TokenError
from streamssm.ir.vocabulary import Vocabulary
from streamssm.runtime.token_files.byte_source import BLOCK_BYTES, ByteSource
from streamssm.runtime.token_files.chunks import Chunk, Place
from streamssm.runtime.token_files.text_tokens import shown

_CHARACTER = rb"[\x00-\x7f]|[\xc0-\xff][\x80-\xbf]*|[\x80-\xbf]"
_WHITE = b" \t\r\n\v\f"
_NAMED = 20  # symbols that a message lists at most


@dataclass(frozen=True)
class Spelling:
    """The spelling of a vocabulary's symbols."""

    vocabulary: Vocabulary

    @cached_property
    def numbers(self) -> dict[bytes, int]:
        return {name.encode(): number for name, number in self.vocabulary.numbers.items()}

    @cached_property
    def pattern(self) -> re.Pattern[bytes]:
        """The pattern of one symbol; only white space separates two symbols."""
        if self.vocabulary.alphabet.is_of_lines:
            return re.compile(rb"[^\s](?:[^\r\n]*[^\s])?")
        if not self.vocabulary.alphabet.is_of_characters:
            return re.compile(rb"\S+")
        skipped = bytes(char for char in _WHITE if bytes([char]) not in self.numbers)
        unless = rb"(?![" + re.escape(skipped) + rb"])" if skipped else b""
        return re.compile(unless + rb"(?:" + _CHARACTER + rb")")

    @property
    def dtype(self) -> type[np.unsignedinteger]:
        return np.uint8 if len(self.numbers) <= 255 else np.uint32

    @cached_property
    def table(self) -> tuple[NDArray[np.uint8], NDArray[np.bool_]] | None:
        """For characters of one byte each: number by byte, and which bytes are symbols or skipped."""
        if not self.vocabulary.alphabet.is_of_characters or not all(
            name.isascii() for name in self.vocabulary.symbols
        ):
            return None
        numbers, skipped = np.full(256, 255, np.uint8), np.zeros(256, bool)
        skipped[list(_WHITE)] = True
        for name, number in self.numbers.items():
            numbers[name[0]], skipped[name[0]] = number, False
        return numbers, skipped

    def cut(self, block: bytes) -> int:
        """Return the end of the last symbol that is complete whatever comes next."""
        if self.vocabulary.alphabet.is_of_lines:
            return block.rfind(b"\n") + 1
        if self.vocabulary.alphabet.is_of_characters:
            start = len(block)
            while start and start > len(block) - 4 and block[start - 1] & 0xC0 == 0x80:
                start -= 1
            return start - 1 if start and block[start - 1] & 0xC0 == 0xC0 else len(block)
        return max(map(block.rfind, (bytes([char]) for char in _WHITE))) + 1

    def parse(self, block: bytes) -> tuple[NDArray[np.unsignedinteger], NDArray[np.int64], bytes | None]:
        """Return the numbers and the ends of a block's symbols, up to the first text that is not a symbol.

        The end of that text is the last end, and the text itself is the third result.
        """
        if self.table is None:
            return self._parse_by_pattern(block)
        numbers, skipped = self.table
        data = np.frombuffer(block, np.uint8)
        positions = np.flatnonzero(~skipped[data])
        parsed = numbers[data[positions]]
        wrong = np.flatnonzero(parsed == 255)
        if not len(wrong):
            return parsed, positions + 1, None
        first = int(wrong[0])
        bad = self.pattern.match(block, int(positions[first]))
        return parsed[:first], positions[: first + 1] + 1, bad.group() if bad else b""

    def _parse_by_pattern(
        self, block: bytes
    ) -> tuple[NDArray[np.unsignedinteger], NDArray[np.int64], bytes | None]:
        numbers: list[int] = []
        ends: list[int] = []
        bad = None
        for match in self.pattern.finditer(block):
            ends.append(match.end())
            number = self.numbers.get(match.group())
            if number is None:
                bad = match.group()
                break
            numbers.append(number)
        return np.array(numbers, self.dtype), np.array(ends, np.int64), bad

    def misspelt(self, text: bytes) -> str:
        """Return the message for a text that is not a symbol."""
        names = self.vocabulary.symbols
        listed = ", ".join(names[:_NAMED]) + (f", ... ({len(names)} in all)" if len(names) > _NAMED else "")
        return f"a symbol must be one of {listed}, not {shown(text.decode('utf-8', 'backslashreplace'))}"


def symbol_chunks(
    source: ByteSource, vocabulary: Vocabulary, place: Place, chunk_tokens: int
) -> Iterator[Chunk]:
    """Yield the tokens from ``place`` on; the source must be at that offset."""
    spelling, rest = Spelling(vocabulary), b""
    while True:
        data = source.read()
        block = rest + data
        cut = spelling.cut(block) if data else len(block)
        block, rest = block[:cut], block[cut:]
        if len(rest) > BLOCK_BYTES:
            raise FormatError(f"{source.name} line {place.line}: must be a symbol, not {len(rest)} bytes")
        after = place
        for chunk in _block_chunks(source.name, spelling, block, place, chunk_tokens):
            yield chunk
            after = chunk.end
        end = place.offset + len(block)
        place = Place(after.position, end, place.line + block.count(b"\n"))
        if not data:
            return


def _block_chunks(
    name: str, spelling: Spelling, block: bytes, place: Place, chunk_tokens: int
) -> Iterator[Chunk]:
    numbers, ends, bad = spelling.parse(block)
    newlines = np.flatnonzero(np.frombuffer(block, np.uint8) == ord("\n"))
    for start in range(0, len(numbers), chunk_tokens):
        stop = min(start + chunk_tokens, len(numbers))
        end = int(ends[stop - 1])
        line = place.line + int(np.searchsorted(newlines, end))
        yield Chunk([numbers[start:stop]], Place(place.position + stop, place.offset + end, line))
    if bad is not None:
        line = place.line + int(np.searchsorted(newlines, int(ends[-1]) - len(bad)))
        raise TokenError(
            f"{name} line {line} (token {place.position + len(numbers)}): {spelling.misspelt(bad)}"
        )
