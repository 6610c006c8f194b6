"""S5 and A5: the premise of a result that stands or falls with TC0 = NC1, and that no run bears on."""

from __future__ import annotations

from collections.abc import Iterator

from streamssm.claims.evidence import Evidence
from streamssm.claims.experiment import Experiment
from streamssm.claims.experiments.complex_layers import derived_orders, word_problem
from streamssm.languages.classify import classification
from streamssm.languages.classify.verdict import Answer


def groups_are_not_solvable(full: bool) -> Iterator[Evidence]:
    """The word problems of A5 and S5: their groups, and what `classify` says.

    It fails if the elements' derived subgroups shrink to nothing, if words of coprime orders are not what
    they are said to be, or if the verdict on complex layers is anything but conditional.
    """
    for group in ("a5", "s5"):
        machine = word_problem(group).machine
        orders = derived_orders(machine)
        said = " > ".join(map(str, orders))
        yield Evidence(
            f"{group.upper()}: derived subgroups of {said} elements, the last its own", orders[-1] > 1
        )
        verdict = classification.classify(machine)["complex"]
        words = verdict.witness.text(machine) if verdict.witness else "no witness"
        holds = verdict.answer is Answer.CONDITIONAL and verdict.verify(machine)
        yield Evidence(f"{group.upper()}: {verdict.answer.value}; {words}", holds)


EXPERIMENTS = (Experiment(("D1",), "the groups A5 and S5; only the premise", groups_are_not_solvable),)
