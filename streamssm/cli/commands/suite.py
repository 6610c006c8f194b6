"""streamssm suite: the formal languages, and random words of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from streamssm.cli.options import json_option
from streamssm.cli.render import print_json, print_table
from streamssm.errors import ParameterError

if TYPE_CHECKING:
    from streamssm.languages.suite import SuiteLanguage

SHOWN_SYMBOLS = 8


@click.command("suite")
@click.argument("name", required=False)
@click.option(
    "--sample", type=click.IntRange(min=1), metavar="COUNT", help="Print COUNT random members of NAME."
)
@click.option("--near", is_flag=True, help="With --sample: non-members at edit distance 1 from a member.")
@click.option("--length", metavar="LO..HI", help="With --sample: lengths of the members.  [default: 1..20]")
@click.option(
    "--seed", type=click.IntRange(min=0), metavar="N", help="With --sample: random seed.  [default: 0]"
)
@click.option(
    "--counter-bits",
    type=click.IntRange(min=1),
    metavar="BITS",
    help="Bits per counter of a counter language.  [default: 8]",
)
@json_option
def command(
    name: str | None,
    sample: int | None,
    near: bool,
    length: str | None,
    seed: int | None,
    counter_bits: int | None,
    as_json: bool,
) -> None:
    """List the formal languages, describe the language NAME, or print random words of it.

    The list starts with the 27 languages of Sarrof et al., 2024, followed by flip-flops, bounded Dyck
    languages and word problems of groups. Memory is that of the recognizer.

    \b
    streamssm suite
    streamssm suite dyck_1 --counter-bits 16
    streamssm suite tomita_3 --sample 5 --near --length 10..20
    """
    from streamssm.languages.suite import find, load_all

    if sample is None and (near or length is not None or seed is not None):
        raise ParameterError("--near, --length and --seed require --sample COUNT")
    if name is None:
        if sample is not None or counter_bits is not None:
            raise ParameterError("--sample and --counter-bits require the NAME of a language")
        _print_list([_figures(language) for language in load_all().values()], as_json)
    elif sample is not None and counter_bits is not None:
        raise ParameterError("--counter-bits cannot be combined with --sample, which runs no program")
    elif sample is None:
        _print_one(_figures(find(name), counter_bits), as_json)
    else:
        _print_words(find(name), sample, near, _lengths(length or "1..20"), seed or 0, as_json)


def _figures(language: SuiteLanguage, counter_bits: int | None = None) -> dict[str, Any]:
    """Return the properties of a language as JSON-compatible values."""
    from streamssm.languages.suite.program_language import DEFAULT_COUNTER_BITS, CounterLanguage

    figures: dict[str, Any] = {
        "name": language.name,
        "description": language.description,
        "class": language.language_class.value,
        "one_of_the_27": language.is_of_paper,
        "symbols": list(language.symbols),
        "minimal_states": language.minimal_states,
        "memory_bits": language.program(counter_bits=counter_bits).memory_bits,
        "modes": list(language.modes),
        "source": language.source,
    }
    if isinstance(language, CounterLanguage):
        bits = DEFAULT_COUNTER_BITS if counter_bits is None else counter_bits
        figures |= {"counter_bits": bits, "sufficient_length": language.sufficient_length(bits)}
    return figures


def _print_list(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    columns = ["language", "class", "symbols", "minimal states", "memory", "up to length", "modes"]
    cells = [
        [
            row["name"],
            row["class"],
            _symbols(row["symbols"]),
            _or_dash(row["minimal_states"]),
            row["memory_bits"],
            _or_dash(row.get("sufficient_length")),
            ", ".join(row["modes"]),
        ]
        for row in rows
    ]
    first = sum(row["one_of_the_27"] for row in rows)
    print_table(f"the {first} languages of Sarrof et al.: bits", columns, cells[:first])
    counted = columns.index("up to length")
    rest = [[cell for index, cell in enumerate(row) if index != counted] for row in cells[first:]]
    print_table("further languages: bits", [name for name in columns if name != "up to length"], rest)


def _symbols(symbols: list[str]) -> str:
    shown = " ".join(symbols[:SHOWN_SYMBOLS])
    return shown if len(symbols) <= SHOWN_SYMBOLS else f"{shown} ... ({len(symbols)})"


def _or_dash(value: int | None) -> int | str:
    return "-" if value is None else value


def _print_one(figures: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(figures)
        return
    states = figures["minimal_states"]
    click.echo(f"{figures['name']}: {figures['description']}")
    click.echo(f"  class           {figures['class']}")
    click.echo(f"  symbols         {_symbols(figures['symbols'])}")
    click.echo(f"  minimal states  {'infinitely many' if states is None else f'{states:,}'}")
    click.echo(f"  memory          {figures['memory_bits']} bits")
    if "sufficient_length" in figures:
        click.echo(
            f"  counters        of {figures['counter_bits']} bits suffice for all words of up to "
            f"{figures['sufficient_length']:,} symbols"
        )
    click.echo(f"  modes           {', '.join(figures['modes'])}")
    click.echo(f"  source          {figures['source']}")


def _print_words(
    language: SuiteLanguage, count: int, near: bool, lengths: tuple[int, int], seed: int, as_json: bool
) -> None:
    draw = language.near_members if near else language.members
    words = [language.text(word) for word in draw(count, lengths, seed)]
    if as_json:
        print_json(words)
    else:
        click.echo("\n".join(words))


def _lengths(text: str) -> tuple[int, int]:
    least, dots, most = text.partition("..")
    if not (least.isdecimal() and (most.isdecimal() if dots else not most)):
        raise ParameterError(f"--length must be a number or LO..HI, such as 10..20, not {text!r}")
    return int(least), int(most if dots else least)
