"""Models written by hand, each checked against its algorithm."""

from __future__ import annotations

from collections.abc import Iterator

from streamssm.claims.evidence import Evidence, checked
from streamssm.claims.experiment import Experiment
from streamssm.equivalences.check import check
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.languages.language import Language
from streamssm.ssm import textbook
from streamssm.ssm.model import SSM
from streamssm.ssm.transitions import TransitionKind

INVARIANT = (TransitionKind.TIME_INVARIANT, TransitionKind.TIME_INVARIANT_DENSE)


def _is_invariant(model: SSM) -> Evidence:
    kinds = {layer.kind for layer in model.layers}
    seen = f"{model.name}: {', '.join(kind.value for kind in kinds)}, {model.memory_bits} bits"
    return Evidence(seen, kinds <= {*INVARIANT})


def positions_modulo_m(full: bool) -> Iterator[Evidence]:
    """Positions modulo m by a cyclic shift of m bits, and Y a by a delay."""
    for m in range(2, 13 if full else 8):
        formula = Language.from_past_ltl(f"pos % {m} == {m - 1}", ["a"])
        model = to_ssm(formula, cot="none", transition="time-invariant-dense")
        yield _is_invariant(model)
        yield checked(formula.name, check(formula, model, method="exhaust"))
    for text in ("Y a", "Y Y a"):
        formula = Language.from_past_ltl(text)
        model = to_ssm(formula, cot="none", transition="time-invariant")
        yield _is_invariant(model)
        yield checked(text, check(formula, model, method="exhaust"))


def since_with_saturation_or_rounding(full: bool) -> Iterator[Evidence]:
    """The conjecture assumes exact arithmetic: with saturation or rounding, one word suffices for a S b."""
    formula = Language.from_past_ltl("a S b")
    for model in (textbook.since_saturating(), textbook.since_halving()):
        yield _is_invariant(model)
        yield checked(f"a S b as {model.name}", check(formula, model, method="exhaust"))


EXPERIMENTS = (
    Experiment(("B3",), "positions modulo m, m = 2..7, as cyclic shifts; Y as a delay", positions_modulo_m),
    Experiment(
        ("B4",),
        "a S b in one time-invariant word that saturates or rounds",
        since_with_saturation_or_rounding,
    ),
)
