"""What an expression stands for while a method is executed symbolically."""

from __future__ import annotations

from dataclasses import dataclass


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
    """A constant object that is no word: None, a function, a module, a range."""

    value: object

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Opaque) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


@dataclass(frozen=True, slots=True)
class Itself:
    """The instance (``self``)."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """A name without a value on some path, or with values of different kinds; ``why`` says so."""

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The result of something that was refused already: using it adds no further reason."""


Value = WordValue | TupleValue | Opaque | Itself | Unusable | Unknown

UNKNOWN = Unknown()


def kind_of(value: Value) -> str:
    """Return what a message calls the value."""
    if isinstance(value, Opaque):
        return "None" if value.value is None else f"{type(value.value).__name__} {_short(value.value)}"
    return {WordValue: "an int", TupleValue: "a tuple", Itself: "self"}.get(type(value), "an unknown value")


def _short(value: object) -> str:
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    text = str(name) if name else repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."
