"""streamssm minimize: the memory that is really needed, beside the declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from streamssm.cli.options import json_option, set_option, what_argument
from streamssm.cli.render import print_json, progress_bar
from streamssm.errors import ParameterError

if TYPE_CHECKING:
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import InputSource


@click.command("minimize")
@what_argument
@set_option
@click.option(
    "--to-dot", metavar="FILE", help="Write the minimal machine for Graphviz; - is standard output."
)
@click.option(
    "--max-transitions",
    type=click.IntRange(min=1, max=2**31 - 1),
    help="How many reachable states x tokens may be followed.",
)
@click.option(
    "--by",
    type=click.Choice(["fused", "weights"]),
    default="fused",
    show_default=True,
    help="How a model runs: by its gadgets' meaning or by its weights.",
)
@json_option
def command(
    what: InputSource,
    settings: Settings,
    to_dot: str | None,
    max_transitions: int | None,
    by: str,
    as_json: bool,
) -> None:
    """Show how many states WHAT can reach, how many of them differ, and the memory that is really needed.

    Two states differ if some stream makes their outputs differ. The output before the first token is read
    once, and needs no memory.

    \b
    streamssm minimize modular_counter --set modulus=5
    streamssm minimize --past-ltl "a S (b & Y c)" --to-dot machine.dot
    streamssm minimize --dot tcp.dot
    """
    from streamssm.cli.resolve import resolve
    from streamssm.equivalences.minimize import minimize

    _require_writable(to_dot, as_json)
    options: dict[str, Any] = {} if max_transitions is None else {"max_transitions": max_transitions}
    artefact = resolve(what, settings)
    with progress_bar("minimize", None) as advance:
        found = minimize(artefact, by=by, progress=advance, **options)
    if to_dot is not None:
        write_text(to_dot, found.to_dot())
    if as_json:
        print_json(found.to_dict())
    elif to_dot != "-":
        _print_figures(found.to_dict())


def _require_writable(dot: str | None, as_json: bool) -> None:
    from streamssm.runtime.atomic_file import require_writable

    if dot == "-" and as_json:
        raise ParameterError("one of --to-dot - and --json must go to standard output, not both")
    if dot is not None and dot != "-":
        require_writable(dot)


def write_text(path: str, text: str) -> None:
    """Write a text to a file, whole or not at all; - is standard output."""
    from streamssm.runtime.atomic_file import write_atomically

    if path == "-":
        click.echo(text, nl=False)
    else:
        write_atomically(path, text.encode())


def _print_figures(figures: dict[str, Any]) -> None:
    click.echo(f"{figures['name']}, run as {figures['ran']}")
    for title, states, bits, kind in (
        ("reachable", figures["reachable_states"], figures["declared_bits"], "declared"),
        ("minimal", figures["minimal_states"], figures["needed_bits"], "really needed"),
    ):
        click.echo(f"  {title:<12}{_count(states, 'state')}; memory {kind}: {_count(bits, 'bit')}")


def _count(number: int, one: str) -> str:
    return f"{number:,} {one if number == 1 else one + 's'}"
