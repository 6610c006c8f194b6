"""streamssm classify: which kinds of model can hold a language, and why not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from streamssm.cli.options import json_option, set_option, what_argument
from streamssm.cli.render import print_json, print_table
from streamssm.errors import ParameterError

if TYPE_CHECKING:
    from streamssm.automata.machine import Automaton
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import InputSource
    from streamssm.languages.classify.classification import Classification
    from streamssm.languages.classify.verdict import ClassVerdict
    from streamssm.languages.language import Language

SHOWN_GROUPS = 6
SIZES = {
    "layers": "L = {}",
    "state_dim": "d = {}",
    "precision_bits": "p = {}",
    "reflections": "{} reflections",
    "modulus": "positions modulo {}",
    "levels": "levels {}",
}


@click.command("classify")
@what_argument
@set_option
@click.option(
    "--max-images",
    type=click.IntRange(min=1),
    help="How many sets of states words may map all states to.  [default: 100000]",
)
@json_option
def command(what: InputSource, settings: Settings, max_images: int | None, as_json: bool) -> None:
    """Say for every kind of model whether it can hold the language WHAT: yes, no, conjectured, open.

    WHAT may also be a name of the suite. Every "no" comes with words that show it, which are run to check it.

    \b
    streamssm classify --regex "(ab)*" --alphabet ab
    streamssm classify parity
    streamssm classify --dot machine.dot --json
    """
    from streamssm.languages.classify.classification import classify

    options: dict[str, Any] = {} if max_images is None else {"max_images": max_images}
    found = classify(_source(what, settings), **options)
    if not found.verify():
        raise ParameterError(f"a witness about {found.name} must do as it is said to; this is a fault")
    if as_json:
        print_json(found.to_dict())
    else:
        _print(found)


def _source(what: InputSource, settings: Settings) -> Language | Automaton:
    """Return the language that is meant, or the machine of a program whose answer is a bit."""
    from streamssm.automata.program_machine import machine_of
    from streamssm.cli.resolve import resolve
    from streamssm.equivalences.ssm_to_program import to_program
    from streamssm.frontends.algorithm import Algorithm
    from streamssm.languages.language import Language
    from streamssm.program.program import Program

    artefact = resolve(what, settings)
    if isinstance(artefact, Language):
        return artefact
    if isinstance(artefact, Algorithm):
        return machine_of(artefact.program())
    return machine_of(artefact if isinstance(artefact, Program) else to_program(artefact))


def _print(found: Classification) -> None:
    p = found.properties
    click.echo(f"{found.name}, {found.mode}: {found.language_class}")
    size = "" if p.monoid is None else f", {len(p.monoid):,} elements in the monoid"
    click.echo(f"  {'states':<12}{found.machine.num_states:,}{size}")
    click.echo(f"  {'groups':<12}{_listed([group.structure for group in p.groups]) or 'none'}")
    columns = ["kind", "answer", "theorem", "why", "sizes, at most"]
    _print_verdicts("kinds of transition", columns, found.verdicts)
    _print_verdicts("time-invariant, without saturation", columns, (found.unsaturated,))
    _print_verdicts("words that wrap around", columns, found.wrapping)
    _print_verdicts("transformers, as others have shown", columns, found.transformers)
    _print_witnesses(found)


def _print_verdicts(title: str, columns: Sequence[str], verdicts: Sequence[ClassVerdict]) -> None:
    rows = [[v.kind, v.answer.value, v.theorem or "-", v.reason, _sizes(v)] for v in verdicts]
    print_table(title, columns, rows)


def _sizes(verdict: ClassVerdict) -> str:
    sizes = verdict.cost.to_dict()
    return ", ".join(text.format(_size(sizes[name])) for name, text in SIZES.items() if name in sizes) or "-"


def _size(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, (tuple, list)) else f"{value:,}"


def _print_witnesses(found: Classification) -> None:
    """Print every witness once, with what it shows."""
    claims = {v.witness.text(found.machine): v.witness.claim for v in found.everything if v.witness}
    if claims:
        click.echo("\nwords that were run")
    for text, claim in claims.items():
        click.echo(f"  {claim}: {text}")


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN_GROUPS} more" if len(names) > SHOWN_GROUPS else ""
    return ", ".join(names[:SHOWN_GROUPS]) + more
