"""The declarations of an algorithm (token fields, registers, arrays) and their run-time checks."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from typing import Any

from streamssm.errors import ParameterError, TokenError
from streamssm.frontends.array_words import ArrayWords, register_value
from streamssm.frontends.values import Bounds, declared_length, declared_range
from streamssm.ir import words
from streamssm.ir.ranges import Range
from streamssm.ir.words import Array, Word


class PendingRegister:
    """The value that ``register`` returns: a declaration that its assignment to an attribute will name."""

    kind = "register"

    def __init__(self, bounds: Any, init: Any) -> None:
        self.bounds = bounds
        self.init = init
        self.named = False


class PendingArray(PendingRegister):
    """The value that ``array`` returns; ``init`` is one value for all words, or one per word."""

    kind = "array"

    def __init__(self, bounds: Any, length: Any, init: Any) -> None:
        super().__init__(bounds, init)
        self.length = length


class Declarations:
    """The declarations of one instance; ``sealed`` after its ``__init__``.

    ``types`` and ``ranges`` describe a token that needs no conversion, ``allowed`` the ints that a register
    can hold. ``words`` are the scalars in the order of their declaration, then the words of the arrays.
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

    def declare_tokens(self, fields: dict[str, Bounds]) -> None:
        self._require_open("tokens")
        if self.fields is not None:
            raise ParameterError(
                f"{self.owner} declares its tokens twice: call self.tokens(...) once, with all fields"
            )
        declared = ((name, declared_range(f"field '{name}'", bounds)) for name, bounds in fields.items())
        self.fields = tuple(words.field(name, range_) for name, range_ in declared)
        self.types = [int] * len(self.fields)
        self.ranges = tuple(_as_range(word.range) for word in self.fields)

    def pend(self, pending: PendingRegister) -> PendingRegister:
        """Record a declaration that has no name yet."""
        self._require_open(pending.kind)
        self._pending.append(pending)
        return pending

    def name_pending(self, name: str, pending: PendingRegister) -> int | ArrayWords:
        """Declare the register or array under ``name``; return the initial value of its attribute."""
        label = f"{pending.kind} '{name}'"
        if name in self.registers or name in self.array_ranges or pending.named:
            raise ParameterError(
                f"{label} is declared twice or under two names: assign every self.{pending.kind}(...) "
                "to one attribute of its own"
            )
        range_ = declared_range(label, pending.bounds)
        pending.named = True
        if isinstance(pending, PendingArray):
            return self._array(name, range_, pending)
        self.registers[name] = words.register(name, range_, register_value(name, range_, pending.init))
        self.allowed[name] = _as_range(range_)
        return self.registers[name].init

    def _array(self, name: str, range_: Range, pending: PendingArray) -> ArrayWords:
        length = declared_length(f"array '{name}'", pending.length)
        inits = _inits(name, pending.init, length)
        words.register(f"{name}[0]", range_, range_.lo)  # for its check that the range is not too wide
        self.array_ranges[name] = range_
        return ArrayWords(name, range_, inits)

    def seal(self, attributes: Mapping[str, Any]) -> None:
        """End the declarations; the values that ``__init__`` left in registers are their initial values."""
        if self.fields is None:
            raise ParameterError(f"{self.owner} declares no token: call self.tokens(...) in __init__")
        for pending in self._pending:
            if not pending.named:
                raise ParameterError(
                    f"{self.owner} must assign every {pending.kind} to an attribute: "
                    f"self.x = self.{pending.kind}(...)"
                )
        self.registers = {name: Word(name, w.range, attributes[name]) for name, w in self.registers.items()}
        self.words, self.arrays = tuple(self.registers.values()), ()
        for name, range_ in self.array_ranges.items():
            inits = tuple(attributes[name])
            self.arrays += (Array(name, len(self.words), len(inits)),)
            self.words += tuple(Word(f"{name}[{i}]", range_, init) for i, init in enumerate(inits))
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
            raise ParameterError(f"{self.owner} can call self.{name}(...) only in __init__")


def _as_range(range_: Range) -> range:
    return range(range_.lo, range_.hi + 1)


def _inits(name: str, init: Any, length: int) -> list[Any]:
    """Return an array's initial words; a single value is repeated for all of them."""
    if not isinstance(init, Iterable):
        return [init] * length
    inits = list(init)
    if len(inits) != length:
        raise ParameterError(
            f"array '{name}' must have {length} initial values, or one for all words, not {len(inits)}"
        )
    return inits


def _field_value(word: Word, value: Any) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        raise TokenError(f"field '{word.name}' must be an int in {word.range}, not {value!r}") from None
    if not word.range.holds(number):
        raise TokenError(f"field '{word.name}' must be in {word.range}, not {number}")
    return number
