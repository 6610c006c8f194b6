"""Entity tracking in a narrative: people walk, take, drop and give items."""

from __future__ import annotations

from streamssm.algorithms.parameters import at_least
from streamssm.frontends.algorithm import Algorithm

GO, TAKE, DROP, GIVE, ASK = range(5)


class Narrative(Algorithm):
    """Track people who walk between places and carry items, and answer questions about an item's place.

    A token is (event, person, item, place, receiver); each event reads some of the fields: 0 the person goes
    to the place, 1 the person takes the item, 2 drops it, 3 gives it to the receiver, 4 asks for the item's
    place. People can take only items in their place, drop and give only items that they hold, and give only
    to someone in the same place; impossible events change nothing. Initially everyone and everything is in
    place 0, and nobody holds anything.

    Law: the output is the place of the item last asked about, at the time of asking; 0 before.

    Parameters
    ----------
    people, items, places : their numbers, at least 1 each

    Notes
    -----
    Memory: ``people * ceil(log2 places) + items * ceil(log2(places + people)) + ceil(log2 places)`` bits: an
    item either lies in a place or is with a person. Items that change hands are permuted like the points of
    `PermutationTracking`; Merrill, Petty and Sabharwal list entity tracking in a long narrative among the
    tasks that diagonal and time-invariant models without thoughts cannot solve, unless TC0 = NC1 (THEORY D1,
    source D).

    >>> story = Narrative(people=2, items=1, places=3)
    >>> for event in [(1, 0, 0, 0, 0), (0, 0, 0, 2, 0), (4, 0, 0, 0, 0)]:  # takes it, goes to place 2
    ...     story.update(*event)
    >>> story.output()
    2
    """

    def __init__(self, people: int = 4, items: int = 4, places: int = 8) -> None:
        for name, count in (("people", people), ("items", items), ("places", places)):
            at_least(name, count, 1)
        self.places = places
        self.tokens(event=5, person=people, item=items, place=places, receiver=people)
        self.answer = self.register(places)
        self.place_of = self.array(places, people)
        self.holder_of = self.array(places + people, items)  # the item's place, or places + its holder

    def update(self, event: int, person: int, item: int, place: int, receiver: int) -> None:
        here = self.place_of[person]
        held = self.holder_of[item] == self.places + person
        if event == GO:
            self.place_of[person] = place
        elif event == TAKE and self.holder_of[item] == here:
            self.holder_of[item] = self.places + person
        elif event == DROP and held:
            self.holder_of[item] = here
        elif event == GIVE and held and self.place_of[receiver] == here:
            self.holder_of[item] = self.places + receiver
        elif event == ASK:
            holder = self.holder_of[item]
            self.answer = self.place_of[holder - self.places] if holder >= self.places else holder

    def output(self) -> int:
        return self.answer
