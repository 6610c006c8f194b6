"""streamssm limits synthesize: does a model with d words of p bits exist for a language?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from streamssm.cli.options import json_option, search_options, set_option, what_argument
from streamssm.cli.render import print_json

if TYPE_CHECKING:
    from streamssm.automata.machine import Automaton
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import InputSource
    from streamssm.limits.synthesis import Synthesis

KINDS = ("zero-one", "signed", "dyadic", "diagonal", "time-invariant")


@click.command("synthesize")
@what_argument
@set_option
@click.option("--state-dim", "-d", type=click.IntRange(min=1), required=True, help="d, the state words.")
@click.option("--precision-bits", "-p", type=click.IntRange(min=1), required=True, help="p, bits per word.")
@click.option(
    "--transition", type=click.Choice(KINDS), default=KINDS[0], show_default=True, help="The entries of A."
)
@click.option(
    "--overflow",
    type=click.Choice(["saturate", "wrap", "error"]),
    default="saturate",
    show_default=True,
    help="What becomes of a value outside a word's range.",
)
@click.option(
    "--fraction-bits",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Entries are multiples of 2^-F.",
)
@click.option("--any-range", is_flag=True, help="Words may have fewer than 2^p values.")
@search_options
@click.option("--output", "-o", metavar="FILE.safetensors", help="Where the model is written, if one exists.")
@json_option
def command(
    what: InputSource,
    settings: Settings,
    output: str | None,
    as_json: bool,
    timeout: float,
    method: str,
    **asked: Any,
) -> int:
    """Say whether a model of one layer without thoughts recognises WHAT: yes, no, or unknown.

    WHAT is a regular language of the suite (tomita_2), or anything with one output bit. The readout may be
    any function of the state and the last symbol. A yes comes with weights, checked on every stream; a no
    holds for every readout and every length.

    \b
    streamssm limits synthesize tomita_2 -d 1 -p 3
    streamssm limits synthesize parity -d 1 -p 1 --transition signed -o parity.safetensors
    streamssm limits synthesize --past-ltl "a S b" -d 1 -p 1 --transition time-invariant

    Exit status: 0 it is known whether a model exists, 1 it is not, 2 bad input.
    """
    from streamssm.limits.synthesis import synthesize
    from streamssm.runtime.atomic_file import require_writable

    if output is not None:
        require_writable(output)
    found = synthesize(machine_of_what(what, settings), setting_of(**asked), method=method, timeout=timeout)
    if output is not None and found.ssm is not None:
        found.ssm.save(output)
    if as_json:
        print_json(found.to_dict())
    else:
        _print(found)
    return 1 if found.exists is None else 0


def setting_of(*, transition: str, overflow: str, any_range: bool, **numbers: int) -> Any:
    """Return what the options ask for."""
    from streamssm.limits.synthesis import ModelClass
    from streamssm.ssm.formats import Overflow
    from streamssm.ssm.transitions import TransitionKind

    kind = TransitionKind(transition)
    return ModelClass(kind=kind, overflow=Overflow(overflow), full_range=not any_range, **numbers)


def machine_of_what(what: InputSource, settings: Settings) -> Automaton:
    """Return the minimal automaton of a regular language of the suite, or of anything with one output bit."""
    from streamssm import to_program
    from streamssm.automata.program_machine import machine_of
    from streamssm.cli.resolve import resolve
    from streamssm.languages.suite import load_all
    from streamssm.languages.suite.suite_language import RegularLanguage

    known = load_all().get(what.replace("-", "_")) if isinstance(what, str) and not settings else None
    if isinstance(known, RegularLanguage):
        return known.machine
    return machine_of(to_program(resolve(what, settings))).minimal()


def _print(found: Synthesis) -> None:
    click.echo(f"{found.machine.name}, {found.model_class}")
    click.echo(f"  {found.verdict.value}: {found.because}")
    click.echo(f"  {found.method}, {found.rounds} rounds, {found.seconds:.2f} s")
    for symbol, entries, increments in _rows(found):
        click.echo(f"  {symbol:>8}: A = {_shown(entries)}, B = {_shown(increments)}")
    if found.weights is not None:
        click.echo(f"  h[0] = {_shown(found.weights.initial)}, from {_shown(found.weights.lows)} upwards")


def _rows(found: Synthesis) -> list[tuple[str, tuple[int, ...], tuple[int, ...]]]:
    if found.weights is None:
        return []
    return list(zip(found.machine.symbols, found.weights.entries, found.weights.increments, strict=True))


def _shown(values: tuple[int, ...]) -> str:
    return "(" + ", ".join(map(str, values)) + ")"
