"""Plot of memory against N for each method of composition, one panel per K."""

from __future__ import annotations

import io
from typing import Any

from streamssm.report.plots.memory_plot import require_matplotlib

CURVES = {
    # method: label, marker, size; the first three may coincide, so nested markers distinguish them
    "online": ("online thoughts, one layer", "o", 10),
    "layers": ("K+1 layers, no thoughts", "s", 7),
    "adding": ("K+1 adding layers, no thoughts", "x", 5),
    "stored": ("storing the tables, one layer, no thoughts", "^", 6),
}
COLUMNS = 4


def plot_svg(result: dict[str, Any]) -> bytes:
    """Plot the result of a depth measurement as SVG; equal results give equal bytes."""
    require_matplotlib()
    import matplotlib
    from matplotlib.figure import Figure

    # n = 1 takes 0 bits, which a log scale cannot show
    rows = [row for row in result["rows"] if row["n"] > 1]
    depths = sorted({row["k"] for row in result["rows"]})
    across = min(COLUMNS, len(depths))
    down = -(-len(depths) // across)
    with matplotlib.rc_context({"svg.hashsalt": "streamssm", "font.size": 10}):
        figure = Figure(figsize=(max(7.0, 1 + 3.2 * across), 1.6 + 3.2 * down), layout="constrained")
        panels = figure.subplots(down, across, sharex=True, sharey=True, squeeze=False).ravel()
        for axes, k in zip(panels, depths, strict=False):
            _draw(axes, [row for row in rows if row["k"] == k], k)
        for axes in panels[len(depths) :]:
            axes.set_visible(False)
        figure.supxlabel("size of the domain, N (elements)")
        figure.supylabel("memory between two tokens (bits)")
        named: dict[str, Any] = {}
        for axes in panels:
            handles, labels = axes.get_legend_handles_labels()
            named.update(zip(labels, handles, strict=True))
        figure.legend(named.values(), named.keys(), loc="outside upper center", ncols=2)
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _draw(axes: Any, rows: list[dict[str, Any]], k: int) -> None:
    for method, (label, marker, size) in CURVES.items():
        method_rows = [row for row in rows if row["method"] == method]
        sizes, bits = [row["n"] for row in method_rows], [row["memory_bits"] for row in method_rows]
        axes.loglog(sizes, bits, marker=marker, markersize=size, fillstyle="none", label=label)
    alone = [(row["n"], row["memory_bits"]) for row in rows if row["ran"] == "program"]
    if alone:
        axes.loglog(*zip(*alone, strict=True), "k.", markersize=5, label="program only, not translated")
    axes.set_xscale("log", base=2)
    axes.set_title(f"K = {k}")
    axes.grid(True, which="major", alpha=0.3)
    axes.tick_params(labelbottom=True)
