"""Cases of composition by blocks, adding and storing: the part of the table that `tests.cases` takes in."""

from __future__ import annotations

from streamssm.algorithms import AddingComposition, BlockComposition, StoredComposition
from tests.case import Case, ones

COMPOSITION_CASES = (
    Case(
        "block composition 1",
        lambda: BlockComposition(1, 2),
        memory_bits=0,
        tokens=((0, 0, 0), (1, 0, 0), (2, 0, 0)),
        begin=(0,),
        outputs=ones(0, 0, 0),
    ),
    Case(
        "block composition 3",  # f1 sends 2 to 1, f2 sends 1 to 2; then f2 is set again, and x for nothing
        lambda: BlockComposition(3, 2),
        memory_bits=6,
        tokens=((0, 0, 2), (1, 2, 1), (1, 0, 0), (2, 0, 1), (2, 1, 2), (2, 2, 0), (2, 1, 1), (0, 0, 0)),
        begin=(0,),
        outputs=ones(0, 0, 0, 0, 2, 2, 1, 1),
    ),
    Case(
        "adding composition 3",  # as above, where setting f2 again adds 1 to 2, which stays at 2
        lambda: AddingComposition(3, 2),
        memory_bits=6,
        tokens=((0, 0, 2), (1, 2, 1), (1, 0, 0), (2, 0, 1), (2, 1, 1), (2, 2, 0), (2, 1, 1), (2, 1, 1)),
        begin=(0,),
        outputs=ones(0, 0, 0, 0, 1, 1, 2, 2),
    ),
    Case(
        "stored composition 2",  # f1 is set to 1, 0 and f2 to 0, 1; x changes in between
        lambda: StoredComposition(2, 2),
        memory_bits=5,
        tokens=((2, 1, 1), (1, 0, 1), (0, 0, 1), (0, 1, 0), (2, 1, 0), (2, 0, 1), (0, 0, 1)),
        begin=(0,),
        outputs=ones(0, 1, 0, 1, 0, 0, 1),
    ),
)
