"""streamssm translate: an algorithm or a program to a model, a model to a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from streamssm.cli.options import json_option, set_option, what_argument
from streamssm.errors import ParameterError

if TYPE_CHECKING:
    from streamssm.cli.resolve import Artefact
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import InputSource
    from streamssm.program.program import Program
    from streamssm.ssm.model import SSM

ENDINGS = {"ssm": ".safetensors", "program": ".json"}


@click.command("translate")
@what_argument
@set_option
@click.option(
    "--to", type=click.Choice(list(ENDINGS)), help="What to make; without it, what the ending of FILE says."
)
@click.option(
    "--cot",
    type=click.Choice(["online", "none", "auto"]),
    help="Thoughts after every token (chain of thought), layers without any, or layers where they exist; "
    "by default online, and none for languages.",
)
@click.option(
    "--transition",
    metavar="KIND",
    default="auto",
    show_default=True,
    help="For layers, the kind that every transition must be of: time-invariant, zero-one, dyadic, signed, "
    "diagonal, time-invariant-dense or monomial; for languages also mixed, wrap, complex, householder or "
    "dense; auto takes the weakest.",
)
@click.option(
    "--cot-bits",
    type=click.IntRange(min=0),
    metavar="BITS",
    help="Bits that a thought may have at most; with fewer than the new values need, there are several.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    help="Where to: .safetensors for a model, .json for a program.",
)
@json_option
def command(
    what: InputSource,
    settings: Settings,
    to: str | None,
    cot: str | None,
    transition: str,
    cot_bits: int | None,
    output: str,
    as_json: bool,
) -> None:
    """Translate WHAT to a state-space model, or a model to a program.

    \b
    streamssm translate function_composition --set n=1024 -o compose.safetensors
    streamssm translate compose.safetensors -o compose.json
    streamssm translate flip_flop --cot none --transition zero-one -o flip_flop.safetensors
    streamssm translate my_algorithm.py:Parity -o parity.safetensors
    streamssm translate --past-ltl "a S (b & Y c)" -o since.safetensors
    """
    from streamssm.cli.commands.show import print_summary
    from streamssm.cli.resolve import resolve
    from streamssm.report.summary import summarise

    target = target_of(to, output)
    made = translated(resolve(what, settings), target, cot=cot, transition=transition, cot_bits=cot_bits)
    made.save(output)
    summary = summarise(made)
    print_summary(summary, as_json=as_json, where=output)


def target_of(to: str | None, output: str) -> str:
    """Return "ssm" or "program": what is asked for, and what the ending of the file must say."""
    by_ending = next((kind for kind, ending in ENDINGS.items() if output.endswith(ending)), None)
    if by_ending is None or to not in (None, by_ending):
        wanted = [ENDINGS[to]] if to else list(ENDINGS.values())
        raise ParameterError(f"-o must end in {' or '.join(wanted)}, not be {output!r}")
    return by_ending


def translated(
    source: Artefact,
    target: str,
    *,
    cot: str | None = None,
    transition: str = "auto",
    cot_bits: int | None = None,
) -> Program | SSM:
    """Return the source as a program or as a model."""
    from streamssm.equivalences.ssm_to_program import to_program
    from streamssm.equivalences.to_ssm import to_ssm
    from streamssm.ssm.model import SSM

    if target == "program":
        return to_program(source)
    if isinstance(source, SSM):
        raise ParameterError(f"{source.name} is a model already; --to program makes a program of it")
    return to_ssm(source, cot=cot, transition=transition, cot_bits=cot_bits)
