"""What an algorithm declares in ``__init__``, its token and registers, and their run-time checks."""

from __future__ import annotations

import operator
from typing import Any

from streamssm.errors import ParameterError, PrecisionError, TokenError
from streamssm.frontends.values import Values, declared_range
from streamssm.program import words
from streamssm.program.ranges import Range
from streamssm.program.words import Word


class PendingRegister:
    """What ``register`` returns until it is assigned to an attribute, which names it."""

    __slots__ = ("init", "named", "values")

    def __init__(self, values: Any, init: Any) -> None:
        self.values = values
        self.init = init
        self.named = False


class Declarations:
    """The declarations of one instance; ``sealed`` once its ``__init__`` is done.

    ``types`` and ``ranges`` describe a token that needs no conversion, ``allowed`` the ints that a register
    holds.
    """

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.sealed = False
        self.fields: tuple[Word, ...] | None = None
        self.types: list[type] = []
        self.ranges: tuple[range, ...] = ()
        self.registers: dict[str, Word] = {}
        self.allowed: dict[str, range] = {}
        self._pending: list[PendingRegister] = []

    def declare_tokens(self, fields: dict[str, Values]) -> None:
        self._require_open("tokens")
        if self.fields is not None:
            raise ParameterError(f"{self.owner} must declare its tokens once, not twice")
        declared = ((name, declared_range(f"field '{name}'", values)) for name, values in fields.items())
        self.fields = tuple(words.field(name, values) for name, values in declared)
        self.types = [int] * len(self.fields)
        self.ranges = tuple(_as_range(word.range) for word in self.fields)

    def pend_register(self, values: Values, init: int) -> PendingRegister:
        self._require_open("register")
        self._pending.append(PendingRegister(values, init))
        return self._pending[-1]

    def name_register(self, name: str, pending: PendingRegister) -> int:
        """Make the register ``name``; return its initial value."""
        if name in self.registers or pending.named:
            raise ParameterError(f"register '{name}' must be declared once, under one name")
        values = declared_range(f"register '{name}'", pending.values)
        pending.named = True
        self.registers[name] = words.register(name, values, _register_value(name, values, pending.init))
        self.allowed[name] = _as_range(values)
        return self.registers[name].init

    def seal(self, inits: dict[str, int]) -> None:
        """End the declarations; registers start at what ``__init__`` left in them."""
        if self.fields is None:
            raise ParameterError(
                f"{self.owner} must declare its token's fields by self.tokens(...) in __init__"
            )
        if not all(pending.named for pending in self._pending):
            raise ParameterError(
                f"{self.owner} must assign every register to an attribute: self.x = self.register(...)"
            )
        self.registers = {name: Word(name, w.range, inits[name]) for name, w in self.registers.items()}
        self.sealed = True

    def register_value(self, name: str, value: Any) -> int:
        """Return the value as an int that the register can hold, or raise PrecisionError."""
        return _register_value(name, self.registers[name].range, value)

    def token(self, values: tuple[Any, ...], named: dict[str, Any]) -> tuple[int, ...]:
        """Return the token as ints in the fields' order, or raise TokenError."""
        assert self.fields is not None
        names = [word.name for word in self.fields]
        missing = names[len(values) :]
        if len(values) > len(names) or set(named) != set(missing):
            given = [*map(repr, values), *(f"{name}={value!r}" for name, value in named.items())]
            raise TokenError(f"a token must have the fields ({', '.join(names)}), not ({', '.join(given)})")
        full = (*values, *(named[name] for name in missing))
        return tuple(map(_field_value, self.fields, full))

    def _require_open(self, name: str) -> None:
        if self.sealed:
            raise ParameterError(f"{self.owner} must call self.{name}(...) in __init__, not later")


def _as_range(values: Range) -> range:
    return range(values.lo, values.hi + 1)


def _register_value(name: str, values: Range, value: Any) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raise PrecisionError(f"register '{name}' must hold an int in {values}, not {value!r}") from None
    if not values.holds(number):
        raise PrecisionError(f"register '{name}' must stay in {values}, not become {number}")
    return number


def _field_value(word: Word, value: Any) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raise TokenError(f"field '{word.name}' must be an int in {word.range}, not {value!r}") from None
    if not word.range.holds(number):
        raise TokenError(f"field '{word.name}' must lie in {word.range}, not be {number}")
    return number
