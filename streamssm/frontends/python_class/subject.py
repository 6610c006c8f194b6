"""What is translated: an instance of a class, with what it declared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from streamssm.program.words import Word


@dataclass(frozen=True)
class Subject:
    """An algorithm's class and instance; its attributes other than registers are constants."""

    cls: Any
    instance: Any
    fields: tuple[Word, ...]
    registers: tuple[Word, ...]
