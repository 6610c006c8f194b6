"""streamssm bench languages: what can hold each formal language, with the models, checked."""

from __future__ import annotations

from typing import Any

import click

from streamssm.cli.group import DIFFERENT
from streamssm.cli.output import Output, output_options
from streamssm.cli.render import print_table, progress_bar
from streamssm.errors import ParameterError

SHORT = {
    "time-invariant": "time-\ninvariant",
    "zero-one": "zero-\none",
    "dyadic": "dyadic",
    "mixed": "mixed",
    "signed": "signed",
    "complex": "complex",
    "monomial": "mono-\nmial",
    "householder": "house-\nholder",
    "time-invariant-dense": "constant\nmatrix",
    "dense": "dense",
    "online thoughts": "online\nthoughts",
}
FOOTNOTES = (
    "3/8: 3 layers of 8 bits in all, equal to the automaton; no: words that show it were run; ?: open;",
    "no?: no unless TC0 = NC1, or conjectured; yes: too large a matrix to build; languages that count have 2",
    "bits per counter here",
)


@click.command("languages")
@click.option("--only", metavar="NAME,NAME", help="These languages alone.")
@click.option("--kinds", metavar="KIND,KIND", help="These kinds of transition alone.")
@output_options(plot=True)
def command(only: str | None, kinds: str | None, output: Output) -> int:
    """Classify every formal language, make its model in every kind that can hold it, and check them all.

    \b
    streamssm bench languages --only tomita_3,parity
    streamssm bench languages --json languages.json --plot classes.svg

    Exit status: 0; 1 a model differs or is missing, or a witness does not verify; 2 bad input.
    """
    from streamssm.bench.languages import KINDS, failures, measure
    from streamssm.languages.suite import load_all
    from streamssm.report.plots.languages import plot_svg

    names, chosen = _parts(only), _parts(kinds) or KINDS
    for kind in chosen:
        if kind not in KINDS:
            raise ParameterError(f"a kind must be one of {', '.join(KINDS)}, not {kind!r}")
    with progress_bar("bench languages", len(names or load_all())) as advance:
        result = measure(names, chosen, done=lambda name, count: advance(count))
    output.write(result, _print, plot_svg=plot_svg)
    wrong = failures(result)
    for line in wrong:
        click.echo(line, err=True)
    return DIFFERENT if wrong else 0


def _parts(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip()) if text else ()


def _print(result: dict[str, Any]) -> None:
    kinds = result["kinds"]
    rows = [
        (
            row["name"],
            row["class"],
            "-" if row["states"] is None else row["states"],
            row["memory_bits"],
            *(_cell(row["cells"].get(kind)) for kind in kinds),
        )
        for row in result["rows"]
    ]
    columns = ["language", "class", "states", "bits", *(SHORT[kind] for kind in kinds)]
    print_table("formal languages: layers/bits of the model in every kind of transition", columns, rows)
    for line in FOOTNOTES:
        click.echo(line)


def _cell(cell: dict[str, Any] | None) -> str:
    if cell is None:
        return "-"
    if cell["equal"] is not None:
        return f"{cell['layers']}/{cell['memory_bits']}" + ("" if cell["equal"] else " differs")
    if cell["reason"] is not None:
        return "yes" if cell["too_large"] else "missing"
    return {"no": "no", "open": "?"}.get(cell["answer"], "no?")
