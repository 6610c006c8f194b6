"""Output of measurements (table, JSON, plot), and options that take several sizes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

import click

from streamssm.cli.command_group import wrote
from streamssm.cli.render import print_json
from streamssm.cli.settings import parse_integer
from streamssm.errors import ParameterError

F = TypeVar("F", bound=Callable[..., Any])
Figures = dict[str, Any]

SPANS = "LO..HI (doubling), LO..HI*F (times F), or a list 16,64,256."


@dataclass(frozen=True)
class Output:
    """The requested files; the JSON file "-" is standard output, and replaces the table."""

    json_file: str | None = None
    plot: str | None = None

    def require(self) -> None:
        """Raise ParameterError, before any work, if a file is not writable or the plot is not an SVG file."""
        from streamssm.report.plots.memory_plot import require_matplotlib
        from streamssm.runtime.atomic_file import require_writable

        if self.plot is not None:
            if not self.plot.endswith(".svg"):
                raise ParameterError(f"--plot must name a .svg file, not {self.plot!r}")
            require_matplotlib()
        for path in (self.json_file, self.plot):
            if path is not None and path != "-":
                require_writable(path)

    def write(
        self,
        result: Any,
        print_rows: Callable[[Any], None],
        *,
        plot_svg: Callable[[Any], bytes] | None = None,
        to_json: Callable[[Any], str] = lambda result: json.dumps(result, indent=2) + "\n",
    ) -> None:
        """Print figures as a table or as JSON, and write the files."""
        from streamssm.runtime.atomic_file import write_atomically

        if self.json_file == "-":
            print_json(result)
        else:
            print_rows(result)
        if self.json_file is not None and self.json_file != "-":
            write_atomically(self.json_file, to_json(result).encode())
            wrote(self.json_file)
        if self.plot is not None and plot_svg is not None:
            write_atomically(self.plot, plot_svg(result))
            wrote(self.plot)


def output_options(*, plot: bool = False) -> Callable[[F], Callable[..., Any]]:
    """Add ``--json`` and, on request, ``--plot``; the command gets both as ``output``, already checked."""

    def add(command: F) -> Callable[..., Any]:
        @wraps(command)
        def with_output(json_file: str | None, plot: str | None = None, **rest: Any) -> Any:
            output = Output(json_file, plot)
            output.require()
            return command(output=output, **rest)

        decorated: Callable[..., Any] = with_output
        if plot:
            decorated = click.option("--plot", metavar="FILE.svg", help="Write a plot.")(decorated)
        return click.option(
            "--json", "json_file", metavar="FILE", help="Write the results as JSON; - is standard output."
        )(decorated)

    return add


def sizes_option(name: str, parameter: str, default: str, label: str) -> Callable[[F], F]:
    """Add an option of several sizes, such as ``--n 16..1024*4``."""
    return click.option(
        name,
        parameter,
        default=default,
        show_default=True,
        metavar="SIZES",
        callback=lambda context, option, text: parse_sizes(text, name),
        help=f"{label}: {SPANS}",
    )


def parse_sizes(text: str, option: str = "--n") -> list[int]:
    """Parse the sizes of an option.

    >>> parse_sizes("16..128"), parse_sizes("16..2^10*4"), parse_sizes("5,7")
    ([16, 32, 64, 128], [16, 64, 256, 1024], [5, 7])
    """
    span = re.fullmatch(r"([^.*]+)\.\.([^.*]+)(?:\*(\d+))?", text.replace(" ", "").replace("**", "^"))
    if span is None:
        sizes = [parse_integer(part.strip(), option) for part in text.split(",")]
    else:
        low, high = parse_integer(span[1], option), parse_integer(span[2], option)
        factor = parse_integer(span[3] or "2", option)
        if not (1 <= low <= high and factor >= 2):
            raise ParameterError(
                f"{option} must be LO..HI with 1 <= LO <= HI and a factor of at least 2, not {text!r}"
            )
        sizes = [low]
        while sizes[-1] * factor <= high:
            sizes.append(sizes[-1] * factor)
    if min(sizes) < 1:
        raise ParameterError(f"{option} must be at least 1, not {min(sizes)}")
    return sizes
