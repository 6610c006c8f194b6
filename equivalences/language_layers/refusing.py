"""Why a kind does not hold a language."""

from __future__ import annotations

from streamssm.errors import Reason, UnsupportedProgramError
from streamssm.languages.machine import Machine


def refusal(machine: Machine, transition: str) -> UnsupportedProgramError:
    """Return the error that says why."""
    reason = Reason("", 0, f"no construction with {transition} layers is known for it", "")
    return UnsupportedProgramError(machine.name, (reason,), f" by {transition} layers")
