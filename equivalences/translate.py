"""Translation to models: which equivalence applies to what is asked for."""

from __future__ import annotations

from streamssm.equivalences.program_to_ssm import program_to_ssm
from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm
from streamssm.program.program import Program
from streamssm.ssm.model import SSM

COT_MODES = ("online", "none", "auto")


def to_ssm(source: Algorithm | Program, *, cot: str = "online") -> SSM:
    """Return the model of an algorithm or a program.

    Parameters
    ----------
    cot : "online", thoughts after every token (E1); "auto", the least that this version can do with: online

    Raises
    ------
    ParameterError
        For cot="none": this version knows no translation without thoughts.
    UnsupportedProgramError
        If the algorithm's class cannot be translated to a program.
    """
    if cot not in COT_MODES:
        raise ParameterError(f"cot must be one of {', '.join(COT_MODES)}, not {cot!r}")
    if cot == "none":
        raise ParameterError(
            "cot must be online or auto, not none: this version translates with online thoughts only"
        )
    return program_to_ssm(source if isinstance(source, Program) else source.program())
