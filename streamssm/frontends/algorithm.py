"""The base class of streaming algorithms that are written as ordinary Python.

An instance runs as it is: tokens and register assignments are checked, registers are plain ints. The same
class is translated from its source by ``program``.
"""

from __future__ import annotations

import copy
import functools
import operator
from collections.abc import Callable, Iterable, Sequence
from inspect import CO_VARARGS, CO_VARKEYWORDS
from typing import Any, cast

from streamssm.errors import ParameterError
from streamssm.frontends.array_words import ArrayWords
from streamssm.frontends.declarations import Declarations, PendingArray, PendingRegister
from streamssm.frontends.python_class.class_to_program import translate
from streamssm.frontends.python_class.translation_unit import TranslationUnit
from streamssm.frontends.values import Bounds
from streamssm.ir.displayed import amount, short
from streamssm.ir.words import Word, total_bits
from streamssm.program.program import Program

RESERVED = ("tokens", "register", "array", "program")
METHODS = {"update": "self, ...", "output": "self"}

_store = object.__setattr__


class Algorithm:
    """A one-pass streaming algorithm: a few bounded registers, one update per token.

    A subclass declares its token and registers in ``__init__``, and defines ``update(self, *fields)`` and
    ``output(self)``. Other attributes that ``__init__`` sets are parameters: constants of the translation.

    >>> class Counter(Algorithm):
    ...     def __init__(self, limit):
    ...         self.limit = limit
    ...         self.tokens(event=2)
    ...         self.count = self.register(limit + 1)
    ...     def update(self, event):
    ...         if event and self.count < self.limit:
    ...             self.count += 1
    ...     def output(self):
    ...         return self.count
    >>> counter = Counter(limit=2)
    >>> for event in (1, 0, 1, 1):
    ...     counter.update(event)
    >>> counter.output()
    2

    Raises
    ------
    TokenError
        From ``update``, if a field of the token is out of its range.
    PrecisionError
        From an assignment that leaves its register's range.
    """

    update: Callable[..., None]
    output: Callable[..., Any]
    __declared: Declarations

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in RESERVED:
            if name in cls.__dict__:
                raise ParameterError(
                    f"{cls.__name__} cannot define '{name}', which ss.Algorithm reserves: rename it"
                )
        if callable(cls.__dict__.get("update")):
            cls.update = _checked(cls.__dict__["update"])
        cls.__init__ = _declaring(cls, cls.__init__)  # type: ignore[method-assign]

    def tokens(self, /, **fields: Bounds) -> None:
        """Declare the token's fields: each in ``[0, n)``, or ``(lo, hi)`` inclusive.

        Raises
        ------
        ParameterError
            If a range is not valid, or if the fields are declared twice or outside ``__init__``.
        """
        self.__declared.declare_tokens(fields)

    def register(self, bounds: Bounds, /, *, init: int = 0) -> int:
        """Declare a register in ``[0, n)``, or ``(lo, hi)``; assign it to the attribute that names it.

        Raises
        ------
        ParameterError
            On that assignment, if the range is not valid or too wide; here, if called outside ``__init__``.
        PrecisionError
            On that assignment, if the initial value is out of the range.
        """
        return cast(int, self.__declared.pend(PendingRegister(bounds, init)))  # an int once it is assigned

    def array(self, bounds: Bounds, length: int, /, *, init: int | Iterable[int] = 0) -> ArrayWords:
        """Declare an array of ``length`` registers in ``[0, n)``, or ``(lo, hi)``; assign it to an attribute.

        Its words are read and assigned by an index from 0 to ``length - 1``; ``init`` is one initial value
        for all words, or a sequence with one per word.

        Raises
        ------
        ParameterError
            On that assignment, if the range is not valid or too wide, the length is below 1, or ``init`` has
            a different length; here, if called outside ``__init__``.
        PrecisionError
            On that assignment, if an initial value is out of the range.
        """
        return cast(ArrayWords, self.__declared.pend(PendingArray(bounds, length, init)))

    def program(self) -> Program:
        """Translate the class, with this instance's parameters, to a Program.

        Raises
        ------
        UnsupportedProgramError
            With all reasons, each with its file and line.
        """
        declared = self.__declared
        return translate(
            TranslationUnit(type(self), self, declared.fields or (), declared.words, declared.arrays)
        )

    def __repr__(self) -> str:
        declared: Declarations | None = vars(self).get("_Algorithm__declared")
        if declared is None:  # __init__ has not run
            return f"<{short(type(self).__name__)}>"
        registers, bits = amount(len(declared.words), "register"), amount(total_bits(declared.words), "bit")
        return f"<{short(type(self).__name__)}: {registers}, {bits}>"

    def __setattr__(self, name: str, value: Any) -> None:
        allowed = self.__declared.allowed.get(name)
        if allowed is not None and type(value) is int and value in allowed:
            _store(self, name, value)
        else:
            _store(self, name, self.__checked_attribute(name, value))

    def __copy__(self) -> Algorithm:
        """Return an instance with registers and arrays of its own."""
        duplicate = object.__new__(type(self))
        for name, value in vars(self).items():
            _store(duplicate, name, copy.copy(value) if isinstance(value, ArrayWords) else value)
        return duplicate

    def __checked_attribute(self, name: str, value: Any) -> Any:
        """Return the value to store in an attribute, or raise."""
        declared = self.__declared
        if name in RESERVED or name in METHODS:
            raise ParameterError(f"attribute '{name}' is reserved and cannot be assigned: use another name")
        if isinstance(value, PendingRegister):
            return declared.name_pending(name, value)
        if name in declared.array_ranges or isinstance(value, ArrayWords):
            raise ParameterError(
                f"cannot assign an array as a whole, to '{name}': assign its words, as in self.a[i] = value"
            )
        if name in declared.registers:
            return declared.register_value(name, value)
        if declared.sealed:
            owner = type(self).__name__
            raise ParameterError(
                f"cannot assign {owner}.{name} after __init__: declare it there, "
                f"by self.{name} = self.register(...)"
            )
        return value


def _declaring(cls: type, init: Callable[..., None]) -> Callable[..., None]:
    """Wrap a class's ``__init__`` so that declarations are allowed only while it runs."""

    @functools.wraps(init)
    def declaring(self: Algorithm, *args: Any, **kwargs: Any) -> None:
        if type(self) is not cls:  # called by a subclass's __init__, whose wrapper has opened them
            return init(self, *args, **kwargs)
        _require_methods(cls)
        declared = Declarations(cls.__name__)
        _store(self, "_Algorithm__declared", declared)
        init(self, *args, **kwargs)
        declared.seal(vars(self))
        return _require_parameters(cls, tuple(word.name for word in declared.fields or ()))

    return declaring


def _checked(update: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap an update so that its token arrives as ints within their ranges, by position."""
    # the condition is the fast path: most tokens are in range already, and checking must stay cheap
    contains = operator.contains

    @functools.wraps(update)
    def checked(self: Any, *token: Any, **named: Any) -> Any:
        declared = self._Algorithm__declared
        if named or [*map(type, token)] != declared.types or not all(map(contains, declared.ranges, token)):
            token = declared.token(token, named)
        return update(self, *token)

    return checked


def _require_methods(cls: type) -> None:
    for name, parameters in METHODS.items():
        if not callable(getattr(cls, name, None)):
            raise ParameterError(f"{cls.__name__} must define {name}({parameters})")


def _require_parameters(cls: Any, fields: tuple[str, ...]) -> None:
    """Require that ``update`` takes exactly the declared fields, in their order."""
    code = getattr(cls.update.__wrapped__, "__code__", None)
    if code is None:
        return
    taken = code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount]
    plain = code.co_argcount and not (code.co_kwonlyargcount or code.co_flags & (CO_VARARGS | CO_VARKEYWORDS))
    if taken != fields or not plain:
        expected, actual = ", ".join(fields), ", ".join(taken)
        raise ParameterError(
            f"{cls.__name__}.update must take the token's fields ({expected}), not ({actual})"
        )


def declarations_of(instance: Algorithm) -> Declarations:
    """Return the declarations that the instance made in ``__init__``."""
    declared: Declarations = instance._Algorithm__declared  # type: ignore[attr-defined]
    return declared


def fields_of(instance: Algorithm) -> tuple[Word, ...]:
    """Return the token's fields."""
    return declarations_of(instance).fields or ()


def registers_of(instance: Algorithm) -> tuple[Word, ...]:
    """Return the registers with their ranges and initial values: scalars as declared, then arrays."""
    return declarations_of(instance).words


def state_of(instance: Algorithm) -> tuple[int, ...]:
    """Return the registers' values: scalars as declared, then the words of the arrays."""
    declared = declarations_of(instance)
    scalars = [getattr(instance, name) for name in declared.registers]
    return tuple(scalars) + tuple(word for array in declared.arrays for word in getattr(instance, array.name))


def set_state(instance: Algorithm, state: Sequence[int]) -> None:
    """Set the registers' values, in the order of `state_of`.

    Raises
    ------
    ParameterError
        If there are more or fewer values than registers.
    PrecisionError
        If a value is out of its register's range.
    """
    declared = declarations_of(instance)
    if len(state) != len(declared.words):
        raise ParameterError(f"a state must have {len(declared.words)} values, not {len(state)}")
    for name, value in zip(declared.registers, state, strict=False):
        setattr(instance, name, value)
    for array in declared.arrays:
        getattr(instance, array.name).replace(state[array.first : array.first + array.length])


def outputs_of(instance: Algorithm) -> tuple[int, ...]:
    """Return the result of ``output`` as a tuple of ints."""
    value = instance.output()
    return tuple(map(operator.index, value)) if isinstance(value, tuple) else (operator.index(value),)
