"""Plot of a frontier: languages down, (d, p) across, one panel per kind of model."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from streamssm.languages.suite import load_all
from streamssm.limits.synthesis.frontier import splits
from streamssm.report.plots.memory_plot import require_matplotlib

COLORS = {"yes": "#2b7bba", "no": "#e4e4e4", "unknown": "#ffffff"}
EDGE = "#888888"
FRAME = "#d95f02"
SHORT = 17  # maximum length of a definition beside a name
LABELS = {
    "yes": "a model exists",
    "no": "none exists",
    "unknown": "unknown: out of time",
}

Split = tuple[int, int]
Cells = Mapping[tuple[str, Split], str]  # answers by language and (d, p)


def plot_svg(result: Mapping[str, Any]) -> bytes:
    """Plot a frontier as SVG; equal frontiers give equal bytes."""
    require_matplotlib()
    import matplotlib
    from matplotlib.figure import Figure

    panels = list(_panels(result))
    languages = [row["language"] for row in result["repacked"]]
    columns = splits(result["max_bits"])
    across, down = min(2, len(panels)), -(-len(panels) // 2)
    size = (max(9.0, 1.5 + across * (0.36 * len(columns) + 0.4)), 1.6 + down * (0.26 * len(languages) + 1.3))
    with matplotlib.rc_context({"svg.hashsalt": "streamssm", "font.size": 9}):
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots(down, across, sharey=True, squeeze=False).ravel()
        for ax, (title, cells) in zip(axes, panels, strict=False):
            _draw(ax, title, languages, columns, cells)
        for ax in axes[len(panels) :]:
            ax.set_visible(False)
        figure.supxlabel("d x p: d state words of p bits each, one layer")
        _legend(figure)
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _panels(result: Mapping[str, Any]) -> Iterator[tuple[str, Cells]]:
    models = dict.fromkeys((row["transition"], row["overflow"]) for row in result["rows"])
    for kind, overflow in models:
        rows = [row for row in result["rows"] if (row["transition"], row["overflow"]) == (kind, overflow)]
        cells = {(row["language"], (row["state_dim"], row["precision_bits"])): row["answer"] for row in rows}
        yield f"no thoughts: {kind}, {overflow}", cells
    yield (
        "online thoughts, repacked: zero-one",
        {
            (row["language"], tuple(split)): answer
            for row in result["repacked"]
            for answer in ("yes", "no")
            for split in row[answer]
        },
    )


def _draw(ax: Any, title: str, languages: Sequence[str], columns: Sequence[Split], cells: Cells) -> None:
    offsets = _offsets(columns)
    for answer in COLORS:
        boxes = [
            (offsets[split] + 0.04, y + 0.04, 0.92, 0.92)
            for y, language in enumerate(languages)
            for split in columns
            if cells.get((language, split), "unknown") == answer
        ]
        _add(ax, boxes, **_style(answer), lw=0)
    frames = [
        (offsets[group[0]], y, offsets[group[-1]] + 1 - offsets[group[0]], 1.0)
        for y, language in enumerate(languages)
        for group in _mixed(language, columns, cells)
    ]
    _add(ax, frames, fill=False, edgecolor=FRAME, lw=1.6, zorder=3)
    ax.set_xlim(-0.2, max(offsets.values()) + 1.2)
    ax.set_ylim(len(languages) + 0.1, -0.9)
    for bits, group in _groups(columns):
        middle = (offsets[group[0]] + offsets[group[-1]] + 1) / 2
        ax.text(middle, -0.15, f"{bits} bit" + "s" * (bits > 1), ha="center", va="bottom", fontsize=8)
    ax.set_yticks([y + 0.5 for y in range(len(languages))], labels=[_label(name) for name in languages])
    ax.set_xticks([offsets[split] + 0.5 for split in columns], labels=[f"{d}x{p}" for d, p in columns])
    ax.tick_params(length=0, labelbottom=True)
    ax.tick_params(axis="x", rotation=90)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_title(title, fontsize=10)


def _add(ax: Any, boxes: Sequence[tuple[float, float, float, float]], **style: Any) -> None:
    """Draw rectangles (x, y, width, height) as one path, which keeps the file small."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path
    from matplotlib.transforms import Bbox, BboxTransformTo

    if boxes:
        unit = Path.unit_rectangle()
        paths = [unit.transformed(BboxTransformTo(Bbox.from_bounds(*box))) for box in boxes]
        ax.add_patch(PathPatch(Path.make_compound_path(*paths), **style))


def _style(answer: str) -> dict[str, Any]:
    return {"facecolor": COLORS[answer], "edgecolor": EDGE, "hatch": "////" if answer == "unknown" else None}


def _label(name: str) -> str:
    """Return a language's name, with its definition if that is short."""
    known = load_all().get(name)
    return f"{name}  {known.description}" if known and len(known.description) <= SHORT else name


def _offsets(columns: Sequence[Split]) -> dict[Split, float]:
    """Return the offset of each column, with a gap between different numbers of bits."""
    offsets: dict[Split, float] = {}
    offset = 0.0
    for number, (d, p) in enumerate(columns):
        offset += 1.0 if number else 0.0
        offset += 0.4 if number and columns[number - 1][0] * columns[number - 1][1] != d * p else 0.0
        offsets[d, p] = offset
    return offsets


def _groups(columns: Sequence[Split]) -> Iterator[tuple[int, list[Split]]]:
    """Yield each number of bits with its columns."""
    for bits in dict.fromkeys(d * p for d, p in columns):
        yield bits, [split for split in columns if split[0] * split[1] == bits]


def _mixed(language: str, columns: Sequence[Split], cells: Cells) -> Iterator[list[Split]]:
    """Yield the columns of one d * p that has both answers."""
    for _, group in _groups(columns):
        if {"yes", "no"} <= {cells.get((language, split)) for split in group}:
            yield group


def _legend(figure: Any) -> None:
    from matplotlib.patches import Patch

    marks = [Patch(**_style(answer), label=text) for answer, text in LABELS.items()]
    marks.append(Patch(fill=False, edgecolor=FRAME, lw=1.6, label="equal d p, both answers"))
    figure.legend(handles=marks, loc="outside upper center", ncols=len(marks), frameon=False)
