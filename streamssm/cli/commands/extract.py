"""streamssm extract: the minimal machine of WHAT, as DOT, as a regular expression or as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from streamssm.cli.options import set_option, what_argument
from streamssm.cli.render import progress_bar

if TYPE_CHECKING:
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import InputSource
    from streamssm.equivalences.extract import Extraction


@click.command("extract")
@what_argument
@set_option
@click.option(
    "--to",
    type=click.Choice(["dot", "regex", "json"]),
    default="dot",
    show_default=True,
    help="A machine in Graphviz's language, a regular expression of what a DFA accepts, or tables.",
)
@click.option(
    "--kind",
    type=click.Choice(["auto", "dfa", "moore", "mealy"]),
    default="auto",
    show_default=True,
    help="Whether states accept, states have outputs, or transitions have them; auto: what is smallest.",
)
@click.option(
    "--by",
    type=click.Choice(["fused", "weights"]),
    default="fused",
    show_default=True,
    help="How a model runs: by its gadgets' meaning or by its weights.",
)
@click.option(
    "--learn",
    "by_asking",
    is_flag=True,
    help="Ask for outputs alone and learn the machine, as of a black box.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of what --learn asks at random."
)
@click.option(
    "-o",
    "--output",
    default="-",
    metavar="FILE",
    help="Where the machine goes; standard output if not given.",
)
def command(
    what: InputSource,
    settings: Settings,
    to: str,
    kind: str,
    by: str,
    by_asking: bool,
    seed: int,
    output: str,
) -> None:
    """Write the minimal machine of what WHAT does: a DFA where it says yes or no, else one with outputs.

    Without --learn it is exact: all states that WHAT can reach are searched. The names of symbols and outputs
    are those that WHAT was made with.

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
    artefact = resolve(what, settings)
    with progress_bar("extract", None) as advance:
        if by_asking:
            found = extract_by_asking(artefact, kind=kind, by=by, seed=seed)
        else:
            found = extract(artefact, kind=kind, by=by, progress=advance)
    write_text(output, _text(found, to))
    _tell(found)


def _text(found: Extraction, to: str) -> str:
    if to == "dot":
        return found.to_dot()
    return (found.to_regex() if to == "regex" else json.dumps(found.to_dict())) + "\n"


def _tell(found: Extraction) -> None:
    """Say on standard error what was found, and how far it is known to be right."""
    machine = found.machine
    kind = "DFA" if machine.is_acceptor else "Moore machine" if machine.is_moore else "Mealy machine"
    size = f"{machine.num_states:,} state{'s' * (machine.num_states != 1)}"
    click.echo(f"streamssm: {machine.name}: a {kind} of {size}, right for {found.covers}", err=True)
