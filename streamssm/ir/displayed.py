"""Display of values in a session: a repr of one line, and the pictures and tables of notebooks."""

from __future__ import annotations

from importlib import import_module

NAME_WIDTH = 36
RENDERER = "streamssm.report.notebook"  # above every part, so loaded by name, and only for a notebook


class Displayed:
    """A value that notebooks draw; text stands for what is too large to draw."""

    def _repr_svg_(self) -> str | None:
        picture: str | None = import_module(RENDERER).svg(self)
        return picture

    def _repr_html_(self) -> str | None:
        table: str | None = import_module(RENDERER).html(self)
        return table


def short(name: str, width: int = NAME_WIDTH) -> str:
    """Return a name on one line, shortened in the middle to a width.

    >>> short("parity"), short("a\\nb"), short("0123456789", 7)
    ('parity', 'a�b', '012…789')
    """
    line = "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name
    )
    if len(line) <= width:
        return line
    front = width // 2
    return f"{line[:front]}…{line[len(line) - (width - 1 - front) :]}"


def amount(number: int, unit: str) -> str:
    """Return a number with its unit.

    >>> amount(1, "bit"), amount(1024, "state")
    ('1 bit', '1,024 states')
    """
    return f"{number:,} {unit}{'' if number == 1 else 's'}"
