"""Cached proofs: a certificate from an earlier test run is re-checked instead of searched for again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from streamssm.equivalences.check import Report, check
from streamssm.equivalences.proving.prove import provable
from streamssm.errors import FormatError, ParameterError


def prove(a: Any, b: Any, certificates: Path | None, **options: Any) -> Report:
    """Prove two artefacts equivalent; with a folder, reuse a cached certificate if it still checks.

    A certificate needs no trust, because all of it is re-checked. If that fails, a new proof is searched for.
    """
    if certificates is None:
        return check(a, b, method="prove", **options)
    path = certificates / f"{_digest(a)}-{_digest(b)}.json"
    rechecked = _recheck(a, b, path, **options) if path.exists() else None
    if rechecked is not None:
        return rechecked
    certificates.mkdir(parents=True, exist_ok=True)
    return check(a, b, method="prove", certificate=str(path), **options)


def _recheck(a: Any, b: Any, path: Path, **options: Any) -> Report | None:
    try:
        report = check(a, b, method="certificate", certificate=str(path), **options)
    except (FormatError, ParameterError):
        return None
    return report if report.equal else None


def _digest(artefact: Any) -> str:
    return provable(artefact).digest[:16]
