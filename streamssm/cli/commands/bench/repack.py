"""streamssm bench repack: what a model costs in words of every number and width."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from streamssm.cli.group import DIFFERENT
from streamssm.cli.options import set_option, timeout_option, what_argument
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


@click.command("repack")
@what_argument
@set_option
@click.option("--prove", is_flag=True, help="Prove that every repacked model is equal to the model.")
@timeout_option
@output_options()
def command(what: InputSource, settings: Settings, prove: bool, timeout: float, output: Output) -> int:
    """Repack WHAT into D words of P bits for every D * P that is its memory, and show what each costs.

    Weights that are not 0, ReLUs and depth are those of the readout; depth counts the hidden layers on its
    longest path. With --prove, each is proven equal on every stream to the model that it was made of.

    \b
    streamssm bench repack function_composition --set n=1024 --prove

    Exit status: 0 nothing differs, 1 something does, 2 bad input.
    """
    from streamssm.bench.proofs import DIFFERS
    from streamssm.bench.repacking import exact_shapes, measure
    from streamssm.cli.commands.repack import model_of

    model = model_of(what, settings)
    with progress_bar("bench repack", len(exact_shapes(model.memory_bits))) as advance:
        result = measure(model, done=advance, timeout=timeout if prove else None)
    output.write(result, _print_rows)
    return DIFFERENT if any(row.get("verdict") == DIFFERS for row in result["rows"]) else 0


def _print_rows(result: dict[str, Any]) -> None:
    shown = [name for name in COLUMNS if name in result["rows"][0]]
    rows = [[row[name] for name in shown] for row in result["rows"]]
    print_table(f"{result['model']} repacked: bits, parameters", [COLUMNS[name] for name in shown], rows)
