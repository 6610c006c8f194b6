"""Single layers, decided by search over all weights: parity, and width against precision."""

from __future__ import annotations

from collections.abc import Iterator

from streamssm.automata.automaton_class import Automaton
from streamssm.claims.evidence import Evidence, checked
from streamssm.claims.experiment import Experiment
from streamssm.equivalences.check import check
from streamssm.equivalences.repack import repack
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.languages.language import Language
from streamssm.limits.synthesis.model_class import ModelClass
from streamssm.limits.synthesis.synthesize import synthesize
from streamssm.ssm.formats import Overflow
from streamssm.ssm.transitions import TransitionKind

PARITY = Automaton.acceptor("parity", "01", [[0, 1], [1, 0]], [True, False])
AB = Automaton.acceptor("(ab)*", "ab", [[1, 2], [2, 0], [2, 2]], [True, False, False])
NONNEGATIVE = ((TransitionKind.ZERO_ONE, 0), (TransitionKind.DYADIC, 1))


def decided(machine: Automaton, model_class: ModelClass, exists: bool) -> Evidence:
    """Return evidence from a search over all weights for whether a model exists."""
    result = synthesize(machine, model_class)
    return Evidence(str(result), result.exists is exists)


def parity_needs_a_sign_or_wrapping(full: bool) -> Iterator[Evidence]:
    """Parity in all single nonnegative layers of up to four bits; then with the entry -1, and wrap-around."""
    most = 5 if full else 4
    for kind, fraction_bits in NONNEGATIVE:
        for d, p in ((d, p) for d in range(1, most + 1) for p in range(1, most + 1) if d * p <= most):
            if fraction_bits <= p:
                yield decided(PARITY, ModelClass(d, p, kind, fraction_bits=fraction_bits), False)
    yield decided(PARITY, ModelClass(1, 1, TransitionKind.SIGNED), True)
    yield decided(PARITY, ModelClass(1, 1, overflow=Overflow.WRAP), True)


def width_is_not_precision(full: bool) -> Iterator[Evidence]:
    """(ab)* in three bits: one word of three bits suffices, three words of one bit do not."""
    for d, p, exists in (
        (1, 3, True),
        (3, 1, False),
        (2, 2, True),
        (4, 1, False),
        (1, 2, False),
        (2, 1, False),
    ):
        yield decided(AB, ModelClass(d, p), exists)


def thoughts_make_them_equal(full: bool) -> Iterator[Evidence]:
    """The shapes that differ without thoughts are repackings of one model with thoughts."""
    language = Language.from_machine(AB)
    model = to_ssm(language.program(), cot="online")
    for d, p in ((1, 3), (3, 1), (2, 1), (1, 2)):
        packed = repack(model, state_dim=d, precision_bits=p)
        yield checked(f"(ab)* with thoughts as ({d}, {p})", check(language, packed, method="exhaust"))


EXPERIMENTS = (
    Experiment(("G5",), "parity in one layer of up to 4 bits, all weights", parity_needs_a_sign_or_wrapping),
    Experiment(("A5",), "(ab)* in one saturating {0, 1} layer, all weights", width_is_not_precision),
    Experiment(("A6",), "(ab)* repacked", thoughts_make_them_equal),
)
