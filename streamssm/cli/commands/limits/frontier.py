"""streamssm limits frontier: the (d, p) that suffice for each language, without and with thoughts."""

from __future__ import annotations

import json
from typing import Any

import click

from streamssm.cli.options import search_options
from streamssm.cli.output import Output, output_options
from streamssm.cli.render import print_table, progress_bar
from streamssm.errors import ParameterError


@click.command("frontier")
@click.option(
    "--bits", type=click.IntRange(1, 8), default=6, show_default=True, metavar="BITS", help="Largest d * p."
)
@click.option(
    "--language", "languages", multiple=True, metavar="NAME", help="Only this language. Repeatable."
)
@search_options
@output_options(plot=True)
def command(bits: int, languages: tuple[str, ...], method: str, timeout: float, output: Output) -> None:
    """Decide for all (d, p) with d * p <= BITS whether a one-layer model recognizes a language.

    Different answers at equal d * p show that width and precision are not interchangeable (THEORY A5); with
    online thoughts, the same (d, p) are built by repacking and checked on every stream (THEORY A6).

    \b
    streamssm limits frontier --json frontier.json --plot frontier.svg
    streamssm limits frontier --bits 4 --language tomita_2 --language parity
    """
    from streamssm.limits.synthesis.frontier import MODELS, frontier, splits
    from streamssm.report.plots.frontier_plot import plot_svg

    chosen = _chosen(languages)
    total = len(chosen) * len(MODELS) * len(splits(bits))
    with progress_bar("frontier", total) as advance:
        decided = frontier(chosen, max_bits=bits, method=method, timeout=timeout, progress=advance)
    result = {
        "command": f"streamssm limits frontier --bits {bits} --method {method} --timeout {timeout:g}",
        **decided,
    }
    output.write(result, _print, plot_svg=plot_svg, to_json=to_json)


def _chosen(names: tuple[str, ...]) -> dict[str, Any]:
    from streamssm.limits.synthesis.target_languages import machines

    known = machines()
    for name in names:
        if name not in known:
            raise ParameterError(f"--language must be one of {', '.join(known)}, not {name!r}")
    return {name: known[name] for name in names} or known


def to_json(result: dict[str, Any]) -> str:
    """Return a frontier as JSON with one row per line.

    >>> print(to_json({"max_bits": 1, "rows": [{"answer": "no"}, {"answer": "yes"}]}), end="")
    {
    "max_bits": 1,
    "rows": [
    {"answer": "no"},
    {"answer": "yes"}
    ]
    }
    """
    parts = []
    for key, value in result.items():
        rows = ",\n".join(map(json.dumps, value)) if isinstance(value, list) else ""
        parts.append(f"{json.dumps(key)}: " + (f"[\n{rows}\n]" if rows else json.dumps(value)))
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _print(result: dict[str, Any]) -> None:
    columns = list(dict.fromkeys((row["state_dim"], row["precision_bits"]) for row in result["rows"]))
    lines: dict[tuple[str, str], list[str]] = {}
    for row in result["rows"]:
        key = (row["language"], f"{row['transition']}, {row['overflow']}")
        lines.setdefault(key, []).append({"yes": "yes", "no": ".", "unknown": "?"}[row["answer"]])
    for row in result["repacked"]:
        answers = ["yes" if [d, p] in row["yes"] else "." for d, p in columns]
        lines[row["language"], "online thoughts"] = answers
    print_table(
        "one layer without thoughts, and with online thoughts: d x p",
        ["language", "model", *(f"{d}x{p}" for d, p in columns)],
        [
            (*key, *answers)
            for key, answers in sorted(lines.items(), key=lambda line: _order(result, line[0]))
        ],
    )
    click.echo("\nequal d * p, different answers:")
    for difference in result["differences"]:
        sides = "; ".join(f"{answer} {_splits(difference[answer])}" for answer in ("yes", "no"))
        model = f"{difference['transition']}, {difference['overflow']}"
        click.echo(f"  {difference['language']}, {model}, {difference['bits']} bits: {sides}")


def _order(result: dict[str, Any], key: tuple[str, str]) -> int:
    return [row["language"] for row in result["repacked"]].index(key[0])


def _splits(pairs: list[list[int]]) -> str:
    return ", ".join(f"{d}x{p}" for d, p in pairs)
