"""Automaton -> DOT text, which `to_machine` reads back."""

from __future__ import annotations

from collections.abc import Iterator

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.dot.dot_labels import START, joined, joined_state, quoted

HEAD = """digraph {name} {{
  graph [comment={kind}, rankdir=LR]
  node [fontname="Helvetica", shape=circle]
  edge [fontname="Helvetica", fontsize=10]
  {start}0 [shape=none, label=""]"""


def to_dot(machine: Automaton) -> str:
    """Return an automaton as DOT text, for ``dot -Tsvg`` and for other automata tools.

    Law: `machine_of_dot` reads back the same tables and names, except that outputs are numbered in order of
    appearance, and unused outputs are dropped.

    Edges of a Mealy machine are labeled ``input/output``, others with the input; states of a Moore machine
    ``name|output``; accepting states are double circles.

    Characters that a label cannot hold as they are become entities, such as ``&quot;`` or ``&#47;``, which
    Graphviz shows as the characters. AALpy reads the same machine, with the entities as part of the names.

    >>> even = Automaton.acceptor("even", "ab", [[1, 0], [0, 1]], [True, False], state_names=("e", "o"))
    >>> print("\\n".join(to_dot(even).splitlines()[5:-1]))
      s0 [label="e", shape=doublecircle]
      s1 [label="o"]
      __start0 -> s0
      s0 -> s1 [label="a"]
      s0 -> s0 [label="b"]
      s1 -> s0 [label="a"]
      s1 -> s1 [label="b"]
    """
    kind = "dfa" if machine.is_acceptor else "moore" if machine.is_moore else "mealy"
    name = quoted(" ".join(machine.name.split()) or "machine")
    lines = [HEAD.format(name=name, kind=kind, start=START)]
    lines += [f"  s{state} [{_state(machine, state)}]" for state in range(machine.num_states)]
    lines.append(f"  {START}0 -> s{machine.initial}")
    for state in range(machine.num_states):
        lines += _edges(machine, state)
    return "\n".join([*lines, "}", ""])


def _state(machine: Automaton, state: int) -> str:
    name = machine.state_names[state]
    if machine.is_acceptor:
        return f"label={quoted(name)}" + (", shape=doublecircle" if machine.accepting[state] else "")
    if machine.is_moore:
        return f"label={joined_state(name, machine.outputs[machine.output[state]])}"
    return f"label={quoted(name)}"


def _edges(machine: Automaton, state: int) -> Iterator[str]:
    for number, target in enumerate(machine.next_state[state].tolist()):
        symbol = machine.symbols[number]
        label = (
            quoted(symbol)
            if machine.is_moore
            else joined(symbol, machine.outputs[machine.output[state, number]])
        )
        yield f"  s{state} -> s{target} [label={label}]"
