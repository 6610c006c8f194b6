"""Checks of memory: equal bits in every form, and snapshots that suffice to resume a run."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from streamssm.files import load
from streamssm.frontends.algorithm import registers_of
from streamssm.ir.words import total_bits
from streamssm.program.program import Program
from streamssm.ssm.model import SSM
from streamssm.testing.execution_forms import Forms

NUM_SNAPSHOTS = 8


def check_memory(forms: Forms) -> None:
    """Check that the class, the program, the model and the program back keep the same number of bits."""
    bits = {
        "the class": total_bits(registers_of(forms.algorithm)),
        "the program": forms.program.memory_bits,
        "the model": forms.model.memory_bits,
        "the program back": forms.back.memory_bits,
    }
    if len(set(bits.values())) > 1:
        counts = ", ".join(f"{form} {count}" for form, count in bits.items())
        raise forms.failure(f"memory_bits must be equal in every form, not {counts}")


def check_snapshots(forms: Forms) -> None:
    """Check that a run resumed from a snapshot at a random position continues identically."""
    r = Random(forms.seed)
    for stream in r.sample(forms.streams, min(NUM_SNAPSHOTS, len(forms.streams))):
        position = r.randint(0, len(stream))
        read, rest = stream[:position], stream[position:]
        expected = forms.outputs(stream)[position + 1 :]
        for form, artefact in (("program", forms.program), ("model", forms.model)):
            bits, data = artefact.memory_bits, artefact.snapshot(_state_after(artefact, read))
            if len(data) != -(-bits // 8):
                text = f"a snapshot of the {form} must take {bits} bits, not {len(data)} bytes"
                raise forms.failure(text, read)
            if _outputs(artefact, artefact.restore(data), rest) != expected:
                text = f"the {form} does not resume from its snapshot after {position} tokens"
                raise forms.failure(text, stream)
        if forms.outputs(rest, _state_after(forms.program, read))[1:] != expected:
            text = f"plain Python does not resume from its registers alone after {position} tokens"
            raise forms.failure(text, stream)


def check_files(forms: Forms) -> None:
    """Check that the saved program and model load unchanged."""
    artefacts: dict[str, tuple[Any, Callable[[str], None]]] = {
        "program.json": (forms.program, forms.program.save),
        "model.safetensors": (forms.model, forms.model.save),
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, (artefact, save) in artefacts.items():
            path = str(Path(folder) / name)
            save(path)
            if load(path).digest != artefact.digest:
                raise forms.failure(f"{name} does not load as it was saved")


def _state_after(artefact: Program | SSM, tokens: Any) -> tuple[int, ...]:
    stream = artefact.stream()
    stream.feed(list(tokens))
    return stream.state


def _outputs(artefact: Program | SSM, state: tuple[int, ...], tokens: Any) -> list[tuple[int, ...]]:
    return [tuple(row) for row in artefact.stream(state).feed(list(tokens)).tolist()]
