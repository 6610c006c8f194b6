"""Supported calls: builtins on words and sequences, functions of streamssm, and the user's own functions."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from types import FunctionType

from streamssm.frontends.assume_in_range import assume_in_range
from streamssm.frontends.extremes import argmax, argmin
from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.inlining import Arguments, inlined
from streamssm.frontends.python_class.path import Here, Path
from streamssm.frontends.python_class.sequences import balanced, items_of, lazy_items_of
from streamssm.frontends.python_class.symbolic_values import (
    UNKNOWN,
    BoundMethod,
    Opaque,
    TupleValue,
    Unknown,
    Value,
    WordValue,
    kind_of,
)
from streamssm.frontends.python_class.word_methods import WORD_METHODS
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import Range

Call = Callable[[TranslationContext, ast.Call, tuple[Value, ...], Path], Value]


def _wrong_count(
    context: TranslationContext, node: ast.Call, expected: str, args: tuple[Value, ...]
) -> Value:
    count = "1 argument" if len(args) == 1 else f"{len(args)} arguments"
    return context.reject(node, f"{ast.unparse(node.func)} takes {expected}, not {count}")


def _empty(context: TranslationContext, node: ast.Call) -> Value:
    return context.reject(node, f"{ast.unparse(node.func)} of an empty sequence")


def _extreme(apply: Callable[[GraphBuilder, int, int], int]) -> Call:
    def call(context: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path) -> Value:
        if len(args) == 1:
            items = items_of(context, args[0], path)
            if items is None:
                expected = f"a tuple, an array or several ints, not {kind_of(args[0])}"
                return context.reject(node, f"{ast.unparse(node.func)} takes {expected}")
            args = items
        nodes = context.words(node, args)
        if nodes == []:
            return _empty(context, node)
        return UNKNOWN if nodes is None else WordValue(balanced(nodes, partial(apply, context.builder)))

    return call


def _arg_extreme(is_better: Callable[[GraphBuilder, int, int], int]) -> Call:
    def call(context: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path) -> Value:
        items = _sequence(context, node, args, path)
        if items is None:
            return UNKNOWN
        if not items:
            return _empty(context, node)
        nodes = context.words(node, items)
        return UNKNOWN if nodes is None else WordValue(_index_of_best(context.builder, nodes, is_better))

    return call


def _index_of_best(
    g: GraphBuilder, words: list[int], is_better: Callable[[GraphBuilder, int, int], int]
) -> int:
    """Return the index of the first of the best words, by a knockout tournament of logarithmic depth."""
    row = [(word, g.const(index)) for index, word in enumerate(words)]
    while len(row) > 1:
        pairs = list(zip(row[::2], row[1::2], strict=False))
        later = [is_better(g, second[0], first[0]) for first, second in pairs]
        row = [
            *(
                (g.select(b, second[0], first[0]), g.select(b, second[1], first[1]))
                for b, (first, second) in zip(later, pairs, strict=True)
            ),
            *row[2 * len(pairs) :],
        ]
    return row[0][1]


def _unary(apply: Callable[[GraphBuilder, int], int]) -> Call:
    def call(context: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path) -> Value:
        if len(args) != 1:
            return _wrong_count(context, node, "1 argument", args)
        word = context.word(node, args[0])
        return UNKNOWN if word is None else WordValue(apply(context.builder, word))

    return call


def _sequence(
    context: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path
) -> tuple[Value, ...] | None:
    """Return the items of the only argument, a sequence; None if it was refused."""
    items = items_of(context, args[0], path) if len(args) == 1 else None
    if items is None:
        context.reject(node, f"{ast.unparse(node.func)} takes a tuple, an array or a range")
    return items


def _length(context: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path) -> Value:
    items = _sequence(context, node, args, path)
    return UNKNOWN if items is None else context.constant(len(items))


def _range(context: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path) -> Value:
    ends = [context.known_int(arg) for arg in args]
    known = [end for end in ends if end is not None]
    if len(known) < len(ends) or not 1 <= len(known) <= 3 or known[2:] == [0]:
        nodes = context.words(node, args)
        return (
            UNKNOWN
            if nodes is None
            else context.reject(node, "range takes 1 to 3 ints, which must be constants, and a nonzero step")
        )
    return Opaque(range(*known))


def _sum(context: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path) -> Value:
    items = _sequence(context, node, args, path)
    nodes = None if items is None else context.words(node, items)
    if nodes is None:
        return UNKNOWN
    return WordValue(balanced(nodes or [context.builder.const(0)], context.builder.add))


def _truths(apply: Callable[[GraphBuilder, int, int], int], empty: int) -> Call:
    def call(context: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path) -> Value:
        items = _sequence(context, node, args, path)
        nodes = None if items is None else context.words(node, items)
        if nodes is None:
            return UNKNOWN
        truths = [context.builder.truth(word) for word in nodes] or [context.builder.const(empty)]
        return WordValue(balanced(truths, partial(apply, context.builder)))

    return call


def _tuple(context: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path) -> Value:
    items = _sequence(context, node, args, path)
    return UNKNOWN if items is None else TupleValue(items)


def _lazy(
    arrange: Callable[[TranslationContext, list[Sequence[Value]]], Iterable[Value]], *, single: bool
) -> Call:
    """Rearrange sequences for a loop lazily: the words of arrays are read when the loop reaches them."""

    def call(context: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path) -> Value:
        sequences = [lazy_items_of(context, arg, path) for arg in args]
        known = [items for items in sequences if items is not None]
        if len(known) < len(sequences) or not known or (single and len(known) > 1):
            expected = "a tuple, an array or a range" if single else "tuples, arrays or ranges"
            return context.reject(node, f"{ast.unparse(node.func)} takes {expected}")
        return TupleValue(tuple(arrange(context, known)))

    return call


def _numbered(context: TranslationContext, sequences: list[Sequence[Value]]) -> Iterable[Value]:
    return (TupleValue((context.constant(i), item)) for i, item in enumerate(sequences[0]))


def _assume_in_range(
    context: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path
) -> Value:
    if len(args) != 3:
        return _wrong_count(context, node, "(value, lo, hi)", args)
    word, lo, hi = context.word(node, args[0]), context.known_int(args[1]), context.known_int(args[2])
    if lo is None or hi is None or lo > hi:
        return context.reject(node, "ss.assume_in_range takes constants lo <= hi")
    if word is None:
        return UNKNOWN
    allowed = Range(lo, hi)
    reached = context.bound(word, path, allowed)
    if reached is not None and not allowed.covers(reached):
        context.assume(node, f"{lo} <= {ast.unparse(node.args[0])} <= {hi}", word, allowed, path)
    return WordValue(context.builder.clamp(word, allowed))


CALLS: dict[Opaque, Call] = {
    Opaque(min): _extreme(GraphBuilder.min),
    Opaque(max): _extreme(GraphBuilder.max),
    Opaque(abs): _unary(GraphBuilder.abs),
    Opaque(int): _unary(lambda g, a: a),
    Opaque(bool): _unary(GraphBuilder.truth),
    Opaque(sum): _sum,
    Opaque(any): _truths(GraphBuilder.bit_or, 0),
    Opaque(all): _truths(GraphBuilder.bit_and, 1),
    Opaque(len): _length,
    Opaque(tuple): _tuple,
    Opaque(range): _range,
    Opaque(enumerate): _lazy(_numbered, single=True),
    Opaque(reversed): _lazy(lambda context, sequences: sequences[0][::-1], single=True),
    Opaque(zip): _lazy(
        lambda context, sequences: map(TupleValue, zip(*sequences, strict=False)), single=False
    ),
    Opaque(assume_in_range): _assume_in_range,
    Opaque(argmin): _arg_extreme(GraphBuilder.lt),
    Opaque(argmax): _arg_extreme(lambda g, a, b: g.lt(b, a)),
}
EAGER = frozenset(map(Opaque, (min, max, sum, any, all, tuple, argmin, argmax)))
EAGER_NAMES = "an argument of min, max, sum, any, all, tuple, ss.argmin or ss.argmax"


def is_eager(function: Value) -> bool:
    """Return whether a function consumes a generator at once, before anything else can happen."""
    return function in EAGER


_DETERMINISTIC = "an algorithm must be deterministic; keep a pseudorandom generator in a register instead"
NONDETERMINISTIC = frozenset({"random", "_random", "secrets", "time", "uuid"})
_NO_IO = "a method can only read its token and registers, and write registers"
_TUPLE = "use a tuple"
ADVICE = {
    **{Opaque(vars(builtins)[name]): _NO_IO for name in ("print", "input", "open")},
    **dict.fromkeys(map(Opaque, (list, dict, set)), _TUPLE),
    Opaque(float): "all numbers must be ints; scale them for fixed-point arithmetic",
}
KNOWN = (
    "min, max, abs, int, bool, sum, any, all, len, tuple, range, enumerate, reversed, zip, "
    "ss.assume_in_range, ss.argmin, ss.argmax and your own functions"
)


def call(context: TranslationContext, node: ast.Call, function: Value, args: Arguments, here: Here) -> Value:
    """Return the value of a call; refuse functions that are not supported."""
    if any(isinstance(arg, ast.Starred) for arg in node.args) or any(
        word.arg is None for word in node.keywords
    ):
        return context.reject(
            node,
            f"{ast.unparse(node.func)}: * and ** in calls are not supported; pass each argument by itself",
        )
    if isinstance(function, BoundMethod) and isinstance(function.function, str):
        return _word_method(context, node, function.function, function.owner, args)
    if isinstance(function, BoundMethod):
        args = Arguments((function.owner, *args.plain), args.named)
        function = Opaque(function.function)
    if not isinstance(function, Opaque):
        return context.reject(
            node, f"cannot call {ast.unparse(node.func)}: it is {kind_of(function)}, not a function"
        )
    if any(isinstance(arg, Unknown) for arg in (*args.plain, *args.named.values())):
        return UNKNOWN
    known = CALLS.get(function)
    if known is None and isinstance(function.value, FunctionType):
        return inlined(context, node, function.value, args, here)
    if known is None:
        why = ADVICE.get(function) or _origin_advice(function.value) or f"only {KNOWN} are translated"
        return context.reject(node, f"cannot call {ast.unparse(node.func)}: {why}")
    if args.named:
        return context.reject(
            node, f"{ast.unparse(node.func)}: pass arguments by position; keywords are not supported here"
        )
    return known(context, node, args.plain, here.path)


def _origin_advice(function: object) -> str | None:
    """Return the advice for functions of nondeterministic modules, None for others."""
    owner = getattr(function, "__self__", None)
    origins = {getattr(function, "__module__", None), type(owner).__module__}
    return None if origins.isdisjoint(NONDETERMINISTIC) else _DETERMINISTIC


def _word_method(
    context: TranslationContext, node: ast.Call, name: str, owner: Value, args: Arguments
) -> Value:
    if args.plain or args.named:
        return context.reject(node, f"{ast.unparse(node.func)} takes no arguments")
    word = context.word(node, owner)
    return UNKNOWN if word is None else WordValue(WORD_METHODS[name](context.builder, word))
