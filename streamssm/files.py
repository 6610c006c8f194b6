"""Loading any artefact by what its file holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from streamssm.errors import FormatError
from streamssm.program.load_program import load_program
from streamssm.program.program import Program

if TYPE_CHECKING:
    from streamssm.ssm.model import SSM


def load(path: str) -> Program | SSM:
    """Load a saved program (JSON) or a saved SSM (safetensors); FormatError if the file is neither."""
    from streamssm.ssm.load_ssm import load_ssm

    try:
        with open(path, "rb") as file:
            start = file.read(9)
    except OSError as error:
        raise FormatError(f"{path}: cannot be read: {error.strerror}") from None
    if not start:
        raise FormatError(f"{path}: must be a saved program or model, not an empty file")
    return load_program(path) if start[:1] == b"{" else load_ssm(path)
