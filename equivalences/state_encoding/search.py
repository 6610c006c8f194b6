"""All ways that are known to hold an automaton in layers of one kind, placed, so that the best is emitted."""

from __future__ import annotations

from collections.abc import Iterator

from streamssm.equivalences.state_encoding.build import Candidate, SymbolDecoder, drafted, pruned, readings_of
from streamssm.equivalences.state_encoding.encoding import StateEncoding
from streamssm.equivalences.state_encoding.input_delay import behind
from streamssm.equivalences.state_encoding.outputs import OutputTables
from streamssm.equivalences.state_encoding.reads import MovesOf, Plans, plans_of
from streamssm.equivalences.state_encoding.targets import Target
from streamssm.ssm.model import SSM

FEW_WORDS = 32  # are planned twice, with different delays preferred
MANY_TIMES = 8  # as many words as another way has: such a way is tried where no other serves


def cheapest(
    ways: list[StateEncoding], dialect: Target, answers: OutputTables, letters: SymbolDecoder
) -> SSM | None:
    """Return the model of a kind with the least memory, and among those the fewest layers; None if none is
    known."""
    most = FEW_WORDS + MANY_TIMES * min((len(way.words) for way in ways), default=0)
    near = [way for way in ways if len(way.words) <= most]
    far = [way for way in ways if len(way.words) > most]
    return _cheapest(near, dialect, answers, letters) or _cheapest(far, dialect, answers, letters)


def _cheapest(
    ways: list[StateEncoding], dialect: Target, answers: OutputTables, letters: SymbolDecoder
) -> SSM | None:
    drafts = [
        draft
        for coordinates in ways
        for moves_of in dialect.variants
        for draft in _drafts(coordinates, moves_of, dialect, answers, letters)
        if all(dialect.fits(draft.frame.g, cell) for level in draft.placing.levels for cell in level.cells)
    ]
    return min(drafts, key=lambda found: found.cost).model() if drafts else None


def _drafts(
    coordinates: StateEncoding,
    moves_of: MovesOf,
    dialect: Target,
    answers: OutputTables,
    letters: SymbolDecoder,
) -> Iterator[Candidate]:
    readings = readings_of(coordinates, answers)
    found: list[tuple[StateEncoding, Plans]] = []
    for deep_first in (False, True) if len(coordinates.words) <= FEW_WORDS else (False,):
        plans = plans_of(coordinates, moves_of, deep_first=deep_first)
        if plans is None:
            return
        small = pruned(coordinates, plans, readings)
        if len(small.words) < len(coordinates.words):
            plans = plans_of(small, moves_of, deep_first=deep_first)
            assert plans is not None  # words that nothing reads were left out
        found.append((small, plans))
    for small, plans in found:
        yield drafted(small, plans, answers, readings_of(small, answers), letters, dialect.kinds)
    if dialect.behind:
        small = found[0][0]
        late = behind(small, moves_of, answers, readings_of(small, answers), letters, dialect.kinds)
        if late is not None:
            yield late
