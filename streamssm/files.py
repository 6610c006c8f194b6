"""Reading whatever a file holds: a program in JSON, or a model in safetensors."""

from __future__ import annotations

from streamssm.errors import FormatError
from streamssm.program.files import load_program
from streamssm.program.program import Program
from streamssm.ssm.files import load_ssm
from streamssm.ssm.model import SSM


def load(path: str) -> Program | SSM:
    """Load a saved program or model, told apart by how the file begins.

    Raises
    ------
    FormatError
        If the file cannot be read or is not exactly one of the two; the file and what was expected are named.
    """
    try:
        with open(path, "rb") as file:
            start = file.read(64)
    except OSError as error:
        raise FormatError(f"{path}: cannot be read: {error.strerror}") from None
    if not start:
        raise FormatError(f"{path}: must be a saved program or model, not an empty file")
    return load_program(path) if start.lstrip()[:1] == b"{" else load_ssm(path)
