"""Program files: what is saved comes back equal; anything else is refused in one line."""

from __future__ import annotations

import copy
import json
import os

import pytest

from streamssm.errors import FormatError
from streamssm.languages.suite import find
from streamssm.program import load_program, save_program
from tests.assuming_classes import Lead
from tests.unit.program.samples import compose, parity_machine


@pytest.mark.parametrize(
    "program", [compose(1), compose(7), compose(2**30), parity_machine()], ids=lambda p: p.name
)
def test_save_and_load_are_inverse(program, tmp_path):
    path = str(tmp_path / "program.json")
    program.save(path)
    back = load_program.load_program(path)
    assert back == program and back.digest == program.digest
    assert os.listdir(tmp_path) == ["program.json"]


def test_digests_tell_programs_apart():
    assert len({compose(n).digest for n in range(1, 30)}) == 29


def _places(value, path=()):
    """Every place in a JSON value."""
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from _places(value[key], (*path, key))
    elif isinstance(value, list):
        for i in range(len(value)):
            yield from _places(value[i], (*path, i))


def _changed(content, path, new):
    content = copy.deepcopy(content)
    if not path:
        return new
    place = content
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = new
    return content


@pytest.mark.parametrize("new", [None, -1, 10**30, "x", [], {}, 1.5, True, [[]], float("nan")])
def test_no_change_of_one_value_crashes_or_is_misread(new):
    content = save_program.to_dict(compose(8))
    for path in _places(content):
        try:
            program = load_program.from_dict(_changed(content, path, new))
        except FormatError:
            continue
        assert load_program.from_dict(save_program.to_dict(program)) == program


@pytest.mark.parametrize("new", [None, -1, 10**30, "x", [], {}, 1.5, True, [[]], 7])
def test_no_change_of_an_assumption_crashes_or_is_misread(new):
    content = save_program.to_dict(Lead(3, 2).program())
    for path in _places(content["assumptions"]):
        try:
            program = load_program.from_dict(_changed(content, ("assumptions", *path), new))
        except FormatError:
            continue
        again = load_program.from_dict(save_program.to_dict(program))
        assert again == program and again.assumptions == program.assumptions


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "must be a program in JSON"),
        ("{", "must be a program in JSON"),
        ("[" * 100_000, "must be a program in JSON"),
        ("[]", "must be a well-formed program"),
        ('{"format": "other", "version": 1}', "the format must be 'streamssm program' version 2"),
        ('{"format": "streamssm program", "version": 99}', "not 'streamssm program' version 99"),
    ],
)
def test_other_files_are_refused(text, message, tmp_path):
    path = tmp_path / "p.json"
    path.write_text(text)
    with pytest.raises(FormatError, match=message) as caught:
        load_program.load_program(str(path))
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_every_truncation_is_refused(tmp_path):
    text = json.dumps(save_program.to_dict(compose(8)))
    path = tmp_path / "p.json"
    for length in range(0, len(text), 7):
        path.write_text(text[:length])
        with pytest.raises(FormatError):
            load_program.load_program(str(path))


def test_a_folder_that_cannot_be_written_leaves_nothing(tmp_path):
    with pytest.raises(FormatError, match="cannot be written"):
        compose(8).save(str(tmp_path / "missing" / "p.json"))
    (tmp_path / "folder").mkdir()
    with pytest.raises(FormatError, match="cannot be written"):
        compose(8).save(str(tmp_path / "folder"))
    assert os.listdir(tmp_path) == ["folder"]


@pytest.mark.parametrize("entry", [2**63, -(2**63), 2**62 + 1])
def test_constants_that_kernels_cannot_hold_are_refused(entry):
    content = save_program.to_dict(find("tomita_3").program())
    tables = [node for node in content["update"] if node[0] == "table"]
    tables[0][2][1][-1] = entry
    with pytest.raises(FormatError, match="a constant must be at most 2\\^62 in size"):
        load_program.from_dict(content)
