"""Drawings of a model: in the terminal, and as files."""

from __future__ import annotations

import shlex
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from streamssm.cli.what import InputSource, words_of
from streamssm.errors import ParameterError

if TYPE_CHECKING:
    from streamssm.report.drawing.drawing import Drawing


@dataclass(frozen=True)
class Pictures:
    """The files that drawings go to, each by its option; ``-`` is standard output."""

    dot: str | None
    svg: str | None

    @property
    def _files(self) -> dict[str, str]:
        named = {"--to-dot": self.dot, "--svg": self.svg}
        return {option: path for option, path in named.items() if path is not None}

    @property
    def on_standard_output(self) -> bool:
        """Whether a picture is all that is printed."""
        return "-" in self._files.values()

    def require_writable(self, as_json: bool) -> None:
        """Raise unless every file can be written, and at most one thing is printed."""
        from streamssm.runtime.atomic_file import require_writable

        printed = [f"{option} -" for option, path in self._files.items() if path == "-"]
        printed += ["--json"] * as_json
        if len(printed) > 1 and self.on_standard_output:
            raise ParameterError(f"one of {' and '.join(printed)} must go to standard output, not all")
        for path in self._files.values():
            if path != "-":
                require_writable(path)

    def require_none(self, what: InputSource) -> None:
        """Raise if there is a picture to draw of something that is no model."""
        words = " ".join(map(shlex.quote, words_of(what)))
        for option in self._files:
            raise ParameterError(
                f"{option} must be of a model, not of {what}; "
                f"streamssm translate {words} -o FILE.safetensors makes one"
            )

    def write(self, drawing: Drawing) -> None:
        """Write every picture: the files whole or not at all."""
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


def print_drawing(drawing: Drawing | None) -> None:
    """Print a drawing as wide as the terminal, 100 columns at most."""
    from streamssm.report.drawing.text import WIDTH, in_ascii, text_drawing

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
