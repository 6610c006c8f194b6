"""The parser: text -> formula.

Operators, from the tightest binding to the loosest:

    !  Y  Z  O  H     unary; ! is also written ~ and not
    S  T              group to the right: a S b S c is a S (b S c)
    &                 also && and and
    ^                 also xor
    |                 also || and or
    ->                groups to the right
    <->

O, H, S and T take bounds: ``O[0,5] a``, ``a S[1,3] b``.

Atoms: a proposition (letters, digits and _, no digit in front), ``true``, ``false``, ``first``,
``pos % m == r``, and any formula in parentheses. Operators of letters are whole words: ``Y a`` and ``Y(a)``
apply Y to a, and ``Ya`` is a proposition. Reserved words, and words that are constants or operators elsewhere
(`TRUE`, `tt`, `last`, `since`; see `names`), are propositions only in quotes: ``"last"``. Space and line
breaks separate words.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from streamssm.errors import ParameterError
from streamssm.frontends.past_ltl.formula import (
    Apply,
    BooleanConstant,
    First,
    Formula,
    Operator,
    Position,
    Proposition,
)
from streamssm.frontends.past_ltl.proposition_names import FUTURE, foreign_word, require_name

if TYPE_CHECKING:
    from lark import Lark, Token
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

GRAMMAR = r"""
    ?start: iff
    ?iff: implies | iff "<->" implies               -> iff
    ?implies: or | or "->" implies                  -> implies
    ?or: xor | or ("|" | "||" | "or") xor           -> or_
    ?xor: and | xor ("^" | "xor") and               -> xor
    ?and: since | and ("&" | "&&" | "and") since    -> and_
    ?since: unary
        | unary "S" bounds? since                   -> since
        | unary "T" bounds? since                   -> trigger
    ?unary: atom
        | ("!" | "~" | "not") unary                 -> not_
        | "Y" unary                                 -> previous
        | "Z" unary                                 -> weak_previous
        | "O" bounds? unary                         -> once
        | "H" bounds? unary                         -> historically
    bounds: "[" NUMBER "," NUMBER "]"
    ?atom: "(" iff ")"
        | (NAME | QUOTED)                           -> proposition
        | "true"                                    -> true
        | "false"                                   -> false
        | "first"                                   -> first
        | "pos" "%" NUMBER "==" NUMBER              -> position
    NAME: /[A-Za-z_][A-Za-z0-9_]*/
    QUOTED: /"[^"\n]*"/
    NUMBER: /[0-9]+/
    %ignore /[ \t\r\n]+/
"""

MAX_DIGITS = 18  # 10^18 < 2^60: every modulus of 18 digits fits a word
MAX_QUOTED = 30  # a message quotes at most this many characters of the formula
BOUNDS_HINT = " (bounds are two numbers: O[0,5] f; without a last one write Y and O: O[2,...] f is Y Y O f)"
OPERAND = "a proposition, true, false, first, pos, '(' or one of ! Y Z O H"


def parse(text: str, propositions: Sequence[str] | None = None) -> Formula:
    """Parse a formula.

    Parameters
    ----------
    propositions : the names that it may use; any if None

    Raises
    ------
    ParameterError
        On a syntax error, with line, column and the expected words; or if the formula uses a proposition
        that is not in ``propositions``.

    >>> parse("O(request & Y !grant)").operator.name
    'ONCE'
    >>> parse("a S )")
    Traceback (most recent call last):
    ...
    streamssm.errors.ParameterError: formula, line 1, column 5: unexpected ')' after 'a S'; expected \
a proposition, true, false, first, pos, '(' or one of ! Y Z O H
    """
    from lark.exceptions import UnexpectedCharacters, UnexpectedToken

    if not isinstance(text, str):
        raise ParameterError(f"a formula must be a str, not {text!r}")
    known = None if propositions is None else tuple(map(require_name, propositions))
    foreign = foreign_word(text)
    if foreign is not None:
        word, offset, advice = foreign
        raise ParameterError(
            f"{_at_offset(text, offset)}: '{word}' is a constant or an operator elsewhere; {advice}, or "
            f"'\"{word}\"' in quotes for a proposition"
        )
    try:
        tree: Any = _grammar().parse(text)
    except UnexpectedToken as error:
        raise ParameterError(_unexpected_token(text, error)) from None
    except UnexpectedCharacters as error:
        raise ParameterError(_unexpected_character(text, error)) from None
    return _formula(tree, known)


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    from lark import Lark

    # the basic lexer keeps reserved words reserved, also where only a proposition could follow
    return Lark(GRAMMAR, parser="lalr", lexer="basic", maybe_placeholders=False)


# tree -> formula


def _formula(tree: Any, known: Sequence[str] | None) -> Formula:
    """Build the formula bottom-up, without recursion: formulas may be nested deeply."""
    built: list[Formula] = []
    for node in _post_order(tree):
        operator = OPERATORS.get(node.data)
        if operator is not None:
            operands = tuple(built[-operator.arity :])
            built[-operator.arity :] = [_apply(operator, operands, node)]
        elif node.data != "bounds":
            built.append(ATOMS[node.data](node.children, known))
    return built.pop()


def _post_order(tree: Any) -> list[Any]:
    """Return the nodes of a tree, children first, from left to right."""
    order, stack = [], [tree]
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(child for child in node.children if hasattr(child, "data"))
    return order[::-1]


def _apply(operator: Operator, operands: tuple[Formula, ...], node: Any) -> Formula:
    bounds = next((child.children for child in node.children if getattr(child, "data", "") == "bounds"), None)
    if bounds is None:
        return Apply(operator, operands)
    _require_digits(bounds)
    low, high = map(int, bounds)
    try:
        return Apply(operator, operands, (low, high))
    except ParameterError as error:
        raise ParameterError(f"{_at(bounds[0])}: {error}") from None


def _proposition(children: Sequence[Token], known: Sequence[str] | None) -> Formula:
    token = children[0]
    name = token.strip('"')
    if known is not None and name not in known:
        declared = f"declared are {', '.join(known)}" if known else "none are declared"
        raise ParameterError(f"{_at(token)}: unknown proposition {_quoted(name)}; {declared}")
    try:
        return Proposition(name)
    except ParameterError as error:
        raise ParameterError(f"{_at(token)}: {error}") from None


def _position(children: Sequence[Token], known: Sequence[str] | None) -> Formula:
    _require_digits(children)
    modulus, remainder = children
    try:
        return Position(int(modulus), int(remainder))
    except ParameterError as error:
        raise ParameterError(f"{_at(modulus)}: {error}") from None


def _require_digits(numbers: Sequence[Token]) -> None:
    for number in numbers:
        if len(number.lstrip("0")) > MAX_DIGITS:
            raise ParameterError(f"{_at(number)}: number {_quoted(number)} has more than {MAX_DIGITS} digits")


ATOMS: dict[str, Callable[[Sequence[Token], Sequence[str] | None], Formula]] = {
    "proposition": _proposition,
    "position": _position,
    "true": lambda children, known: BooleanConstant(True),
    "false": lambda children, known: BooleanConstant(False),
    "first": lambda children, known: First(),
}
OPERATORS = {
    "iff": Operator.IFF,
    "implies": Operator.IMPLIES,
    "or_": Operator.OR,
    "xor": Operator.XOR,
    "and_": Operator.AND,
    "since": Operator.SINCE,
    "trigger": Operator.TRIGGER,
    "not_": Operator.NOT,
    "previous": Operator.PREVIOUS,
    "weak_previous": Operator.WEAK_PREVIOUS,
    "once": Operator.ONCE,
    "historically": Operator.HISTORICALLY,
}


# messages


def _at(position: Any) -> str:
    return f"formula, line {position.line}, column {position.column}"


def _at_offset(text: str, offset: int) -> str:
    line, column = text.count("\n", 0, offset) + 1, offset - (text.rfind("\n", 0, offset) + 1) + 1
    return f"formula, line {line}, column {column}"


def _unexpected_token(text: str, error: UnexpectedToken) -> str:
    expected = _expected(error.accepts)
    if error.token.type != "$END":
        offset = error.token.start_pos or 0
        before, hint = _before(text, offset), _hint(text[:offset], str(error.token))
        return f"{_at(error)}: unexpected {_quoted(error.token)} {before}; expected {expected}{hint}"
    # lark reports the end of the text without a position
    read = text.rstrip()
    before = _before(read, len(read))
    return f"{_at_offset(read, len(read))}: unexpected end {before}; expected {expected}{_hint(read, '')}"


def _unexpected_character(text: str, error: UnexpectedCharacters) -> str:
    offset = error.pos_in_stream or 0
    before, hint = _before(text, offset), _hint(text[:offset], error.char)
    return f"{_at(error)}: unexpected character {error.char!r} {before}{hint}"


def _hint(before: str, unexpected: str) -> str:
    """Return advice for a syntax error of a habit from another logic, or nothing."""
    words = before.replace("(", " ").split()
    for word in (unexpected, *words[-1:]):
        if word in FUTURE:
            return (
                f" ({word} is an operator of the future elsewhere; formulas here look back, with Y Z O H S T)"
            )
    if unexpected == "[" and words[-1:] in (["Y"], ["Z"]):
        return " (Y and Z take no bounds; O[2,2] f is f two positions ago, H[2,2] f is true if there is none)"
    in_bounds = "[" in before and "]" not in before[before.rindex("[") :]
    return BOUNDS_HINT if in_bounds else ""


def _before(text: str, offset: int) -> str:
    """Describe an offset in the text by the last few words before it."""
    words = text[max(0, offset - MAX_QUOTED) : offset].split()
    return f"after '{' '.join(words[-3:])}'" if words else "at the start"


def _quoted(word: str) -> str:
    return f"'{word}'" if len(word) <= MAX_QUOTED else f"'{word[:MAX_QUOTED]}...'"


def _expected(accepted: set[str]) -> str:
    """Describe the accepted tokens: an operand, an operator, or the next word of ``pos % m == r``."""
    if "NAME" in accepted:
        return OPERAND
    if "NUMBER" in accepted:
        return "a number"
    follows = "')'" if "RPAR" in accepted else "the end" if "$END" in accepted else None
    if follows:
        return f"one of & ^ | -> <-> S T or {follows}"
    return " or ".join(f"'{_grammar().get_terminal(name).pattern.value}'" for name in sorted(accepted))
