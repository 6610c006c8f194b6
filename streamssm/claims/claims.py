"""The claims: one for each row of THEORY, with the strongest verdict that experiments can give."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class ClaimVerdict(str, Enum):
    """The verdict of the experiments about a claim."""

    SHOWN = "shown"  # on every stream of the named instances
    CONSISTENT = "consistent"  # no experiment contradicts it; the strongest verdict for bounds
    NOT_HERE = "not reproducible here"  # no experiment can bear on it, at most on its premises
    CONTRADICTED = "contradicted"
    NOTHING_RUN = "nothing was run"


@dataclass(frozen=True)
class PaperClaim:
    """A row of THEORY: ``best`` is the strongest verdict that instances can give.

    Instances can show a construction or a finite count. With an asymptotic bound, or an impossibility at
    every size, they can at best be consistent.
    """

    id: str
    source: str
    statement: str
    best: ClaimVerdict


CONSTRUCTION = FINITE = ClaimVerdict.SHOWN
BOUND = IMPOSSIBLE = CONJECTURE = ClaimVerdict.CONSISTENT
CONDITIONAL = ClaimVerdict.NOT_HERE

A = "arXiv 2604.14501"
B = "arXiv 2601.19467"
C = "arXiv 2405.17394"
D = "arXiv 2404.08819"
OURS = "this package"

CLAIMS = (
    PaperClaim(
        "A1", A, "L layers without thoughts need d^2 p = Omega(N / L^3) to compose L + 3 functions", BOUND
    ),
    PaperClaim(
        "A2",
        OURS,
        "K functions in the easy order take K + 1 layers of one word of ceil(log2 N) bits",
        CONSTRUCTION,
    ),
    PaperClaim("A3", A, "thoughts after the end of the stream do not help", FINITE),
    PaperClaim(
        "A4",
        A,
        "online thoughts are deterministic one-pass streaming; composition in O(log N) bits",
        CONSTRUCTION,
    ),
    PaperClaim("A5", A, "without thoughts width and precision are not interchangeable", FINITE),
    PaperClaim("A6", A, "with online thoughts only the product of width and precision counts", CONSTRUCTION),
    PaperClaim("A7", OURS, "the order of the blocks decides how much must be kept", FINITE),
    PaperClaim("G17", "arXiv 2405.16674", "one layer needs (d^2 + d) p = Omega(n log n) to compose", BOUND),
    PaperClaim(
        "G14", "arXiv 2402.01032", "copying n symbols of D fails once n log2 D exceeds the memory", FINITE
    ),
    PaperClaim(
        "B1", B, "diagonal transitions with entries >= 0 recognize the star-free languages, no others", BOUND
    ),
    PaperClaim("C1", C, "the same for models with nonnegative gates", BOUND),
    PaperClaim(
        "2-groups", OURS, "entries in {-1, 0, 1} recognize languages whose monoid has only 2-groups", BOUND
    ),
    PaperClaim("B2", B, "entries >= 0 never do parity or (aa)*, at any depth", IMPOSSIBLE),
    PaperClaim("C2", C, "the same for models with nonnegative gates", IMPOSSIBLE),
    PaperClaim(
        "G4",
        "others",
        "mixes of time-invariant and nonnegative layers, linear or diagonal, still do not do parity",
        IMPOSSIBLE,
    ),
    PaperClaim(
        "G5", "arXiv 2508.07395", "parity needs an eigenvalue that is not a nonnegative real", IMPOSSIBLE
    ),
    PaperClaim("B3", B, "time-invariant layers do positions modulo m and unary past operators", CONSTRUCTION),
    PaperClaim("B4", B, "conjectured: exact, unsaturated time-invariant layers do not do a S b", CONJECTURE),
    PaperClaim(
        "B5", B, "mixed layers do past LTL with modular predicates: regular and AC0, no others", BOUND
    ),
    PaperClaim("B6", B, "with log precision they count: bits >= log2(n + 1) at the length", CONSTRUCTION),
    PaperClaim(
        "G1", "arXiv 2603.01959", "k complex diagonal layers do a group with k abelian factors", CONSTRUCTION
    ),
    PaperClaim(
        "G2", "arXiv 2603.01959", "the least k is the derived length; A5 and S5 have none", IMPOSSIBLE
    ),
    PaperClaim(
        "G3",
        "others",
        "one layer: gates in (0, 1] do no group, (-1, 1] C2, the unit circle abelian ones",
        IMPOSSIBLE,
    ),
    PaperClaim(
        "G7", "arXiv 2411.12537", "m - 1 reflections do letters that move m states; Z_m with 2", CONSTRUCTION
    ),
    PaperClaim(
        "G9", "arXiv 2509.22284", "any automaton of N states is one monomial layer of N bits", CONSTRUCTION
    ),
    PaperClaim("D1", D, "diagonal layers do not do S5 or A5 unless TC0 = NC1", CONDITIONAL),
    PaperClaim("D2", D, "input-driven dense layers do every regular language in one layer", CONSTRUCTION),
)


def claim_of(claim_id: str) -> PaperClaim:
    """Return the claim with an id."""
    return next(claim for claim in CLAIMS if claim.id == claim_id)
