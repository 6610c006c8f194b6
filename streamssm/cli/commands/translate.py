"""streamssm translate: an algorithm or a program to a model, or a model to a program."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from streamssm.cli.options import SourceCommand, json_option, set_option, source_argument
from streamssm.errors import ParameterError

if TYPE_CHECKING:
    from streamssm.cli.resolve import Artefact
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import InputSource
    from streamssm.program.program import Program
    from streamssm.ssm.model import SSM

ENDINGS = {"ssm": ".safetensors", "program": ".json"}


@click.command("translate", cls=SourceCommand)
@source_argument
@set_option
@click.option(
    "--to", type=click.Choice(list(ENDINGS)), help="Target; inferred from the extension of FILE by default."
)
@click.option(
    "--cot",
    type=click.Choice(["online", "none", "auto"]),
    help="Chain of thought: thoughts after every token, none (layers only), or auto (layers if possible); "
    "by default online, for languages none.",
)
@click.option(
    "--transition",
    metavar="KIND",
    default="auto",
    show_default=True,
    help="Transition kind of layers: time-invariant, zero-one, dyadic, signed, diagonal, "
    "time-invariant-dense, monomial; for languages also mixed, wrap, complex, householder, dense; auto takes "
    "the weakest.",
)
@click.option(
    "--cot-bits",
    type=click.IntRange(min=0),
    metavar="BITS",
    help="Maximum bits per thought; wider updates are split into several thoughts.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FILE",
    help="Output file: .safetensors for a model, .json for a program.",
)
@json_option
def command(
    source: InputSource,
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
    from streamssm.report.summary import summarize

    target = target_of(to, output)
    translation = translated(
        resolve(source, settings), target, cot=cot, transition=transition, cot_bits=cot_bits
    )
    translation.save(output)
    summary = summarize(translation)
    print_summary(summary, as_json=as_json, where=output)


def target_of(to: str | None, output: str) -> str:
    """Return the target, "ssm" or "program"; raise ParameterError if the file extension does not match."""
    by_ending = next((kind for kind, ending in ENDINGS.items() if output.endswith(ending)), None)
    if by_ending is None or to not in (None, by_ending):
        endings = [ENDINGS[to]] if to else list(ENDINGS.values())
        raise ParameterError(f"-o must end in {' or '.join(endings)}; {output!r} does not")
    return by_ending


def translated(
    artefact: Artefact,
    target: str,
    *,
    cot: str | None = None,
    transition: str = "auto",
    cot_bits: int | None = None,
) -> Program | SSM:
    """Translate an artefact to a program or to a model."""
    from streamssm.equivalences.ssm_to_program import to_program
    from streamssm.equivalences.to_ssm import to_ssm
    from streamssm.ssm.model import SSM

    if target == "program":
        return to_program(artefact)
    if isinstance(artefact, SSM):
        raise ParameterError(f"{artefact.name} is already a model; use --to program to translate it back")
    return to_ssm(artefact, cot=cot, transition=transition, cot_bits=cot_bits)
