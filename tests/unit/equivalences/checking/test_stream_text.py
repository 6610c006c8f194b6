"""Streams as text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streamssm.equivalences.checking.stream_text import format_stream, parse_stream
from streamssm.errors import TokenError

TOKENS = st.tuples(st.integers(-3, 3), st.integers())


@given(st.lists(TOKENS, max_size=8))
def test_text_gives_the_stream_back(tokens: list[tuple[int, int]]) -> None:
    assert parse_stream(format_stream(tokens)) == tuple(tokens)


def test_equal_tokens_are_written_once() -> None:
    assert format_stream([(1,)] * 255 + [(0,)]) == "1 *255; 0"


def test_no_tokens() -> None:
    assert parse_stream("  ") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1 2; 1 x", "part 1 of the stream: a field must be an integer, not 'x'"),
        ("1 *many", "part 0 of the stream: a repetition must be an integer, not 'many'"),
        ("1 *0", "part 0 of the stream: a token must be repeated 1 to 10000000 times, not 0"),
        (
            "1 *9000000; 2 *1000001",
            "part 1 of the stream: a token must be repeated 1 to 1000000 times, not 1000001",
        ),
    ],
)
def test_other_text_is_refused(text: str, message: str) -> None:
    with pytest.raises(TokenError) as caught:
        parse_stream(text)
    assert str(caught.value) == message
