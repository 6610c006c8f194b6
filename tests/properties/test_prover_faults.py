"""Mutation of the prover: every planted fault is noticed by some detector, and nothing without one."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.planting import Fault
from tests.prover_detectors import DETECTORS
from tests.prover_faults import FAULTS
from tests.soak import SOAK

pytest.importorskip("bitwuzla", reason="the extra prove")

ROOT = Path(__file__).parents[2]
SECONDS = 10.0  # for each detector that looks for a fault
QUIET_SECONDS = 10.0 if SOAK else 1.0  # for each where there is none
NAMES = tuple(DETECTORS)
SAMPLE = {  # with the detector that is asked
    "ite: known branches are mixed up": "terms",
    "facts: a conjunction that is false": "facts",
    "regions: below 0 is left out": "regions",
    "induction: outputs after the first are skipped": "pairs",
    "smtlib: signed words are filled with 0": "questions",
    "programs: outputs read the registers before": "steps",
    "relating: an offset is turned": "relations",
    "networks: a meaning outside its ranges": "outside of claims",
}
CHILD = """
import importlib.util, json, sys
sys.path[:], conftest, fault, names, seconds = json.loads(sys.argv[1])
spec = importlib.util.spec_from_file_location("conftest", conftest)
spec.loader.exec_module(importlib.util.module_from_spec(spec))
from tests.planting import plant
from tests.prover_faults import FAULTS
for planted in FAULTS:
    if planted.name == fault:
        plant(planted)
from tests.prover_detectors import main
main(names, seconds)
"""


def noticed_by(fault: Fault | None, names: Sequence[str] = NAMES, seconds: float = SECONDS) -> dict[str, str]:
    """Return what each of some detectors says of a fault, in a fresh process."""
    asked = [sys.path, str(ROOT / "conftest.py"), fault and fault.name, names, seconds]
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
    found = noticed_by(fault, NAMES if SOAK else [SAMPLE[fault.name]])
    with capsys.disabled():
        print(f"\n{fault.name}: {', '.join(found) or 'not noticed'}")
    assert found


@pytest.mark.soak
def test_no_detector_notices_anything_where_no_fault_is() -> None:
    assert noticed_by(None, seconds=QUIET_SECONDS) == {}


def test_every_fault_can_be_planted() -> None:
    """The texts to be replaced stand in the prover's source, each of them once."""
    for fault in FAULTS:
        spec = importlib.util.find_spec(fault.module)
        assert spec is not None and spec.origin is not None
        text = Path(spec.origin).read_text(encoding="utf-8")
        compile(fault.applied(text), fault.module, "exec")
    assert len({fault.name for fault in FAULTS}) == len(FAULTS) >= 50
