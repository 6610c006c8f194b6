"""Models in files: loading returns the saved model; any other file is refused with its name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import save_file

from streamssm.errors import FormatError
from streamssm.files import load
from streamssm.ssm.load_ssm import load_ssm
from streamssm.ssm.save_ssm import KEY
from tests.models import random_model

SEED = 33  # two layers with words, two thought words


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    random_model(SEED).save(str(path))
    return path


@pytest.mark.parametrize("seed", range(25))
def test_load_of_save_is_the_model(seed: int, tmp_path: Path) -> None:
    model, path = random_model(seed), str(tmp_path / "model.safetensors")
    model.save(path)
    loaded = load(path)
    assert loaded == model and loaded.digest == model.digest


def test_a_save_over_a_file_leaves_nothing_else_behind(saved: Path) -> None:
    random_model(4).save(str(saved))
    assert load(str(saved)) == random_model(4)
    assert [file.name for file in saved.parent.iterdir()] == [saved.name]


def test_truncations_are_refused(saved: Path) -> None:
    data = saved.read_bytes()
    for length in range(0, len(data), 21):
        saved.write_bytes(data[:length])
        with pytest.raises(FormatError, match="model.safetensors"):
            load(str(saved))


def test_flipped_bits_are_refused_or_harmless(saved: Path) -> None:
    data, model = saved.read_bytes(), random_model(SEED)
    for index in range(0, len(data), 23):
        changed = bytearray(data)
        changed[index] ^= 1 << (index % 8)
        saved.write_bytes(bytes(changed))
        try:
            assert load_ssm(str(saved)) == model
        except FormatError as error:
            assert str(error).startswith(str(saved)) and "\n" not in str(error)


def _parts(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    with safe_open(str(path), framework="numpy") as file:
        return json.loads(file.metadata()[KEY]), {name: file.get_tensor(name) for name in file.keys()}


def _refused(path: Path, content: Any, tensors: dict[str, Any]) -> str:
    save_file(
        tensors, str(path), metadata={KEY: content if isinstance(content, str) else json.dumps(content)}
    )
    with pytest.raises(FormatError) as caught:
        load_ssm(str(path))
    assert str(caught.value).startswith(str(path))
    return str(caught.value)


def test_every_missing_key_is_refused(saved: Path) -> None:
    content, tensors = _parts(saved)
    for key in content:
        _refused(saved, {name: value for name, value in content.items() if name != key}, tensors)
    for key in content["layers"][0]:
        layer = {name: value for name, value in content["layers"][0].items() if name != key}
        _refused(saved, {**content, "layers": [layer, *content["layers"][1:]]}, tensors)


def test_every_missing_or_extra_tensor_is_refused(saved: Path) -> None:
    content, tensors = _parts(saved)
    for name in tensors:
        rest = {other: tensor for other, tensor in tensors.items() if other != name}
        assert name in _refused(saved, content, rest)
    assert "no others" in _refused(saved, content, {**tensors, "more": np.zeros(1, dtype=np.int64)})


@pytest.mark.parametrize("value", [None, 1.5, float("nan"), "x", True, [], {"a": 1}, -1, 10**30, 1 << 62])
def test_a_value_of_another_type_or_size_is_refused(saved: Path, value: Any) -> None:
    content, tensors = _parts(saved)
    for key in content:
        if content[key] != value:  # no notes, no arrays
            _refused(saved, {**content, key: value}, tensors)
    readout = content["layers"][0]["readout"]
    for key in readout:
        layer = {**content["layers"][0], "readout": {**readout, key: value}}
        _refused(saved, {**content, "layers": [layer, *content["layers"][1:]]}, tensors)


def test_weights_of_another_type_or_out_of_order_are_refused(saved: Path) -> None:
    content, tensors = _parts(saved)
    for name, tensor in tensors.items():
        for other in (
            tensor.astype(np.float64),
            tensor.astype(np.int32),
            tensor[None],
            tensor[:-1],
            tensor + 1,
            tensor - 9,
        ):
            _refused(saved, content, {**tensors, name: other})


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "NaN", "9" * 5000, "[" * 100_000, '{"format": 1}'])
def test_metadata_that_is_no_model_is_refused(saved: Path, text: str) -> None:
    _refused(saved, text, _parts(saved)[1])


def test_another_version_is_named(saved: Path) -> None:
    content, tensors = _parts(saved)
    assert "version 3, not 'streamssm ssm' version 1" in _refused(saved, {**content, "version": 1}, tensors)


@pytest.mark.parametrize(
    "data", [b"", b"\0" * 8, b"\xff" * 64, b"PK\x03\x04", b"{}", b'{"format": "streamssm ssm"}', b"\x80\x04."]
)
def test_other_files_are_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(data)
    with pytest.raises(FormatError, match="other"):
        load(str(path))


def test_what_cannot_be_read_or_written_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent"):
        for read in (load, load_ssm):
            with pytest.raises(FormatError, match="cannot be read"):
                read(str(path))
    with pytest.raises(FormatError, match="cannot be written"):
        random_model(SEED).save(str(tmp_path / "no" / "such" / "folder"))
