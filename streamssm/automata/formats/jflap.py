"""JFLAP's XML files (.jff) of deterministic finite automata, Moore and Mealy machines.

A transition that a finite automaton lacks rejects, as in JFLAP. Entities and document types are refused.
"""

from __future__ import annotations

import os
import re
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

import numpy as np

from streamssm.automata.automaton_class import Automaton
from streamssm.automata.formats.source_text import text_of
from streamssm.errors import FormatError, ParameterError

MAX_TABLE = 1 << 24  # states x symbols
MAX_DEPTH = 50
KINDS = ("fa", "moore", "mealy")


def machine_of_jff(source: str | os.PathLike[str], *, name: str | None = None) -> Automaton:
    """Return the automaton of a JFLAP file or text; symbols are in order of appearance.

    Raises
    ------
    FormatError
        For other types than fa, moore and mealy, nondeterminism, empty and long labels of a finite automaton,
        several or no initial states, and Moore and Mealy machines that are not complete.
    """
    text, where, default = text_of(source, "<structure", "JFLAP")
    try:
        return _machine(_parse(text), name or default)
    except (FormatError, ParameterError) as error:
        raise FormatError(f"{where}: {error}") from None


def _parse(text: str) -> Element:
    builder, parser, depth = TreeBuilder(), expat.ParserCreate("utf-8"), 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise FormatError(f"elements must be nested at most {MAX_DEPTH} deep")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def doctype(*_: object) -> None:
        raise FormatError("must not have a document type (<!DOCTYPE>): remove it")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise FormatError(f"is not XML: {error}") from None
    except UnicodeError:
        raise FormatError("is not UTF-8 text") from None
    return builder.close()


def _machine(root: Element, name: str) -> Automaton:
    kind = (root.findtext("type") or "").strip()
    if root.tag != "structure" or kind not in KINDS:
        raise FormatError(f"type must be one of {', '.join(KINDS)}, not {kind!r}")
    if root.find(".//block") is not None:
        raise FormatError("building blocks (<block>) cannot be read")
    states = list(root.iter("state"))
    number_of = {state.get("id", ""): number for number, state in enumerate(states)}
    if len(number_of) != len(states):
        raise FormatError("states must have distinct ids")
    initial = [number for number, state in enumerate(states) if state.find("initial") is not None]
    if len(initial) != 1:
        raise FormatError(f"must have one initial state, not {len(initial)}")
    edges: dict[tuple[int, str], tuple[int, str]] = {}
    for transition in root.iter("transition"):
        symbol = transition.findtext("read") or ""
        ends = [(transition.findtext(end) or "").strip() for end in ("from", "to")]
        for state in ends:
            if state not in number_of:
                raise FormatError(f"a transition leads from or to state {state!r}, which does not exist")
        if not symbol or (kind == "fa" and len(symbol) > 1):
            raise FormatError(
                f"not deterministic by symbols: state {ends[0]} reads {symbol!r}; a label must be one "
                "symbol: determinize it in JFLAP first"
            )
        key, value = (number_of[ends[0]], symbol), (number_of[ends[1]], transition.findtext("transout") or "")
        if edges.setdefault(key, value) != value:
            raise FormatError(f"not deterministic: state {ends[0]} has two different edges for {symbol!r}")
    symbols = tuple(dict.fromkeys(symbol for _, symbol in edges))
    if (len(states) + 1) * len(symbols) > MAX_TABLE:
        raise FormatError(f"states x symbols must be at most {MAX_TABLE:,}")
    return _tables(kind, name, states, symbols, edges, initial[0])


def _tables(
    kind: str,
    name: str,
    states: list[Element],
    symbols: tuple[str, ...],
    edges: dict[tuple[int, str], tuple[int, str]],
    initial: int,
) -> Automaton:
    sink = len(states)
    rows = [[edges.get((state, symbol), (sink, ""))[0] for symbol in symbols] for state in range(sink)]
    missing = next(((s, row.index(sink)) for s, row in enumerate(rows) if sink in row), None)
    if kind == "fa":
        accepting = [state.find("final") is not None for state in states]
        if missing is not None:
            rows.append([sink] * len(symbols))
            accepting.append(False)
        return Automaton.acceptor(name, symbols, rows, accepting, initial=initial)
    if missing is not None:
        state = states[missing[0]].get("id")
        raise FormatError(f"not complete: state {state} has no edge for {symbols[missing[1]]!r}")
    if kind == "moore":
        given = [re.sub(r"^\s+|\s+$", "", state.findtext("output") or "") for state in states]
    else:
        given = [edges[state, symbol][1] for state in range(sink) for symbol in symbols]
    outputs = tuple(dict.fromkeys(given))
    numbers = np.array([outputs.index(output) for output in given], np.int32)
    table = numbers if kind == "moore" else numbers.reshape(sink, len(symbols))
    return Automaton(name, symbols, np.array(rows, np.int32), table, outputs, initial)
