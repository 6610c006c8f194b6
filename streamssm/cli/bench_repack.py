"""streamssm bench repack: what a model costs in words of every number and width."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from streamssm.cli.options import set_option, what_argument
from streamssm.cli.render import print_json, print_table, progress_bar

if TYPE_CHECKING:
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import What


@click.command("repack")
@what_argument
@set_option
@click.option("--json", "json_file", metavar="FILE", help="Write the figures as JSON; - is standard output.")
def command(what: What, settings: Settings, json_file: str | None) -> int:
    """Repack WHAT into D words of P bits for every D * P that is its memory, and show what each costs.

    Weights that are not 0, ReLUs and depth are those of the readout; depth counts the hidden layers on its
    longest path.

    \b
    streamssm bench repack function_composition --set n=1024
    """
    from streamssm.bench.repacking import exact_shapes, measure
    from streamssm.cli.repack import model_of
    from streamssm.program.atomic import require_writable, write_atomically

    if json_file not in (None, "-"):
        require_writable(str(json_file))
    model = model_of(what, settings)
    with progress_bar("bench repack", len(exact_shapes(model.memory_bits))) as advance:
        result = measure(model, done=advance)
    if json_file == "-":
        print_json(result)
        return 0
    columns = ["d", "p", "memory", "thought", "parameters", "weights of phi", "ReLUs of phi", "depth of phi"]
    print_table(
        f"{result['model']} repacked: bits, parameters", columns, [[*r.values()] for r in result["rows"]]
    )
    if json_file is not None:
        write_atomically(json_file, (json.dumps(result, indent=2) + "\n").encode())
    return 0
