"""The cost of function composition by depth, by thoughts and by width, over N and K.

Four methods, each of which reads the task's stream in its own tokens:

    online  two words and one thought per token (E1 on FunctionComposition)
    layers  K + 1 layers of one word (E2 on BlockComposition)
    adding  K + 1 layers whose transition is the same at every step (E2 on AddingComposition)
    stored  one layer that stores the tables (E2 on StoredComposition)

Every model is translated and run over the 1 + K N tokens of a random instance; its answer is compared with
f_K(...f_1(x)). Tables of more than ``most_words`` words are not translated: their program runs instead.

The result is a dict for JSON: ``seed``, ``by``, ``most_words`` and ``rows``, one per n, k and method:

    n, k, method, algorithm, ran              ran is "model" or "program"
    layers, state_dim, precision_bits, transition, thoughts_per_token, thought_bits, ratio
                                              None without a model; the ratio also with online thoughts
    memory_bits, tokens, expected, answer, correct, seconds

``ratio`` is N / (L^3 d^2 p) (THEORY A1). The bound is asymptotic: the ratio of one instance proves nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from streamssm.algorithms import AddingComposition, BlockComposition, FunctionComposition, StoredComposition
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.frontends.algorithm import Algorithm
from streamssm.limits.streams.composition_streams import CompositionBlocks, CompositionStream
from streamssm.program.program import Program
from streamssm.ssm.layers import ThoughtMode
from streamssm.ssm.model import SSM

COSTS = (
    "layers",
    "state_dim",
    "precision_bits",
    "transition",
    "thoughts_per_token",
    "thought_bits",
    "ratio",
)


@dataclass(frozen=True)
class DepthMethod:
    """A method to compose K functions: the algorithm for n and k, its model's thoughts, and its stream."""

    algorithm: Callable[[int, int], Algorithm]
    cot: str
    stream: type[CompositionStream]
    words: Callable[[int, int], int]  # registers, for n and k


METHODS = {
    "online": DepthMethod(lambda n, k: FunctionComposition(n), "online", CompositionStream, lambda n, k: 2),
    "layers": DepthMethod(BlockComposition, "none", CompositionBlocks, lambda n, k: k + 1),
    "adding": DepthMethod(AddingComposition, "none", CompositionBlocks, lambda n, k: k + 1),
    "stored": DepthMethod(StoredComposition, "none", CompositionBlocks, lambda n, k: k * n + 1),
}


def measure(
    sizes: Sequence[int],
    depths: Sequence[int],
    *,
    seed: int = 0,
    by: str = "weights",
    most_words: int = 512,
    done: Callable[[int], None] = lambda words: None,
) -> dict[str, Any]:
    """Measure every method at every size and number of functions.

    Parameters
    ----------
    sizes, depths : the values of n and of k
    by : how models are run, "weights" or "fused"
    most_words : the largest table, in words, that is translated and run as a model
    done : called with the number of state words of all models measured so far
    """
    rows: list[dict[str, Any]] = []
    words = 0
    for n in sizes:
        for k in depths:
            for name, method in METHODS.items():
                translated = _is_translated(name, n, k, most_words)
                rows.append(_row(name, method, n, k, seed, by if translated else None))
                words += method.words(n, k) if translated else 1
                done(words)
    return {"seed": seed, "by": by, "most_words": most_words, "rows": rows}


def work(sizes: Sequence[int], depths: Sequence[int], most_words: int) -> int:
    """Return the number of state words that ``done`` is last called with."""
    return sum(
        method.words(n, k) if _is_translated(name, n, k, most_words) else 1
        for n in sizes
        for k in depths
        for name, method in METHODS.items()
    )


def all_correct(result: dict[str, Any]) -> bool:
    """Return whether every answer was right."""
    return all(row["correct"] for row in result["rows"])


def _is_translated(name: str, n: int, k: int, most_words: int) -> bool:
    return name != "stored" or k * n <= most_words


def _row(name: str, method: DepthMethod, n: int, k: int, seed: int, by: str | None) -> dict[str, Any]:
    """Measure one method, by its program alone if ``by`` is None."""
    began = time.perf_counter()
    algorithm = method.algorithm(n, k)
    program = algorithm.program()
    model = None if by is None else to_ssm(program, cot=method.cot)
    stream = method.stream(n, k, seed)
    answer, expected = _answer(program if model is None else model, stream, by), stream.answer()
    return {
        "n": n,
        "k": k,
        "method": name,
        "algorithm": type(algorithm).__name__,
        "ran": "program" if model is None else "model",
        **_costs(model, n),
        "memory_bits": (model or program).memory_bits,
        "tokens": stream.length,
        "expected": expected,
        "answer": answer,
        "correct": answer == expected,
        "seconds": round(time.perf_counter() - began, 3),
    }


def _answer(artefact: Program | SSM, stream: CompositionStream, by: str | None) -> int:
    """Return the output after the last token of a stream."""
    running = artefact.stream(by=str(by)) if isinstance(artefact, SSM) else artefact.stream()
    answers = [int(running.feed(columns)[-1, 0]) for columns in stream.blocks()]
    return answers[-1]


def _costs(model: SSM | None, n: int) -> dict[str, Any]:
    """Return the sizes of a model; without one, all of them are None."""
    if model is None:
        return dict.fromkeys(COSTS)
    return {
        "layers": model.num_layers,
        "state_dim": model.state_dim,
        "precision_bits": model.precision_bits,
        "transition": sorted({layer.kind.value for layer in model.layers}),
        "thoughts_per_token": model.thoughts.max_per_token,
        "thought_bits": model.thoughts.bits,
        "ratio": ratio(model, n),
    }


def ratio(model: SSM, n: int) -> float | None:
    """Return N / (L^3 d^2 p) (THEORY A1) to three digits; None with thoughts or without memory."""
    size = model.num_layers**3 * model.state_dim**2 * model.precision_bits
    return float(f"{n / size:.3g}") if model.thoughts.mode is ThoughtMode.NONE and size else None
