"""Translation to models: which equivalence applies to what is asked for."""

from __future__ import annotations

from streamssm.equivalences.bounded_thoughts import bounded_ssm
from streamssm.equivalences.program_to_ssm import program_to_ssm
from streamssm.equivalences.thought_plan import Plan
from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm
from streamssm.languages.language import Language
from streamssm.program.program import Program
from streamssm.ssm.model import SSM

COT_MODES = ("online", "none", "auto")


def to_ssm(
    source: Algorithm | Program | Language, *, cot: str = "online", cot_bits: int | None = None
) -> SSM:
    """Return the model of an algorithm or a program.

    Parameters
    ----------
    cot : "online", thoughts after every token (E1); "auto", the least that this version can do with: online
    cot_bits : bits that a thought may have at most; if the new values need more, they leave in several
        thoughts, and the model's notes say in which order and what it holds meanwhile

    Raises
    ------
    ParameterError
        For cot="none": this version knows no translation without thoughts. For cot_bits that are too few; the
        least number is named.
    UnsupportedProgramError
        If the algorithm's class cannot be translated to a program.
    """
    if cot not in COT_MODES:
        raise ParameterError(f"cot must be one of {', '.join(COT_MODES)}, not {cot!r}")
    if cot == "none":
        raise ParameterError(
            "cot must be online or auto, not none: this version translates with online thoughts only"
        )
    if cot_bits is not None and cot_bits < 0:
        raise ParameterError(f"cot_bits must be at least 0, not {cot_bits}")
    program = source if isinstance(source, Program) else source.program()
    if cot_bits is None or Plan(program).thought_bits <= cot_bits:
        return program_to_ssm(program)
    return bounded_ssm(program, cot_bits)
