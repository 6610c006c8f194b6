"""Running a module of this package in a new process that finds the same package as this one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from streamssm.errors import StreamSSMError

# -m looks in the working directory first: there a new process finds the package that runs here
PACKAGE_HOME = Path(__file__).absolute().parents[2]


def run_module(module: str, *words: str, doing: str) -> None:
    """Run ``python -m module words`` to its end; StreamSSMError that says what it was doing if it fails."""
    done = subprocess.run(
        [sys.executable, "-m", module, *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd=PACKAGE_HOME,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise StreamSSMError(f"the process that {doing} failed: {lines[-1]}")
