"""Mutation of the prover: every planted fault is noticed by some detector, and nothing without one."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.planting import Fault
from tests.prover_detectors import DETECTORS
from tests.prover_faults import FAULTS
from tests.soak import SOAK

pytest.importorskip("bitwuzla", reason="the extra prove")

ROOT = Path(__file__).parents[2]
SECONDS = 10.0 if SOAK else 4.0  # for each detector
NAMES = tuple(DETECTORS)
SAMPLE = (
    "ite: known branches are mixed up",
    "table: entries are one off",
    "product: the sign's bit is positive",
    "induction: outputs after the first are skipped",
    "smtlib: signed words are filled with 0",
    "programs: outputs read the registers before",
)
CHILD = """
import importlib.util, json, sys
sys.path[:], conftest, fault, names, seconds, every = json.loads(sys.argv[1])
spec = importlib.util.spec_from_file_location("conftest", conftest)
spec.loader.exec_module(importlib.util.module_from_spec(spec))
from tests.planting import plant
from tests.prover_faults import FAULTS
for planted in FAULTS:
    if planted.name == fault:
        plant(planted)
from tests.prover_detectors import main
main(names, seconds, every)
"""


def noticed_by(fault: Fault | None, *, every: bool = False) -> dict[str, str]:
    """Return what detectors say of a fault in a fresh process: every one, or up to the first that does."""
    asked = [sys.path, str(ROOT / "conftest.py"), fault and fault.name, NAMES, SECONDS, every]
    ran = subprocess.run(
        [sys.executable, "-c", CHILD, json.dumps(asked)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    return {name: found for name, found in map(json.loads, ran.stdout.splitlines()) if found}


@pytest.mark.soak
@pytest.mark.parametrize(
    "fault", [f for f in FAULTS if SOAK or f.name in SAMPLE], ids=lambda fault: fault.name
)
def test_a_planted_fault_is_noticed(fault: Fault, capsys: pytest.CaptureFixture[str]) -> None:
    found = noticed_by(fault, every=bool(SOAK))
    with capsys.disabled():
        print(f"\n{fault.name}: {', '.join(found) or 'not noticed'}")
    assert found


@pytest.mark.soak
def test_no_detector_notices_anything_where_no_fault_is() -> None:
    assert noticed_by(None, every=True) == {}


def test_every_fault_can_be_planted() -> None:
    """The texts to be replaced stand in the prover's source, each of them once."""
    for fault in FAULTS:
        spec = importlib.util.find_spec(fault.module)
        assert spec is not None and spec.origin is not None
        text = Path(spec.origin).read_text(encoding="utf-8")
        compile(fault.applied(text), fault.module, "exec")
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 50
