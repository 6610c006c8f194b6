"""A mapping with versions: an assignment gives a new one, the old one stays as it was."""

from __future__ import annotations

from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class PersistentMap(Generic[Kept]):
    """A table by places. The version used last holds it; the others say how they differ from a newer one.

    Reading and assigning the version used last costs one step, however many places there are; so does going
    from one branch of a program to the other and back.
    """

    __slots__ = ("_newer", "_old", "_place", "_table")

    def __init__(self, table: dict[int, Kept] | None = None) -> None:
        self._table: dict[int, Kept] | None = {} if table is None else table
        self._newer: PersistentMap[Kept] | None = None
        self._place = 0
        self._old: Kept | None = None

    def get(self, place: int) -> Kept | None:
        return self._own_table().get(place)

    def assigned(self, place: int, value: Kept) -> PersistentMap[Kept]:
        """Return the version after this one."""
        table = self._own_table()
        made = PersistentMap(table)
        self._differ(made, place, table.get(place))
        table[place] = value
        return made

    def _differ(self, newer: PersistentMap[Kept], place: int, old: Kept | None) -> None:
        self._table, self._newer, self._place, self._old = None, newer, place, old

    def _own_table(self) -> dict[int, Kept]:
        """Take the table over, turning every difference on the way to it around."""
        if self._table is not None:
            return self._table
        way: list[PersistentMap[Kept]] = []
        at = self
        while at._table is None:
            way.append(at)
            assert at._newer is not None
            at = at._newer
        table = at._table
        for version in reversed(way):
            place, old = version._place, version._old
            at._differ(version, place, table.get(place))
            if old is None:
                del table[place]
            else:
                table[place] = old
            version._table, version._newer = table, None
            at = version
        return table
