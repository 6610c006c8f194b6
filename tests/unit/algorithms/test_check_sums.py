"""CRC and Luhn: against zlib, published check values, and the formula itself."""

from __future__ import annotations

import random
import zlib
from collections.abc import Callable

import numpy as np
import pytest

from streamssm.algorithms import Crc, CrcBitwise, Luhn
from streamssm.equivalences.check import check
from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm

CHECK = b"123456789"

Make = Callable[..., Algorithm]


def file_of(size: int) -> np.ndarray:
    """Return bytes as in a file: alternating text, numbers, runs of zeros and noise."""
    rng = np.random.default_rng(32)
    block = 1 << 16
    parts = [
        np.frombuffer(b"The quick brown fox jumps over the lazy dog.\n" * (block // 45), dtype=np.uint8),
        np.arange(block // 8, dtype="<u8").view(np.uint8),
        np.zeros(block, dtype=np.uint8),
        rng.integers(0, 256, block, dtype=np.uint8),
    ]
    return np.resize(np.concatenate(parts), size)


@pytest.mark.parametrize("algorithm", [Crc, CrcBitwise])
def test_crc32_of_a_file_is_zlibs(algorithm: Make) -> None:
    data = file_of(10_000_000)
    stream = algorithm().program().stream()
    done = 0
    for chunk in np.array_split(data, 7):
        outputs = stream.feed([chunk])
        done += len(chunk)
        assert outputs[-1, 0] == zlib.crc32(data[:done].tobytes())


@pytest.mark.parametrize("algorithm", [Crc, CrcBitwise])
def test_crc32_of_every_prefix_is_zlibs(algorithm: Make) -> None:
    crc, data = algorithm(), random.Random(1).randbytes(300)
    assert crc.output() == 0 == zlib.crc32(b"")
    for length, byte in enumerate(data, start=1):
        crc.update(byte)
        assert crc.output() == zlib.crc32(data[:length])


@pytest.mark.parametrize("algorithm", [Crc, CrcBitwise])
@pytest.mark.parametrize(
    ("bits", "polynomial", "check"),
    [
        (5, 0x14, 0x19),  # CRC-5/USB, USB 2.0 specification
        (16, 0x8408, 0x906E),  # CRC-16/X-25, ITU-T X.25
        (16, 0xA001, 0xB4C8),  # CRC-16/USB
        (32, 0x82F63B78, 0xE3069283),  # CRC-32C, RFC 3720
    ],
)
def test_other_check_sums(algorithm: Make, bits: int, polynomial: int, check: int) -> None:
    crc = algorithm(bits, polynomial)
    for byte in CHECK:
        crc.update(byte)
    assert crc.output() == check
    assert crc.program().memory_bits == bits


@pytest.mark.parametrize(("bits", "polynomial"), [(3, 0b110), (5, 0x14), (8, 0xE0)])
def test_the_table_and_the_shifts_are_one_function(bits: int, polynomial: int) -> None:
    report = check(Crc(bits, polynomial), CrcBitwise(bits, polynomial), method="exhaust")
    assert report.equal and report.covers == "every stream"


def by_the_formula(number: str) -> bool:
    """Return the Luhn sum: double every second digit from the right, add the digits of the results."""
    doubled = [str(int(digit) * (1 + position % 2)) for position, digit in enumerate(reversed(number))]
    return sum(int(digit) for digit in "".join(doubled)) % 10 == 0


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("79927398713", True),  # the usual worked example
        ("79927398710", False),
        ("4111111111111111", True),  # test numbers of card companies
        ("5500000000000004", True),
        ("340000000000009", True),
        ("4111111111111112", False),
        ("490154203237518", True),  # the example IMEI
        ("0", True),
        ("1", False),
        ("18", True),
    ],
)
def test_known_numbers(number: str, valid: bool) -> None:
    luhn = Luhn()
    for digit in number:
        luhn.update(int(digit))
    assert luhn.output() == valid == by_the_formula(number)


def test_luhn_of_random_numbers_follows_the_formula() -> None:
    digits = np.random.default_rng(7).integers(0, 10, 2000)
    outputs = Luhn().program().run(digits)[:, 0]
    text = "".join(map(str, digits))
    assert outputs.tolist() == [by_the_formula(text[:length]) for length in range(1, len(text) + 1)]
    assert Luhn().program().memory_bits == 8


@pytest.mark.parametrize("algorithm", [Crc, CrcBitwise])
@pytest.mark.parametrize(
    ("bits", "polynomial", "message"),
    [
        (0, 0, "bits must be from 1 to 54, not 0"),
        (55, 1, "bits must be from 1 to 54, not 55"),
        (8, 256, "polynomial must be from 0 to 255, not 256"),
        (8, -1, "polynomial must be from 0 to 255, not -1"),
    ],
)
def test_bad_parameters(algorithm: Make, bits: int, polynomial: int, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        algorithm(bits, polynomial)
    assert str(caught.value) == message
