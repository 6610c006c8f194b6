"""streamssm repack: a model's memory in words of other number and width."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from streamssm.cli.options import json_option, set_option, what_argument

if TYPE_CHECKING:
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import What


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
    what: What, settings: Settings, state_dim: int, precision: int, output: str, as_json: bool
) -> None:
    """Cut the memory of WHAT into D words of at most P bits: any D and P with D * P >= its bits.

    WHAT is a model with online thoughts, or what becomes one: only with them do width and precision matter
    through their product alone.

    \b
    streamssm repack compose.safetensors --state-dim 20 --precision 1 -o narrow.safetensors
    streamssm repack function_composition --set n=1024 --state-dim 1 --precision 20 -o wide.safetensors
    """
    from streamssm.cli.resolve import resolve
    from streamssm.cli.show import print_summary
    from streamssm.cli.translate import target_of
    from streamssm.equivalences.repack import repack
    from streamssm.equivalences.translate import to_ssm
    from streamssm.report.summary import summarise
    from streamssm.ssm.model import SSM

    target_of("ssm", output)
    source = resolve(what, settings)
    model = source if isinstance(source, SSM) else to_ssm(source)
    made = repack(model, state_dim=state_dim, precision_bits=precision)
    made.save(output)
    print_summary(summarise(made), as_json=as_json, where=output)
