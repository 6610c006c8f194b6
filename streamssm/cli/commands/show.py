"""streamssm show: describe an algorithm, a program or a model, and its memory and size."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from streamssm.cli.assumptions import checked
from streamssm.cli.options import SourceCommand, json_option, set_option, source_argument
from streamssm.cli.render import folded, print_json, print_table, shown
from streamssm.report.drawing.labels import TRANSITIONS

if TYPE_CHECKING:
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import InputSource


SHOWN_NAMES = 32


@click.command("show", cls=SourceCommand)
@source_argument
@set_option
@click.option("--gadgets", "all_gadgets", is_flag=True, help="List every gadget of a model's networks.")
@click.option("--assumptions", is_flag=True, help="Prove or refute the ss.within assumptions of WHAT.")
@click.option(
    "--to-dot", metavar="FILE", help="Write a drawing of a model for Graphviz; - is standard output."
)
@click.option("--svg", metavar="FILE", help="Write a drawing of a model as SVG; - is standard output.")
@json_option
def command(
    source: InputSource,
    settings: Settings,
    all_gadgets: bool,
    assumptions: bool,
    to_dot: str | None,
    svg: str | None,
    as_json: bool,
) -> None:
    """Describe WHAT and its memory and size: words with their ranges, networks, and a drawing of a model.

    \b
    streamssm show function_composition --set n=1024
    streamssm show compose.safetensors --gadgets
    streamssm show --past-ltl "a S (b & Y c)"
    streamssm show compose.safetensors --svg compose.svg
    streamssm show sliding_sum --set n=256 --set window=16 --assumptions
    """
    from streamssm.cli.drawing_options import Pictures, print_drawing
    from streamssm.cli.resolve import resolve
    from streamssm.report.drawing.draw_model import drawing_of
    from streamssm.report.drawing.drawing import drawing_json
    from streamssm.report.summary import gadget_counts, gadgets_of, summarize
    from streamssm.ssm.model import SSM

    pictures = Pictures(to_dot, svg)
    pictures.require_writable(as_json)
    artefact = resolve(source, settings)
    if not isinstance(artefact, SSM):
        pictures.require_none(source)
    summary = summarize(artefact)
    drawing = drawing_of(artefact) if isinstance(artefact, SSM) else None
    if isinstance(artefact, SSM) and drawing:
        summary["drawing"] = drawing_json(drawing)
        summary["gadgets"] = gadgets_of(artefact) if all_gadgets else gadget_counts(artefact)
        pictures.write(drawing)
    if pictures.on_standard_output:
        return
    if assumptions:
        summary["assumptions"] = checked(artefact).to_dict()["findings"]
    print_summary(summary, as_json=as_json)
    if not as_json:
        print_drawing(drawing)
        _print_details(summary, all_gadgets)


def print_summary(summary: dict[str, Any], *, as_json: bool, where: str | None = None) -> None:
    """Print the summary of an artefact, as text or JSON."""
    if as_json:
        print_json(summary if where is None else {**summary, "file": where})
        return
    click.echo(f"{summary['kind']} {summary['name']}" + (f" -> {where}" if where else ""))
    lines = _model_lines(summary) if summary["kind"] == "model" else _program_lines(summary)
    for name, text in lines:
        click.echo(f"  {name:<12}{text}")
    for kind, names in (summary["names"] or {}).items():
        if names:
            click.echo(f"  {kind + ' are':<12}{listed(names)}")
    if where:
        warn_of_assumptions(summary.get("assumptions", ()))
        for note in summary.get("notes", ()):
            click.echo(f"  {'note':<12}{note}")


def listed(names: list[str]) -> str:
    """Return numbered names of values; only the first ones if there are many."""
    shown = ", ".join(f"{number} {name}" for number, name in enumerate(names[:SHOWN_NAMES]))
    return shown if len(names) <= SHOWN_NAMES else f"{shown}, ... ({len(names):,} in all)"


def warn_of_assumptions(assumptions: Iterable[object]) -> None:
    """Warn on standard error of each unproven assumption; values are clamped where it fails."""
    for assumption in assumptions:
        click.echo(f"streamssm: warning: assumed, not proven: {assumption}", err=True)


def _program_lines(summary: dict[str, Any]) -> list[tuple[str, str]]:
    registers = summary["registers"]
    return [
        ("memory", f"{_count(summary['memory_bits'], 'bit')} in {_count(len(registers), 'register')}"),
        ("tokens", _fields(summary)),
        ("outputs", ", ".join(summary["outputs"])),
        ("operations", f"{summary['operations']:,} per token"),
    ]


def _model_lines(summary: dict[str, Any]) -> list[tuple[str, str]]:
    d, p = summary["state_dim"], summary["precision_bits"]
    biases = summary["parameters"] - summary["nonzeros"]
    return [
        ("layers", f"L = {summary['num_layers']}"),
        ("state dim", f"d = {d}"),
        ("precision", f"p = {_count(p, 'bit')}"),
        ("memory", f"{_count(summary['memory_bits'], 'bit')} (d*p = {d * p:,})"),
        ("thoughts", _thoughts(summary)),
        (
            "transition",
            "; ".join(
                dict.fromkeys(TRANSITIONS.get(x["transition"], x["transition"]) for x in summary["layers"])
            ),
        ),
        (
            "parameters",
            f"{summary['parameters']:,} ({_count(summary['nonzeros'], 'weight')}, "
            f"{_count(biases, 'bias', 'biases')})",
        ),
        ("ReLUs", f"{summary['relus']:,}"),
        ("tokens", _fields(summary)),
        ("outputs", ", ".join(summary["outputs"])),
    ]


def _thoughts(summary: dict[str, Any]) -> str:
    if summary["cot"] == "none":
        return "none"
    number, bits = summary["thoughts_per_token"], summary["thought_bits"]
    offline = summary["cot"] == "offline"
    most = "" if number == 1 and not offline else "up to "
    when = "before an answer" if offline else "per token"
    return f"{most}{_count(number, 'thought')} of {_count(bits, 'bit')} {when} ({summary['cot']})"


def _fields(summary: dict[str, Any]) -> str:
    return (
        ", ".join(f"{word['name']} in [{word['lo']}, {word['hi']}]" for word in summary["fields"])
        or "no fields"
    )


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _print_details(summary: dict[str, Any], all_gadgets: bool) -> None:
    if summary["kind"] != "model":
        _print_words("registers", summary["registers"], ("init",))
    for number, layer in enumerate(summary.get("layers", ()), start=1):
        _print_words(
            f"layer {number}: state words", layer["words"], ("init", "fraction_bits", "rounding", "overflow")
        )
    if summary.get("gadgets"):
        columns = list(summary["gadgets"][0])
        rows = [[_cell(gadget[column]) for column in columns] for gadget in summary["gadgets"]]
        print_table("gadgets" if all_gadgets else "gadgets by kind", columns, rows)
    for finding in summary.get("assumptions", ()):
        click.echo(f"assumption: {_assumed(finding)}")
    for text in summary.get("notes", ()):
        click.echo(f"note: {text}")


def _assumed(finding: str | dict[str, Any]) -> str:
    """Return a line about an assumption: its verdict, or that it was not checked."""
    if isinstance(finding, str):
        return f"{finding} (not proven; try --assumptions)"
    location = f"{finding['file']}:{finding['line']}: {finding['assumption']}"
    shown_by = "; ".join(finding["invariant"]) or finding["how"]
    return f"{location} ({finding['verdict']}: {shown_by})"


def _print_words(title: str, words: list[dict[str, Any]], more: tuple[str, ...]) -> None:
    rows = [
        [word["name"], f"[{word['lo']}, {word['hi']}]", word["bits"], *(word[key] for key in more)]
        for word in words
    ]
    columns = ["word", "range", "bits", *(key.replace("_", " ") for key in more)]
    print_table(title, columns, folded(rows, sums=(2,)))


def _cell(value: Any) -> Any:
    return ", ".join(shown(part) for part in value) if isinstance(value, list) else value
