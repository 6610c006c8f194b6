"""What proofs say of a translation of one program of a pair and the other program."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from streamssm.equivalences.repack import repack
from streamssm.equivalences.ssm_to_program import to_program
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import StreamSSMError
from streamssm.program.program import Program
from tests.proofs_of_pairs import verdict
from tests.random_pairs import random_pair

Translation = Callable[[Program], Any]


def in_layers(program: Program) -> Any:
    return to_ssm(program, cot="none")


def in_other_words(program: Program) -> Any:
    model = to_ssm(program)
    bits = max(model.memory_bits, 1)
    return repack(model, state_dim=2, precision_bits=max((bits + 1) // 2, 1))


def in_thoughts(program: Program) -> Any:
    return to_ssm(program)


def there_and_back(program: Program) -> Any:
    return to_program(to_ssm(program))


TRANSLATIONS: tuple[Translation, ...] = (in_layers, in_thoughts, in_other_words, there_and_back)


def against_translation(
    seed: int, translated: Translation, wrong: list[str]
) -> tuple[bool | None, str] | None:
    """Return what is true and what a proof says; None where there is no such translation."""
    pair = random_pair(10**6 + seed, odds_of_wide=0.1)
    if pair is None:
        return None
    try:
        made = translated(pair.a)
    except StreamSSMError:
        return None
    try:
        said, _ = verdict(made, pair.b)
    except (StreamSSMError, LookupError, ArithmeticError, AssertionError) as error:
        wrong.append(f"pair {pair.seed}: {type(error).__name__}: {error}")
        return pair.differs, "fails"
    if {"equal": True, "different": False}.get(said) == pair.differs:
        wrong.append(f"pair {pair.seed} ({pair.kind}): {said}, though differs is {pair.differs}")
    return pair.differs, said
