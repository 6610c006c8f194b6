"""streamssm bench languages: classify every formal language, and build and check its models."""

from __future__ import annotations

from typing import Any

import click

from streamssm.cli.command_group import DIFFERENT
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
    "3/8: 3 layers of 8 bits in total, equal to the automaton; no: a counterexample was run; ?: open;",
    "no?: no unless TC0 = NC1, or conjectured; yes: the matrix is too large to build; counter languages have",
    "2 bits per counter here",
)


@click.command("languages")
@click.option("--only", metavar="NAME,NAME", help="Only these languages.")
@click.option("--kinds", metavar="KIND,KIND", help="Only these transition kinds.")
@output_options(plot=True)
def command(only: str | None, kinds: str | None, output: Output) -> int:
    """Classify every formal language, and build and check a model of each kind that can recognize it.

    \b
    streamssm bench languages --only tomita_3,parity
    streamssm bench languages --json languages.json --plot classes.svg

    Exit status: 0 success; 1 a model differs or is missing, or a witness fails; 2 bad input.
    """
    from streamssm.bench.languages import KINDS, failures, measure
    from streamssm.languages.suite import load_all
    from streamssm.report.plots.languages_plot import plot_svg

    names, chosen = _parts(only), _parts(kinds) or KINDS
    for kind in chosen:
        if kind not in KINDS:
            raise ParameterError(f"--kinds must be among {', '.join(KINDS)}; {kind!r} is not")
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
    print_table("formal languages: layers/bits of the model of each transition kind", columns, rows)
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
