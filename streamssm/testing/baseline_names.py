"""File names of baselines: one per test, its class and its parameters, safe on every file system."""

from __future__ import annotations

import hashlib
import re

LONGEST = 100  # characters of a name, well below the limits of file systems
UNSAFE = re.compile(r"[^\w.\[\]=,-]+")


def baseline_name(test: str) -> str:
    """Return the name, without an ending, of the baseline of a test such as ``TestClass.test_it[3]``.

    Law: different tests have different names. One that loses characters, or is too long, has a digest.

    >>> baseline_name("TestClass.test_it[3]")
    'TestClass.test_it[3]'
    >>> baseline_name("test_it[a/b]"), baseline_name("test_it[a b]")
    ('test_it[a_b]-306b0382', 'test_it[a_b]-66b8cda3')
    """
    name = UNSAFE.sub("_", test)
    if name == test and len(name) <= LONGEST and not name.startswith("."):
        return name
    digest = hashlib.sha256(test.encode()).hexdigest()[:8]
    return f"{name[:LONGEST].lstrip('.')}-{digest}"


def former_name(test: str) -> str:
    """Return the name that the baseline of a test had in 0.1: without its class, and shared by like names.

    >>> former_name("test_it[a/b]")
    'test_it_a_b'
    """
    return re.sub(r"[^\w.-]+", "_", test).strip("_.") or "_"
