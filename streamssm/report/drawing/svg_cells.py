"""Cells of a drawing: boxes with a few lines of text, in a grid or in a wrapping row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from streamssm.report.drawing.svg_canvas import Canvas, Look, Style

GAP = 10
PADDING = 10
NARROWEST, WIDEST = 110, 204


@dataclass(frozen=True, slots=True)
class SvgCell:
    """Styled lines of text; ``tip`` is the tooltip with the full text."""

    lines: tuple[tuple[str, Style], ...]
    look: Look
    tip: str

    @property
    def width(self) -> float:
        """The width of the cell with all lines unbroken."""
        return max(style.width(text) for text, style in self.lines) + 2 * PADDING

    def broken(self, width: float) -> list[tuple[str, Style]]:
        """Return the lines wrapped to a cell width."""
        return [
            (part, style)
            for text, style in self.lines
            for part in style.wrapped(text, width - 2 * PADDING + 1)  # tolerance for rounding
        ]

    def height(self, width: float) -> float:
        return sum(style.line for _, style in self.broken(width)) + 2 * PADDING - 4

    def draw(self, canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
        """Draw the cell with its top left corner at (x, y)."""
        canvas.box(x, y, width, height, self.look, self.tip)
        y += PADDING - 2
        for text, style in self.broken(width):
            y = canvas.lines(x + PADDING, y, [text], style)


def grid(canvas: Canvas, cells: Sequence[SvgCell], x: float, y: float, width: float) -> float:
    """Draw cells of equal width in rows, with first lines unbroken if possible; return the bottom edge."""
    if not cells:
        return y
    unbroken = max(cell.lines[0][1].width(cell.lines[0][0]) for cell in cells) + 2 * PADDING
    size = min(max(*(cell.width for cell in cells), NARROWEST), max(unbroken, WIDEST), width)
    columns = min(len(cells), int((width + GAP) // (size + GAP)))
    size = (width + GAP) / columns - GAP
    for start in range(0, len(cells), columns):
        row = cells[start : start + columns]
        height = max(cell.height(size) for cell in row)
        for index, cell in enumerate(row):
            cell.draw(canvas, x + index * (size + GAP), y, size, height)
        y += height + GAP
    return y - GAP


def flow(canvas: Canvas, cells: Sequence[SvgCell], x: float, y: float, width: float) -> float:
    """Draw cells side by side at their own widths, in rows that wrap; return the bottom edge."""
    at, bottom = x, y
    for cell in cells:
        size = min(cell.width, width)
        if at > x and at + size > x + width:
            at, y = x, bottom + GAP
        cell.draw(canvas, at, y, size, cell.height(size))
        at, bottom = at + size + GAP, max(bottom, y + cell.height(size))
    return bottom
