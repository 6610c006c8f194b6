"""streamssm classify: the transition kinds that can recognize a language, with reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from streamssm.cli.options import SourceCommand, json_option, set_option, source_argument
from streamssm.cli.render import print_json, print_table
from streamssm.errors import ParameterError

if TYPE_CHECKING:
    from streamssm.automata.automaton_class import Automaton
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


@click.command("classify", cls=SourceCommand)
@source_argument
@set_option
@click.option(
    "--max-images",
    type=click.IntRange(min=1),
    metavar="N",
    help="Limit on the number of images of the state set.  [default: 100000]",
)
@json_option
def command(source: InputSource, settings: Settings, max_images: int | None, as_json: bool) -> None:
    """Report for each transition kind whether it can recognize the language WHAT: yes, no, conjectured, open.

    Every answer cites a theorem. Every "no" comes with a counterexample, which is run to verify it.

    \b
    streamssm classify --regex "(ab)*" --alphabet ab
    streamssm classify parity
    streamssm classify --dot machine.dot --json
    """
    from streamssm.languages.classify.classification import classify

    options: dict[str, Any] = {} if max_images is None else {"max_images": max_images}
    classification = classify(_language_or_automaton(source, settings), **options)
    if not classification.verify():
        raise ParameterError(f"internal error: a witness for {classification.name} does not verify")
    if as_json:
        print_json(classification.to_dict())
    else:
        _print(classification)


def _language_or_automaton(source: InputSource, settings: Settings) -> Language | Automaton:
    """Return the language WHAT, or the automaton of a program with a one-bit output."""
    from streamssm.automata.program_machine import machine_of
    from streamssm.cli.resolve import resolve
    from streamssm.equivalences.ssm_to_program import to_program
    from streamssm.frontends.algorithm import Algorithm
    from streamssm.languages.language import Language
    from streamssm.program.program import Program

    artefact = resolve(source, settings)
    if isinstance(artefact, Language):
        return artefact
    if isinstance(artefact, Algorithm):
        return machine_of(artefact.program())
    return machine_of(artefact if isinstance(artefact, Program) else to_program(artefact))


def _print(classification: Classification) -> None:
    p = classification.properties
    click.echo(f"{classification.name}, {classification.mode}: {classification.language_class}")
    size = "" if p.monoid is None else f", {len(p.monoid):,} elements in the monoid"
    click.echo(f"  {'states':<12}{classification.machine.num_states:,}{size}")
    click.echo(f"  {'groups':<12}{_listed([group.structure for group in p.groups]) or 'none'}")
    columns = ["kind", "answer", "theorem", "why", "sizes, at most"]
    _print_verdicts("kinds of transition", columns, classification.verdicts)
    _print_verdicts("time-invariant, without saturation", columns, (classification.unsaturated,))
    _print_verdicts("words that wrap around", columns, classification.wrapping)
    _print_verdicts("transformers, by published results", columns, classification.transformers)
    _print_witnesses(classification)


def _print_verdicts(title: str, columns: Sequence[str], verdicts: Sequence[ClassVerdict]) -> None:
    rows = [[v.kind, v.answer.value, v.theorem or "-", v.reason, _sizes(v)] for v in verdicts]
    print_table(title, columns, rows)


def _sizes(verdict: ClassVerdict) -> str:
    sizes = verdict.cost.to_dict()
    return ", ".join(text.format(_size(sizes[name])) for name, text in SIZES.items() if name in sizes) or "-"


def _size(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, (tuple, list)) else f"{value:,}"


def _print_witnesses(classification: Classification) -> None:
    """Print every witness once, with its claim."""
    claims = {
        v.witness.text(classification.machine): v.witness.claim
        for v in classification.everything
        if v.witness
    }
    if claims:
        click.echo("\nwitnesses that were run")
    for text, claim in claims.items():
        click.echo(f"  {claim}: {text}")


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN_GROUPS} more" if len(names) > SHOWN_GROUPS else ""
    return ", ".join(names[:SHOWN_GROUPS]) + more
