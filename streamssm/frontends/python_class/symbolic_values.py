"""Symbolic values of expressions."""

from __future__ import annotations

from dataclasses import dataclass
from types import FunctionType


@dataclass(frozen=True, slots=True)
class WordValue:
    """An int: a node of the graph."""

    node: int


@dataclass(frozen=True, slots=True)
class TupleValue:
    """A tuple of known length."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Opaque:
    """A constant object that is not a word: None, a function, a module, a range."""

    value: object

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Opaque) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


@dataclass(frozen=True, slots=True)
class Itself:
    """The instance (``self``)."""


@dataclass(frozen=True, slots=True)
class ArrayValue:
    """An array of registers, by name; its words depend on the path."""

    name: str


@dataclass(frozen=True, slots=True)
class Element:
    """A word of an array that a loop iterates over; it is read when the loop reaches it."""

    array: str
    index: int


@dataclass(frozen=True, slots=True)
class BoundMethod:
    """A function with its first argument, or a method of an int (by name)."""

    function: FunctionType | str
    owner: Value


@dataclass(frozen=True, slots=True)
class Unusable:
    """A name without a value on some path, or with values of different kinds; ``why`` is the message."""

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The value of an expression that was refused; its uses add no further reasons."""


Value = WordValue | TupleValue | Opaque | Itself | ArrayValue | Element | BoundMethod | Unusable | Unknown

UNKNOWN = Unknown()


_KINDS: dict[type, str] = {
    WordValue: "an int",
    TupleValue: "a tuple",
    Itself: "self",
    ArrayValue: "an array",
    Element: "a word of an array",
    BoundMethod: "a method",
}


def kind_of(value: Value) -> str:
    """Return a description of the value for messages."""
    if isinstance(value, Opaque):
        return "None" if value.value is None else f"{type(value.value).__name__} {_short(value.value)}"
    return _KINDS.get(type(value), "an unknown value")


def _short(value: object) -> str:
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    text = str(name) if name else repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
