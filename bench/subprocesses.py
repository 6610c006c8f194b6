"""Run a module of this package in a new process that imports the same copy of the package."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from streamssm.errors import StreamSSMError

# -m searches the working directory first, so a new process imports the package from here
PACKAGE_HOME = Path(__file__).absolute().parents[2]


def run_module(module: str, *words: str, doing: str) -> None:
    """Run ``python -m module words`` to its end; if it fails, raise StreamSSMError with ``doing`` in it."""
    finished = subprocess.run(
        [sys.executable, "-m", module, *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd=PACKAGE_HOME,
    )
    if finished.returncode:
        lines = finished.stderr.strip().splitlines() or [f"exit status {finished.returncode}"]
        raise StreamSSMError(f"the process that {doing} failed: {lines[-1]}")
