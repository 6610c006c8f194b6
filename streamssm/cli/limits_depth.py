"""streamssm limits depth: composition by every method, beside what is needed."""

from __future__ import annotations

import json
from typing import Any

import click

from streamssm.cli.bench_memory import parse_sizes
from streamssm.cli.group import DIFFERENT
from streamssm.cli.render import print_json, print_table, progress_bar
from streamssm.errors import ParameterError

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
@click.option(
    "--n",
    "sizes",
    default="2..256*2",
    show_default=True,
    callback=lambda context, option, text: parse_sizes(text),
    help="The sizes: LO..HI in powers of two, LO..HI*F in powers of F, or a list 16,64,256.",
)
@click.option(
    "--k",
    "depths",
    default="1,2,4,8,12",
    show_default=True,
    callback=lambda context, option, text: parse_sizes(text, "--k"),
    help="How many functions are composed, in the same notation.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the functions.")
@click.option("--json", "json_file", metavar="FILE", help="Write the figures as JSON; - is standard output.")
@click.option("--plot", metavar="FILE.svg", help="Write a picture.")
def command(sizes: list[int], depths: list[int], seed: int, json_file: str | None, plot: str | None) -> int:
    """Show what composing K functions takes by every method, beside what is needed.

    Exactly needed bits are counted where N is small (`limits residuals`); the bound for layers without
    thoughts is asymptotic, so that the picture shows its growth and not its height.

    \b
    streamssm limits depth --plot limits.svg

    Exit status: 0; 1 an answer was wrong, or took less memory than is needed; 2 bad input.
    """
    from streamssm.bench.depth import work
    from streamssm.bench.memory_plot import require_matplotlib
    from streamssm.limits.depth.measure import MOST_WORDS, all_correct, measure
    from streamssm.limits.depth.plot import plot_svg
    from streamssm.program.atomic import require_writable, write_atomically

    if plot is not None:
        if not plot.endswith(".svg"):
            raise ParameterError(f"--plot must end in .svg, not be {plot!r}")
        require_matplotlib()
    for path in (json_file, plot):
        if path not in (None, "-"):
            require_writable(str(path))
    with progress_bar("limits depth", work(sizes, depths, MOST_WORDS)) as advance:
        result = measure(sizes, depths, seed=seed, done=advance)
    if json_file == "-":
        print_json(result)
    else:
        _print(result)
    if json_file not in (None, "-"):
        write_atomically(str(json_file), (json.dumps(result, indent=2) + "\n").encode())
    if plot is not None:
        write_atomically(plot, plot_svg(result))
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
