"""streamssm repack: redistribute a model's memory over D words of P bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from streamssm.cli.options import SourceCommand, json_option, set_option, source_argument

if TYPE_CHECKING:
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import InputSource
    from streamssm.ssm.model import SSM


@click.command("repack", cls=SourceCommand)
@source_argument
@set_option
@click.option("--state-dim", type=int, required=True, metavar="D", help="Number of state words.")
@click.option("--precision", type=int, required=True, metavar="P", help="Maximum bits per state word.")
@click.option("-o", "--output", required=True, metavar="FILE", help="Output file (.safetensors).")
@json_option
def command(
    source: InputSource, settings: Settings, state_dim: int, precision: int, output: str, as_json: bool
) -> None:
    """Repack the memory of WHAT into D words of at most P bits, for any D * P >= its bits.

    WHAT is a model with online thoughts, or is translated to one. Only with online thoughts do width and
    precision matter through their product alone.

    \b
    streamssm repack compose.safetensors --state-dim 20 --precision 1 -o narrow.safetensors
    streamssm repack function_composition --set n=1024 --state-dim 1 --precision 20 -o wide.safetensors
    """
    from streamssm.cli.commands.show import print_summary
    from streamssm.cli.commands.translate import target_of
    from streamssm.equivalences.repack import repack
    from streamssm.report.summary import summarize

    target_of("ssm", output)
    repacked = repack(model_of(source, settings), state_dim=state_dim, precision_bits=precision)
    repacked.save(output)
    print_summary(summarize(repacked), as_json=as_json, where=output)


def model_of(source: InputSource, settings: Settings) -> SSM:
    """Return WHAT if it is a model, else its translation with online thoughts."""
    from streamssm.cli.resolve import resolve
    from streamssm.equivalences.to_ssm import to_ssm
    from streamssm.ssm.model import SSM

    artefact = resolve(source, settings)
    return artefact if isinstance(artefact, SSM) else to_ssm(artefact)
