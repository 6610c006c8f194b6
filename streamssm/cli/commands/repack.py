"""streamssm repack: a model's memory in words of other number and width."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from streamssm.cli.options import json_option, set_option, what_argument

if TYPE_CHECKING:
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import InputSource
    from streamssm.ssm.model import SSM


@click.command("repack")
@what_argument
@set_option
@click.option("--state-dim", type=int, required=True, metavar="D", help="The number of state words.")
@click.option(
    "--precision", type=int, required=True, metavar="P", help="Bits that a state word may have at most."
)
@click.option("-o", "--output", required=True, metavar="FILE", help="Where to, ending in .safetensors.")
@json_option
def command(
    what: InputSource, settings: Settings, state_dim: int, precision: int, output: str, as_json: bool
) -> None:
    """Cut the memory of WHAT into D words of at most P bits: any D and P with D * P >= its bits.

    WHAT is a model with online thoughts, or what becomes one: only with them do width and precision matter
    through their product alone.

    \b
    streamssm repack compose.safetensors --state-dim 20 --precision 1 -o narrow.safetensors
    streamssm repack function_composition --set n=1024 --state-dim 1 --precision 20 -o wide.safetensors
    """
    from streamssm.cli.commands.show import print_summary
    from streamssm.cli.commands.translate import target_of
    from streamssm.equivalences.repack import repack
    from streamssm.report.summary import summarise

    target_of("ssm", output)
    made = repack(model_of(what, settings), state_dim=state_dim, precision_bits=precision)
    made.save(output)
    print_summary(summarise(made), as_json=as_json, where=output)


def model_of(what: InputSource, settings: Settings) -> SSM:
    """Return a model, or the model with online thoughts of what is none."""
    from streamssm.cli.resolve import resolve
    from streamssm.equivalences.to_ssm import to_ssm
    from streamssm.ssm.model import SSM

    source = resolve(what, settings)
    return source if isinstance(source, SSM) else to_ssm(source)
