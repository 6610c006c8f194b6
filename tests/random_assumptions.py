"""Random programs that promise a range for one of their values, which some stream may break."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from streamssm.errors import ParameterError
from streamssm.ir import semantics
from streamssm.ir.ranges import Range
from streamssm.program.program import Assumption, Program, RangeClaim
from tests.random_graphs import random_program
from tests.random_pairs import streams_of
from tests.rewritten_graphs import Plant, Rewriter, as_it_was


def promising(seed: int) -> tuple[Program, bool] | None:
    """Return a program with one assumption, and whether a stream is known that breaks it; None where no
    value can be promised something about."""
    random = Random(seed)
    try:
        made = random_program(random, wide=random.random() < 0.6)
    except ParameterError:
        return None
    program = made.program
    places = [place for place, node in enumerate(program.update) if not node.range.is_constant]
    if not places:
        return None
    place = random.choice(places[-6:])
    values = program.update[place].range
    promised = random.choice((Range(values.lo, values.hi - 1), Range(values.lo + 1, values.hi), values))
    claim = _claim(program, place, promised)
    found = replace(program, assumptions=(Assumption("a promise", "random.py", 1, claim),))
    return found, any(_breaks(program, place, promised, stream) for stream in streams_of(random, made))


def _claim(program: Program, place: int, promised: Range) -> RangeClaim:
    scalars = program.registers[: len(program.next_registers)]
    writer = Rewriter(Random(0), [as_it_was(word) for word in scalars], program.fields, 0, 0.0)
    where = writer.graph(program.update, True, Plant())
    graph, (always, value) = writer.g.finish([writer.g.const(1), where[place]])
    return RangeClaim(graph, ((always, value),), promised)


def _breaks(program: Program, place: int, promised: Range, stream: list[tuple[int, ...]]) -> bool:
    state = program.initial
    for token in stream:
        if not promised.holds(semantics.evaluate(program.update.nodes, state, token)[place]):
            return True
        state, _ = program.step(state, token)
    return False
