"""Detectors of faults of the prover that compare what it makes with definitions, on columns of values."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import count
from random import Random

from streamssm.equivalences.proving.relation import Relation
from streamssm.equivalences.proving.sat_sweeping import SatSweep
from streamssm.equivalences.smt.linear_regions import vanishes
from streamssm.equivalences.smt.solver import Solver
from streamssm.equivalences.smt.term import Term, UnprovenRange, facts_of
from streamssm.ir.ranges import BIT
from tests.random_terms import Column, Pool, column_of, require_exact, script_of
from tests.term_rules import RULES
from tests.unit.equivalences.proving.random_claims import Draw
from tests.unit.equivalences.proving.test_related_states import built, holding, related, small_words


def seeds(seconds: float) -> Iterator[int]:
    """Yield 0, 1, ... until the time is over."""
    end = time.monotonic() + seconds
    for seed in count():
        if time.monotonic() > end:
            return
        yield seed


def terms(seconds: float) -> str:
    """Compare the values and the ranges of random terms with their definitions."""
    for seed in seeds(seconds):
        pool = grown(seed, 30)
        require_exact(pool, pool.found)
    return ""


def grown(seed: int, steps: int) -> Pool:
    """Return a pool of random terms, as far as they could be made within their ranges."""
    pool = Pool(seed)
    try:
        pool.grow(RULES, steps)
    except UnprovenRange:  # which leaves a proof open
        pass
    return pool


def facts(seconds: float) -> str:
    """Require that what conditions are taken to say holds on the rows on which they have that value."""
    for seed in seeds(seconds):
        pool = grown(seed, 20)
        pool.grow({"ge0": RULES["ge0"], "and": RULES["and"], "not": RULES["not"]}, 6)
        columns = pool.values([term for term, _ in pool.found])
        for term, column in columns.items():
            for truth in (True, False) if BIT.covers(term.range) else ():
                for fact in facts_of(term, truth):
                    if (column_of(fact, columns, pool.num_rows)[column == truth] < 0).any():
                        return f"pool {seed}: {term}, where it is {truth}"
    return ""


def regions(seconds: float) -> str:
    """Require that what vanishes without a solver is 0 on all values of small variables."""
    for seed in seeds(seconds):
        if seed % 2 and seed % 3:  # pools whose rows are all values
            pool = grown(seed, 20)
            found = pool.found[4:]
            for (x, v), (y, w) in zip(found, found[1:], strict=False):
                rare, hits = _one_row(pool)
                for gap, column in ((pool.t.sub(x, y), v - w), (pool.t.sub(rare, x), hits - v), (rare, hits)):
                    unlike = pool.t.not_(pool.t.eq0(gap))
                    if column.any() and (vanishes(gap, 24) or vanishes(unlike, 24)):
                        return f"pool {seed}: {gap} is not 0 everywhere"
    return ""


def _one_row(pool: Pool) -> tuple[Term, Column]:
    """Return the condition that some of the variables have the values of one row, and where that is so."""
    row, chosen = pool.draw.randrange(pool.num_rows), pool.found[: pool.draw.randint(1, 4)]
    condition = pool.t.and_([pool.t.eq0(pool.t.shifted(x, -int(v[row]))) for x, v in chosen])
    return condition, pool.values([condition])[condition]


def questions(seconds: float) -> str:
    """Compare what the solver reads with the values of random terms."""
    with Solver(20) as solver:
        for seed in seeds(seconds):
            pool = grown(seed, 20)
            row = pool.draw.randrange(pool.num_rows)
            result, values, reason = solver.run_script(script_of(pool, pool.found, row), 20)
            if result == "sat":
                return f"pool {seed}: the solver differs at {values}"
    return ""


class _Silent(Solver):
    """Never answers."""

    def sent(self, script: str, seconds: float) -> tuple[str, dict[str, int], str]:
        return "unknown", {}, "no answer"


def joins(seconds: float) -> str:
    """Require that terms that are joined have the values of those that they were, rare ones included."""
    with Solver(0.2) as answering, _Silent(0.2) as silent:
        for seed in seeds(seconds):
            pool = grown(seed, 16)
            (rare, hits), found = _one_row(pool), pool.found[4:]
            found += [(pool.t.add(x, rare), v + hits) for x, v in found[-6:]]
            terms = [x for x, _ in found]
            try:
                half = SatSweep(pool.t, (answering, silent)[seed % 2], (), 2.0).run(terms[::2], terms[1::2])
            except UnprovenRange:
                continue
            became = [*zip(half[0], found[::2], strict=True), *zip(half[1], found[1::2], strict=True)]
            values = pool.values([term for term, _ in became])
            for term, (_, column) in became:
                if (values[term] != column).any():
                    return f"pool {seed}: {term} was joined with another one"
    return ""


def relations(seconds: float) -> str:
    """Compare the states that are built from random claims with those in which the claims hold."""
    for seed in seeds(seconds):
        draw = Random(seed)
        words = small_words(draw)
        drawn = Draw(draw, words)
        more = drawn.equal_words if seed % 3 == 0 else drawn.claim  # some of which go round in a circle
        claims = (drawn.claim(), *(more() for _ in range(draw.randint(0, 3))))
        if built(related(claims, words)) != holding(Relation(claims), words):
            return f"claims {seed}: {claims}"
    return ""
