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
    """Return the words of a and b that are well nested, a opening and b closing, at most ``depth`` deep."""
    dead = depth + 1
    rows = [(level + 1, level - 1 if level else dead) for level in range(depth)]
    table = (*rows, (dead, depth - 1), (dead, dead))
    return Acceptor(
        f"Dyck-1 depth {depth}", ("a", "b"), table, tuple(level == 0 for level in range(depth + 2))
    )


LANGUAGES = {
    found.name: found
    for found in (
        acceptor("Tomita 1: 1*", "01", "10", "10", "11"),
        acceptor("Tomita 2: (10)*", "01", "100", "21", "02", "22"),
        acceptor(
            "Tomita 3: no odd run of 1s right before an odd run of 0s", "01", "11101", "01", "20", "34", "44", "44"
        ),
        acceptor("Tomita 4: no 000", "01", "1110", "10", "20", "30", "33"),
        acceptor("Tomita 5: 0s and 1s both even", "01", "1000", "12", "03", "30", "21"),
        acceptor("Tomita 6: 0s minus 1s is 0 mod 3", "01", "100", "12", "20", "01"),
        acceptor("Tomita 7: 0*1*0*1*", "01", "11110", "01", "21", "23", "43", "44"),
        acceptor("parity of 1s", "01", "10", "01", "10"),
        acceptor("(aa)*", "a", "10", "1", "0"),
        acceptor("(abab)*", "ab", "10000", "14", "42", "34", "40", "44"),
        bounded_brackets(2),
        bounded_brackets(3),
        acceptor("flip-flop: last write is 1", "01-", "01", "010", "011"),
        acceptor("{0,1,2}*02*", "012", "01", "100", "101"),
        acceptor("{a,b}*d{b,c}*", "abcd", "010", "0021", "2112", "2222"),
    )
}
