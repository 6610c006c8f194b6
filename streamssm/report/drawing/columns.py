"""Text tables: column widths that keep words whole, and wrapped cells."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, chop_cells

from streamssm.report.drawing.labels import UNBROKEN

GAP = 2
NARROWEST = 4


def table(rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Lay out rows as lines of at most ``width`` cells; long texts wrap, empty columns are left out.

    >>> table([("word", "", "reads"), ("a", "", "x, y, z")], 11)
    ['word  reads', 'a     x, y,', '      z']
    """
    columns = [column for column in zip(*rows, strict=True) if any(column[1:])]
    if not columns:
        return []
    least = [max(cell_len(word) for text in column for word in text.split(" ")) for column in columns]
    sizes = fitted([max(map(cell_len, column)) for column in columns], width, least)
    lines = []
    for row in zip(*columns, strict=True):
        cells = [wrapped(text, size) for text, size in zip(row, sizes, strict=True)]
        for index in range(max(map(len, cells))):
            parts = [cell[index] if index < len(cell) else "" for cell in cells]
            padded = (padded_to(part, size) for part, size in zip(parts, sizes, strict=True))
            lines.append((" " * GAP).join(padded).rstrip())
    return lines


def fitted(sizes: Sequence[int], width: int, least: Sequence[int] = ()) -> list[int]:
    """Return column widths that fit: the widest columns shrink first, down to ``least`` if possible.

    >>> fitted([5, 40, 60], 54), fitted([5, 40, 60], 54, [5, 30, 10])
    ([5, 22, 23], [5, 30, 15])
    """
    widths = list(sizes)
    over = sum(widths) + GAP * (len(widths) - 1) - width
    for floor in (least, ()):
        while over > 0:
            spare = [(size, -index) for index, size in enumerate(widths) if size > _floor(floor, index)]
            if not spare:
                break
            widths[-max(spare)[1]] -= 1
            over -= 1
    return widths


def _floor(least: Sequence[int], index: int) -> int:
    return max(NARROWEST, least[index]) if least else NARROWEST


def wrapped(text: str, width: int) -> list[str]:
    """Wrap a text to lines of at most ``width`` cells, at blanks if possible.

    No-break spaces become ordinary blanks afterwards.

    >>> wrapped("key, image, last", 11)
    ['key, image,', 'last']
    """
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if cell_len(longer) <= width:
            lines[-1] = longer
            continue
        pieces = chop_cells(word, width) or [""]
        lines[len(lines) - (not lines[-1]) :] = pieces
    return [line.replace(UNBROKEN, " ") for line in lines]


def padded_to(text: str, width: int) -> str:
    """Pad a text with blanks to a width."""
    return text + " " * (width - cell_len(text))
