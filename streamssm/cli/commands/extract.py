"""streamssm extract: the minimal automaton of WHAT, as DOT, a regular expression or JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from streamssm.cli.options import SourceCommand, by_option, seed_option, set_option, source_argument
from streamssm.cli.render import progress_bar

if TYPE_CHECKING:
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import InputSource
    from streamssm.equivalences.extract import Extraction


@click.command("extract", cls=SourceCommand)
@source_argument
@set_option
@click.option(
    "--to",
    type=click.Choice(["dot", "regex", "json"]),
    default="dot",
    show_default=True,
    help="Output format: Graphviz, a regular expression (of a DFA), or tables.",
)
@click.option(
    "--kind",
    type=click.Choice(["auto", "dfa", "moore", "mealy"]),
    default="auto",
    show_default=True,
    help="Automaton type; auto takes the smallest.",
)
@by_option
@click.option(
    "--learn",
    is_flag=True,
    help="Learn the automaton from output queries only (black box).",
)
@seed_option("--learn")
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="FILE",
    help="Output file; - is standard output, the default.",
)
def command(
    source: InputSource,
    settings: Settings,
    to: str,
    kind: str,
    by: str,
    learn: bool,
    seed: int,
    output: str,
) -> None:
    """Write the minimal automaton of WHAT: a DFA, a Moore or a Mealy machine.

    The result is exact unless --learn is given: all reachable states are explored. Symbols and outputs keep
    the names that WHAT gives them.

    \b
    streamssm extract model.safetensors -o machine.dot
    streamssm extract model.safetensors --to regex
    streamssm extract --dot tcp.dot --learn --to json
    """
    from streamssm.cli.commands.minimize import write_text
    from streamssm.cli.resolve import resolve
    from streamssm.equivalences.extract import extract, extract_by_asking
    from streamssm.runtime.atomic_file import require_writable

    if output != "-":
        require_writable(output)
    artefact = resolve(source, settings)
    with progress_bar("extract", None) as advance:
        if learn:
            extraction = extract_by_asking(artefact, kind=kind, by=by, seed=seed)
        else:
            extraction = extract(artefact, kind=kind, by=by, progress=advance)
    write_text(output, _text(extraction, to))
    _report_size(extraction)


def _text(extraction: Extraction, to: str) -> str:
    if to == "dot":
        return extraction.to_dot()
    return (extraction.to_regex() if to == "regex" else json.dumps(extraction.to_dict())) + "\n"


def _report_size(extraction: Extraction) -> None:
    """Print the size of the automaton, and the streams it is known to be right for, on standard error."""
    machine = extraction.machine
    kind = "DFA" if machine.is_acceptor else "Moore machine" if machine.is_moore else "Mealy machine"
    size = f"{machine.num_states:,} state{'s' * (machine.num_states != 1)}"
    click.echo(f"streamssm: {machine.name}: a {kind} of {size}, right for {extraction.covers}", err=True)
