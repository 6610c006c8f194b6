"""streamssm limits synthesize: decide whether a one-layer model with d words of p bits exists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from streamssm.cli.command_group import wrote
from streamssm.cli.options import SourceCommand, json_option, search_options, set_option, source_argument
from streamssm.cli.render import print_json

if TYPE_CHECKING:
    from streamssm.automata.automaton_class import Automaton
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import InputSource
    from streamssm.limits.synthesis import Synthesis

KINDS = ("zero-one", "signed", "dyadic", "diagonal", "time-invariant")


@click.command("synthesize", cls=SourceCommand)
@source_argument
@set_option
@click.option(
    "--state-dim",
    "-d",
    type=click.IntRange(min=1),
    required=True,
    metavar="D",
    help="Number of state words, d.",
)
@click.option(
    "--precision-bits", "-p", type=click.IntRange(min=1), required=True, metavar="P", help="Bits per word, p."
)
@click.option(
    "--transition",
    type=click.Choice(KINDS),
    default=KINDS[0],
    show_default=True,
    help="Transition kind: the entries of A.",
)
@click.option(
    "--overflow",
    type=click.Choice(["saturate", "wrap", "error"]),
    default="saturate",
    show_default=True,
    help="Handling of values outside a word's range.",
)
@click.option(
    "--fraction-bits",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="F",
    help="Entries are multiples of 2^-F.",
)
@click.option("--any-range", is_flag=True, help="Allow words with fewer than 2^p values.")
@search_options
@click.option("--output", "-o", metavar="FILE.safetensors", help="Output file for the model, if one exists.")
@json_option
def command(
    source: InputSource,
    settings: Settings,
    output: str | None,
    as_json: bool,
    timeout: float,
    method: str,
    **model_class: Any,
) -> int:
    """Decide whether a one-layer model without thoughts recognizes WHAT: yes, no or unknown.

    WHAT is a regular language of the suite (tomita_2), or any source with one output bit. The readout may be
    any function of the state and the last symbol. A "yes" comes with weights, checked on every stream; a "no"
    holds for every readout and every length.

    \b
    streamssm limits synthesize tomita_2 -d 1 -p 3
    streamssm limits synthesize parity -d 1 -p 1 --transition signed -o parity.safetensors
    streamssm limits synthesize --past-ltl "a S b" -d 1 -p 1 --transition time-invariant

    Exit status: 0 decided, 1 unknown, 2 bad input.
    """
    from streamssm.limits.synthesis import synthesize
    from streamssm.runtime.atomic_file import require_writable

    if output is not None:
        require_writable(output)
    synthesis = synthesize(
        machine_of_source(source, settings), model_class_of(**model_class), method=method, timeout=timeout
    )
    if output is not None and synthesis.ssm is not None:
        synthesis.ssm.save(output)
        wrote(output)
    if as_json:
        print_json(synthesis.to_dict())
    else:
        _print(synthesis)
    return 1 if synthesis.exists is None else 0


def model_class_of(*, transition: str, overflow: str, any_range: bool, **numbers: int) -> Any:
    """Return the model class that the options describe."""
    from streamssm.limits.synthesis import ModelClass
    from streamssm.ssm.formats import Overflow
    from streamssm.ssm.transitions import TransitionKind

    kind = TransitionKind(transition)
    return ModelClass(kind=kind, overflow=Overflow(overflow), full_range=not any_range, **numbers)


def machine_of_source(source: InputSource, settings: Settings) -> Automaton:
    """Return the minimal automaton of a regular language of the suite, or of a source with one output bit."""
    from streamssm import to_program
    from streamssm.automata.program_machine import machine_of
    from streamssm.cli.resolve import resolve
    from streamssm.languages.suite import load_all
    from streamssm.languages.suite.suite_language import RegularLanguage

    known = load_all().get(source.replace("-", "_")) if isinstance(source, str) and not settings else None
    if isinstance(known, RegularLanguage):
        return known.machine
    return machine_of(to_program(resolve(source, settings))).minimal()


def _print(synthesis: Synthesis) -> None:
    click.echo(f"{synthesis.machine.name}, {synthesis.model_class}")
    click.echo(f"  {synthesis.verdict.value}: {synthesis.because}")
    click.echo(f"  {synthesis.method}, {synthesis.rounds} rounds, {synthesis.seconds:.2f} s")
    for symbol, entries, increments in _rows(synthesis):
        click.echo(f"  {symbol:>8}: A = {_shown(entries)}, B = {_shown(increments)}")
    if synthesis.weights is not None:
        click.echo(
            f"  h[0] = {_shown(synthesis.weights.initial)}, from {_shown(synthesis.weights.lows)} upwards"
        )


def _rows(synthesis: Synthesis) -> list[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    if synthesis.weights is None:
        return []
    return list(
        zip(synthesis.machine.symbols, synthesis.weights.entries, synthesis.weights.increments, strict=True)
    )


def _shown(values: tuple[int, ...]) -> str:
    return "(" + ", ".join(map(str, values)) + ")"
