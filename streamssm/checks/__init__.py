"""The former name of `streamssm.testing`, for one version."""

from __future__ import annotations

import warnings

from streamssm.testing import CHECKS, Check, Forms, run_checks

__all__ = ["CHECKS", "Check", "Forms", "run_checks"]

warnings.warn(
    "streamssm.checks is now streamssm.testing; the old name goes with the next version",
    DeprecationWarning,
    stacklevel=2,
)
