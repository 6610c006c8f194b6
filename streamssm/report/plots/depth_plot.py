"""Plot of memory against N for every method, one panel per K, and of functions against layers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from streamssm.report.plots.memory_plot import require_matplotlib
from streamssm.report.plots.methods_plot import CURVES

COLUMNS = 3
NEEDED = {
    "easy": ("exactly needed by any algorithm, argument first", "_", "tab:blue"),
    "tables first": ("exactly needed by any algorithm, tables first", "_", "tab:red"),
}
GROWTH = "bound on d²p for L = K - 3 layers: growth N / L³ (asymptotic, height not known)"


def plot_svg(result: dict[str, Any]) -> bytes:
    """Plot a result of `measure` as SVG; equal results give equal bytes."""
    require_matplotlib()
    import matplotlib
    from matplotlib.figure import Figure

    depths = sorted({row["k"] for row in result["rows"]})
    across = min(COLUMNS, len(depths) + 1)
    down = -(-(len(depths) + 1) // across)
    with matplotlib.rc_context({"svg.hashsalt": "streamssm", "font.size": 10}):
        figure = Figure(figsize=(1 + 3.6 * across, 2.2 + 3.3 * down), layout="constrained")
        panels = figure.subplots(down, across, squeeze=False).ravel()
        for axes, k in zip(panels, depths, strict=False):
            _memory(axes, result, k)
        _functions(panels[len(depths)], result["functions"])
        for axes in panels[len(depths) + 1 :]:
            axes.set_visible(False)
        _legend(figure, panels[: len(depths)])
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _memory(axes: Any, result: dict[str, Any], k: int) -> None:
    rows = [
        row for row in result["rows"] if row["k"] == k and row["n"] > 1
    ]  # 0 bits cannot be shown on a log scale
    for method, (label, marker, size) in CURVES.items():
        points = [(row["n"], row["memory_bits"]) for row in rows if row["method"] == method]
        axes.plot(*zip(*points, strict=True), marker=marker, markersize=size, fillstyle="none", label=label)
    for order, (label, marker, color) in NEEDED.items():
        exact = [(r["n"], r["bits"]) for r in result["needed"] if r["order"] == order and r["k"] == k]
        if exact:
            axes.plot(
                *zip(*exact, strict=True), marker, color=color, markersize=14, markeredgewidth=2, label=label
            )
    if k > 3:
        sizes = sorted({row["n"] for row in rows})
        axes.plot(sizes, [n / (k - 3) ** 3 for n in sizes], ":", color="0.35", label=GROWTH)
    axes.set_xscale("log", base=2)
    axes.set_yscale("log", base=10)
    axes.set_ylim(bottom=0.8)
    axes.set_title(f"K = {k} function{'s' if k > 1 else ''}")
    axes.set_xlabel("size of the domain, N (elements)")
    axes.set_ylabel("memory between two tokens (bits)")
    axes.grid(True, which="major", alpha=0.3)


def _functions(axes: Any, functions: Sequence[dict[str, int]]) -> None:
    layers = [row["layers"] for row in functions]
    ours, bound = ([row[name] for row in functions] for name in ("ours", "bound"))
    axes.plot(layers, ours, "s-", color="tab:orange", fillstyle="none", label="composed without thoughts")
    axes.plot(layers, bound, ":", color="0.35", label="bound: L + 3 functions")
    axes.fill_between(layers, ours, bound, color="0.9", label="open: more functions in few bits?")
    axes.fill_between(layers, bound, [bound[-1] + 2] * len(bound), color="tab:red", alpha=0.12)
    axes.text(layers[0] + 0.3, bound[-1] + 0.6, "d²p grows at least like N / L³", color="tab:red", fontsize=9)
    axes.set_title("functions against layers")
    axes.set_xlabel("layers, L")
    axes.set_ylabel("functions composed, K")
    axes.set_ylim(0, bound[-1] + 2)
    axes.legend(loc="lower right", fontsize=8)
    axes.grid(True, alpha=0.3)


def _legend(figure: Any, panels: Any) -> None:
    named: dict[str, Any] = {}
    for axes in panels:
        handles, labels = axes.get_legend_handles_labels()
        named.update(zip(labels, handles, strict=True))
    figure.legend(named.values(), named.keys(), loc="outside upper center", ncols=2)
