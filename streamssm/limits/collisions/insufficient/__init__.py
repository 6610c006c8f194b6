"""Models that cannot do the task that they claim to do, for lack of memory or of layers.

>>> from streamssm.limits.collisions.insufficient import claims
>>> len(claims()), {claim.lacks for claim in claims()} == {"memory", "layers"}
(10, True)
"""

from __future__ import annotations

from functools import cache

from streamssm.limits.collisions.insufficient.claim import InsufficientClaim
from streamssm.limits.collisions.insufficient.too_few_layers import few_layers
from streamssm.limits.collisions.insufficient.too_little_memory import little_memory

__all__ = ["InsufficientClaim", "claims", "few_layers", "little_memory"]


@cache
def claims() -> tuple[InsufficientClaim, ...]:
    """Return all ten claims: five models that lack memory, five that lack layers."""
    return (*little_memory(), *few_layers())
