"""streamssm: one-pass streaming algorithms and state-space models, translated both ways, exactly.

>>> import streamssm as ss
>>> from streamssm.algorithms import FunctionComposition
>>> program = FunctionComposition(1024).program()
>>> ssm = ss.to_ssm(program)
>>> program.memory_bits, ssm.memory_bits
(20, 20)
>>> ss.check(FunctionComposition(4), ss.to_ssm(FunctionComposition(4))).covers
'every stream'
"""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import TYPE_CHECKING, Any

from streamssm.errors import (
    CheckFailedError,
    FormatError,
    NotEquivalentError,
    ParameterError,
    PrecisionError,
    StreamSSMError,
    TokenError,
    UnsupportedProgramError,
)

if TYPE_CHECKING:
    from streamssm.equivalences.check import check
    from streamssm.equivalences.check_assumptions import check_assumptions
    from streamssm.equivalences.extract import extract
    from streamssm.equivalences.minimize import minimize
    from streamssm.equivalences.repack import repack
    from streamssm.equivalences.ssm_to_program import to_program
    from streamssm.equivalences.to_ssm import to_ssm
    from streamssm.files import load
    from streamssm.frontends.algorithm import Algorithm
    from streamssm.frontends.assume_in_range import assume_in_range, within
    from streamssm.frontends.extremes import argmax, argmin
    from streamssm.languages.classify.classification import classify
    from streamssm.languages.language import Language
    from streamssm.program.program import Program
    from streamssm.ssm.model import SSM

__version__ = "0.2.0"

_HOMES = {
    "Algorithm": "streamssm.frontends.algorithm",
    "Language": "streamssm.languages.language",
    "Program": "streamssm.program.program",
    "SSM": "streamssm.ssm.model",
    "argmax": "streamssm.frontends.extremes",
    "argmin": "streamssm.frontends.extremes",
    "assume_in_range": "streamssm.frontends.assume_in_range",
    "check": "streamssm.equivalences.check",
    "check_assumptions": "streamssm.equivalences.check_assumptions",
    "classify": "streamssm.languages.classify.classification",
    "extract": "streamssm.equivalences.extract",
    "load": "streamssm.files",
    "minimize": "streamssm.equivalences.minimize",
    "repack": "streamssm.equivalences.repack",
    "to_program": "streamssm.equivalences.ssm_to_program",
    "to_ssm": "streamssm.equivalences.to_ssm",
    "within": "streamssm.frontends.assume_in_range",
}

__all__ = [
    "SSM",
    "Algorithm",
    "CheckFailedError",
    "FormatError",
    "Language",
    "NotEquivalentError",
    "ParameterError",
    "PrecisionError",
    "Program",
    "StreamSSMError",
    "TokenError",
    "UnsupportedProgramError",
    "argmax",
    "argmin",
    "assume_in_range",
    "check",
    "check_assumptions",
    "classify",
    "extract",
    "load",
    "minimize",
    "repack",
    "to_program",
    "to_ssm",
    "within",
]


_FORMER_NAMES = {"minimise": "minimize"}  # for one version


def __getattr__(name: str) -> Any:
    if name in _FORMER_NAMES:
        current = _FORMER_NAMES[name]
        warnings.warn(
            f"streamssm.{name} is now streamssm.{current}; the old name goes with the next version",
            DeprecationWarning,
            stacklevel=2,
        )
        name = current
    if name not in _HOMES:
        raise AttributeError(f"module 'streamssm' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
