"""Plot of memory against input size."""

from __future__ import annotations

import importlib.util
import io
from typing import Any

from streamssm.errors import ParameterError

CURVES = (
    # key, label, marker, size: the curves coincide, so nested markers distinguish them
    ("algorithm", "algorithm (registers)", "o", 11),
    ("model", "state-space model (state words)", "s", 7),
    ("program_back", "program back from the model", "x", 5),
)


def require_matplotlib() -> None:
    """Raise ParameterError, naming the extra, unless matplotlib is installed."""
    if importlib.util.find_spec("matplotlib") is None:
        raise ParameterError("a plot needs matplotlib: pip install 'streamssm[plot]'")


def plot_svg(result: dict[str, Any]) -> bytes:
    """Plot the result of a memory measurement as SVG; equal results give equal bytes."""
    require_matplotlib()
    import matplotlib
    from matplotlib.figure import Figure

    rows = [
        row for row in result["rows"] if row["n"] > 1
    ]  # n = 1 takes 0 bits, which a log scale cannot show
    sizes = [row["n"] for row in rows]
    with matplotlib.rc_context({"svg.hashsalt": "streamssm", "font.size": 10}):
        figure = Figure(figsize=(7, 4.5), layout="constrained")
        axes = figure.subplots()
        tables = [row["tables_bits"] for row in rows]
        axes.loglog(sizes, tables, color="tab:red", marker="^", label=f"storing the {result['k']} tables")
        for key, label, marker, size in CURVES:
            bits = [row[key]["memory_bits"] for row in rows]
            axes.loglog(sizes, bits, marker=marker, markersize=size, fillstyle="none", label=label)
        axes.set_xscale("log", base=2)
        axes.set_xlabel("size of the domain, N (elements)")
        axes.set_ylabel("memory between two tokens (bits)")
        axes.set_title(f"{result['task'].replace('_', ' ')}, K = {result['k']}")
        axes.grid(True, which="major", alpha=0.3)
        axes.legend()
        file = io.BytesIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()
