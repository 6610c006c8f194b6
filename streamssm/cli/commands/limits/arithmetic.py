"""streamssm limits arithmetic: models in floating point instead of exact integers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from streamssm.cli.options import SourceCommand, seed_option, set_option
from streamssm.cli.render import print_json, print_table, progress_bar
from streamssm.errors import ParameterError

if TYPE_CHECKING:
    from streamssm.cli.settings import Settings
    from streamssm.limits.arithmetic.arithmetic_tasks import ArithmeticRow
    from streamssm.limits.arithmetic.first_wrong import FloatRun

FOOTNOTES = (
    "a number: the first token after which an output is wrong, over all lanes",
    "exact: on every stream, by the ranges of all values and sums; -: no error seen, but not proven exact",
    "+sums32: sums in float32, rounded once, as in matrix units; otherwise every product and sum is rounded",
)


@click.command("arithmetic", cls=SourceCommand)
@click.argument("source", required=False, metavar="[WHAT]")
@set_option
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="NAME",
    help="Only this format, such as float16. Repeatable.",
)
@click.option(
    "--tokens",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    metavar="N",
    help="Tokens per lane.",
)
@click.option(
    "--lanes",
    type=click.IntRange(min=1),
    default=128,
    show_default=True,
    metavar="N",
    help="Number of streams.",
)
@seed_option("the streams")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def command(
    source: str | None,
    settings: Settings,
    formats: tuple[str, ...],
    tokens: int,
    lanes: int,
    seed: int,
    as_json: bool,
) -> int:
    """Run models by their weights in floating point, and show the first wrong output of each format.

    Without WHAT, seven tasks of several sizes are run; with WHAT, that model or the model of that algorithm.

    \b
    streamssm limits arithmetic
    streamssm limits arithmetic function_composition --set n=2048 --format float16
    """
    rows = _rows(source, settings, formats, tokens, lanes, seed)
    if as_json:
        print_json([row.to_dict() for row in rows])
        return 0
    names = [run.arithmetic for run in rows[0].runs]
    print_table(
        "the first wrong output in floating point",
        ["task", "size", "memory\nbits", *(name.replace("+", "\n+") for name in names), "smallest\nexact"],
        [
            (
                row.task,
                f"{row.size_name}={row.size:,}" if row.size_name else "-",
                row.memory_bits,
                *map(_cell, row.runs),
                row.smallest_exact or "none",
            )
            for row in rows
        ],
    )
    for line in FOOTNOTES:
        click.echo(line)
    return 0


def _rows(
    source: str | None, settings: Settings, formats: tuple[str, ...], tokens: int, lanes: int, seed: int
) -> list[ArithmeticRow]:
    from streamssm.cli.commands.repack import model_of
    from streamssm.limits.arithmetic.arithmetic_tasks import TASKS, row_of, table
    from streamssm.limits.arithmetic.float_formats import NAMES, float_format

    names = formats or NAMES
    for name in names:
        float_format(name)  # fail before the work starts
    if source is not None:
        model = model_of(source, settings)
        return [row_of(model.name, "", 0, model, names, tokens=tokens, lanes=lanes, seed=seed)]
    if settings:
        raise ParameterError("--set requires WHAT")
    rows: list[ArithmeticRow] = []
    with progress_bar("limits arithmetic", sum(len(task.sizes) for task in TASKS)) as advance:
        for row in table(names, tokens=tokens, lanes=lanes, seed=seed):
            rows.append(row)
            advance(len(rows))
    return rows


def _cell(run: FloatRun) -> str:
    from streamssm.limits.arithmetic.first_wrong import FormatVerdict

    if run.verdict is FormatVerdict.WRONG:
        return f"{run.position:,}"
    return "exact" if run.verdict is FormatVerdict.EXACT else "-"
