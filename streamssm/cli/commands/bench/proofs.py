"""streamssm bench proofs: prove the library equal to its models and to the programs back from them."""

from __future__ import annotations

from typing import Any

import click

from streamssm.cli.command_group import DIFFERENT
from streamssm.cli.options import timeout_option
from streamssm.cli.output import Output, output_options, sizes_option
from streamssm.cli.render import print_table, progress_bar


@click.command("proofs")
@click.option(
    "--only",
    multiple=True,
    metavar="ALGORITHM",
    help="Only this algorithm of the library. Repeatable.",
)
@sizes_option("--bits", "widths", "8..32*2", "Word widths")
@timeout_option
@click.option(
    "--recheck/--no-recheck",
    default=None,
    help="Re-check each proof without a time limit, or not at all; by default for up to 30 seconds.",
)
@output_options()
def command(
    only: tuple[str, ...], widths: list[int], timeout: float, recheck: bool | None, output: Output
) -> int:
    """Prove every algorithm of the library equal to its model, and to the program back from the model.

    A proof covers every stream. Algorithms with scalable words are proven at several widths; a width that
    no model supports is replaced by the widest supported one.

    \b
    streamssm bench proofs --only misra_gries --bits 8,16

    Exit status: 0 no difference, 1 a difference, 2 bad input.
    """
    from streamssm.bench.bench_instances import instances
    from streamssm.bench.proofs import DIFFERS, SIDES, measure

    selected = instances(only, widths)
    with progress_bar("bench proofs", len(SIDES) * len(selected)) as advance:
        result = measure(selected, timeout=timeout, recheck=recheck, done=lambda count, row: advance(count))
    output.write(result, _print_rows)
    return DIFFERENT if any(row["verdict"] == DIFFERS for row in result["rows"]) else 0


def _print_rows(result: dict[str, Any]) -> None:
    columns = [
        "algorithm",
        "bits",
        "against",
        "verdict",
        "seconds",
        "CPU s",
        "obligations",
        "lemmas",
        "cut points",
        "re-check",
        "seconds",
    ]
    rows = [
        (
            row["algorithm"],
            "-" if row["word_bits"] is None else row["word_bits"],
            row["side"],
            row["verdict"],
            row["seconds"],
            row["cpu_seconds"],
            row["obligations"],
            row["lemmas"],
            row["cut_points"],
            row["recheck"]["verdict"] if row["recheck"] else "-",
            row["recheck"]["seconds"] if row["recheck"] else "-",
        )
        for row in result["rows"]
    ]
    print_table(f"proofs for every stream, by {result['solver']}", columns, rows)
    for row in result["rows"]:
        for obligation in row["not_shown"]:
            click.echo(f"{_instance(row)}: not shown: {obligation}")
        recheck = row["recheck"]
        if recheck is not None and recheck["reason"]:
            click.echo(f"{_instance(row)}: re-check {recheck['summary']}")


def _instance(row: dict[str, Any]) -> str:
    width = "" if row["word_bits"] is None else f", {row['word_bits']} bits"
    return f"{row['algorithm']}{width}, {row['side']}"
