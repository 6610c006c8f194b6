"""The token bucket: limits the requests that may pass, on average and at once."""

import streamssm as ss


class TokenBucket(ss.Algorithm):
    """Let requests pass at ``rate`` per tick, and up to ``burst`` at once after a pause.

    A token is one request: ``waited``, the ticks since the request before it, counted up to ``burst`` ticks.
    The output says whether it may pass.

    Guarantee: of the requests in any t ticks, at most burst + rate * t pass.
    """

    def __init__(self, rate, burst):
        self.rate = rate
        self.burst = burst
        self.tokens(waited=burst + 1)
        self.level = self.register(burst + 1, init=burst)  # requests that may pass now
        self.passed = self.register(2)

    def update(self, waited):
        level = min(self.level + waited * self.rate, self.burst)
        self.passed = level > 0
        self.level = level - 1 if level > 0 else 0

    def output(self):
        return self.passed
