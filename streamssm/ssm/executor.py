"""The reference executor: a model run step by step by its weights, with Python integers and nothing else.

Law: h[t] = A(x[t]) h[t-1] + B(x[t]), y[t] = phi(h[t], x[t]), layer after layer; one rounding per word and
step. Offline thoughts start from y[t] on a copy of h[t]: the answer is theirs, the next token reads h[t].
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from streamssm.errors import PrecisionError
from streamssm.ir.words import require_token
from streamssm.ssm.transitions import MatrixLayout

if TYPE_CHECKING:
    from streamssm.ir.words import Word
    from streamssm.ssm.layer_stack import LayerStack
    from streamssm.ssm.layers import Layer, StateWord

Values = tuple[int, ...]


class Trace(NamedTuple):
    """The effect of one token: the state after it, its outputs, and the thoughts before the outputs.

    With online thoughts, the state is the one after the thoughts; with offline ones, after the token.
    """

    state: Values
    outputs: Values
    thoughts: tuple[Values, ...]


def begin(ssm: LayerStack, state: Sequence[int] | None = None) -> Values:
    """Return the outputs before the first token: a readout without a transition, then offline thoughts.

    Raises
    ------
    PrecisionError
        If an online model asks for a thought here, or the offline thoughts fail as described in `trace`.
    """
    words = ssm.initial if state is None else tuple(state)
    if ssm.thoughts.on_copy:
        return ask(ssm, words).outputs
    ready, _, outputs = _split_readout(ssm, _readout(ssm, words, _absent(ssm, begin=1)))
    if not ready:
        raise PrecisionError(f"{ssm.name} is not ready before the first token: it asks for a thought")
    return outputs


def step(
    ssm: LayerStack, state: Sequence[int], token: Sequence[int], position: int | None = None
) -> tuple[Values, Values]:
    """Return the state and the outputs after one token."""
    result = trace(ssm, state, token, position)
    return result.state, result.outputs


def trace(ssm: LayerStack, state: Sequence[int], token: Sequence[int], position: int | None = None) -> Trace:
    """Run one token, thoughts included.

    Raises
    ------
    TokenError
        If the token does not fit the fields.
    PrecisionError
        If a state word (under overflow *error*) or a thought word leaves its range, or the model is not
        ready after all its thoughts; the word, the value and the position are named.
    """
    require_token(ssm.fields, token, position)
    where = _at(position)
    after, y = _advance(ssm, tuple(state), _with_token(ssm, token), where)
    result = _think(ssm, after, y, where)
    return result._replace(state=after) if ssm.thoughts.on_copy else result


def answer(ssm: LayerStack, tokens: Sequence[Sequence[int]], state: Sequence[int] | None = None) -> Values:
    """Return the outputs after the last token, or before the first one if there are no tokens.

    An offline model thinks only at the end; its answers after the earlier tokens are not computed.
    """
    words = ssm.initial if state is None else tuple(state)
    if not len(tokens):
        return begin(ssm, words)
    for position, token in enumerate(tokens[:-1]):
        words = listen(ssm, words, token, position)
    return trace(ssm, words, tokens[-1], len(tokens) - 1).outputs


def listen(
    ssm: LayerStack, state: Sequence[int], token: Sequence[int], position: int | None = None
) -> Values:
    """Return the state after one token, without computing an answer."""
    if not ssm.thoughts.on_copy:
        return trace(ssm, state, token, position).state
    require_token(ssm.fields, token, position)
    return _advance(ssm, tuple(state), _with_token(ssm, token), _at(position))[0]


def ask(
    ssm: LayerStack, state: Sequence[int], token: Sequence[int] | None = None, position: int | None = None
) -> Trace:
    """Return the answer of an offline model from the state after a token, or before the first one."""
    words = tuple(state)
    if token is None:
        return _answer(ssm, words, _absent(ssm, begin=1), " before the first token")
    require_token(ssm.fields, token, position)
    return _answer(ssm, words, _with_token(ssm, token), _at(position))


def _answer(ssm: LayerStack, state: Values, x: Values, where: str) -> Trace:
    return _think(ssm, state, _readout(ssm, state, x), where)._replace(state=state)


def _at(position: int | None) -> str:
    return "" if position is None else f" at token {position}"


def _think(ssm: LayerStack, state: Values, y: Values, where: str) -> Trace:
    """Starting from a readout, feed thoughts back until the model is ready; return the state after them."""
    ready, thought, outputs = _split_readout(ssm, y)
    thoughts: list[Values] = []
    while not ready:
        if len(thoughts) == ssm.thoughts.max_per_token:
            raise PrecisionError(f"{ssm.name} is not ready after {len(thoughts)} thoughts{where}")
        _require_thought(ssm.thoughts.words, thought, where)
        thoughts.append(thought)
        state, y = _advance(ssm, state, _with_thought(ssm, thought), where)
        ready, thought, outputs = _split_readout(ssm, y)
    return Trace(state, outputs, tuple(thoughts))


# inputs and outputs


def _absent(ssm: LayerStack, *, thought: int = 0, begin: int = 0) -> Values:
    """Return the first layer's input with these flags and every other slot at the lower end of its range."""
    return (thought, begin, *(word.range.lo for word in ssm.input_words[2:]))


def _with_token(ssm: LayerStack, token: Sequence[int]) -> Values:
    x = _absent(ssm)
    return (*x[:2], *token, *x[2 + len(token) :])


def _with_thought(ssm: LayerStack, thought: Values) -> Values:
    x = _absent(ssm, thought=1)
    return (*x[: len(x) - len(thought)], *thought)


def _split_readout(ssm: LayerStack, y: Values) -> tuple[bool, Values, Values]:
    """Split the last readout into the ready flag, the thought words and the output words."""
    count = ssm.num_thought_slots
    return (bool(y[0]), y[1:count], y[count:]) if count else (True, (), y)


def _require_thought(words: Sequence[Word], thought: Values, where: str) -> None:
    for word, value in zip(words, thought, strict=True):
        if not word.range.holds(value):
            raise PrecisionError(
                f"thought word '{word.name}' must stay in {word.range}, not become {value}{where}"
            )


# the layers


def _split(ssm: LayerStack, state: Values) -> list[Values]:
    parts, start = [], 0
    for layer in ssm.layers:
        parts.append(state[start : start + layer.state_dim])
        start += layer.state_dim
    return parts


def _advance(ssm: LayerStack, state: Values, x: Values, where: str) -> tuple[Values, Values]:
    """Return the state after one step of every layer, and the last layer's y."""
    after: Values = ()
    for number, (layer, h) in enumerate(zip(ssm.layers, _split(ssm, state), strict=True), start=1):
        h = _transition(layer, h, x, number, where)
        after, x = after + h, _read(layer, h, x)
    return after, x


def _readout(ssm: LayerStack, state: Values, x: Values) -> Values:
    """Return the last layer's y without a transition."""
    for layer, h in zip(ssm.layers, _split(ssm, state), strict=True):
        x = _read(layer, h, x)
    return x


def _transition(layer: Layer, h: Values, x: Values, number: int, where: str) -> Values:
    gates = layer.gates.evaluate(x)
    entries, increments = gates[: layer.num_entries], gates[layer.num_entries :]
    sums = _PRODUCTS[layer.kind.layout](layer, entries, h, f"layer {number}", where)
    rows = zip(layer.words, sums, increments, layer.sum_fraction_bits, strict=True)
    return tuple(_stored(word, total + (b << bits), bits, where) for word, total, b, bits in rows)


def _diagonal(layer: Layer, entries: Values, h: Values, name: str, where: str) -> list[int]:
    return [entry * word for entry, word in zip(entries, h, strict=True)]


def _dense(layer: Layer, entries: Values, h: Values, name: str, where: str) -> list[int]:
    dim = len(h)
    return [_dot(entries[row * dim : (row + 1) * dim], h) for row in range(dim)]


def _monomial(layer: Layer, entries: Values, h: Values, name: str, where: str) -> list[int]:
    sums = [0] * len(h)
    for target, entry, word in zip(entries[: len(h)], entries[len(h) :], h, strict=True):
        sums[target] += entry * word
    return sums


def _householder(layer: Layer, entries: Values, h: Values, name: str, where: str) -> list[int]:
    """Reflect once per factor: ``h - beta v (v . h)``, exactly, with more fraction bits each time."""
    fraction_bits, reflected = max(layer.entry_fraction_bits, default=0), list(h)
    for k in range(layer.reflections):
        *v, beta = entries[k * (len(h) + 1) : (k + 1) * (len(h) + 1)]
        if beta * _dot(v, v) not in (0, 2 << fraction_bits):
            length = f"{beta * _dot(v, v)}" + (f" / 2^{fraction_bits}" if fraction_bits else "")
            raise PrecisionError(
                f"{name}: reflection {k} must have beta (v . v) = 0 or 2, not {length}{where}"
            )
        along = beta * _dot(v, reflected)
        reflected = [(word << fraction_bits) - along * part for word, part in zip(reflected, v, strict=True)]
    return reflected


_PRODUCTS = {
    MatrixLayout.DIAGONAL: _diagonal,
    MatrixLayout.DENSE: _dense,
    MatrixLayout.MONOMIAL: _monomial,
    MatrixLayout.HOUSEHOLDER: _householder,
}


def _dot(a: Sequence[int], b: Sequence[int]) -> int:
    return sum(x * y for x, y in zip(a, b, strict=True))


def _stored(word: StateWord, total: int, fraction_bits: int, where: str) -> int:
    value = word.format.apply_overflow(word.format.rounded(total, fraction_bits))
    if not word.range.holds(value):
        raise PrecisionError(f"state word '{word.name}' must stay in {word.range}, not become {value}{where}")
    return value


def _read(layer: Layer, h: Values, x: Values) -> Values:
    return tuple(layer.readout.evaluate((*h, *x)))
