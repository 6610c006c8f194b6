"""Calls that are translated: builtins on words and sequences, those of streamssm, the user's functions."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from types import FunctionType

from streamssm.frontends.assume_in_range import assume_in_range
from streamssm.frontends.extremes import argmax, argmin
from streamssm.frontends.python_class.bits import WORD_METHODS
from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.inlining import Arguments, inlined
from streamssm.frontends.python_class.path import Here, Path
from streamssm.frontends.python_class.sequences import balanced, items_of, later_items_of
from streamssm.frontends.python_class.values import (
    UNKNOWN,
    BoundMethod,
    Opaque,
    TupleValue,
    Unknown,
    Value,
    WordValue,
    kind_of,
)
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import Range

Call = Callable[[TranslationContext, ast.Call, tuple[Value, ...], Path], Value]


def _wrong_count(scene: TranslationContext, node: ast.Call, wanted: str, args: tuple[Value, ...]) -> Value:
    return scene.reject(node, f"{ast.unparse(node.func)} must be called with {wanted}, not {len(args)}")


def _extreme(apply: Callable[[GraphBuilder, int, int], int]) -> Call:
    def call(scene: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path) -> Value:
        if len(args) == 1:
            items = items_of(scene, args[0], path)
            if items is None:
                return _wrong_count(scene, node, "a tuple, an array or several ints", args)
            args = items
        nodes = scene.words(node, args)
        if nodes == []:
            return _wrong_count(scene, node, "at least 1 int", args)
        return UNKNOWN if nodes is None else WordValue(balanced(nodes, partial(apply, scene.builder)))

    return call


def _arg_extreme(is_better: Callable[[GraphBuilder, int, int], int]) -> Call:
    def call(scene: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path) -> Value:
        found = _sequence(scene, node, args, path)
        if found is None:
            return UNKNOWN
        if not found:
            return _wrong_count(scene, node, "at least 1 int", found)
        nodes = scene.words(node, found)
        return UNKNOWN if nodes is None else WordValue(_place_of_best(scene.builder, nodes, is_better))

    return call


def _place_of_best(
    g: GraphBuilder, words: list[int], is_better: Callable[[GraphBuilder, int, int], int]
) -> int:
    """Return the index of the first of the best words, by rounds that keep the winner of each pair."""
    row = [(word, g.const(place)) for place, word in enumerate(words)]
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
    def call(scene: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path) -> Value:
        if len(args) != 1:
            return _wrong_count(scene, node, "1 argument", args)
        word = scene.word(node, args[0])
        return UNKNOWN if word is None else WordValue(apply(scene.builder, word))

    return call


def _sequence(
    scene: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path
) -> tuple[Value, ...] | None:
    """Return what the only argument, a sequence, holds."""
    found = items_of(scene, args[0], path) if len(args) == 1 else None
    if found is None:
        scene.reject(node, f"{ast.unparse(node.func)} must be given a tuple, an array or a range")
    return found


def _length(scene: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path) -> Value:
    found = _sequence(scene, node, args, path)
    return UNKNOWN if found is None else scene.constant(len(found))


def _range(scene: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path) -> Value:
    ends = [scene.known_int(arg) for arg in args]
    known = [end for end in ends if end is not None]
    if len(known) < len(ends) or not 1 <= len(known) <= 3 or known[2:] == [0]:
        nodes = scene.words(node, args)
        return (
            UNKNOWN if nodes is None else scene.reject(node, "range must be called with 1 to 3 constant ints")
        )
    return Opaque(range(*known))


def _sum(scene: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path) -> Value:
    found = _sequence(scene, node, args, path)
    nodes = None if found is None else scene.words(node, found)
    if nodes is None:
        return UNKNOWN
    return WordValue(balanced(nodes or [scene.builder.const(0)], scene.builder.add))


def _truths(apply: Callable[[GraphBuilder, int, int], int], empty: int) -> Call:
    def call(scene: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path) -> Value:
        found = _sequence(scene, node, args, path)
        nodes = None if found is None else scene.words(node, found)
        if nodes is None:
            return UNKNOWN
        truths = [scene.builder.truth(word) for word in nodes] or [scene.builder.const(empty)]
        return WordValue(balanced(truths, partial(apply, scene.builder)))

    return call


def _tuple(scene: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path) -> Value:
    found = _sequence(scene, node, args, path)
    return UNKNOWN if found is None else TupleValue(found)


def _later(
    arrange: Callable[[TranslationContext, list[Sequence[Value]]], Iterable[Value]], *, single: bool
) -> Call:
    """Arrange sequences anew for a loop: words of arrays are still read when it comes to them."""

    def call(scene: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path) -> Value:
        found = [later_items_of(scene, arg, path) for arg in args]
        known = [items for items in found if items is not None]
        if len(known) < len(found) or not known or (single and len(known) > 1):
            wanted = "a tuple, an array or a range" if single else "tuples, arrays or ranges"
            return scene.reject(node, f"{ast.unparse(node.func)} must be given {wanted}")
        return TupleValue(tuple(arrange(scene, known)))

    return call


def _numbered(scene: TranslationContext, found: list[Sequence[Value]]) -> Iterable[Value]:
    return (TupleValue((scene.constant(i), item)) for i, item in enumerate(found[0]))


def _assume_in_range(scene: TranslationContext, node: ast.Call, args: tuple[Value, ...], path: Path) -> Value:
    if len(args) != 3:
        return _wrong_count(scene, node, "(value, lo, hi)", args)
    word, lo, hi = scene.word(node, args[0]), scene.known_int(args[1]), scene.known_int(args[2])
    if lo is None or hi is None or lo > hi:
        return scene.reject(node, "assume_in_range must be given constants lo <= hi")
    if word is None:
        return UNKNOWN
    allowed = Range(lo, hi)
    found = scene.bound(word, path, allowed)
    if found is not None and not allowed.covers(found):
        scene.assume(node, f"{lo} <= {ast.unparse(node.args[0])} <= {hi}", word, allowed, path)
    return WordValue(scene.builder.clamp(word, allowed))


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
    Opaque(enumerate): _later(_numbered, single=True),
    Opaque(reversed): _later(lambda scene, found: found[0][::-1], single=True),
    Opaque(zip): _later(lambda scene, found: map(TupleValue, zip(*found, strict=False)), single=False),
    Opaque(assume_in_range): _assume_in_range,
    Opaque(argmin): _arg_extreme(GraphBuilder.lt),
    Opaque(argmax): _arg_extreme(lambda g, a, b: g.lt(b, a)),
}
AT_ONCE = frozenset(map(Opaque, (min, max, sum, any, all, tuple, argmin, argmax)))
READ_AT_ONCE = "an argument of min, max, sum, any, all, tuple, ss.argmin or ss.argmax"


def reads_at_once(function: Value) -> bool:
    """Return whether a function reads a generator before anything else can happen."""
    return function in AT_ONCE


CHANGEFUL = frozenset({"random", "_random", "secrets", "time", "uuid"})
_ONLY_ITS_OWN = "a method must read its token and registers only, and write registers only"
_TUPLE = "a sequence must be a tuple"
ADVICE = {
    **{Opaque(vars(builtins)[name]): _ONLY_ITS_OWN for name in ("print", "input", "open")},
    **dict.fromkeys(map(Opaque, (list, dict, set)), _TUPLE),
    Opaque(float): "all numbers must be ints",
}
KNOWN = (
    "min, max, abs, int, bool, sum, any, all, len, tuple, range, enumerate, reversed, zip, "
    "ss.assume_in_range, ss.argmin, ss.argmax and functions of yours"
)


def call(scene: TranslationContext, node: ast.Call, function: Value, args: Arguments, here: Here) -> Value:
    """Return what a call gives; refuse it, by its name, if it is none that is translated."""
    if any(isinstance(arg, ast.Starred) for arg in node.args) or any(
        word.arg is None for word in node.keywords
    ):
        return scene.reject(
            node, f"{ast.unparse(node.func)} must be called with plain arguments, not * or **"
        )
    if isinstance(function, BoundMethod) and isinstance(function.function, str):
        return _word_method(scene, node, function.function, function.owner, args)
    if isinstance(function, BoundMethod):
        args = Arguments((function.owner, *args.plain), args.named)
        function = Opaque(function.function)
    if not isinstance(function, Opaque):
        return scene.reject(
            node, f"{ast.unparse(node.func)} must be a function to be called, not {kind_of(function)}"
        )
    if any(isinstance(arg, Unknown) for arg in (*args.plain, *args.named.values())):
        return UNKNOWN
    known = CALLS.get(function)
    if known is None and isinstance(function.value, FunctionType):
        return inlined(scene, node, function.value, args, here)
    if known is None:
        why = ADVICE.get(function) or _origin_advice(function.value) or f"only {KNOWN} are translated"
        return scene.reject(node, f"{ast.unparse(node.func)} must not be called: {why}")
    if args.named:
        return scene.reject(node, f"{ast.unparse(node.func)} must be called with arguments by position")
    return known(scene, node, args.plain, here.path)


def _origin_advice(function: object) -> str | None:
    """Return what to say of functions of modules that give something else every time."""
    owner = getattr(function, "__self__", None)
    origins = {getattr(function, "__module__", None), type(owner).__module__}
    return None if origins.isdisjoint(CHANGEFUL) else "an algorithm must do the same on every run"


def _word_method(
    scene: TranslationContext, node: ast.Call, name: str, owner: Value, args: Arguments
) -> Value:
    if args.plain or args.named:
        return scene.reject(node, f"{ast.unparse(node.func)} must be called without arguments")
    word = scene.word(node, owner)
    return UNKNOWN if word is None else WordValue(WORD_METHODS[name](scene.builder, word))
