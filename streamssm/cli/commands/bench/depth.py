"""streamssm bench depth: composition with thoughts, with layers and with stored tables."""

from __future__ import annotations

from typing import Any

import click

from streamssm.cli.command_group import DIFFERENT
from streamssm.cli.options import seed_option
from streamssm.cli.output import Output, output_options, sizes_option
from streamssm.cli.render import print_table, progress_bar

NAMES = {
    "online": "online thoughts",
    "layers": "K+1 layers",
    "adding": "adding layers",
    "stored": "storing tables",
}
RATIO = "N/(L^3 d^2 p)"
FOOTNOTES = (
    "L layers; d state words in the widest layer, p bits in the widest word",
    f"{RATIO} (THEORY A1) is an asymptotic bound: it does not apply to a single instance",
)


@click.command("depth")
@sizes_option("--n", "sizes", "4..256*4", "Domain sizes N")
@sizes_option("--k", "depths", "1..8", "Numbers of functions K")
@click.option(
    "--most-words",
    type=click.IntRange(min=0),
    default=512,
    show_default=True,
    metavar="N",
    help="Translate tables of up to N words; larger ones run as a program only.",
)
@seed_option("random functions")
@click.option(
    "--by",
    type=click.Choice(["weights", "fused"]),
    default="weights",
    show_default=True,
    help="Run models by their weights, or with their gadgets interpreted (fused).",
)
@output_options(plot=True)
def command(sizes: list[int], depths: list[int], most_words: int, seed: int, by: str, output: Output) -> int:
    """Measure composition of K functions on [0, N) with thoughts, with depth and with stored tables.

    Every model is translated, and its answer after a random stream is compared with f_K(...f_1(x)).

    \b
    streamssm bench depth --n 4..256 --k 1..8 --json depth.json --plot depth.svg

    Exit status: 0 all answers are right, 1 an answer is wrong, 2 bad input.
    """
    from streamssm.limits.depth.methods import all_correct, measure, work
    from streamssm.report.plots.methods_plot import plot_svg

    with progress_bar("bench depth", work(sizes, depths, most_words)) as advance:
        result = measure(sizes, depths, seed=seed, by=by, most_words=most_words, done=advance)
    output.write(result, _print_rows, plot_svg=plot_svg)
    return 0 if all_correct(result) else DIFFERENT


def _print_rows(result: dict[str, Any]) -> None:
    columns = [
        "N",
        "K",
        "method",
        "L",
        "d",
        "p",
        "memory\nbits",
        "thoughts\n/ token",
        "thought\nbits",
        RATIO.replace("/", " /\n"),
        "answer",
        "s",
    ]
    rows = [
        (
            row["n"],
            row["k"],
            NAMES[row["method"]] + (" (program only)" if row["ran"] == "program" else ""),
            *(_or_none(row[key]) for key in ("layers", "state_dim", "precision_bits")),
            row["memory_bits"],
            *(_or_none(row[key]) for key in ("thoughts_per_token", "thought_bits", "ratio")),
            "right" if row["correct"] else f"wrong: {row['answer']}, not {row['expected']}",
            round(row["seconds"], 2),
        )
        for row in result["rows"]
    ]
    print_table("composition of K functions on [0, N)", columns, rows)
    for line in FOOTNOTES:
        click.echo(line)


def _or_none(value: Any) -> Any:
    return "-" if value is None else value
