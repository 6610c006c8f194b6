"""Saved programs and models with bytes changed, by seed: each loads or is refused with one line."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from streamssm.errors import FormatError
from streamssm.files import load
from tests.models import random_model
from tests.unit.program.samples import compose


@pytest.mark.parametrize("name", ["saved.json", "saved.safetensors"])
def test_changed_bytes_load_or_are_refused_in_one_line(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    (compose(4) if name.endswith("json") else random_model(33)).save(str(path))
    data = path.read_bytes()
    for seed in range(200):
        draw = random.Random(seed)
        changed = bytearray(data)
        for _ in range(draw.randint(1, 4)):
            changed[draw.randrange(len(changed))] = draw.choice(b'"[]{},:0919-\\u\x00\xff')
        path.write_bytes(bytes(changed))
        try:
            load(str(path))
        except FormatError as error:
            assert len(str(error).splitlines()) == 1, seed
