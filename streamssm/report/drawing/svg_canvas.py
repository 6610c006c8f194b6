"""A page of SVG: boxes, texts and arrows in pixels; all texts are escaped and measured here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

from rich.cells import cell_len

from streamssm.report.drawing.columns import wrapped
from streamssm.report.drawing.labels import UNBROKEN, plain

SANS = "Helvetica, Arial, sans-serif"
MONO = "Menlo, Consolas, DejaVu Sans Mono, monospace"
LINE_HEIGHT = 1.4


@dataclass(frozen=True, slots=True)
class Style:
    """A text style; ``advance`` is an upper bound on the width of a character."""

    size: int
    mono: bool = False
    bold: bool = False
    color: str = "#0f172a"

    @property
    def advance(self) -> float:
        return self.size * (0.61 if self.mono else 0.58 if self.bold else 0.53)

    @property
    def line(self) -> float:
        return self.size * LINE_HEIGHT

    def width(self, text: str) -> float:
        return cell_len(plain(text)) * self.advance

    def wrapped(self, text: str, width: float) -> list[str]:
        """Wrap a text to a width in pixels."""
        return wrapped(plain(text), max(1, int(width / self.advance)))


@dataclass(frozen=True, slots=True)
class Look:
    """Colors and corner radius of a box."""

    fill: str
    stroke: str
    radius: int = 0


@dataclass
class Canvas:
    """Collects elements from top to bottom."""

    elements: list[str] = field(default_factory=list)

    def box(self, x: float, y: float, width: float, height: float, look: Look, tip: str = "") -> None:
        """Add a rectangle; ``tip`` is its tooltip."""
        shape = (
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{look.radius}" '
            f'fill="{look.fill}" stroke="{look.stroke}"'
        )
        self.elements.append(f"{shape}><title>{escape(plain(tip))}</title></rect>" if tip else f"{shape}/>")

    def text(
        self, x: float, y: float, text: str, style: Style, anchor: str = "start", turn: str = ""
    ) -> None:
        """Add one line of text whose baseline is at y."""
        font = f"font-family={quoteattr(MONO)} " if style.mono else ""
        weight = 'font-weight="bold" ' if style.bold else ""
        attributes = f'x="{x:g}" y="{y:g}" text-anchor="{anchor}"' + (f' transform="{turn}"' if turn else "")
        self.elements.append(
            f'<text {attributes} font-size="{style.size}" {font}{weight}fill="{style.color}" '
            f'xml:space="preserve">{escape(plain(text).replace(UNBROKEN, " "))}</text>'
        )

    def lines(self, x: float, y: float, lines: Sequence[str], style: Style, anchor: str = "start") -> float:
        """Add lines of text, the first below y; return their bottom edge."""
        for line in lines:
            self.text(x, y + style.size, line, style, anchor)
            y += style.line
        return y

    def arrow(self, path: str, color: str, *, tip: bool = True) -> None:
        """Add a line along a path, with an arrowhead at its end."""
        end = f' marker-end="url(#tip-{color[1:]})"' if tip else ""
        self.elements.append(f'<path d="{path}" stroke="{color}" stroke-width="1.6" fill="none"{end}/>')

    def page(self, width: float, height: float, title: str, colors: Sequence[str]) -> str:
        """Return the page as an SVG document."""
        tips = "".join(
            f'<marker id="tip-{color[1:]}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" '
            f'markerHeight="8" orient="auto"><path d="M0 0 L10 5 L0 10 z" fill="{color}"/></marker>'
            for color in colors
        )
        return "\n".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
                f'viewBox="0 0 {width:g} {height:g}" font-family="{SANS}">',
                f"<title>{escape(plain(title))}</title>",
                f"<defs>{tips}</defs>",
                f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
                *self.elements,
                "</svg>",
                "",
            ]
        )
