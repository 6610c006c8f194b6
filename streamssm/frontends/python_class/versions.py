"""A mapping with versions: an assignment gives a new one, the old one stays as it was."""

from __future__ import annotations


class Versions:
    """Nodes by place. The version used last holds the table; the others say how they differ from a newer one.

    Reading and assigning the version used last costs one step, however many places there are; so does going
    from one branch of a program to the other and back.
    """

    __slots__ = ("_newer", "_old", "_place", "_table")

    def __init__(self, table: dict[int, int]) -> None:
        self._table: dict[int, int] | None = table
        self._newer: Versions | None = None
        self._place = 0
        self._old: int | None = None

    def get(self, place: int) -> int | None:
        return self._own_table().get(place)

    def assigned(self, place: int, node: int) -> Versions:
        """Return the version after this one."""
        table = self._own_table()
        made = Versions(table)
        self._differ(made, place, table.get(place))
        table[place] = node
        return made

    def _differ(self, newer: Versions, place: int, old: int | None) -> None:
        self._table, self._newer, self._place, self._old = None, newer, place, old

    def _own_table(self) -> dict[int, int]:
        """Take the table over, turning every difference on the way to it around."""
        way: list[Versions] = []
        at = self
        while at._table is None:
            way.append(at)
            assert at._newer is not None
            at = at._newer
        for version in reversed(way):
            newer = version._newer
            assert newer is not None and newer._table is not None
            table = newer._table
            place, old = version._place, version._old
            newer._differ(version, place, table.get(place))
            if old is None:
                del table[place]
            else:
                table[place] = old
            version._table, version._newer = table, None
        assert self._table is not None
        return self._table
