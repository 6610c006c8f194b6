"""Every error that streamssm raises, under one root."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class StreamSSMError(Exception):
    """Root of every error raised on purpose; its text is one clear message."""


class ParameterError(StreamSSMError, ValueError):
    """An argument of a call or a command cannot be used."""


class BudgetError(ParameterError):
    """Exact counting takes more steps than were allowed; the text says what was covered."""


class TokenError(StreamSSMError, ValueError):
    """A token does not fit the stream's fields: which field, which value, which position."""


class PrecisionError(StreamSSMError, ArithmeticError):
    """A word needs a value outside its range: which word, which value, which position."""


class FormatError(StreamSSMError, ValueError):
    """A file is not what it should be: which file, what was expected."""


@dataclass(frozen=True)
class Reason:
    """One thing that cannot be translated, where it stands, and what would do instead, if that is known."""

    file: str
    line: int
    message: str
    advice: str = ""

    def __str__(self) -> str:
        text = f"{self.message}; {self.advice}" if self.advice else self.message
        return f"{self.file}:{self.line}: {text}" if self.file else text


class UnsupportedProgramError(StreamSSMError):
    """A class or a program cannot be translated; ``reasons`` lists everything that stands in the way."""

    def __init__(self, name: str, reasons: tuple[Reason, ...], how: str = "") -> None:
        self.name = name
        self.reasons = reasons
        self.how = how
        count = "1 reason" if len(reasons) == 1 else f"{len(reasons)} reasons"
        lines = "".join(f"\n  {reason}" for reason in reasons)
        super().__init__(f"{name} cannot be translated{how}, for {count}:{lines}")


class NotEquivalentError(StreamSSMError, AssertionError):
    """Two artefacts differ; ``report`` is the check that found it."""

    def __init__(self, report: Any) -> None:
        self.report = report
        super().__init__(str(report))


class CheckFailedError(StreamSSMError, AssertionError):
    """An algorithm fails a shipped check; ``stream`` shows it, and is empty where none is needed."""

    def __init__(self, text: str, stream: tuple[tuple[int, ...], ...] = ()) -> None:
        self.stream = stream
        super().__init__(text)


class ProofError(StreamSSMError):
    """A proof that something independent of the prover contradicts: a fault of streamssm, to be reported."""
