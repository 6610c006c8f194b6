"""streamssm bench memory: memory against the size of the input."""

from __future__ import annotations

import json
import re
from typing import Any

import click

from streamssm.cli.group import DIFFERENT
from streamssm.cli.render import print_json, print_table, progress_bar
from streamssm.cli.settings import parse_integer
from streamssm.errors import ParameterError


@click.command("memory")
@click.option("--task", default="function_composition", show_default=True, help="What to measure.")
@click.option(
    "--n",
    "sizes",
    default="16..1048576",
    show_default=True,
    callback=lambda context, option, text: parse_sizes(text),
    help="The sizes: LO..HI in powers of two, LO..HI*F in powers of F, or a list 16,64,256.",
)
@click.option(
    "--k", type=click.IntRange(min=1), default=8, show_default=True, help="How many functions are composed."
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the random functions."
)
@click.option(
    "--by",
    type=click.Choice(["weights", "fused"]),
    default="weights",
    show_default=True,
    help="How models run.",
)
@click.option("--json", "json_file", metavar="FILE", help="Write the figures as JSON; - is standard output.")
@click.option("--plot", metavar="FILE.svg", help="Write a picture.")
def command(
    task: str, sizes: list[int], k: int, seed: int, by: str, json_file: str | None, plot: str | None
) -> int:
    """Measure memory against N: of the algorithm, of its model, of the program back, and of tables.

    Every run is stopped in the middle; its state is written as raw bits, and a new process goes on from them.
    The answer is compared with f_K(...f_1(x)) itself.

    \b
    streamssm bench memory --n 16..1048576 --k 8 --json memory.json --plot memory.svg

    Exit status: 0 every answer was right, 1 one was wrong, 2 bad input.
    """
    from streamssm.bench.memory import all_correct, measure
    from streamssm.bench.memory_plot import plot_svg, require_matplotlib
    from streamssm.program.atomic import require_writable, write_atomically

    if plot is not None:
        if not plot.endswith(".svg"):
            raise ParameterError(f"--plot must end in .svg, not be {plot!r}")
        require_matplotlib()
    for path in (json_file, plot):
        if path not in (None, "-"):
            require_writable(str(path))
    with progress_bar("bench memory", sum(1 + k * n for n in sizes)) as advance:
        result = measure(task, sizes, k=k, seed=seed, by=by, done=advance)
    if json_file == "-":
        print_json(result)
    else:
        _print_rows(result)
    if json_file not in (None, "-"):
        write_atomically(str(json_file), (json.dumps(result, indent=2) + "\n").encode())
    if plot is not None:
        write_atomically(plot, plot_svg(result))
    return 0 if all_correct(result) else DIFFERENT


def parse_sizes(text: str, option: str = "--n") -> list[int]:
    """Return the sizes that an option means.

    >>> parse_sizes("16..128"), parse_sizes("16..2^10*4"), parse_sizes("5,7")
    ([16, 32, 64, 128], [16, 64, 256, 1024], [5, 7])
    """
    span = re.fullmatch(r"([^.*]+)\.\.([^.*]+)(?:\*(\d+))?", text.replace(" ", "").replace("**", "^"))
    if span is None:
        sizes = [parse_integer(part.strip(), option) for part in text.split(",")]
    else:
        low, high = parse_integer(span[1], option), parse_integer(span[2], option)
        factor = parse_integer(span[3] or "2", option)
        if not (1 <= low <= high and factor >= 2):
            raise ParameterError(
                f"{option} must be LO..HI with 1 <= LO <= HI and a factor of at least 2, not {text!r}"
            )
        sizes = [low]
        while sizes[-1] * factor <= high:
            sizes.append(sizes[-1] * factor)
    if min(sizes) < 1:
        raise ParameterError(f"{option} must be at least 1, not {min(sizes)}")
    return sizes


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
