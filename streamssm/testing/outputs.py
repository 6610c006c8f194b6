"""Checks of outputs: every form of an algorithm gives the outputs of plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from streamssm.equivalences.checking.sides import Values
from streamssm.program.program import Program
from streamssm.ssm.model import SSM
from streamssm.testing.compare import require_equal
from streamssm.testing.execution_forms import Forms, Stream

MAX_CHUNK = 9


def check_interpreter(forms: Forms) -> None:
    """Check the program on the reference interpreter."""
    run = _stepped(forms.program)
    require_equal(forms, "the program's interpreter", forms.short_streams, run)


def check_kernel(forms: Forms) -> None:
    """Check the program on the compiled kernel, one whole stream per call."""
    require_equal(forms, "the kernel", forms.streams, lambda stream: _fed(forms.program, stream))


def check_kernel_in_chunks(forms: Forms) -> None:
    """Check the kernel on streams that arrive in chunks of random lengths, empty ones too."""

    def run(stream: Stream) -> list[Values]:
        reader = forms.program.stream()
        chunks = _chunks(_tokens(forms.program, stream), Random(forms.seed))
        return [forms.program.begin(), *(row for chunk in chunks for row in _rows(reader.feed(chunk)))]

    require_equal(forms, "the kernel in chunks", forms.streams, run)


def check_kernel_in_lanes(forms: Forms) -> None:
    """Check the kernel on all streams in parallel lanes, the shorter ones padded at the end."""
    lengths = [len(stream) for stream in forms.streams]
    fill = tuple(word.range.lo for word in forms.program.fields)
    padded = [[*stream, *[fill] * (max(lengths) - len(stream))] for stream in forms.streams]
    tokens = np.stack([_tokens(forms.program, stream) for stream in padded], axis=1)
    outputs = forms.program.run_lanes(tokens)
    for lane, stream in enumerate(forms.streams):
        rows = [forms.program.begin(), *_rows(outputs[: len(stream), lane])]
        form = f"the kernel in lane {lane} of {len(padded)}"
        require_equal(forms, form, [stream], lambda _, rows=rows: rows, shorten=False)  # type: ignore[misc]


def check_model_interpreter(forms: Forms) -> None:
    """Check the model by its weights on the reference interpreter."""
    run = _stepped(forms.model)
    require_equal(forms, "the model's interpreter", forms.short_streams, run)


def check_model_by_weights(forms: Forms) -> None:
    """Check the model by its weights on the kernel."""
    form = "the model by weights"
    require_equal(forms, form, forms.streams, lambda stream: _fed(forms.model, stream, by="weights"))


def check_model_fused(forms: Forms) -> None:
    """Check the model on the kernel, with its gadgets interpreted."""
    form = "the fused model"
    require_equal(forms, form, forms.streams, lambda stream: _fed(forms.model, stream, by="fused"))


def check_program_back(forms: Forms) -> None:
    """Check the program translated back from the model."""
    form = "the program back from the model"
    require_equal(forms, form, forms.streams, lambda stream: _fed(forms.back, stream))


def _stepped(artefact: Program | SSM) -> Any:
    def run(stream: Stream) -> list[Values]:
        state, rows = artefact.initial, [artefact.begin()]
        for token in stream:
            state, outputs = artefact.step(state, token)
            rows.append(outputs)
        return rows

    return run


def _fed(artefact: Program | SSM, stream: Stream, **options: Any) -> list[Values]:
    """Run a stream on the kernel; return the outputs before the first token and after each one."""
    return [artefact.begin(), *_rows(artefact.stream(**options).feed(_tokens(artefact, stream)))]


def _tokens(artefact: Program | SSM, stream: Stream) -> NDArray[np.int64]:
    return np.array(stream, dtype=np.int64).reshape(len(stream), len(artefact.fields))


def _rows(outputs: NDArray[np.int64]) -> list[Values]:
    return [tuple(row) for row in outputs.tolist()]


def _chunks(tokens: NDArray[np.int64], r: Random) -> Iterator[NDArray[np.int64]]:
    start = 0
    while start < len(tokens):
        size = r.randrange(MAX_CHUNK)
        yield tokens[start : start + size]
        start += size
