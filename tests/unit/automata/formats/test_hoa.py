"""HOA: read against the meaning of the text on every short word, refused by name, and written back."""

from __future__ import annotations

from itertools import product

import pytest

from streamssm.automata.formats.hoa import machine_of_hoa, to_hoa
from streamssm.errors import FormatError, ParameterError
from streamssm.languages.language import Language

HEADER = 'HOA: v1\nname: "F(a & X b)"\nStates: 3\nStart: 0\nAP: 2 "a" "b"\n'
FINITE = "acc-name: Buchi\nAcceptance: 1 Inf(0)\nproperties: explicit-labels state-acc deterministic\n"
# a word is accepted if some position has a, and the next one b
BODY = (
    "--BODY--\nState: 0 [!0] 0 [0] 1\nState: 1 [1] 2 [!1&0] 1 [!1&!0] 0\n"
    'State: 2 "done" {0}\n[t] 2\n--END--\n'
)
TEXT = HEADER + FINITE + BODY
SYMBOLS = ("~a&~b", "~a&b", "a&~b", "a&b")


def expected(word: tuple[str, ...]) -> bool:
    holds = [(not part.startswith("~"), "~b" not in part) for part in word]
    return any(x[0] and y[1] for x, y in zip(holds, holds[1:], strict=False))


ALIASES = TEXT.replace("--BODY--", "Alias: @a 0\nAlias: @ab !1 & @a\n--BODY--").replace("!1&0", "@ab")
COMMENTS = TEXT.replace("--BODY--", "/* one /* two */ */--BODY-- /* } */")
IMPLICIT = TEXT.replace("[!0] 0 [0] 1", "0 1 0 1").replace("[1] 2 [!1&0] 1 [!1&!0] 0", "0 1 2 2")
STATE_LABELS = TEXT.replace("State: 2", "State: [t] 2").replace("[t] 2\n--END", "2\n--END")


@pytest.mark.parametrize("text", [TEXT, ALIASES, COMMENTS, IMPLICIT, STATE_LABELS])
def test_every_short_word(text: str) -> None:
    machine = machine_of_hoa(text)
    assert machine.symbols == SYMBOLS
    for length in range(6):
        for word in product(SYMBOLS, repeat=length):
            assert machine.accepts(word) == expected(word), word


def test_missing_edges_reject() -> None:
    machine = machine_of_hoa(TEXT.replace("[t] 2", "[0] 2"))
    assert machine.num_states == 4
    assert machine.accepts(["a&b", "a&b"]) and not machine.accepts(["a&b", "a&b", "~a&b", "a&b"])


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("HOA: v1", "HOA: v2", "must begin with HOA: v1"),
        ("Start: 0", "Start: 0\nStart: 1", "several start states"),
        ("Start: 0", "Start: 0 & 1", "alternation"),
        ("Start: 0\n", "", "must have one start state"),
        ("[0] 1\n", "[0] 1 & 2\n", "alternation .state 0: edge to 1 &"),
        ("[0] 1\n", "[0] 1 {0}\n", "transition-based acceptance .state 0: edge to 1"),
        ("state-acc", "trans-acc", "transition-based acceptance"),
        ("[!0] 0", "[t] 0", "not deterministic: state 0 has two edges for a&~b"),
        ("deterministic\n--BODY--\nState: 0 [!0] 0", "complete\n--BODY--\nState: 0", "no edge for ~a&~b"),
        (
            "acc-name: Buchi\nAcceptance: 1 Inf(0)",
            "acc-name: co-Buchi\nAcceptance: 1 Fin(0)",
            "co-Buchi is for",
        ),
        ("acc-name: Buchi\nAcceptance: 1 Inf(0)", "acc-name: all\nAcceptance: 0 t", "all is for infinite"),
        ('"b"', '"alive"', "alive, for infinite words"),
        ('"b"', '"a"', "distinct names"),
        ("AP: 2", "AP: 3", "AP: must give the number"),
        ("States: 3", "States: 2", "state 2 must be less than"),
        ("States: 3", "States:", "States must be a number, not .."),
        ("States: 3", "States: 3 4", "States must be a number, not .3 4."),
        ("[1] 2", "[2] 2", "index below 2, not '2'"),
        ("[1] 2", "[@x] 2", "alias @x is not defined"),
        ("[1] 2", "[1 &] 2", "is not a formula"),
        ("Acceptance", "Fairness: 1\nAcceptance", "header Fairness: changes the meaning"),
        ("--END--", "--ABORT--", "aborted"),
        ("--END--\n", "", "ends before --END--"),
        ("--END--\n", "--END--\n" + "HOA: v1", "several automata"),
        ("[1] 2", "[1] 99999999999", "a number of a state must come"),
    ],
)
def test_refused_by_name(old: str, new: str, message: str) -> None:
    assert TEXT.count(old) >= 1
    with pytest.raises(FormatError, match=message):
        machine_of_hoa(TEXT.replace(old, new, 1))


def test_aliases_cannot_grow_without_bound() -> None:
    doubling = "".join(f"Alias: @x{n + 1} @x{n} & @x{n}\n" for n in range(60))
    with pytest.raises(FormatError, match="label is too long"):
        machine_of_hoa(TEXT.replace("--BODY--", f"Alias: @x0 0\n{doubling}--BODY--"))


def test_too_many_propositions() -> None:
    names = " ".join(f'"p{number}"' for number in range(17))
    with pytest.raises(FormatError, match="at most 16 propositions, not 17"):
        machine_of_hoa(TEXT.replace('AP: 2 "a" "b"', f"AP: 17 {names}"))


def test_written_and_read_back() -> None:
    machine = machine_of_hoa(TEXT).minimal()
    assert machine_of_hoa(to_hoa(machine)) == machine
    past = Language.from_past_ltl("O(a & Y b)").machine
    back = machine_of_hoa(to_hoa(past))
    assert (back.next_state == past.next_state).all() and (back.accepting == past.accepting).all()
    with pytest.raises(ParameterError, match="symbols must be all assignments"):
        to_hoa(Language.from_regex("(ab)*", "ab").machine)
