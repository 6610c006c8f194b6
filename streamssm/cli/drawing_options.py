"""Drawings of a model: in the terminal, and as files."""

from __future__ import annotations

import shlex
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from streamssm.cli.command_group import wrote
from streamssm.cli.what import InputSource, words_of
from streamssm.errors import ParameterError

if TYPE_CHECKING:
    from streamssm.report.drawing.drawing import Drawing


@dataclass(frozen=True)
class Pictures:
    """Output files of drawings, one per option; ``-`` is standard output."""

    dot: str | None
    svg: str | None

    @property
    def _files(self) -> dict[str, str]:
        named = {"--to-dot": self.dot, "--svg": self.svg}
        return {option: path for option, path in named.items() if path is not None}

    @property
    def on_standard_output(self) -> bool:
        """True if a picture goes to standard output, where nothing else may be printed then."""
        return "-" in self._files.values()

    def require_writable(self, as_json: bool) -> None:
        """Raise ParameterError unless all files are writable and at most one output is printed."""
        from streamssm.runtime.atomic_file import require_writable

        printed = [f"{option} -" for option, path in self._files.items() if path == "-"]
        printed += ["--json"] * as_json
        if len(printed) > 1 and self.on_standard_output:
            raise ParameterError(f"only one of {', '.join(printed)} can be written to standard output")
        for path in self._files.values():
            if path != "-":
                require_writable(path)

    def require_none(self, source: InputSource) -> None:
        """Raise ParameterError if a picture of something other than a model is requested."""
        words = " ".join(map(shlex.quote, words_of(source)))
        for option in self._files:
            raise ParameterError(
                f"{option} draws models only, and {source} is not one: first run "
                f"streamssm translate {words} -o FILE.safetensors"
            )

    def write(self, drawing: Drawing) -> None:
        """Write all pictures; a file is written completely or not at all."""
        from streamssm.report.drawing.dot import dot_drawing
        from streamssm.report.drawing.svg import svg_drawing
        from streamssm.runtime.atomic_file import write_atomically

        draw = {"--to-dot": dot_drawing, "--svg": svg_drawing}
        for option, path in self._files.items():
            text = draw[option](drawing)
            if path == "-":
                click.echo(text, nl=False)
            else:
                write_atomically(path, text.encode())
                wrote(path)


def print_drawing(drawing: Drawing | None) -> None:
    """Print a drawing at the width of the terminal, at most 100 columns."""
    from streamssm.report.drawing.text_drawing import WIDTH, in_ascii, text_drawing

    if drawing is None:
        return
    width = min(shutil.get_terminal_size().columns, WIDTH) if sys.stdout.isatty() else WIDTH
    text = text_drawing(drawing, width)
    click.echo("\n" + (text if _can_print(text) else in_ascii(text)))


def _can_print(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True
