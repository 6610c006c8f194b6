"""Calls that are translated: the builtins on words, and ``ss.within``."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import reduce

from streamssm.frontends.python_class.path import Path
from streamssm.frontends.python_class.scene import Scene
from streamssm.frontends.python_class.values import UNKNOWN, Opaque, TupleValue, Unknown, Value, WordValue
from streamssm.frontends.within import within
from streamssm.program.builder import GraphBuilder
from streamssm.program.ranges import Range

Arguments = tuple[Value, ...]
Call = Callable[[Scene, ast.Call, Arguments, Path], Value]


def _wrong_count(scene: Scene, node: ast.Call, wanted: str, args: Arguments) -> Value:
    return scene.reject(node, f"{ast.unparse(node.func)} must be called with {wanted}, not {len(args)}")


def _extreme(apply: Callable[[GraphBuilder, int, int], int]) -> Call:
    def call(scene: Scene, node: ast.Call, args: Arguments, path: Path) -> Value:
        if len(args) == 1 and isinstance(args[0], TupleValue):
            args = args[0].items
        elif len(args) == 1:
            return _wrong_count(scene, node, "a tuple or several ints", args)
        nodes = scene.words(node, args)
        if nodes == []:
            return _wrong_count(scene, node, "at least 1 int", args)
        return UNKNOWN if nodes is None else WordValue(reduce(lambda a, b: apply(scene.builder, a, b), nodes))

    return call


def _unary(apply: Callable[[GraphBuilder, int], int]) -> Call:
    def call(scene: Scene, node: ast.Call, args: Arguments, path: Path) -> Value:
        if len(args) != 1:
            return _wrong_count(scene, node, "1 argument", args)
        word = scene.word(node, args[0])
        return UNKNOWN if word is None else WordValue(apply(scene.builder, word))

    return call


def _length(scene: Scene, node: ast.Call, args: Arguments, path: Path) -> Value:
    if len(args) == 1 and isinstance(args[0], TupleValue):
        return scene.constant(len(args[0].items))
    if len(args) == 1 and isinstance(args[0], Opaque) and isinstance(args[0].value, range):
        return scene.constant(len(args[0].value))
    return scene.reject(node, "len must be taken of a tuple or a range")


def _range(scene: Scene, node: ast.Call, args: Arguments, path: Path) -> Value:
    ends = [scene.known_int(arg) for arg in args]
    known = [end for end in ends if end is not None]
    if len(known) < len(ends) or not 1 <= len(known) <= 3 or known[2:] == [0]:
        nodes = scene.words(node, args)
        return (
            UNKNOWN if nodes is None else scene.reject(node, "range must be called with 1 to 3 constant ints")
        )
    return Opaque(range(*known))


def _sum(scene: Scene, node: ast.Call, args: Arguments, path: Path) -> Value:
    if len(args) != 1 or not isinstance(args[0], TupleValue):
        return scene.reject(node, "sum must be taken of a tuple")
    nodes = scene.words(node, args[0].items)
    return UNKNOWN if nodes is None else WordValue(reduce(scene.builder.add, nodes, scene.builder.const(0)))


def _enumerate(scene: Scene, node: ast.Call, args: Arguments, path: Path) -> Value:
    if len(args) != 1 or not isinstance(args[0], TupleValue):
        return scene.reject(node, "enumerate must be given a tuple")
    return TupleValue(tuple(TupleValue((scene.constant(i), item)) for i, item in enumerate(args[0].items)))


def _within(scene: Scene, node: ast.Call, args: Arguments, path: Path) -> Value:
    if len(args) != 3:
        return _wrong_count(scene, node, "(value, lo, hi)", args)
    word, lo, hi = scene.word(node, args[0]), scene.known_int(args[1]), scene.known_int(args[2])
    if lo is None or hi is None or lo > hi:
        return scene.reject(node, "within must be given constants lo <= hi")
    if word is None:
        return UNKNOWN
    allowed = Range(lo, hi)
    found = scene.bound(word, path, allowed)
    if found is not None and not allowed.covers(found):
        scene.assume(node, f"{lo} <= {ast.unparse(node.args[0])} <= {hi}")
    return WordValue(scene.builder.clamp(word, allowed))


CALLS: dict[Opaque, Call] = {
    Opaque(min): _extreme(GraphBuilder.min),
    Opaque(max): _extreme(GraphBuilder.max),
    Opaque(abs): _unary(GraphBuilder.abs),
    Opaque(int): _unary(lambda g, a: a),
    Opaque(bool): _unary(GraphBuilder.truth),
    Opaque(sum): _sum,
    Opaque(len): _length,
    Opaque(range): _range,
    Opaque(enumerate): _enumerate,
    Opaque(within): _within,
}


def call(scene: Scene, node: ast.Call, function: Value, args: Arguments, path: Path) -> Value:
    """Return what a call gives; refuse it, by its name, if it is none that is translated."""
    found = CALLS.get(function) if isinstance(function, Opaque) else None
    if found is None:
        known = "min, max, abs, int, bool, sum, len, range, enumerate and ss.within"
        return scene.reject(node, f"{ast.unparse(node.func)} must not be called: only {known} are translated")
    if node.keywords or any(isinstance(arg, ast.Starred) for arg in node.args):
        return scene.reject(
            node, f"{ast.unparse(node.func)} must be called with plain arguments, by position"
        )
    if any(isinstance(arg, Unknown) for arg in args):
        return UNKNOWN
    return found(scene, node, args, path)
