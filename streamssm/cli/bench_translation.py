"""streamssm bench translation: time and memory of translating against the number of array words."""

from __future__ import annotations

import json
from typing import Any

import click

from streamssm.cli.bench_memory import parse_sizes
from streamssm.cli.render import print_json, print_table, progress_bar


@click.command("translation")
@click.option(
    "--words",
    default="16..16384*4",
    show_default=True,
    callback=lambda context, option, text: parse_sizes(text, "--words"),
    help="Array words: LO..HI in powers of two, LO..HI*F in powers of F, or a list 16,64,256.",
)
@click.option("--json", "json_file", metavar="FILE", help="Write the figures as JSON; - is standard output.")
def command(words: list[int], json_file: str | None) -> int:
    """Measure how long a class with an array takes to become a program, a model, and a kernel's step.

    One algorithm writes one word per token; the other reads and writes every word, so that its program and
    its model grow with the array. Each size runs in a process of its own, whose peak memory is shown.

    \b
    streamssm bench translation --words 16..4096 --json translation.json
    """
    from streamssm.bench.translation import ALGORITHMS, measure
    from streamssm.program.atomic import require_writable, write_atomically

    if json_file not in (None, "-"):
        require_writable(str(json_file))
    with progress_bar("bench translation", len(ALGORITHMS) * sum(words)) as advance:
        result = measure(words, done=advance)
    if json_file == "-":
        print_json(result)
        return 0
    _print_rows(result)
    if json_file is not None:
        write_atomically(json_file, (json.dumps(result, indent=2) + "\n").encode())
    return 0


def _print_rows(result: dict[str, Any]) -> None:
    columns = ["a token writes", "words", "memory", "program s", "model s", "step s", "ms / word", "peak MB"]
    rows = [
        (
            row["algorithm"],
            row["words"],
            row["memory_bits"],
            *(f"{row['seconds'][part]:.2f}" for part in ("program", "model", "step")),
            f"{1000 * row['total_seconds'] / row['words']:.2f}",
            round(row["peak_bytes"] / 1e6),
        )
        for row in result["rows"]
    ]
    print_table("translation of an array of 8-bit words", columns, rows)
