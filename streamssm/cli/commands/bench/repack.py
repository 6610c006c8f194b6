"""streamssm bench repack: size of a model for every number and width of words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from streamssm.cli.command_group import DIFFERENT
from streamssm.cli.options import SourceCommand, set_option, source_argument, timeout_option
from streamssm.cli.output import Output, output_options
from streamssm.cli.render import print_table, progress_bar

if TYPE_CHECKING:
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import InputSource


COLUMNS = {
    "state_dim": "d",
    "precision_bits": "p",
    "memory_bits": "memory",
    "thought_bits": "thought",
    "parameters": "parameters",
    "nonzeros": "weights of phi",
    "relus": "ReLUs of phi",
    "depth": "depth of phi",
    "verdict": "equal",
    "seconds": "seconds",
    "cpu_seconds": "CPU s",
}


@click.command("repack", cls=SourceCommand)
@source_argument
@set_option
@click.option("--prove", is_flag=True, help="Prove every repacked model equal to the original.")
@timeout_option
@output_options()
def command(source: InputSource, settings: Settings, prove: bool, timeout: float, output: Output) -> int:
    """Repack WHAT into D words of P bits for every D * P equal to its memory, and show the sizes.

    Nonzero weights, ReLUs and depth are those of the readout; depth counts the hidden layers on its longest
    path. With --prove, each repacked model is proven equal to the original on every stream.

    \b
    streamssm bench repack function_composition --set n=1024 --prove

    Exit status: 0 no difference, 1 a difference, 2 bad input.
    """
    from streamssm.bench.proofs import DIFFERS
    from streamssm.bench.repacking import exact_shapes, measure
    from streamssm.cli.commands.repack import model_of

    model = model_of(source, settings)
    with progress_bar("bench repack", len(exact_shapes(model.memory_bits))) as advance:
        result = measure(model, done=advance, timeout=timeout if prove else None)
    output.write(result, _print_rows)
    return DIFFERENT if any(row.get("verdict") == DIFFERS for row in result["rows"]) else 0


def _print_rows(result: dict[str, Any]) -> None:
    shown = [name for name in COLUMNS if name in result["rows"][0]]
    rows = [[row[name] for name in shown] for row in result["rows"]]
    print_table(f"{result['model']} repacked: bits, parameters", [COLUMNS[name] for name in shown], rows)
