"""How many examples a randomised test tries: a few in the suite, SOAK of them under ``make soak``."""

from __future__ import annotations

import os

SOAK = int(os.environ.get("SOAK") or 0)


def examples(quick: int) -> int:
    """Return SOAK where it is set, else ``quick``; for ``@settings(max_examples=...)`` and for ``range``."""
    return SOAK or quick
