"""Assignments whose range follows only from the path condition, and the sizes of graphs."""

from __future__ import annotations

import textwrap

import pytest

from streamssm.frontends.algorithm import Algorithm
from tests.exhaustive import require_same
from tests.random_classes import class_from

HEAD = """\
class Random(Algorithm):
    def __init__(self):
        self.tokens(x=(-4, 6), b=2)
        self.a = self.register(7)
        self.b = self.register(7)
        self.c = self.register((-3, 3))
    def update(self, x, b):
"""


def algorithm(update: str) -> Algorithm:
    output = "\n    def output(self):\n        return self.a\n"
    instance: Algorithm = class_from(
        HEAD + textwrap.indent(textwrap.dedent(update).strip("\n"), " " * 8) + output
    )()
    return instance


PROVEN = {
    "a difference under its comparison": "if self.a < self.b: self.a = self.b - self.a",
    "the other side": "if self.a < self.b: pass\nelse: self.a -= self.b",
    "an elif knows the tests before it": "if self.a > x: return\nelif x > self.b: self.b = x - self.a",
    "an early return": "if self.a + self.b > 6: return\nself.a += self.b",
    "chained comparisons": "if 0 <= x - self.c <= 6: self.a = x - self.c",
    "and": "if b and self.a < 6: self.a += 1",
    "or": "if b or self.a == 6: return\nself.a += 1",
    "not": "if not (self.a >= 6 or b): self.a += 1",
    "a local": "y = self.a + x\nif y >= 0 and y < 7: self.a = y",
    "a linear fact": "if 2 * self.a + x < 7 and x >= 0: self.a = 2 * self.a + x",
    "equality": "if self.a == x: self.b = x",
    "inequality at the end": "if self.a != 6: self.a += 1",
    "a conditional expression": "self.a = self.a + 1 if self.a < 6 else 0",
    "and as a value": "self.a = self.a and self.a - 1",
    "the value that a register was set to": "if x > 0: self.a = x\nif x > 1: self.b = x - self.a",
    "a register stays in its range": (
        "if b:\n    if 0 <= x * self.c <= 6: self.a = x * self.c\n    self.b = self.a"
    ),
    "a loop": "for i in range(3):\n    if self.a < 6: self.a += 1",
    "loop and break": "for i in range(7):\n    if i == self.a: break\n    self.b = min(self.b, self.a - i)",
    "for with else": "for i in range(6):\n    if i == self.a: break\nelse: self.a -= 6",
    "a divisor": "if x > 0: self.a = self.a // x",
    "a divisor in and": "if x > 0 and self.a % x == 0: self.a = 0",
    "a shift": "if x >= 0: self.a = min(self.b << x, 6)",
    "an index": "if 0 <= x < 3: self.a = (4, 2, 6)[x]",
    "an index into words": "if 0 <= x < 2: self.a = (self.b, 3)[x]",
    "an index into rows": "if 0 <= x < 2: self.a, self.c = ((1, -2), (4, 0))[x]",
    "a product": "if abs(self.c) <= 1: self.c = self.c * self.c * self.c",
    "half": "self.a = (self.a + self.b) // 2",
    "enumerate and sum": "self.a = sum((3, 2, b))\nfor i, y in enumerate((5, 6)): self.b = max(i, y)",
    "bits": "self.a = self.a & self.b if b else (self.a ^ self.b) & 3",
    "modulo of a negative": "self.a = x % 7\nself.c = -((-x) % 4)",
}  # fmt: skip


@pytest.mark.parametrize("update", PROVEN.values(), ids=PROVEN)
def test_is_proven_and_right(update: str) -> None:
    instance = algorithm(update)
    program = instance.program()
    assert program.assumptions == ()
    require_same(instance, program)


UNPROVEN = {
    "the fact is about another register": "if self.b < 6: self.a += 1",
    "the fact is gone": "if self.a < 6:\n    pass\nself.a += 1",
    "the register changed in between": "if self.a < 6:\n    self.a = self.b\n    self.a += 1",
    "or gives neither side": "if self.a < 6 or b: self.a += 1",
    "one round too many": "if self.a < 6:\n    for i in range(2): self.a += 1",
}  # fmt: skip


@pytest.mark.parametrize("update", UNPROVEN.values(), ids=UNPROVEN)
def test_is_not_proven(update: str) -> None:
    with pytest.raises(Exception, match=r"self.a must stay in \[0, 6\], not reach \["):
        algorithm(update).program()


def test_an_assumption_is_recorded_where_it_is_needed() -> None:
    update = "if b: self.a = within(self.a + x, 0, 6)\nself.b = within(self.b, 0, 6)"
    space = HEAD.replace("class", "from streamssm import within\nclass", 1)
    source = space + textwrap.indent(update, " " * 8) + "\n    def output(self):\n        return self.a\n"
    instance = class_from(source)()
    program = instance.program()
    assert [(a.text, a.line) for a in program.assumptions] == [
        ("0 <= self.a + x <= 6", space.count("\n") + 1)
    ]
    require_same(instance, program)


def test_a_sequence_of_branches_costs_their_sum() -> None:
    def size(count: int) -> int:
        return len(
            algorithm("\n".join(f"if x == {i % 7}: self.a = {i % 5}" for i in range(count))).program().update
        )

    assert size(40) - size(20) <= 40


class NeverSo(Algorithm):
    """A branch that no token takes: its condition leaves no case of a choice inside it."""

    def __init__(self):
        self.tokens(t0=(-4, -2), t1=(0, 4))
        self.r = self.register(2)

    def update(self, t0, t1):
        if 0 <= (t1 and t0) + 5 + t1 <= 1:
            self.r = (t1 and t0) + 5 + t1

    def output(self):
        return self.r


def test_a_branch_that_cannot_be_taken_is_no_reason():
    require_same(NeverSo(), NeverSo().program())
