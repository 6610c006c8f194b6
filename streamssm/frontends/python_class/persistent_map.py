"""A persistent mapping by rerooting (Baker, *Shallow Binding Makes Functional Arrays Fast*, 1991)."""

from __future__ import annotations

from typing import Generic, TypeVar

V = TypeVar("V")


class PersistentMap(Generic[V]):
    """A mapping whose assignments give new versions. The version used last holds the table.

    Every other version stores one difference, from a neighbor nearer to the table. Accessing the version used
    last takes constant time; accessing another first reverses the differences between the two.
    """

    __slots__ = ("_newer", "_old", "_key", "_table")

    def __init__(self, table: dict[int, V] | None = None) -> None:
        self._table: dict[int, V] | None = {} if table is None else table
        self._newer: PersistentMap[V] | None = None
        self._key = 0
        self._old: V | None = None

    def get(self, key: int) -> V | None:
        return self._own_table().get(key)

    def assigned(self, key: int, value: V) -> PersistentMap[V]:
        """Return a new version with one assignment; this one is unchanged."""
        table = self._own_table()
        newer = PersistentMap(table)
        self._differ(newer, key, table.get(key))
        table[key] = value
        return newer

    def _differ(self, newer: PersistentMap[V], key: int, old: V | None) -> None:
        self._table, self._newer, self._key, self._old = None, newer, key, old

    def _own_table(self) -> dict[int, V]:
        """Reroot: move the table to this version, reversing every difference on the way."""
        if self._table is not None:
            return self._table
        chain: list[PersistentMap[V]] = []
        at = self
        while at._table is None:
            chain.append(at)
            assert at._newer is not None
            at = at._newer
        table = at._table
        for version in reversed(chain):
            key, old = version._key, version._old
            at._differ(version, key, table.get(key))
            if old is None:
                del table[key]
            else:
                table[key] = old
            version._table, version._newer = table, None
            at = version
        return table
