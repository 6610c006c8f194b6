"""The gadget that reads a word of an array by its index, in one hidden layer of two ReLUs per word.

With u[j] = word j - lo in [0, M] and i = index - first:

    gather(words, i) = lo + sum_j (relu(u[j] + M (i-j)) - relu(u[j] + M (i-j-1))) - M i

The term of a word before the index is M, that of the word at the index is u[i], later ones are 0.
"""

from __future__ import annotations

from collections.abc import Sequence

from streamssm.errors import ParameterError
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Op
from streamssm.ir.ranges import Range
from streamssm.ssm.gadgets.kind import GadgetKind, NetworkSketch, Params, Ranges, Weights


def _gather_template(params: Params, ranges: Ranges) -> Weights:
    first, words, index = _parts(params, ranges)
    lo = min(word.lo for word in words)
    step = max(1, max(word.hi for word in words) - lo)
    index_input = len(words)  # the index is the last input
    sketch = NetworkSketch(ranges)
    sketch.add(lo + step * first, [(-step, index_input)])
    for j in range(len(words)):
        start = -lo - step * (first + j)
        sketch.relu(1, start, [(1, j), (step, index_input)])
        sketch.relu(-1, start - step, [(1, j), (step, index_input)])
    return sketch.weights()


def _gather_range(params: Params, ranges: Ranges) -> Range:
    first, words, index = _parts(params, ranges)
    reachable = words[index.lo - first : index.hi - first + 1]
    return Range(min(word.lo for word in reachable), max(word.hi for word in reachable))


def _gather_meaning(g: GraphBuilder, params: Params, args: Sequence[int]) -> int:
    """Build a tree of choices; `DualNetwork` builds a LOAD instead if the words are an array."""
    *words, index = args
    inside = Range(params[0], params[0] + len(words) - 1)
    if not inside.covers(g.range(index)):
        raise ParameterError(f"a gather's index must be in {inside}, not in {g.range(index)}")
    if g.nodes[index].op is Op.CONST:
        return words[g.nodes[index].index - params[0]]
    return _pick(g, words, index, params[0])


def _pick(g: GraphBuilder, words: Sequence[int], index: int, first: int) -> int:
    if len(words) == 1:
        return words[0]
    half = len(words) // 2
    below = g.lt(index, g.const(first + half))
    return g.select(below, _pick(g, words[:half], index, first), _pick(g, words[half:], index, first + half))


def _parts(params: Params, ranges: Ranges) -> tuple[int, Ranges, Range]:
    if len(params) != 1 or len(ranges) < 2:
        raise ParameterError("a gather must have one parameter, words and an index")
    first, words, index = params[0], ranges[:-1], ranges[-1]
    inside = Range(first, first + len(words) - 1)
    if not inside.covers(index):
        raise ParameterError(f"a gather's index must be in {inside}, not in {index}")
    return first, words, index


GATHER = GadgetKind("gather", _gather_template, _gather_meaning, _gather_range)
