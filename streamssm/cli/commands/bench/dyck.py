"""streamssm bench dyck: memory of recognizers for bounded Dyck languages."""

from __future__ import annotations

from typing import Any

import click

from streamssm.cli.command_group import DIFFERENT
from streamssm.cli.output import Output, output_options
from streamssm.cli.render import print_table, progress_bar

COLUMNS = {
    "kinds": "kinds",
    "depth": "depth",
    "slots_bits": "slots",
    "slots_program_bits": "slots with failure bit",
    "height_bits": "height and slots",
    "layers_bits": "as layers",
    "num_layers": "layers",
    "cascade_bits": "cascade",
    "minimal_bits": "minimal automaton",
    "minimal_states": "its states",
    "minimized_states": "states minimized",
}


@click.command("dyck")
@click.option(
    "--kinds",
    type=click.IntRange(1, 8),
    default=8,
    show_default=True,
    metavar="K",
    help="Maximum number of bracket kinds.",
)
@click.option(
    "--depth",
    type=click.IntRange(1, 10),
    default=10,
    show_default=True,
    metavar="H",
    help="Maximum depth.",
)
@click.option(
    "--layers", is_flag=True, help="Also translate to layers without thoughts (a second or two each)."
)
@output_options()
def command(kinds: int, depth: int, layers: bool, output: Output) -> int:
    """Show the memory for brackets of K kinds, at most H of them open, in several encodings.

    Slots: one for each open bracket, empty or a kind; correct on prefixes of members, and with one more bit
    on all words. Height and slots: the number of open brackets, and their kinds. Minimal automaton: a lower
    bound for every recognizer; its states by formula, and by minimizing the slots' program if it is small.

    \b
    streamssm bench dyck --kinds 2 --depth 4 --layers

    Exit status: 0 all sizes agree, 1 a minimized automaton differs from the formula, 2 bad input.
    """
    from streamssm.bench.dyck_memory import all_agree, measure

    with progress_bar("bench dyck", kinds * depth) as advance:
        result = measure(kinds, depth, layers=layers, done=advance)
    output.write(result, _print_rows)
    return 0 if all_agree(result) else DIFFERENT


def _print_rows(result: dict[str, Any]) -> None:
    """Print the columns that have values."""
    rows = result["rows"]
    names = [name for name in COLUMNS if any(row[name] is not None for row in rows)]
    cells = [["-" if row[name] is None else row[name] for name in names] for row in rows]
    print_table("bounded Dyck languages: bits", [COLUMNS[name] for name in names], cells)
