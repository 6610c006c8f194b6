"""JFLAP files: read on every short word, and refused by name."""

from __future__ import annotations

from itertools import product

import pytest

from streamssm.errors import FormatError
from streamssm.languages.language import Language


def edge(source: int, target: int, symbol: str, output: str = "") -> str:
    out = f"<transout>{output}</transout>" if output else ""
    return f"<transition><from>{source}</from><to>{target}</to><read>{symbol}</read>{out}</transition>"


def text_of_jff(kind: str, *edges: str, extra: str = "") -> str:
    states = (
        '<state id="0" name="q0"><x>1.0</x><y>2.0</y><initial/><output>lo</output></state>'
        '<state id="1" name="q1"><x>1.0</x><y>2.0</y><final/><output>hi</output></state>'
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?><!--Created with JFLAP 7.1.-->'
        f"<structure>&#13;<type>{kind}</type><automaton>{states}{''.join(edges)}{extra}</automaton></structure>"
    )


FULL = (edge(0, 1, "a", "x"), edge(0, 0, "b", "y"), edge(1, 1, "a", "y"), edge(1, 0, "b", "x"))


def test_finite_automaton() -> None:
    language = Language.from_jff(text_of_jff("fa", *FULL))
    partial = Language.from_jff(text_of_jff("fa", *FULL[:3]))
    for length in range(6):
        for word in map("".join, product("ab", repeat=length)):
            assert language.accepts(word) == word.endswith("a")
            assert partial.accepts(word) == (word.endswith("a") and "ab" not in word)


def test_moore_and_mealy() -> None:
    moore, mealy = (Language.from_jff(text_of_jff(kind, *FULL)).given for kind in ("moore", "mealy"))
    assert moore is not None and mealy is not None
    assert moore.run("abba") == ["hi", "lo", "lo", "hi"]
    assert mealy.run("abba") == ["x", "x", "y", "x"]


@pytest.mark.parametrize(
    "text, message",
    [
        (text_of_jff("pda", *FULL), "type must be one of fa, moore, mealy, not 'pda'"),
        (text_of_jff("fa", *FULL, edge(0, 0, "a")), "two different edges for 'a'"),
        (text_of_jff("fa", edge(0, 1, "")), "reads ''; a label must be one symbol"),
        (text_of_jff("fa", edge(0, 1, "[a-c]")), "a label must be one symbol"),
        (text_of_jff("fa", edge(0, 7, "a")), "state '7', which does not exist"),
        (text_of_jff("fa", *FULL, extra='<state id="2"><initial/></state>'), "one initial state, not 2"),
        (text_of_jff("fa", *FULL, extra='<state id="1"/>'), "distinct ids"),
        (text_of_jff("fa", *FULL, extra="<block/>"), "building blocks"),
        (text_of_jff("mealy", *FULL[:3]), "not complete: state 1 has no edge for 'b'"),
        (text_of_jff("fa", *FULL)[:-5], "is not XML"),
        ("<structure>" * 100, "nested at most 50"),
        ('<!DOCTYPE x [<!ENTITY a "b">]><structure><type>&a;</type></structure>', "document type"),
    ],
)
def test_refused_by_name(text: str, message: str) -> None:
    with pytest.raises(FormatError, match=message.replace("[", r"\[")):
        Language.from_jff(text)
