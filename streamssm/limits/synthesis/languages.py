"""The languages of the frontier, as tables: minimal automata, with a dead state where there is one.

Sources: Tomita's seven (1982) and the suite of THEORY C. Symbols are numbered in the order of their texts.
"""

from __future__ import annotations

from streamssm.limits.synthesis.acceptor import Acceptor


def acceptor(name: str, symbols: str, accepting: str, *rows: str) -> Acceptor:
    """Return an acceptor from rows of digits: the next states of each state, symbol by symbol.

    >>> acceptor("parity", "01", "10", "01", "10").accepts([1, 1])
    True
    """
    table = tuple(tuple(map(int, row)) for row in rows)
    return Acceptor(name, tuple(symbols), table, tuple(answer == "1" for answer in accepting))


def bounded_brackets(depth: int) -> Acceptor:
    """Return the well nested words of a (open) and b (close) that are at most ``depth`` deep."""
    dead = depth + 1
    rows = [(level + 1, level - 1 if level else dead) for level in range(depth)]
    table = (*rows, (dead, depth - 1), (dead, dead))
    return Acceptor(f"dyck_1_depth_{depth}", ("a", "b"), table, (True, *[False] * dead))


# name: what is in the language; tomita_2 is (ab)*
LANGUAGES = {
    found.name: (found, text)
    for found, text in (
        (acceptor("tomita_1", "01", "10", "10", "11"), "1*"),
        (acceptor("tomita_2", "01", "100", "21", "02", "22"), "(10)*"),
        (
            acceptor("tomita_3", "01", "11010", "01", "20", "34", "21", "44"),
            "no odd run of 1s right before an odd run of 0s",
        ),
        (acceptor("tomita_4", "01", "1110", "10", "20", "30", "33"), "no 000"),
        (acceptor("tomita_5", "01", "1000", "12", "03", "30", "21"), "0s and 1s both even"),
        (acceptor("tomita_6", "01", "100", "12", "20", "01"), "0s minus 1s is 0 mod 3"),
        (acceptor("tomita_7", "01", "11110", "01", "21", "23", "43", "44"), "0*1*0*1*"),
        (acceptor("parity", "01", "10", "01", "10"), "1s are even"),
        (acceptor("aa", "a", "10", "1", "0"), "(aa)*"),
        (acceptor("abab", "ab", "10000", "14", "42", "34", "40", "44"), "(abab)*"),
        (bounded_brackets(2), "(a(ab)*b)*"),
        (bounded_brackets(3), "(a(a(ab)*b)*b)*"),
        (acceptor("flip_flop", "01-", "01", "010", "011"), "the last write is 1; - ignores"),
        (acceptor("ends_02", "012", "01", "100", "101"), "{0,1,2}*02*"),
        (acceptor("one_d", "abcd", "010", "0021", "2112", "2222"), "{a,b}*d{b,c}*"),
    )
}
