"""streamssm bench translation: time and memory of translation against array length."""

from __future__ import annotations

from typing import Any

import click

from streamssm.cli.output import Output, output_options, sizes_option
from streamssm.cli.render import print_table, progress_bar


@click.command("translation")
@sizes_option("--words", "words", "16..16384*4", "Array lengths")
@output_options()
def command(words: list[int], output: Output) -> int:
    """Measure the time to translate a class with an array to a program, a model, and a kernel step.

    One algorithm writes one word per token; the other reads and writes every word, so its program and model
    grow with the array. Each size runs in its own process, whose peak memory is shown.

    \b
    streamssm bench translation --words 16..4096 --json translation.json
    """
    from streamssm.bench.translation import ALGORITHMS, measure

    with progress_bar("bench translation", len(ALGORITHMS) * sum(words)) as advance:
        result = measure(words, done=advance)
    output.write(result, _print_rows)
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
