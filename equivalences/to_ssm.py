"""Translation to models: choose the equivalence (E1, E2 or E3) that the source and the options call for."""

from __future__ import annotations

import os
from dataclasses import replace

from streamssm.equivalences.language_to_ssm import KINDS as LANGUAGE_KINDS
from streamssm.equivalences.language_to_ssm import language_to_ssm
from streamssm.equivalences.program_to_layers import parse_kind, program_to_layers
from streamssm.equivalences.program_to_ssm import program_to_ssm
from streamssm.equivalences.thoughts.bounded import bounded_ssm
from streamssm.equivalences.thoughts.plan import ThoughtLayout
from streamssm.errors import ParameterError, Reason, UnsupportedProgramError
from streamssm.frontends.algorithm import Algorithm
from streamssm.languages.language import Language
from streamssm.program.program import Program
from streamssm.ssm.model import SSM

COT_MODES = ("online", "none", "auto")


def to_ssm(
    source: Algorithm | Program | Language,
    *,
    cot: str | None = None,
    transition: str = "auto",
    cot_bits: int | None = None,
    mode: str | None = None,
) -> SSM:
    """Return the model of an algorithm, a program or a language.

    Parameters
    ----------
    cot : "online", thoughts after every token (E1); "none", layers without thoughts (E2; E3 for languages);
        "auto", layers if possible, and otherwise thoughts, with the reasons in the model's notes; if None,
        "none" for languages and "online" for all other sources
    transition : for layers, the kind of all transitions, such as "zero-one"; "auto" takes the weakest
    cot_bits : for thoughts, the maximum bits per thought; wider updates are split into several thoughts, and
        the model's notes list their order and the values that are saved meanwhile
    mode : for languages, the output after each symbol: "recognize", "track", "predict" or "transduce", as in
        `Language.program`

    Raises
    ------
    ParameterError
        If cot_bits is too small (the message has the least number), or if options cannot be combined.
    UnsupportedProgramError
        If the algorithm's class cannot be translated to a program; for cot="none" also if the program needs
        thoughts (with the registers and lines that are the reason), or if no layers of the kind hold the
        language.
    """
    cot = ("none" if isinstance(source, Language) else "online") if cot is None else cot
    _require_options(source, cot, transition, cot_bits, mode)
    if cot == "online":
        return _with_thoughts(_program(source, mode), cot_bits)
    try:
        if isinstance(source, Language):
            return language_to_ssm(source, transition, mode=mode)
        return program_to_layers(_program(source, mode), transition)
    except (ParameterError, UnsupportedProgramError) as error:
        if cot == "none":
            raise
        reasons = map(_note, error.reasons) if isinstance(error, UnsupportedProgramError) else [str(error)]
        ssm = _with_thoughts(_program(source, mode), cot_bits)
        return replace(ssm, notes=(*ssm.notes, *(f"it thinks because {reason}" for reason in reasons)))


def _program(source: Algorithm | Program | Language, mode: str | None) -> Program:
    if isinstance(source, Language):
        return source.program(mode)
    return source if isinstance(source, Program) else source.program()


def _note(reason: Reason) -> str:
    """Return a reason as a model's note; models are shared, so that folders of this machine stay out."""
    location = f" ({os.path.basename(reason.file)}:{reason.line})" if reason.file else ""
    return reason.message + location


def _require_options(
    source: Algorithm | Program | Language, cot: str, transition: str, cot_bits: int | None, mode: str | None
) -> None:
    if cot not in COT_MODES:
        raise ParameterError(f"cot must be one of {', '.join(COT_MODES)}, not {cot!r}")
    if not isinstance(source, Language):
        parse_kind(transition)
        if mode is not None:
            raise ParameterError(f"mode={mode!r} applies to languages only; leave it out")
    elif transition not in LANGUAGE_KINDS:
        raise ParameterError(f"transition must be one of {', '.join(LANGUAGE_KINDS)}, not {transition!r}")
    if cot_bits is not None and cot_bits < 0:
        raise ParameterError(f"cot_bits must be at least 0, not {cot_bits}")
    if cot == "none" and cot_bits is not None:
        raise ParameterError("cot_bits limits thoughts, and cot='none' has no thoughts: leave it out")
    if cot == "online" and transition != "auto":
        raise ParameterError(
            f"transition={transition!r} applies to layers only (with online thoughts it is zero-one); "
            "use cot='none' or 'auto'"
        )


def _with_thoughts(program: Program, cot_bits: int | None) -> SSM:
    if cot_bits is None or ThoughtLayout(program).thought_bits <= cot_bits:
        return program_to_ssm(program)
    return bounded_ssm(program, cot_bits)
