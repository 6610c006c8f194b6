"""Plot of the classes of regular languages, with the languages of each."""

from __future__ import annotations

import io
import textwrap
from typing import Any

from streamssm.report.plots.memory_plot import require_matplotlib

# class -> box (x, y, width, height), title, models that recognize it
BOXES: dict[str, tuple[tuple[float, float, float, float], str, str]] = {
    "counter": (
        (0, 8.6, 14, 1.5),
        "not regular: they count",
        "layers, with bits that grow like log n",
    ),
    "not solvable": (
        (0, 0, 14, 8.4),
        "all regular languages",
        "one monomial or dense layer; online thoughts",
    ),
    "solvable": ((0.3, 0.3, 13.4, 6.9), "only solvable groups", "complex layers"),
    "quasi-aperiodic": (
        (0.6, 0.6, 8.4, 5.4),
        "quasi-aperiodic: regular and AC0",
        "time-invariant and nonnegative",
    ),
    "2-groups": ((4.0, 0.9, 9.4, 4.6), "only 2-groups", "entries in {-1, 0, 1}"),
    "aperiodic": ((4.3, 1.0, 4.5, 3.3), "star-free = past LTL", "entries >= 0, or {0, 1}"),
    "R-trivial": ((4.5, 1.15, 4.1, 1.25), "R-trivial", ""),
}
COLORS = {
    "counter": "#f3e9d8",
    "not solvable": "#f7f7f7",
    "solvable": "#ececf4",
    "quasi-aperiodic": "#dcebdc",
    "2-groups": "#dce6f2",
    "aperiodic": "#fdfdfd",
    "R-trivial": "#f1f1f1",
}
# class -> position of its list: x, top, characters per line
LISTS = {
    "counter": (0.3, 9.3, 125),
    "not solvable": (0.4, 7.55, 125),
    "solvable": (0.7, 6.45, 115),
    "quasi-aperiodic": (0.8, 4.9, 26),
    "quasi-aperiodic, 2-groups": (4.35, 4.85, 40),
    "2-groups": (9.2, 4.6, 36),
    "aperiodic": (4.45, 3.55, 40),
    "R-trivial": (4.65, 1.95, 36),
}


def plot_svg(result: dict[str, Any]) -> bytes:
    """Plot the rows of a measurement, each in the box of its class, as SVG."""
    require_matplotlib()
    import matplotlib
    from matplotlib.figure import Figure
    from matplotlib.patches import FancyBboxPatch

    with matplotlib.rc_context({"svg.hashsalt": "streamssm", "font.size": 9}):
        figure = Figure(figsize=(12, 8.8), layout="constrained")
        axes = figure.subplots()
        for name, ((x, y, width, height), title, holders) in BOXES.items():
            alpha = 0.75 if name in ("quasi-aperiodic", "2-groups") else 1
            axes.add_patch(
                FancyBboxPatch(
                    (x, y),
                    width,
                    height,
                    boxstyle="round,pad=0,rounding_size=0.15",
                    facecolor=COLORS[name],
                    edgecolor="0.35",
                    alpha=alpha,
                )
            )
            axes.text(x + 0.12, y + height - 0.12, title, weight="bold", va="top", fontsize=10)
            axes.text(x + width - 0.12, y + height - 0.12, holders, va="top", ha="right", style="italic")
        for name, (x, top, width) in LISTS.items():
            axes.text(x, top, _listed(result, name, width), va="top", family="monospace", fontsize=8)
        axes.set_xlim(-0.1, 14.1)
        axes.set_ylim(-0.1, 10.2)
        axes.axis("off")
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _listed(result: dict[str, Any], name: str, width: int) -> str:
    rows = [row["name"] for row in result["rows"] if row["class"] == name]
    return textwrap.fill(", ".join(rows), width, break_long_words=False, break_on_hyphens=False)
