"""streamssm bench memory: memory against input size."""

from __future__ import annotations

from typing import Any

import click

from streamssm.cli.command_group import DIFFERENT
from streamssm.cli.options import seed_option
from streamssm.cli.output import Output, output_options, sizes_option
from streamssm.cli.render import print_table, progress_bar


@click.command("memory")
@click.option("--task", default="function_composition", show_default=True, help="Task to measure.")
@sizes_option("--n", "sizes", "16..1048576", "Domain sizes N")
@click.option(
    "--k", type=click.IntRange(min=1), default=8, show_default=True, metavar="K", help="Number of functions."
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
def command(task: str, sizes: list[int], k: int, seed: int, by: str, output: Output) -> int:
    """Measure the memory of the algorithm, its model, the program back and stored tables, against N.

    Every run is stopped in the middle; its state is written as raw bits, and a new process resumes from them.
    The answer is compared with f_K(...f_1(x)).

    \b
    streamssm bench memory --n 16..1048576 --k 8 --json memory.json --plot memory.svg

    Exit status: 0 all answers are right, 1 an answer is wrong, 2 bad input.
    """
    from streamssm.bench.memory import all_correct, measure
    from streamssm.report.plots.memory_plot import plot_svg

    with progress_bar("bench memory", sum(1 + k * n for n in sizes)) as advance:
        result = measure(task, sizes, k=k, seed=seed, by=by, done=advance)
    output.write(result, _print_rows, plot_svg=plot_svg)
    return 0 if all_correct(result) else DIFFERENT


def _print_rows(result: dict[str, Any]) -> None:
    columns = [
        "N",
        "tokens",
        "algorithm",
        "model",
        "program back",
        "tables",
        "bits / log2 N",
        "answer",
        "peak MB",
        "s",
    ]
    rows = [
        (
            row["n"],
            row["tokens"],
            *(row[side]["memory_bits"] for side in ("algorithm", "model", "program_back")),
            row["tables_bits"],
            "-" if row["n"] == 1 else f"{row['model']['bits_per_log2_n']:g}",
            _verdict(row),
            round(row["peak_bytes"] / 1e6),
            round(row["seconds"], 1),
        )
        for row in result["rows"]
    ]
    print_table(f"{result['task']}, K = {result['k']}: memory in bits", columns, rows)


def _verdict(row: dict[str, Any]) -> str:
    wrong = [side for side in ("algorithm", "model", "program_back") if not row[side]["correct"]]
    return f"wrong: {', '.join(wrong)}" if wrong else "right"
