"""Counters of p bits: right up to the length for which p bits suffice, no answer beyond it, never wrong."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from streamssm.algorithms.parameters import BEYOND
from streamssm.claims.evidence import Evidence, checked, counted
from streamssm.claims.experiment import Experiment
from streamssm.claims.experiments.star_free_layers import shape_of, wraps
from streamssm.equivalences.check import check
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.languages.suite import find
from streamssm.languages.suite.program_language import CounterLanguage
from streamssm.program.program import Program
from streamssm.ssm.model import SSM
from streamssm.ssm.transitions import TransitionKind

KINDS = (TransitionKind.TIME_INVARIANT, TransitionKind.ZERO_ONE)
BITS = {"an_bn": 3, "an_bn_cn": 2, "dyck_1": 3, "shuffle_2": 2, "boolean_3": 3}
MORE = {"an_bn": 4, "an_bn_cn": 3, "an_bn_cn_dn": 2, "dyck_1": 3, "shuffle_4": 1, "boolean_5": 3}
BEYOND_BY = 2  # symbols beyond the sufficient length


def counters_are_right_up_to_their_length(full: bool) -> Iterator[Evidence]:
    """Counter languages with p bits, on all words up to a length, and as layers without thoughts.

    It fails if a word of at most the sufficient length has no answer, if every word of the next length has
    one, or if an answer is wrong at any length; the language's definition decides membership. It also fails
    if the layers differ from the program on some stream, are of another kind, or wrap.
    """
    for name, most in (MORE if full else BITS).items():
        language = find(name)
        assert isinstance(language, CounterLanguage)
        for bits in range(1, most + 1):
            program = language.program(counter_bits=bits)
            yield from _on_all_words(language, program, bits)
            model = to_ssm(program, cot="none")
            label = f"{name}, {counted(bits, 'bit')}, as {shape_of(model)} without thoughts"
            yield Evidence(f"{label}: diagonal, and none wraps", _is_diagonal(model) and not wraps(model))
            yield checked(label, check(program, model, method="exhaust"))


def _is_diagonal(model: SSM) -> bool:
    return all(layer.kind in KINDS for layer in model.layers)


def _on_all_words(language: CounterLanguage, program: Program, bits: int) -> Iterator[Evidence]:
    sufficient = language.sufficient_length(bits)
    beyond, wrong, words = set[int](), 0, 0
    for word, answer in _answers(language, program, sufficient + BEYOND_BY):
        words += 1
        if answer == BEYOND:
            beyond.add(len(word))
        else:
            wrong += answer != language.contains(word)
    least = min(beyond, default=0)
    label = (
        f"{language.name}, {counted(bits, 'bit')}: {words:,} words of up to {sufficient + BEYOND_BY} symbols"
    )
    seen = f"{label}, {wrong} wrong; all answered up to {sufficient}, at {least} not all"
    yield Evidence(seen, wrong == 0 and least == sufficient + 1)


def _answers(
    language: CounterLanguage, program: Program, length: int
) -> Iterator[tuple[tuple[str, ...], int]]:
    """Yield every word up to a length, once, and the program's answer."""
    numbers = range(len(language.symbols))
    for word in product(numbers, repeat=length):
        answers = program.run([(number,) for number in word])[:, 0].tolist()
        first_new = next((position for position in range(length, 0, -1) if word[position - 1]), 1)
        for end in range(first_new, length + 1):
            yield tuple(language.symbols[number] for number in word[:end]), answers[end - 1]


EXPERIMENTS = (
    Experiment(
        ("B6",),
        "a^n b^n, a^n b^n c^n, Dyck-1, Shuffle-2, Boolean-3 at 1 to 3 bits",
        counters_are_right_up_to_their_length,
    ),
)
