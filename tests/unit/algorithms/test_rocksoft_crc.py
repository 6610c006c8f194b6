"""CRCs by their cataloged parameters: check values, division of polynomials, the other CRC classes."""

from __future__ import annotations

import binascii

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from streamssm.algorithms import Crc, RocksoftCrc
from streamssm.equivalences.check import check
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import ParameterError
from tests.crc_catalog import CATALOG, CatalogedCrc
from tests.soak import examples

CHECK = np.frombuffer(b"123456789", dtype=np.uint8).astype(np.int64)[:, None]
BY_NAME = {crc.name: crc for crc in CATALOG}
# every combination of refin and refout that is cataloged, widths below, at and above a byte, and the widest
THROUGH_MODELS = (
    "CRC-3/GSM",
    "CRC-5/USB",
    "CRC-7/MMC",
    "CRC-8/SMBUS",
    "CRC-12/UMTS",
    "CRC-24/BLE",
    "CRC-40/GSM",
)


def by_division(crc: dict[str, int], data: bytes) -> int:
    """Return the remainder of the message times x^width, with init added at its front."""
    width = crc["width"]
    text = "".join(f"{byte:08b}"[::-1] if crc["refin"] else f"{byte:08b}" for byte in data)
    dividend = int(text + "0" * width, 2) ^ crc["init"] << 8 * len(data)
    divisor = 1 << width | crc["poly"]
    while dividend.bit_length() > width:
        dividend ^= divisor << dividend.bit_length() - width - 1
    remainder = int(f"{dividend:0{width}b}"[::-1], 2) if crc["refout"] else dividend
    return remainder ^ crc["xorout"]


@pytest.mark.parametrize("crc", CATALOG, ids=lambda crc: crc.name)
def test_check_value(crc: CatalogedCrc) -> None:
    algorithm = RocksoftCrc(**crc.parameters)
    for byte in b"123456789":
        algorithm.update(byte)
    assert algorithm.output() == crc.check == by_division(crc.parameters, b"123456789")
    program = RocksoftCrc(**crc.parameters).program()
    assert program.run(CHECK)[-1, 0] == crc.check and program.memory_bits == crc.width


def test_the_catalog_is_complete() -> None:
    assert len(BY_NAME) == len(CATALOG) == 105 and {crc.width for crc in CATALOG} >= {3, 8, 16, 24, 32, 40}


@pytest.mark.parametrize("name", THROUGH_MODELS)
def test_check_value_through_the_model(name: str) -> None:
    program = RocksoftCrc(**BY_NAME[name].parameters).program()
    model = to_ssm(program)
    assert model.run(CHECK).tolist() == program.run(CHECK).tolist()
    assert model.run(CHECK)[-1, 0] == BY_NAME[name].check


@pytest.mark.parametrize("refin", [0, 1])
@pytest.mark.parametrize("refout", [0, 1])
@pytest.mark.parametrize("width", [9, 30, 31, 54, 55, 60])
def test_wide_models_are_exact(width: int, refin: int, refout: int) -> None:
    ones = (1 << width) - 1
    numbers = {"poly": 0x9B2E5A1C7F03D64 & ones, "init": ones ^ 5, "xorout": 0x123456789ABCDEF & ones}
    parameters = {"width": width, "refin": refin, "refout": refout, **numbers}
    tokens = np.random.default_rng(width).integers(0, 256, (50, 1))
    expected = by_division(parameters, bytes(tokens.ravel().tolist()))
    assert to_ssm(RocksoftCrc(**parameters).program()).run(tokens)[-1, 0] == expected


@settings(max_examples=examples(100), deadline=None)
@given(st.data())
def test_any_parameters_on_any_bytes(data: st.DataObject) -> None:
    width = data.draw(st.integers(1, 60))
    numbers = {name: data.draw(st.integers(0, (1 << width) - 1)) for name in ("poly", "init", "xorout")}
    parameters = {
        "width": width,
        "refin": data.draw(st.integers(0, 1)),
        "refout": data.draw(st.integers(0, 1)),
    }
    message = data.draw(st.binary(max_size=20))
    algorithm = RocksoftCrc(**parameters, **numbers)
    for byte in message:
        algorithm.update(byte)
    assert algorithm.output() == by_division({**parameters, **numbers}, message)


def test_the_standard_library_agrees() -> None:
    message = np.random.default_rng(5).integers(0, 256, 1_000)
    outputs = RocksoftCrc(16, 0x1021).program().run(message[:, None])
    for length in range(1, 1_001, 37):
        assert outputs[length - 1, 0] == binascii.crc_hqx(bytes(message[:length].tolist()), 0)


def test_crc_32_is_the_class_crc() -> None:
    crc = RocksoftCrc(**BY_NAME["CRC-32/ISO-HDLC"].parameters)
    assert check(crc, Crc(), method="sample").equal
    three = RocksoftCrc(3, 0b011, init=7, refin=1, refout=1, xorout=7)
    report = check(three, Crc(3, 0b110), method="exhaust")
    assert report.equal and report.covers == "every stream"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"width": 0}, "width must be from 1 to 60, not 0"),
        ({"width": 61}, "width must be from 1 to 60, not 61"),
        ({"poly": 256}, "poly must be from 0 to 255, not 256"),
        ({"init": -1}, "init must be from 0 to 255, not -1"),
        ({"xorout": 0x100}, "xorout must be from 0 to 255, not 256"),
        ({"refin": 2}, "refin must be from 0 to 1, not 2"),
        ({"refout": "yes"}, "refout must be an int, not 'yes'"),
    ],
)
def test_bad_parameters(parameters: dict[str, int], message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        RocksoftCrc(**{"width": 8, "poly": 7, **parameters})
    assert str(caught.value) == message
