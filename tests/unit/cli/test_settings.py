"""Class parameters on the command line: the types that ``--set`` takes, and its errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from streamssm.cli.settings import parse_value
from streamssm.errors import ParameterError
from tests.unit.cli.command_line import refusal, streamssm, succeeds

TYPED = """
import streamssm as ss

class Typed(ss.Algorithm):
    def __init__(
        self, n: int, flag: bool = False, weights: tuple[int, ...] = (1,), plain=True, ratio: float = 0.5
    ):
        self.tokens(x=n)
        self.total = self.register(n + 10 * flag + 100 * sum(weights) + 1000 * plain)

    def update(self, x):
        self.total = x

    def output(self):
        return self.total
"""


@pytest.mark.parametrize(
    ("text", "annotation", "value"),
    [
        ("12", "int", 12),
        ("-3", "int", -3),
        ("2^10", "int | None", 1024),
        ("none", "int | None", None),
        ("None", "Optional[int]", None),
        ("none", "str | None", "none"),
        ("1,2", "str", "1,2"),
        ("ab", "str | Sequence[Any]", "ab"),
        ("true", "bool", True),
        ("False", "bool", False),
        ("1", "bool", True),
        ("0", "bool", False),
        ("1,2,3", "tuple[int, ...]", (1, 2, 3)),
        (" (1, 2^4,) ", "tuple[int, ...]", (1, 16)),
        ("", "tuple[int, ...]", ()),
        ("()", "list[int]", ()),
        ("5", "typing.Sequence[int]", (5,)),
        ("5", "int | tuple[int, ...]", 5),
        ("5,6", "Union[int, tuple[int, ...]]", (5, 6)),
        ("true,0", "tuple[bool, ...]", (True, False)),
        ("a, b", "collections.abc.Sequence[str]", ("a", "b")),
        ("1,2", "tuple", (1, 2)),
        ("7", "Size", 7),
    ],
)
def test_values(text: str, annotation: str, value: Any) -> None:
    parsed = parse_value(text, annotation, "--set p")
    assert (parsed, type(parsed)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "annotation", "message"),
    [
        ("1.5", "int", "--set p must be an integer, such as 1024 or 2^20, not '1.5'"),
        ("", "int", "--set p must be an integer, such as 1024 or 2^20, not ''"),
        ("maybe", "bool", "--set p must be a bool, true or false, not 'maybe'"),
        ("2", "bool", "--set p must be a bool, true or false, not '2'"),
        (
            "1,x",
            "tuple[int, ...]",
            "--set p must be values of type int, separated by commas, such as 1,2,3, not '1,x'",
        ),
        (
            "1,,2",
            "tuple[int, ...]",
            "--set p must be values of type int, separated by commas, such as 1,2,3, not '1,,2'",
        ),
        ("0.5", "float", "--set p is of type float, which only Python can set: construct the class there"),
        (
            "1,2",
            "tuple[tuple[int, int], ...]",
            "--set p is of type tuple[tuple[int, int], ...], which only Python can set: construct the class "
            "there",
        ),
    ],
)
def test_refusals(text: str, annotation: str, message: str) -> None:
    with pytest.raises(ParameterError) as error:
        parse_value(text, annotation, "--set p")
    assert str(error.value) == message


def test_a_class_of_the_user(tmp_path: Path) -> None:
    path = tmp_path / "typed.py"
    path.write_text(TYPED)

    def last(*settings: str) -> str:
        words = [word for setting in ("n=4", *settings) for word in ("--set", setting)]
        return succeeds("show", f"{path}:Typed", *words)

    assert "[0, 1103]" in last()  # sizes show which values arrived
    assert "[0, 1113]" in last("flag=true")
    assert "[0, 1603]" in last("weights=2,4")
    assert "[0, 103]" in last("plain=false")
    assert refusal("show", f"{path}:Typed", "--set", "n=4", "--set", "ratio=1").startswith(
        "--set ratio is of type float"
    )


def test_a_tuple_of_the_library() -> None:
    words = ("count_min", "--set", "width=4", "--set", "depth=2", "--set", "n=16", "--set", "limit=7")
    result = streamssm("show", *words, "--set", "watched=1,5")
    assert "output_0, output_1" in result.stdout, result.output
