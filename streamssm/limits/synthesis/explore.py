"""Exact reachability: all states that weights and an acceptor reach together, over words of every length."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from streamssm.limits.synthesis.acceptor import Acceptor, Stream
from streamssm.limits.synthesis.demands import Pair
from streamssm.limits.synthesis.setting import Setting, Weights

State = tuple[int, ...]
MAX_CONFLICTS = 8  # of one candidate: more make questions longer and rounds fewer


@dataclass(frozen=True)
class Explored:
    """What the words of every length reach.

    ``answers`` is phi: by state and last symbol. ``conflicts`` are pairs of words that end in one state and
    symbol and need different answers, ``outside`` words that leave a range under overflow *error*. Where both
    are empty, the weights and phi recognise the language.
    """

    answers: dict[tuple[State, int], bool]
    conflicts: tuple[Pair, ...]
    outside: tuple[Stream, ...]


def explore(setting: Setting, weights: Weights, acceptor: Acceptor) -> Explored:
    """Search the joint states breadth first; conflicts come shortest words first."""
    answers: dict[tuple[State, int], bool] = {}
    first: dict[tuple[State, int], Stream] = {}
    conflicts: dict[tuple[State, int], Pair] = {}
    outside: list[Stream] = []
    for word, state, accepted in _reached(setting, weights, acceptor):
        if state is None:
            outside.append(word)
            continue
        key = (state, word[-1])
        if answers.setdefault(key, accepted) == accepted:
            first.setdefault(key, word)
        else:
            conflicts.setdefault(key, (first[key], word))
        if len(conflicts) + len(outside) >= MAX_CONFLICTS:
            break
    return Explored(answers, tuple(conflicts.values()), tuple(islice(outside, MAX_CONFLICTS)))


def _reached(
    setting: Setting, weights: Weights, acceptor: Acceptor
) -> Iterator[tuple[Stream, State | None, bool]]:
    """Yield a shortest word to every joint state and last symbol; a state of None is out of range."""
    formats = weights.formats(setting)
    seen: set[tuple[State, int, int]] = set()
    walked = {(weights.initial, acceptor.initial)}
    queue: deque[tuple[Stream, State, int]] = deque([((), weights.initial, acceptor.initial)])
    while queue:
        word, state, place = queue.popleft()
        for x in range(acceptor.num_symbols):
            target = acceptor.next_state[place][x]
            rows = zip(formats, weights.entries[x], weights.increments[x], state, strict=True)
            after = tuple(f.settle(f.rounded(a * h, setting.fraction_bits) + b) for f, a, b, h in rows)
            found: Stream = (*word, x)
            if not all(f.range.holds(h) for f, h in zip(formats, after, strict=True)):
                yield found, None, acceptor.accepting[target]
                continue
            if (after, target, x) not in seen:
                seen.add((after, target, x))
                yield found, after, acceptor.accepting[target]
            if (after, target) not in walked:
                walked.add((after, target))
                queue.append((found, after, target))
