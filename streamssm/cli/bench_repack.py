"""streamssm bench repack: what a model costs in words of every number and width."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from streamssm.cli.group import DIFFERENT
from streamssm.cli.options import set_option, timeout_option, what_argument
from streamssm.cli.render import print_json, print_table, progress_bar

if TYPE_CHECKING:
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import What


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
@click.option("--json", "json_file", metavar="FILE", help="Write the figures as JSON; - is standard output.")
def command(what: What, settings: Settings, prove: bool, timeout: float, json_file: str | None) -> int:
    """Repack WHAT into D words of P bits for every D * P that is its memory, and show what each costs.

    Weights that are not 0, ReLUs and depth are those of the readout; depth counts the hidden layers on its
    longest path. With --prove, each is proven equal on every stream to the model that it was made of.

    \b
    streamssm bench repack function_composition --set n=1024 --prove

    Exit status: 0 nothing differs, 1 something does, 2 bad input.
    """
    from streamssm.bench.proofs import DIFFERS
    from streamssm.bench.repacking import exact_shapes, measure
    from streamssm.cli.repack import model_of
    from streamssm.program.atomic import require_writable, write_atomically

    if json_file not in (None, "-"):
        require_writable(str(json_file))
    model = model_of(what, settings)
    with progress_bar("bench repack", len(exact_shapes(model.memory_bits))) as advance:
        result = measure(model, done=advance, timeout=timeout if prove else None)
    if json_file == "-":
        print_json(result)
    else:
        _print_rows(result)
    if json_file not in (None, "-"):
        write_atomically(str(json_file), (json.dumps(result, indent=2) + "\n").encode())
    return DIFFERENT if any(row.get("verdict") == DIFFERS for row in result["rows"]) else 0


def _print_rows(result: dict[str, Any]) -> None:
    shown = [name for name in COLUMNS if name in result["rows"][0]]
    rows = [[row[name] for name in shown] for row in result["rows"]]
    print_table(f"{result['model']} repacked: bits, parameters", [COLUMNS[name] for name in shown], rows)
