"""streamssm bench dyck: what bounded Dyck languages take to hold."""

from __future__ import annotations

from typing import Any

import click

from streamssm.cli.group import DIFFERENT
from streamssm.cli.output import Output, output_options
from streamssm.cli.render import print_table, progress_bar

COLUMNS = {
    "kinds": "kinds",
    "depth": "depth",
    "slots_bits": "slots",
    "slots_program_bits": "slots that tell failure",
    "height_bits": "height and slots",
    "layers_bits": "as layers",
    "num_layers": "layers",
    "cascade_bits": "cascade",
    "minimal_bits": "minimal automaton",
    "minimal_states": "its states",
    "minimised_states": "states minimised",
}


@click.command("dyck")
@click.option(
    "--kinds", type=click.IntRange(1, 8), default=8, show_default=True, help="The greatest number of kinds."
)
@click.option(
    "--depth", type=click.IntRange(1, 10), default=10, show_default=True, help="The greatest depth."
)
@click.option(
    "--layers", is_flag=True, help="Translate to layers without thoughts too, a second or two each."
)
@output_options()
def command(kinds: int, depth: int, layers: bool, output: Output) -> int:
    """Show the bits that brackets of K kinds need, at most H open at once, in different ways to hold them.

    Slots: one for each open bracket, empty or a kind; right on prefixes of members, and with one bit more on
    all words. Height and slots: how many are open, and their kinds. Minimal automaton: what no other
    recogniser is below; its states by formula, and of the slots' program minimised where it is small.

    \b
    streamssm bench dyck --kinds 2 --depth 4 --layers

    Exit status: 0 all figures agree, 1 a minimised automaton has another size than the formula says, 2 bad
    input.
    """
    from streamssm.bench.bounded_dyck import all_agree, measure

    with progress_bar("bench dyck", kinds * depth) as advance:
        result = measure(kinds, depth, layers=layers, done=advance)
    output.write(result, _print_rows)
    return 0 if all_agree(result) else DIFFERENT


def _print_rows(result: dict[str, Any]) -> None:
    """Print the columns that have figures."""
    rows = result["rows"]
    names = [name for name in COLUMNS if any(row[name] is not None for row in rows)]
    cells = [["-" if row[name] is None else row[name] for name in names] for row in rows]
    print_table("bounded Dyck languages: bits", [COLUMNS[name] for name in names], cells)
