"""Algorithms that a check must tell apart from the library's, each for one reason."""

from __future__ import annotations

import streamssm as ss
from streamssm.frontends.algorithm import Algorithm


class ForgetfulComposition(Algorithm):
    """Composition that answers with the image at once, instead of at the end of the block."""

    def __init__(self, n):
        self.tokens(key=n, image=n, last=2)
        self.value = self.register(n)
        self.image = self.register(n)

    def update(self, key, image, last):
        if key == self.value:
            self.image = image
        if last and key == self.value:
            self.value = self.image

    def output(self):
        return self.value


class WrappingCounter(Algorithm):
    """A counter that starts again where it should saturate."""

    def __init__(self, limit):
        self.limit = limit
        self.tokens(event=2)
        self.count = self.register(limit + 1)

    def update(self, event):
        if event:
            self.count = self.count + 1 if self.count < self.limit else 0

    def output(self):
        return self.count


class RaisingCounter(Algorithm):
    """A counter that leaves its register's range at the end, in plain Python."""

    def __init__(self, limit):
        self.tokens(event=2)
        self.count = self.register(limit + 1)

    def update(self, event):
        self.count += event

    def output(self):
        return self.count


class PromisedCounter(Algorithm):
    """A counter that promises to stay in its range, and does not."""

    def __init__(self, limit):
        self.limit = limit
        self.tokens(event=2)
        self.count = self.register(limit + 1)

    def update(self, event):
        self.count = ss.within(self.count + event, 0, self.limit)

    def output(self):
        return self.count


class WideCounter(Algorithm):
    """A counter with a bit more memory than it needs, and the same outputs."""

    def __init__(self, limit):
        self.limit = limit
        self.tokens(event=2)
        self.count = self.register(2 * limit + 2)

    def update(self, event):
        if event and self.count < self.limit:
            self.count = self.count + 1

    def output(self):
        return self.count


class LateStart(Algorithm):
    """A counter whose first output is already wrong."""

    def __init__(self, limit):
        self.limit = limit
        self.tokens(event=2)
        self.count = self.register(limit + 1, init=1)

    def update(self, event):
        if event and self.count < self.limit:
            self.count = self.count + 1

    def output(self):
        return self.count


class TwoOutputs(Algorithm):
    """A counter that gives its count twice."""

    def __init__(self, limit):
        self.limit = limit
        self.tokens(event=2)
        self.count = self.register(limit + 1)

    def update(self, event):
        if event and self.count < self.limit:
            self.count = self.count + 1

    def output(self):
        return self.count, self.count


class NeedleInHaystack(Algorithm):
    """A latch that opens when a key meets the stored one, one above it in the deviant."""

    def __init__(self, n, offset):
        self.offset = offset
        self.tokens(key=n, store=2)
        self.stored = self.register(n)
        self.open = self.register(2)

    def update(self, key, store):
        self.open = key == self.stored + self.offset
        if store:
            self.stored = key

    def output(self):
        return self.open


class ClampedCounter(Algorithm):
    """A counter that saturates by ``min``: a wrong weight shows only after many events."""

    def __init__(self, limit):
        self.limit = limit
        self.tokens(event=2)
        self.count = self.register(limit + 1)

    def update(self, event):
        self.count = min(self.count + event, self.limit)

    def output(self):
        return self.count


class HiddenMemory(Algorithm):
    """A counter that remembers in a list what no register holds."""

    def __init__(self):
        self.tokens(event=2)
        self.count = self.register(2)
        self.seen = []

    def update(self, event):
        self.seen.append(event)
        self.count = sum(self.seen) % 2

    def output(self):
        return self.count


class UpAndDown(Algorithm):
    """A counter of ups and downs that, in the deviant, forgets the last step before its limit."""

    def __init__(self, limit, deviant):
        self.limit = limit
        self.deviant = deviant
        self.tokens(up=2)
        self.count = self.register(limit + 1)

    def update(self, up):
        if up:
            if self.deviant and self.count == self.limit - 1:
                self.count = 0
            self.count = min(self.count + 1, self.limit)
        else:
            self.count = max(self.count - 1, 0)

    def output(self):
        return self.count
