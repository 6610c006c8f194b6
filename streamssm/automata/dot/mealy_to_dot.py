"""A Mealy machine of a program as DOT text to look at: one edge per pair of states and output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from streamssm.automata.mealy import Mealy

START = """digraph {name} {{
  rankdir=LR
  graph [fontname="Helvetica", label={name}, labelloc=t]
  node [fontname="Helvetica", shape=circle]
  edge [fontname="Helvetica", fontsize=10]
  begin [shape=plaintext, label={begin}]"""


def to_dot(machine: Mealy) -> str:
    """Return the machine as DOT text, for ``dot -Tsvg``.

    Labels read ``tokens / output``. Tokens are written as on the command line, ``0 3 1; 3 5 1``; runs of
    three or more are ``first .. last``, and all tokens are ``any``; symbols and outputs that have names are
    written by name. The node without an incoming edge shows the output before the first token.

    >>> import numpy as np
    >>> from streamssm.ir.ranges import BIT
    >>> from streamssm.ir.words import Word
    >>> flip = np.array([[0, 1], [1, 0]], np.int32)
    >>> parity = Mealy("parity", (Word("bit", BIT),), ("odd",), flip, flip, np.array([[0], [1]]), begin=(0,))
    >>> print("\\n".join(to_dot(parity).splitlines()[-6:]))
      begin -> s0
      s0 -> s0 [label="0 / 0"]
      s0 -> s1 [label="1 / 1"]
      s1 -> s1 [label="0 / 1"]
      s1 -> s0 [label="1 / 0"]
    }
    """
    lines = [START.format(name=_quoted(machine.name), begin=_quoted(machine.output_text(machine.begin)))]
    lines += [f'  s{state} [label="{state}"]' for state in range(machine.num_states)]
    lines.append(f"  begin -> s{machine.initial}")
    for state in range(machine.num_states):
        lines += _edges(machine, state)
    return "\n".join([*lines, "}", ""])


def _edges(machine: Mealy, state: int) -> Iterator[str]:
    groups: dict[tuple[int, int], list[int]] = {}
    row = zip(machine.next_state[state].tolist(), machine.output[state].tolist(), strict=True)
    for number, key in enumerate(row):
        groups.setdefault(key, []).append(number)
    for (target, output), numbers in groups.items():
        label = _quoted(
            f"{_tokens(machine, numbers)} / {machine.output_text(machine.outputs[output].tolist())}"
        )
        yield f"  s{state} -> s{target} [label={label}]"


def _tokens(machine: Mealy, numbers: Sequence[int]) -> str:
    if len(numbers) == machine.num_tokens > 1:
        return "any"
    if machine.vocabulary is not None:
        return "; ".join(map(machine.token_text, numbers))
    token_numbers = np.array(numbers)
    runs = np.split(token_numbers, np.flatnonzero(np.diff(token_numbers) != 1) + 1)
    return "; ".join(part for run in runs for part in _run(machine, run.tolist()))


def _run(machine: Mealy, numbers: Sequence[int]) -> list[str]:
    texts = [
        machine.token_text(number)
        for number in (numbers if len(numbers) < 3 else numbers[:: len(numbers) - 1])
    ]
    return texts if len(numbers) < 3 else [" .. ".join(texts)]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'
