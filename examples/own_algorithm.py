"""Your own algorithms: ordinary Python classes that run as they are and can be translated.

streamssm translate examples/own_algorithm.py:Parity -o parity.safetensors
streamssm check examples/own_algorithm.py:Parity parity.safetensors
"""

import streamssm as ss


class Parity(ss.Algorithm):
    """The parity of the number of events so far: one bit of memory."""

    def __init__(self):
        self.tokens(event=2)
        self.odd = self.register(2)

    def update(self, event):
        self.odd ^= event

    def output(self):
        return self.odd


class LongestRun(ss.Algorithm):
    """The length of the longest run of equal symbols, counted up to a limit."""

    def __init__(self, symbols, limit):
        self.limit = limit
        self.tokens(symbol=symbols)
        self.last = self.register(symbols)
        self.run = self.register(limit + 1)
        self.longest = self.register(limit + 1)

    def update(self, symbol):
        if symbol == self.last:
            self.run = min(self.run + 1, self.limit)
        else:
            self.run = min(1, self.limit)
        self.last = symbol
        self.longest = max(self.longest, self.run)

    def output(self):
        return self.longest
