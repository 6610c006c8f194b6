"""check --method prove: what it prints, how it ends, and certificates."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from streamssm.equivalences.smt import solver
from tests.unit.cli.command_line import refusal, streamssm, succeeds

pytest.importorskip("bitwuzla", reason="the extra prove")

WIDE = ("function_composition", "--set", "n=2^32")
PROVE = ("--method", "prove")


def test_a_proof_is_told(tmp_path: Path) -> None:
    text = succeeds("check", *WIDE, "model", *PROVE, "--details")
    for expected in (
        "outputs  equal: every stream (prove, ",
        "model: model, run as weights",
        "relation: a.value = b.value",
        "obligations: 4 by form",
        "lemmas: 2 by regions",
    ):
        assert expected in text


def test_a_difference_ends_with_1_and_a_stream() -> None:
    own = "tests.wrong_classes:ForgetfulComposition"
    result = streamssm("check", *WIDE, own, *PROVE)
    assert result.exit_code == 1, result.output
    assert "shortest differing stream: 2 tokens" in result.stdout


def test_a_certificate_is_written_and_established_again(tmp_path: Path) -> None:
    model, proof = tmp_path / "model.safetensors", tmp_path / "proof.json"
    succeeds("translate", *WIDE, "-o", model)
    succeeds("check", *WIDE, model, *PROVE, "--certificate", proof)
    assert json.loads(proof.read_text())["format"] == "streamssm proof"
    text = succeeds("check", *WIDE, model, "--certificate", proof)
    assert "outputs  equal: every stream (certificate, " in text
    assert "certificate: established" in text and "re-check: confirmed by bitwuzla" in text
    small = ("function_composition", "--set", "n=8")
    text = refusal("check", *small, "model", "--certificate", proof)
    assert text.startswith(f"{proof}: the certificate does not match: its side a is FunctionComposition")


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff\xfe", b'{"format": "streamssm proof"}'])
def test_files_that_are_no_certificate(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "proof.json"
    path.write_bytes(content)
    text = refusal("check", *WIDE, "model", "--certificate", path)
    assert text.startswith(f"{path}: not a certificate of a proof")


def test_bad_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = refusal("check", *WIDE, "model", "--certificate", tmp_path / "none.json")
    assert text == f"{tmp_path}/none.json: cannot be read: No such file or directory"
    assert "0.0 is not in the range x>0" in refusal("check", *WIDE, "model", *PROVE, "--timeout", "0")
    monkeypatch.setattr(solver, "is_installed", lambda: False)
    assert refusal("check", *WIDE, "model", *PROVE) == (
        "method 'prove' needs bitwuzla: pip install streamssm[prove]"
    )


def test_a_proof_that_is_not_found_ends_with_1_and_leaves_no_certificate(tmp_path: Path) -> None:
    """Mixed states of (10)* are not related by what is guessed; a search of all of them is short."""
    certificate = tmp_path / "proof.json"
    words = ("check", "tomita_2", "layers", "--outputs-only")
    result = streamssm(*words, "--method", "prove", "--certificate", str(certificate))
    assert result.exit_code == 1 and "nothing was proven; no certificate was written" in result.stderr
    assert not certificate.exists()
    assert streamssm(*words, "--method", "exhaust").exit_code == 0


def test_internals_only_with_details() -> None:
    words = ("check", "function_composition", "model", "--set", "n=8", *PROVE)
    short, long = succeeds(*words), succeeds(*words, "--details")
    assert (
        "  proof: an inductive relation of 2 claims; 4 obligations and 2 lemmas, decided by bitwuzla" in short
    )
    assert "(--details lists them)" in short
    for internal in ("relation: ", "obligations: ", "lemmas: ", "cut points", "ranges shown", "spot check"):
        assert (internal in short, internal in long) == (False, True), internal
