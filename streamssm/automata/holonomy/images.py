"""The images of an automaton's state set under words, and the singletons.

Glossary: an *image* is the set of states that a word maps the reachable states to; singletons of reachable
states count as images too. Images are numbered; the set of all reachable states is number 0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streamssm.automata.automaton_class import Automaton
from streamssm.cext import automaton
from streamssm.errors import ParameterError

MAX_IMAGES = 100_000
MAX_CELLS = 10_000_000  # total size of all images, about 1 GB

States = frozenset[int]


@dataclass(frozen=True, eq=False)
class Images:
    """All images; ``after[i][a]`` is the number of the image of image i under symbol a."""

    machine: Automaton
    sets: list[States]
    after: list[list[int]]
    numbers: dict[States, int]

    @property
    def sizes(self) -> list[int]:
        """The number of states of each image."""
        return [len(states) for states in self.sets]

    def packed(self) -> NDArray[np.uint64]:
        """Return the images as bit sets, shape (images, ceil(states / 64))."""
        words = (self.machine.num_states + 63) // 64
        packed = np.empty((len(self.sets), words), dtype=np.uint64)
        for number, states in enumerate(self.sets):
            bits = np.zeros(64 * words, dtype=bool)
            bits[list(states)] = True
            packed[number] = np.packbits(bits).view(np.uint64)
        return packed


def images_of(machine: Automaton, *, max_images: int = MAX_IMAGES) -> Images:
    """Return the images of an automaton's reachable states, breadth first, after the singletons.

    Raises
    ------
    ParameterError
        If there are more than ``max_images``.
    """
    columns = [column.tolist() for column in machine.next_state.T]
    cells = 0
    everything = automaton.reachable(machine.next_state, machine.initial).tolist()
    sets = [frozenset(everything)]
    numbers = {sets[0]: 0}
    after: list[list[int]] = []
    for state in everything:
        if len(everything) > 1:
            numbers[frozenset([state])] = len(sets)
            sets.append(frozenset([state]))
    for states in sets:
        row = []
        for column in columns:
            image = frozenset(map(column.__getitem__, states))
            number = numbers.setdefault(image, len(sets))
            if number == len(sets):
                sets.append(image)
                cells += len(image)
                if number >= max_images or cells > MAX_CELLS:
                    raise ParameterError(
                        f"{machine.name} has more than {max_images:,} images of its states, or more than "
                        f"{MAX_CELLS:,} states in all images; increase max_images"
                    )
            row.append(number)
        after.append(row)
    return Images(machine, sets, after, numbers)
