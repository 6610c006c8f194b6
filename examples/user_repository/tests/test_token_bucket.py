"""Regression tests of the token bucket."""

import pytest
from gatekeeper.token_bucket import TokenBucket

from streamssm.testing import run_checks


def keeps_to_its_rate(tokens, outputs, rate, burst):
    """Return whether at most the guaranteed number of requests pass in every window of the stream."""
    for start in range(len(tokens)):
        ticks = passed = 0
        for position in range(start, len(tokens)):
            ticks += tokens[position][0] if position > start else 0
            passed += outputs[position][0]
            if passed > burst + rate * ticks:
                return False
    return True


def test_pauses_fill_the_bucket():
    bucket = TokenBucket(rate=1, burst=2)
    passed = []
    for waited in (0, 0, 0, 1, 0, 2, 0, 0):
        bucket.update(waited)
        passed.append(bucket.output())
    assert passed == [1, 1, 0, 1, 0, 1, 1, 0]


@pytest.mark.parametrize("rate", [0, 1, 3])
def test_guarantee_and_shipped_checks(rate):
    run_checks(
        TokenBucket(rate, burst=5),
        guarantee=lambda tokens, outputs: keeps_to_its_rate(tokens, outputs, rate, burst=5),
    )


def test_small_buckets_on_every_stream(equivalence):
    equivalent = equivalence(TokenBucket(rate=2, burst=7), method="exhaust")
    assert equivalent.covers == ("every stream", "every stream")


def test_the_bucket_in_production(equivalence):
    equivalence(TokenBucket(rate=20, burst=1000))


def test_memory(memory_regression):
    memory_regression(lambda burst: TokenBucket(rate=20, burst=burst), [1, 10, 100, 1000, 10_000])
