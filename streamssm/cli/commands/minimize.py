"""streamssm minimize: the memory that is really needed, beside the declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from streamssm.cli.command_group import wrote
from streamssm.cli.options import SourceCommand, by_option, json_option, set_option, source_argument
from streamssm.cli.render import print_json, progress_bar
from streamssm.errors import ParameterError

if TYPE_CHECKING:
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import InputSource


@click.command("minimize", cls=SourceCommand)
@source_argument
@set_option
@click.option(
    "--to-dot", metavar="FILE", help="Write the minimal automaton for Graphviz; - is standard output."
)
@click.option(
    "--max-transitions",
    type=click.IntRange(min=1, max=2**31 - 1),
    metavar="N",
    help="Limit on explored transitions (reachable states x tokens).",
)
@by_option
@json_option
def command(
    source: InputSource,
    settings: Settings,
    to_dot: str | None,
    max_transitions: int | None,
    by: str,
    as_json: bool,
) -> None:
    """Show how many states WHAT can reach, how many are distinguishable, and the minimum memory.

    Two states are distinguishable if some stream gives different outputs from them. The output before the
    first token is read once, and needs no memory.

    \b
    streamssm minimize modular_counter --set modulus=5
    streamssm minimize --past-ltl "a S (b & Y c)" --to-dot machine.dot
    streamssm minimize --dot tcp.dot
    """
    from streamssm.cli.resolve import resolve
    from streamssm.equivalences.minimize import minimize

    _require_writable(to_dot, as_json)
    options: dict[str, Any] = {} if max_transitions is None else {"max_transitions": max_transitions}
    artefact = resolve(source, settings)
    with progress_bar("minimize", None) as advance:
        minimal = minimize(artefact, by=by, progress=advance, **options)
    if to_dot is not None:
        write_text(to_dot, minimal.to_dot())
    if as_json:
        print_json(minimal.to_dict())
    elif to_dot != "-":
        _print_figures(minimal.to_dict())


def _require_writable(dot: str | None, as_json: bool) -> None:
    from streamssm.runtime.atomic_file import require_writable

    if dot == "-" and as_json:
        raise ParameterError("only one of --to-dot -, --json can be written to standard output")
    if dot is not None and dot != "-":
        require_writable(dot)


def write_text(path: str, text: str) -> None:
    """Write a text to a file, completely or not at all; - is standard output."""
    from streamssm.runtime.atomic_file import write_atomically

    if path == "-":
        click.echo(text, nl=False)
    else:
        write_atomically(path, text.encode())
        wrote(path)


def _print_figures(figures: dict[str, Any]) -> None:
    click.echo(f"{figures['name']}, run as {figures['ran']}")
    for title, states, bits, kind in (
        ("reachable", figures["reachable_states"], figures["declared_bits"], "declared"),
        ("minimal", figures["minimal_states"], figures["needed_bits"], "needed"),
    ):
        click.echo(f"  {title:<12}{_count(states, 'state')}; memory {kind}: {_count(bits, 'bit')}")


def _count(number: int, one: str) -> str:
    return f"{number:,} {one if number == 1 else one + 's'}"
