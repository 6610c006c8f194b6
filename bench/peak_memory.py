"""Peak memory of this process."""

from __future__ import annotations

import sys


def peak_bytes() -> int:
    """Return the peak size of the resident set so far, in bytes.

    On Linux it is read from /proc: getrusage includes the parent's memory there, which a fork inherits.
    """
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            peak_line = next(line for line in status if line.startswith("VmHWM:"))
        return int(peak_line.split()[1]) * 1024
    except (OSError, StopIteration):
        import resource  # not available on Windows

        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
