"""Names of symbols and outputs: checked, saved, carried through every translation."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import streamssm as ss
from streamssm.errors import FormatError, ParameterError
from streamssm.ir.vocabulary import Vocabulary
from streamssm.program.program import Program

MEALY = (
    'digraph toggle { __start0 -> a; a -> b [label="flip/on"]; b -> a [label="flip/off"]; '
    'a -> a [label="keep/off"]; b -> b [label="keep/on"] }'
)


@pytest.fixture
def program() -> Program:
    return ss.Language.from_dot(MEALY).program()


def test_names(program: Program) -> None:
    assert program.vocabulary == Vocabulary(("flip", "keep"), ("-", "on", "off"))
    assert program.run([[0], [1], [0]]).ravel().tolist() == [1, 1, 2]
    assert program.begin() == (0,)


def test_saved_and_carried(program: Program, tmp_path: Path) -> None:
    model = ss.to_ssm(program)
    made: list[Any] = [program, model, ss.to_program(model), ss.repack(model, state_dim=1, precision_bits=1)]
    for artefact in made:
        assert artefact.vocabulary == program.vocabulary
        path = tmp_path / ("p.json" if isinstance(artefact, Program) else "m.safetensors")
        artefact.save(str(path))
        assert ss.load(str(path)) == artefact


def test_layers_carry_names() -> None:
    language = ss.Language.from_regex("(a|b)*b", "ab")
    assert ss.to_ssm(language.program(), cot="none").vocabulary == Vocabulary(("a", "b"))
    assert ss.to_ssm(language).vocabulary == Vocabulary(("a", "b"))
    tracking = ss.to_ssm(language.in_mode("track"))
    assert tracking.output_names == ("state",) and tracking.vocabulary == Vocabulary(("a", "b"))
    toggle = ss.Language.from_dot(MEALY)
    for kind in ("auto", "monomial"):
        model = ss.to_ssm(toggle, transition=kind)
        assert model.vocabulary == toggle.program().vocabulary
        assert ss.check(toggle, model).equal
    narrow = ss.Language.from_regex(".{6}", "ab").program()
    assert ss.to_ssm(narrow, cot="online", cot_bits=3).vocabulary == Vocabulary(("a", "b"))


def test_names_change_no_digest_of_what_has_none(program: Program) -> None:
    """Files from before there were names are read as they were."""
    from streamssm.program.load_program import from_dict
    from streamssm.program.save_program import to_dict

    bare = replace(program, vocabulary=None)
    assert "vocabulary" not in to_dict(bare)
    assert from_dict(to_dict(bare)) == bare
    assert program.digest != bare.digest


@pytest.mark.parametrize(
    "names",
    [
        {"symbols": ["flip"], "outputs": []},
        {"symbols": ["flip", "flip"], "outputs": []},
        {"symbols": ["flip", 3], "outputs": []},
        {"symbols": "ab", "outputs": []},
        {"symbols": ["flip", "keep"]},
        ["flip", "keep"],
        {"symbols": ["flip", ""], "outputs": []},
        {"symbols": ["flip", "keep"], "outputs": ["x", "x"]},
    ],
)
def test_hostile_files(program: Program, names: Any, tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    program.save(str(path))
    content = json.loads(path.read_text())
    content["vocabulary"] = names
    path.write_text(json.dumps(content))
    with pytest.raises(FormatError, match="must be a well-formed program"):
        ss.load(str(path))


def test_what_does_not_fit(program: Program) -> None:
    with pytest.raises(ParameterError, match="3 symbols must be the values of one field, not of"):
        replace(program, vocabulary=Vocabulary(("a", "b", "c")))
    two = ss.Language.from_regex("a*", "ab").program("predict")
    with pytest.raises(ParameterError, match="must be those of one output word, not of 3"):
        replace(two, vocabulary=Vocabulary(("a", "b"), ("x",)))
    with pytest.raises(ParameterError, match="must have at least one symbol"):
        Vocabulary(())


def test_sides_that_number_names_differently() -> None:
    ab, ba = (ss.Language.from_regex("a*", symbols) for symbols in ("ab", "ba"))
    with pytest.raises(ParameterError, match="the same symbols alike: 0 is a for .* and b for"):
        ss.check(ab, ba)
    late = ss.Language.from_dot(MEALY.replace("on", "ON"))
    with pytest.raises(ParameterError, match="the same outputs alike: 1 is on for .* and ON for"):
        ss.check(ss.Language.from_dot(MEALY), late)


def test_witness_speaks_in_names() -> None:
    a = ss.Language.from_dot(MEALY)
    other = MEALY.replace('b -> b [label="keep/on"]', 'b -> b [label="keep/off"]')
    report = ss.check(a, ss.Language.from_dot(other))
    text = str(report.witness)
    assert "flip" in text and "output on" in text and "output off" in text
    assert report.witness is not None and report.witness.to_dict()["symbols"] == ["flip", "keep"]
