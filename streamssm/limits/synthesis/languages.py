"""The languages of the frontier."""

from __future__ import annotations

from streamssm.languages.machine import Machine

_ROWS = (
    ("tomita_1", "01", "10 11", "0"),
    ("tomita_2", "01", "21 02 22", "0"),
    ("tomita_3", "01", "01 20 34 21 44", "013"),
    ("tomita_4", "01", "10 20 30 33", "012"),
    ("tomita_5", "01", "12 03 30 21", "0"),
    ("tomita_6", "01", "12 20 01", "0"),
    ("tomita_7", "01", "01 21 23 43 44", "0123"),
    ("parity", "01", "01 10", "0"),
    ("aa_star", "a", "1 0", "0"),
    ("abab_star", "ab", "14 42 34 40 44", "0"),
    ("d_2", "ab", "13 20 31 33", "0"),
    ("d_3", "ab", "14 20 31 42 44", "0"),
    ("flip_flop_cell", ("w0", "w1", "i"), "010 011", "1"),
    ("any_02_star", "012", "100 101", "1"),
    ("ab_d_bc", "abcd", "0021 2112 2222", "1"),
)


def machines() -> dict[str, Machine]:
    """Return the languages' minimal automata by name."""
    return {name: _machine(name, tuple(symbols), rows, accepting) for name, symbols, rows, accepting in _ROWS}


def _machine(name: str, symbols: tuple[str, ...], rows: str, accepting: str) -> Machine:
    table = [[int(digit) for digit in row] for row in rows.split()]
    accepts = [str(state) in accepting for state in range(len(table))]
    return Machine.acceptor(name, symbols, table, accepts)
