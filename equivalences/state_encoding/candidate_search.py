"""Search for the cheapest model of a kind: all encodings are planned and allocated, the best is emitted."""

from __future__ import annotations

from collections.abc import Iterator

from streamssm.equivalences.state_encoding.build import (
    Candidate,
    SymbolDecoder,
    build_candidate,
    output_tables_of,
    pruned,
)
from streamssm.equivalences.state_encoding.encoding import StateEncoding
from streamssm.equivalences.state_encoding.input_delay import with_input_delay
from streamssm.equivalences.state_encoding.output_tables import OutputTables
from streamssm.equivalences.state_encoding.reads import FamilyOf, Plans, plans_of
from streamssm.equivalences.state_encoding.targets import Target
from streamssm.ssm.model import SSM

FEW_VARIABLES = 32  # smaller encodings are planned twice, with different preferences for delays
MOST_TIMES = 8  # encodings with 8 times the variables of the smallest one (plus 32) are tried last


def cheapest(
    encodings: list[StateEncoding], target: Target, outputs: OutputTables, decoder: SymbolDecoder
) -> SSM | None:
    """Return the model of a kind with the least memory and then the fewest layers; None if none is known."""
    most = FEW_VARIABLES + MOST_TIMES * min((len(encoding.variables) for encoding in encodings), default=0)
    near = [encoding for encoding in encodings if len(encoding.variables) <= most]
    far = [encoding for encoding in encodings if len(encoding.variables) > most]
    return _cheapest(near, target, outputs, decoder) or _cheapest(far, target, outputs, decoder)


def _cheapest(
    encodings: list[StateEncoding], target: Target, outputs: OutputTables, decoder: SymbolDecoder
) -> SSM | None:
    candidates = [
        candidate
        for encoding in encodings
        for family_of in target.variants
        for candidate in _candidates(encoding, family_of, target, outputs, decoder)
        if all(
            target.fits(candidate.context.g, storage)
            for level in candidate.allocation.levels
            for storage in level.storages
        )
    ]
    return min(candidates, key=lambda candidate: candidate.cost).model() if candidates else None


def _candidates(
    encoding: StateEncoding,
    family_of: FamilyOf,
    target: Target,
    outputs: OutputTables,
    decoder: SymbolDecoder,
) -> Iterator[Candidate]:
    output_tables = output_tables_of(encoding, outputs)
    planned: list[tuple[StateEncoding, Plans]] = []
    for deep_first in (False, True) if len(encoding.variables) <= FEW_VARIABLES else (False,):
        plans = plans_of(encoding, family_of, deep_first=deep_first)
        if plans is None:
            return
        small = pruned(encoding, plans, output_tables)
        if len(small.variables) < len(encoding.variables):
            plans = plans_of(small, family_of, deep_first=deep_first)
            assert plans is not None  # removing variables that nothing reads
        planned.append((small, plans))
    for small, plans in planned:
        yield build_candidate(small, plans, outputs, output_tables_of(small, outputs), decoder, target.kinds)
    if target.multi_step_delays:
        small = planned[0][0]
        delayed = with_input_delay(
            small, family_of, outputs, output_tables_of(small, outputs), decoder, target.kinds
        )
        if delayed is not None:
            yield delayed
