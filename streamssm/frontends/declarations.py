"""What an algorithm declares in ``__init__``, its token, registers and arrays, and their run-time checks."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from typing import Any

from streamssm.errors import ParameterError, TokenError
from streamssm.frontends.array_words import ArrayWords, register_value
from streamssm.frontends.values import Values, declared_length, declared_range
from streamssm.ir import words
from streamssm.ir.ranges import Range
from streamssm.ir.words import Array, Word


class PendingRegister:
    """What ``register`` returns until it is assigned to an attribute, which names it."""

    kind = "register"

    def __init__(self, values: Any, init: Any) -> None:
        self.values = values
        self.init = init
        self.named = False


class PendingArray(PendingRegister):
    """The same for ``array``; ``init`` is one value, or one for each word."""

    kind = "array"

    def __init__(self, values: Any, length: Any, init: Any) -> None:
        super().__init__(values, init)
        self.length = length


class Declarations:
    """The declarations of one instance; ``sealed`` once its ``__init__`` is done.

    ``types`` and ``ranges`` describe a token that needs no conversion, ``allowed`` the ints that a register
    holds. ``words`` are the scalars in the order of their declaration, then the words of the arrays.
    """

    def __init__(self, owner: str) -> None:
        self.owner = owner
        self.sealed = False
        self.fields: tuple[Word, ...] | None = None
        self.types: list[type] = []
        self.ranges: tuple[range, ...] = ()
        self.registers: dict[str, Word] = {}
        self.array_ranges: dict[str, Range] = {}
        self.arrays: tuple[Array, ...] = ()
        self.words: tuple[Word, ...] = ()
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

    def pend(self, pending: PendingRegister) -> PendingRegister:
        self._require_open(pending.kind)
        self._pending.append(pending)
        return pending

    def name_pending(self, name: str, pending: PendingRegister) -> int | ArrayWords:
        """Make the register or array ``name``; return what its attribute holds at first."""
        what = f"{pending.kind} '{name}'"
        if name in self.registers or name in self.array_ranges or pending.named:
            raise ParameterError(f"{what} must be declared once, under one name")
        values = declared_range(what, pending.values)
        pending.named = True
        if isinstance(pending, PendingArray):
            return self._array(name, values, pending)
        self.registers[name] = words.register(name, values, register_value(name, values, pending.init))
        self.allowed[name] = _as_range(values)
        return self.registers[name].init

    def _array(self, name: str, values: Range, pending: PendingArray) -> ArrayWords:
        length = declared_length(f"array '{name}'", pending.length)
        inits = _inits(name, pending.init, length)
        words.register(f"{name}[0]", values, values.lo)  # not too wide
        self.array_ranges[name] = values
        return ArrayWords(name, values, inits)

    def seal(self, attributes: Mapping[str, Any]) -> None:
        """End the declarations; registers start at what ``__init__`` left in them."""
        if self.fields is None:
            raise ParameterError(
                f"{self.owner} must declare its token's fields by self.tokens(...) in __init__"
            )
        for pending in self._pending:
            if not pending.named:
                raise ParameterError(
                    f"{self.owner} must assign every {pending.kind} to an attribute: "
                    f"self.x = self.{pending.kind}(...)"
                )
        self.registers = {name: Word(name, w.range, attributes[name]) for name, w in self.registers.items()}
        self.words, self.arrays = tuple(self.registers.values()), ()
        for name, values in self.array_ranges.items():
            inits = tuple(attributes[name])
            self.arrays += (Array(name, len(self.words), len(inits)),)
            self.words += tuple(Word(f"{name}[{i}]", values, init) for i, init in enumerate(inits))
        self.sealed = True

    def register_value(self, name: str, value: Any) -> int:
        """Return the value as an int that the register can hold, or raise PrecisionError."""
        return register_value(name, self.registers[name].range, value)

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


def _inits(name: str, init: Any, length: int) -> list[Any]:
    """Return an array's initial words, of which one stands for all."""
    if not isinstance(init, Iterable):
        return [init] * length
    inits = list(init)
    if len(inits) != length:
        raise ParameterError(f"array '{name}' must have {length} initial values, or one, not {len(inits)}")
    return inits


def _field_value(word: Word, value: Any) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raise TokenError(f"field '{word.name}' must be an int in {word.range}, not {value!r}") from None
    if not word.range.holds(number):
        raise TokenError(f"field '{word.name}' must lie in {word.range}, not be {number}")
    return number
