"""Certificates are shown again and need no trust; what a proof cannot be asked for is refused in one line."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from streamssm.algorithms import FunctionComposition, SaturatingCounter
from streamssm.equivalences.check import check
from streamssm.equivalences.smt import solver
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import FormatError, ParameterError
from streamssm.ssm.model import SSM

pytest.importorskip("bitwuzla", reason="the extra prove")


def pair() -> tuple[FunctionComposition, SSM]:
    return FunctionComposition(64), to_ssm(FunctionComposition(64))


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    path = tmp_path / "proof.json"
    assert check(*pair(), method="prove", certificate=str(path)).equal is True
    return path


def test_a_certificate_is_established_again(certificate: Path) -> None:
    report = check(*pair(), method="certificate", certificate=str(certificate))
    assert (report.equal, report.covers, report.method) == (True, "every stream", "certificate")
    assert report.details["certificate"] == "established"
    assert report.details["re-check"]["summary"].startswith("confirmed by bitwuzla")
    content = json.loads(certificate.read_text())
    assert content["relation"] == [["same", ["a", 0], ["b", 0]], ["same", ["a", 1], ["b", 1]]]
    assert content["solver"].startswith("bitwuzla")


def test_a_certificate_of_something_else(certificate: Path) -> None:
    a, b = pair()
    for others in ((FunctionComposition(63), to_ssm(FunctionComposition(63))), (b, a)):
        with pytest.raises(ParameterError, match="the certificate does not match: "):
            check(*others, method="certificate", certificate=str(certificate))
    certificate.write_text("{}", encoding="utf-8")
    with pytest.raises(FormatError, match="not a certificate of a proof"):
        check(a, b, method="certificate", certificate=str(certificate))


def test_a_certificate_is_not_written_where_nothing_was_shown(tmp_path: Path) -> None:
    path = tmp_path / "proof.json"
    right = FunctionComposition(16).program()
    wrong = replace(right, next_registers=(right.next_registers[1], right.next_registers[1]))
    assert check(right, wrong, method="prove", certificate=str(path)).equal is False
    assert not path.exists()


@pytest.mark.parametrize("num_claims", [0, 1])
def test_a_relation_that_does_not_hold_proves_nothing(certificate: Path, num_claims: int) -> None:
    """A certificate needs no trust: what it says is shown again."""
    content = json.loads(certificate.read_text())
    content["relation"] = content["relation"][:num_claims]
    certificate.write_text(json.dumps(content))
    assert check(*pair(), method="certificate", certificate=str(certificate)).equal is None


@pytest.mark.parametrize(
    "relation",
    [[["same", ["a", 9], ["b", 0]]], [["equal", 1, 1]], [[]], ["x"], 7, [["same", ["bits", ["a", 0]], 1]]],
)
def test_a_relation_that_is_none(certificate: Path, relation: Any) -> None:
    content = json.loads(certificate.read_text())
    content["relation"] = relation
    certificate.write_text(json.dumps(content))
    with pytest.raises(FormatError, match="not a certificate of a proof"):
        check(*pair(), method="certificate", certificate=str(certificate))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "exhaust", "certificate": "x.json"}, "certificate is an option of method 'prove' or"),
        ({"method": "certificate"}, "method 'certificate' needs certificate=FILE"),
        ({"method": "prove", "timeout": 0}, "timeout must be more than 0 seconds, not 0"),
        ({"method": "prove", "certificate": "/no/such/folder/x.json"}, "there is no folder"),
    ],
)
def test_bad_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises((ParameterError, FormatError), match=message):
        check(SaturatingCounter(3), SaturatingCounter(3), **options)


def test_without_the_solver_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    message = r"^method 'prove' needs bitwuzla: pip install streamssm\[prove\]$"
    with monkeypatch.context() as patch:
        patch.setattr(solver, "is_installed", lambda: False)
        with pytest.raises(ParameterError, match=message):
            check(*pair(), method="prove")
    monkeypatch.setitem(sys.modules, "bitwuzla", None)
    with pytest.raises(ParameterError, match=message):
        check(*pair(), method="prove")
