"""streamssm limits depth: memory for composition by every method, and the memory needed."""

from __future__ import annotations

from typing import Any

import click

from streamssm.cli.command_group import DIFFERENT
from streamssm.cli.options import seed_option
from streamssm.cli.output import Output, output_options, sizes_option
from streamssm.cli.render import print_table, progress_bar

COLUMNS = (
    "N",
    "K",
    "online\nthoughts",
    "K+1\nlayers",
    "adding\nlayers",
    "stored",
    "needed,\nx first",
    "needed,\ntables first",
)


@click.command("depth")
@sizes_option("--n", "sizes", "2..256*2", "Domain sizes N")
@sizes_option("--k", "depths", "1,2,4,8,12", "Numbers of functions K")
@seed_option("random functions")
@output_options(plot=True)
def command(sizes: list[int], depths: list[int], seed: int, output: Output) -> int:
    """Show the memory for composing K functions by every method, beside the memory needed.

    The exact minimum is counted for small N (`limits residuals`). The bound for layers without thoughts is
    asymptotic, so the plot shows its growth and not its height.

    \b
    streamssm limits depth --plot limits.svg

    Exit status: 0 success; 1 an answer is wrong, or uses less memory than the minimum; 2 bad input.
    """
    from streamssm.limits.depth.measure import MOST_WORDS, all_correct, measure
    from streamssm.limits.depth.methods import work
    from streamssm.report.plots.depth_plot import plot_svg

    with progress_bar("limits depth", work(sizes, depths, MOST_WORDS)) as advance:
        result = measure(sizes, depths, seed=seed, done=advance)
    output.write(result, _print, plot_svg=plot_svg)
    return 0 if all_correct(result) else DIFFERENT


def _print(result: dict[str, Any]) -> None:
    from streamssm.limits.depth.measure import bits_of, needed_of

    rows = []
    for n, k in dict.fromkeys((row["n"], row["k"]) for row in result["rows"]):
        bits = bits_of(result, n, k)
        needed = [needed_of(result, order, n, k) for order in ("easy", "tables first")]
        rows.append((n, k, *bits.values(), *("-" if value is None else value for value in needed)))
    print_table("memory in bits for composing K functions on [0, N)", COLUMNS, rows)
    click.echo("needed: exactly, by any streaming algorithm, in that order of blocks; -: too many to count")
    last = result["functions"][-1]
    click.echo(
        f"{last['layers']} layers of one word compose {last['ours']} functions; from {last['bound']} on, "
        "d^2 p must grow like N / L^3 (THEORY A1), an asymptotic bound"
    )
