"""Small textbook models, one or more per kind of transition; every docstring states the kind and the memory.

>>> from streamssm.ssm import textbook
>>> textbook.running_parity().run([[1], [1], [1]])[:, 0].tolist()
[1, 0, 1]
"""

from __future__ import annotations

from streamssm.ssm.textbook.bits import flip_flop, running_parity, since_halving, since_saturating
from streamssm.ssm.textbook.counters import (
    permuting_counter,
    position_counter,
    rotating_counter,
    wrapping_counter,
)
from streamssm.ssm.textbook.filters import delay_line, exponential_moving_average
from streamssm.ssm.textbook.groups import permuted_words, reflected_words, symmetric_group_of_3

__all__ = [
    "delay_line",
    "exponential_moving_average",
    "flip_flop",
    "permuted_words",
    "permuting_counter",
    "position_counter",
    "reflected_words",
    "rotating_counter",
    "running_parity",
    "since_halving",
    "since_saturating",
    "symmetric_group_of_3",
    "wrapping_counter",
]
