"""Automata in DOT: dialects, and errors of the text or of the automaton."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import streamssm as ss
from streamssm.automata.automaton_class import Automaton
from streamssm.automata.dot.automaton_to_dot import to_dot
from streamssm.automata.dot.dot_graph import parse
from streamssm.automata.dot.dot_to_automaton import machine_of_dot
from streamssm.errors import FormatError, ParameterError
from tests.random_machines import machines
from tests.soak import examples


def in_order(machine: Automaton) -> Automaton:
    """Return a machine whose outputs are those that its states give, in the order in which they are met."""
    met = [machine.outputs[number] for number in dict.fromkeys(machine.output.ravel().tolist())]
    rest = [output for output in machine.outputs if output not in met]
    return machine.renumbered(machine.symbols, [*met, *rest])


@pytest.mark.parametrize("kind", ["dfa", "moore", "mealy"])
def test_round_trip(kind: str) -> None:
    """Law: machine_of_dot(to_dot(machine)) is the machine, outputs numbered as they are met."""

    @settings(max_examples=examples(100), deadline=None)
    @given(machines(kind))
    def check(machine: Automaton) -> None:
        back = machine_of_dot(to_dot(machine))
        assert (back.symbols, back.state_names, back.initial) == (
            machine.symbols,
            machine.state_names,
            machine.initial,
        )
        assert (back.next_state == machine.next_state).all()
        expected = machine if kind == "dfa" else in_order(machine)
        assert (back.output == expected.output).all()
        assert back.outputs == expected.outputs[: len(back.outputs)]

    check()


def test_mealy_with_a_start_marker() -> None:
    machine = machine_of_dot(
        'digraph g { __start0 [label="" shape=none]; a -> b [label="x / 1"]; b -> a [label="x/2/3"];'
        '__start0 -> b [label=""] }'
    )
    assert machine.run(["x", "x"]) == ["2/3", "1"] and machine.name == "g"


def test_dfa_moore_and_records() -> None:
    dfa = machine_of_dot("digraph { i -> e; e [shape=doublecircle]; e -> o -> e [label=1] }")
    assert dfa.is_acceptor and dfa.accepts("11") and not dfa.accepts("1")
    twice = machine_of_dot("digraph { e [peripheries=2]; e -> e [label=1] }")
    assert twice.accepts("1")
    moore = machine_of_dot(
        'digraph { s0 [label="{q|on}", shape=record]; s1 [shape=Mrecord, label="<p> r|<q> off"]; '
        "s0 -> s1 -> s0 [label=a] }"
    )
    assert moore.is_moore and moore.run("aa") == ["off", "on"] and moore.state_names == ("q", "r")
    slashed = machine_of_dot('digraph { s0 [label="q/on"]; s0 -> s0 [label=a] }')
    assert slashed.run("a") == ["on"]


def test_several_labels_on_an_edge() -> None:
    machine = machine_of_dot(r'digraph { a -> a [label="x/1\ny/2"] }')
    assert machine.symbols == ("x", "y") and machine.run("yx") == ["2", "1"]


def test_the_language_as_it_is_written() -> None:
    text = """
    # written by hand
    strict digraph "name \\"quoted\\"" {
      rankdir=LR; size="7,5" // a comment
      node [shape=doublecircle] edge [color=red];
      subgraph cluster_0 { node [shape=circle]; b; label = "inner" }
      a -> b [label="x" weight=2][style=dotted], /* another
      comment */
      b:n -> a:s [label=<x>]
      b [initial=true]
      { c } c -> "a" ["label" = "x" + ""]
    }
    """
    machine = machine_of_dot(text)
    assert machine.state_names == ("b", "a", "c") and machine.accepting.tolist() == [False, True, True]
    assert machine.name == 'name "quoted"'


def test_default_attributes_and_chains() -> None:
    graph = parse("digraph { edge [label=z]; a -> b -> c; c -> a [label=y] }")
    assert [(e.source, e.target, e.attributes["label"]) for e in graph.edges] == [
        ("a", "b", "z"),
        ("b", "c", "z"),
        ("c", "a", "y"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("graph { }", "DOT, line 1, column 1: expected 'digraph', found 'graph'"),
        ("digraph {\n a -> }", "DOT, line 2, column 7: expected the name of a node, found '}'"),
        (
            "digraph { a -> b [label=x]",
            "line 1, column 27: expected a node, an edge or '}', found the end of the text",
        ),
        ('digraph {\n a [label="x }', 'line 2, column 11: the string is not closed by "'),
        ("digraph { a [label=<x }", "line 1, column 20: '<' is not closed by '>'"),
        ("digraph { /* }", "line 1, column 11: the comment is not closed"),
        ("digraph { a @ b }", "line 1, column 13: expected a name, a string or a sign of DOT, found '@'"),
        ("digraph { a -- b }", "line 1, column 13: expected '->' (edges must be directed), found '--'"),
        ("digraph { a } b", "line 1, column 15: expected the end of the text after the last '}'"),
        ("digraph { a [label] }", "line 1, column 19: expected '=', found ']'"),
        ("digraph { a [;label=] }", "line 1, column 21: expected a name, found ']'"),
        ('digraph { a [label="x" + y] }', "line 1, column 26: expected a string after '+'"),
        ("digraph { node -> a }", "line 1, column 16: expected"),
        ("digraph {}", "DOT: the graph has no states"),
        ("digraph { a }", "DOT: no edge has a symbol: label the edges"),
        (
            "digraph { __start -> a [style=x]; b [shape=doublecircle]; a -> a [label=x]; a -> b }",
            "line 1: edge 'a' -> 'b' has no label",
        ),
        (
            "digraph { a [initial=1]; b [shape=doublecircle]\n"
            "a -> b [label=x]\nb -> b [label=y]\nb -> b [label=x] }",
            "line 1: not complete: state 'a' has no edge for y",
        ),
        (
            "digraph { a [initial=1]; b [shape=doublecircle]\n"
            "a -> b [label=x]\nb -> b [label=x]\na -> a [label=x] }",
            "line 4: not deterministic: the edge of state 'a' for 'x' leads to 'b' (line 2) and to 'a'",
        ),
        (
            'digraph {\na -> a [label="x/1"]\na -> a [label="x/2"] }',
            "line 3: not deterministic: the edge of state 'a' for 'x' leads to 'a' with output '1' (line 2) "
            "and to 'a' with output '2'",
        ),
        (
            "digraph { a [shape=doublecircle]\na -> a [label=x]\na -> a [label=x] }",
            "line 3: the edge of state 'a' for 'x' is a duplicate of the one in line 2",
        ),
        (
            'digraph {\na -> a [label="x/1"]\na -> a [label="y"] }',
            "line 3: edge 'a' -> 'a' must be labeled input/output like other edges, not 'y'",
        ),
        (
            "digraph {\n__start0 -> a\n__start1 -> a; a -> a [label=x] }",
            "line 3: the initial state is marked twice: 'a' here, and 'a' in line 2",
        ),
        ('digraph { comment=mealy; a -> a [label="/x"] }', "must be labeled input/output, not '/x'"),
        ("digraph { comment=moore; a -> a [label=x] }", "state 'a' must be labeled name|output"),
    ],
)
def test_errors_name_line_and_cause(text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        machine_of_dot(text)
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_given_symbols() -> None:
    text = "digraph { a [shape=doublecircle]; a -> a [label=x]; a -> a [label=y] }"
    assert machine_of_dot(text, symbols=["y", "x"]).symbols == ("y", "x")
    with pytest.raises(FormatError, match="line 1: a symbol must be one of y, not 'x'"):
        machine_of_dot(text, symbols=["y"])
    with pytest.raises(FormatError, match="state 'a' has no edge for z"):
        machine_of_dot(text, symbols=["y", "x", "z"])
    with pytest.raises(ParameterError, match="given once, not 'x' 2 times"):
        machine_of_dot(text, symbols=["x", "x", "y"])
    with pytest.raises(ParameterError, match="kind must be one of"):
        machine_of_dot(text, kind="nfa")


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "even.dot"
    path.write_text("\ufeffdigraph other { a [shape=doublecircle]; a -> a [label=x] }", encoding="utf-8")
    assert machine_of_dot(path).name == machine_of_dot(str(path)).name == "even"
    with pytest.raises(FormatError, match="none.dot: cannot be read"):
        machine_of_dot(tmp_path / "none.dot")
    path.write_bytes(b"digraph { \xff }")
    with pytest.raises(FormatError, match="even.dot: is not UTF-8 text"):
        machine_of_dot(path)


NAMES = [
    "a\nb",
    " a",
    "a ",
    "C:\\new",
    "C:\\lib",
    "0 .. 2",
    "any",
    'say "x"',
    "a/b",
    "a / b",
    "a|b",
    "{a}",
    "&lt;",
    "&",
    "a&b",
    "a -> b",
    "a,b",
    "~a",
    "<b>",
    "\\N",
    "\t",
    "true",
    "\u2028",
]


@pytest.mark.parametrize("kind", ["dfa", "moore", "mealy"])
def test_names_come_back_as_they_went_out(kind: str) -> None:
    size = len(NAMES)
    table = np.random.default_rng(1).integers(0, size, (size, size)).astype(np.int32)
    if kind == "dfa":
        machine = Automaton.acceptor(kind, NAMES, table, np.arange(size) % 2 == 0, state_names=NAMES)
    else:
        numbers = np.arange(size, dtype=np.int32)
        output = numbers if kind == "moore" else np.tile(numbers, (size, 1)).astype(np.int32)
        machine = Automaton(kind, tuple(NAMES), table, output, tuple(NAMES), 3, tuple(NAMES))
    back = machine_of_dot(to_dot(machine))
    assert back == machine and back.state_names == machine.state_names


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_is_a_name(name: str) -> None:
    machine = Automaton(
        "m", (name, name + "'"), np.array([[0, 0]], np.int32), np.array([[0, 1]]), (name, "/")
    )
    back = machine_of_dot(to_dot(machine))
    assert back.symbols == machine.symbols and back.outputs == machine.outputs


def test_language_of_a_text() -> None:
    assert ss.Language.from_dot("digraph d { a [shape=doublecircle]; a -> a [label=x] }").accepts("xx")


PARTS = [
    "digraph",
    "strict",
    "{",
    "}",
    "[",
    "]",
    "->",
    "--",
    ";",
    ",",
    "=",
    "label",
    '"a/b"',
    '"',
    "a",
    "b",
    "<",
]
PARTS += [
    "subgraph",
    "node",
    "shape",
    "doublecircle",
    "#",
    "\n",
    "/*",
    "*/",
    "//",
    ":",
    "+",
    "\\",
    "__start0",
    "-1.5",
]


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.sampled_from(PARTS), max_size=14), st.sampled_from(["", "digraph { a -> b [label=x] "]))
def test_any_text_is_a_machine_or_refused(parts: list[str], start: str) -> None:
    text = start + " ".join(parts) + "}"
    try:
        machine = machine_of_dot(text + "{}" * ("{" not in text))
    except FormatError as error:
        assert str(error).startswith("DOT")
    else:
        assert machine.num_states
