"""streamssm suite and streamssm bench dyck: lists, words, tables, and every refusal in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from streamssm.languages.suite import find, load_all
from tests.unit.cli.command_line import refusal, succeeds


def test_list() -> None:
    text = succeeds("suite")
    assert "the 27 languages" in text and "1,227,133,514" in text and "word_problem_s5" in text
    rows = json.loads(succeeds("suite", "--json"))
    assert [row["name"] for row in rows] == list(load_all())
    assert sum(row["one_of_the_27"] for row in rows) == 27


def test_one() -> None:
    source = "Suzgun et al., LSTM Networks Can Perform Dynamic Counting, 2019, arXiv 1906.03648"
    assert succeeds("suite", "dyck-1", "--counter-bits", "16") == (
        "dyck_1: brackets that match\n"
        "  class           counter\n"
        "  symbols         ( )\n"
        "  minimal states  infinitely many\n"
        "  memory          18 bits\n"
        "  counters        of 16 bits suffice for all words of up to 65,535 symbols\n"
        "  modes           recognize, predict\n"
        f"  source          {source}\n"
    )
    figures = json.loads(succeeds("suite", "boolean_3", "--json"))
    assert figures["sufficient_length"] == 127 and figures["minimal_states"] is None


def test_words() -> None:
    language = find("tomita_3")
    words = succeeds("suite", "tomita_3", "--sample", "5", "--length", "10..12", "--seed", "3").splitlines()
    assert words == [language.text(word) for word in language.members(5, (10, 12), seed=3)]
    near = json.loads(succeeds("suite", "tomita_3", "--sample", "5", "--near", "--length", "10", "--json"))
    assert len(near) == 5 and not any(map(language.contains, near))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("tomita_9",), "'tomita_9' is not a language of the suite; did you mean tomita_7 or"),
        (("--near",), "--near, --length and --seed require --sample COUNT"),
        (("parity", "--seed", "0"), "--near, --length and --seed require --sample COUNT"),
        (("--sample", "2"), "--sample and --counter-bits require the NAME of a language"),
        (("--counter-bits", "2"), "--sample and --counter-bits require the NAME of a language"),
        (("parity", "--counter-bits", "2"), "parity has no counters: leave out counter_bits"),
        (("dyck_1", "--counter-bits", "60"), "bits must be from 1 to 59, not 60"),
        (
            ("dyck_1", "--counter-bits", "6", "--sample", "1"),
            "--counter-bits cannot be combined with --sample",
        ),
        (("aa_star", "--sample", "1", "--length", "3"), "aa_star has no member of a length from 3 to 3"),
        (
            ("aa_star", "--sample", "1", "--length", "3.."),
            "--length must be a number or LO..HI",
        ),
        (("aa_star", "--sample", "1", "--length", "5..3"), "lengths must be 0 <= least <= greatest"),
    ],
)
def test_refusals(words: tuple[str, ...], message: str) -> None:
    assert message in refusal("suite", *words)


def test_bounded_dyck(tmp_path: Path) -> None:
    file = tmp_path / "dyck.json"
    text = succeeds("bench", "dyck", "--kinds", "2", "--depth", "3", "--json", file)
    assert "slots with failure bit" in text and "as layers" not in text
    rows = json.loads(file.read_text())["rows"]
    assert (
        rows == json.loads(succeeds("bench", "dyck", "--kinds", "2", "--depth", "3", "--json", "-"))["rows"]
    )
    assert (rows[-1]["slots_bits"], rows[-1]["minimal_bits"], rows[-1]["minimal_states"]) == (6, 4, 16)
    assert "no/such" in refusal("bench", "dyck", "--json", "no/such/x.json")
