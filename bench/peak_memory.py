"""The most memory that this process has held so far."""

from __future__ import annotations

import sys


def peak_bytes() -> int:
    """Return the peak of the resident set.

    On Linux from /proc: getrusage counts the parent there, whose memory a new process starts with.
    """
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            found = next(line for line in status if line.startswith("VmHWM:"))
        return int(found.split()[1]) * 1024
    except (OSError, StopIteration):
        import resource  # there is none on Windows

        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
