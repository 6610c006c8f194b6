"""The picture of a frontier: languages down, (d, p) across, a panel for each kind of model."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from streamssm.bench.memory_plot import require_matplotlib
from streamssm.limits.synthesis.frontier import splits

COLOURS = {"yes": "#2b7bba", "no": "#e4e4e4", "unknown": "#ffffff"}
FRAME = "#d95f02"
LABELS = {
    "yes": "a model exists",
    "no": "none exists",
    "unknown": "unknown: out of time",
}

Split = tuple[int, int]
Cells = Mapping[tuple[str, Split], str]  # answers by language and (d, p)


def plot_svg(result: Mapping[str, Any]) -> bytes:
    """Return a frontier as SVG; the same frontier gives the same bytes."""
    require_matplotlib()
    import matplotlib
    from matplotlib.figure import Figure

    panels = list(_panels(result))
    languages = [row["language"] for row in result["repacked"]]
    columns = splits(result["max_bits"])
    across, down = min(2, len(panels)), -(-len(panels) // 2)
    size = (1.5 + across * (0.36 * len(columns) + 0.4), 1.6 + down * (0.26 * len(languages) + 1.3))
    with matplotlib.rc_context({"svg.hashsalt": "streamssm", "font.size": 9}):
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots(down, across, sharey=True, squeeze=False).ravel()
        for ax, (title, cells) in zip(axes, panels, strict=False):
            _draw(ax, title, languages, columns, cells)
        for ax in axes[len(panels) :]:
            ax.set_visible(False)
        figure.supxlabel("state words d x bits per word p, grouped by d p (bits of memory)")
        _legend(figure)
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _panels(result: Mapping[str, Any]) -> Iterator[tuple[str, Cells]]:
    models = dict.fromkeys((row["transition"], row["overflow"]) for row in result["rows"])
    for kind, overflow in models:
        rows = [row for row in result["rows"] if (row["transition"], row["overflow"]) == (kind, overflow)]
        cells = {(row["language"], (row["state_dim"], row["precision_bits"])): row["answer"] for row in rows}
        yield f"one layer, no thoughts: {kind}, {overflow}", cells
    yield (
        "online thoughts: zero-one",
        {
            (row["language"], tuple(split)): answer
            for row in result["repacked"]
            for answer in ("yes", "no")
            for split in row[answer]
        },
    )


def _draw(ax: Any, title: str, languages: Sequence[str], columns: Sequence[Split], cells: Cells) -> None:
    from matplotlib.patches import Rectangle

    places = _places(columns)
    for y, language in enumerate(languages):
        for split in columns:
            answer = cells.get((language, split), "unknown")
            hatch = "////" if answer == "unknown" else None
            cell = Rectangle(
                (places[split] + 0.04, y + 0.04), 0.92, 0.92, facecolor=COLOURS[answer], hatch=hatch, lw=0
            )
            cell.set_edgecolor("#888888")
            ax.add_patch(cell)
        for group in _mixed(language, columns, cells):
            left, right = places[group[0]], places[group[-1]] + 1
            ax.add_patch(Rectangle((left, y), right - left, 1, fill=False, edgecolor=FRAME, lw=1.6, zorder=3))
    ax.set_xlim(-0.2, max(places.values()) + 1.2)
    ax.set_ylim(len(languages) + 0.1, -0.1)
    ax.set_yticks([y + 0.5 for y in range(len(languages))], labels=languages)
    ax.set_xticks([places[split] + 0.5 for split in columns], labels=[f"{d}x{p}" for d, p in columns])
    ax.tick_params(length=0, labelbottom=True)
    ax.tick_params(axis="x", rotation=90)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_title(title, fontsize=10)


def _places(columns: Sequence[Split]) -> dict[Split, float]:
    """Return where each column starts: a gap stands between different numbers of bits."""
    found: dict[Split, float] = {}
    place = 0.0
    for number, (d, p) in enumerate(columns):
        place += 1.0 if number else 0.0
        place += 0.4 if number and columns[number - 1][0] * columns[number - 1][1] != d * p else 0.0
        found[d, p] = place
    return found


def _mixed(language: str, columns: Sequence[Split], cells: Cells) -> Iterator[list[Split]]:
    """Yield the columns of one d * p that has both answers."""
    for bits in dict.fromkeys(d * p for d, p in columns):
        group = [split for split in columns if split[0] * split[1] == bits]
        if {"yes", "no"} <= {cells.get((language, split)) for split in group}:
            yield group


def _legend(figure: Any) -> None:
    from matplotlib.patches import Patch

    marks = [
        Patch(
            facecolor=COLOURS[answer], edgecolor="#888888", hatch="////" * (answer == "unknown"), label=text
        )
        for answer, text in LABELS.items()
    ]
    marks.append(Patch(fill=False, edgecolor=FRAME, lw=1.6, label="equal d p, both answers"))
    figure.legend(handles=marks, loc="outside upper center", ncols=len(marks), frameon=False)
