"""S5 and A5: the premise of a result that is conditional on TC0 != NC1, which no experiment can decide."""

from __future__ import annotations

from collections.abc import Iterator

from streamssm.claims.evidence import Evidence
from streamssm.claims.experiment import Experiment
from streamssm.claims.experiments.complex_layers import derived_orders, word_problem
from streamssm.languages.classify import classification
from streamssm.languages.classify.verdict import Answer


def groups_are_not_solvable(full: bool) -> Iterator[Evidence]:
    """The word problems of A5 and S5: their groups, and the verdict of `classify`.

    It fails if the derived series ends in the trivial group, if the witness of words with coprime orders does
    not verify, or if the verdict on complex layers is not conditional.
    """
    for group in ("a5", "s5"):
        machine = word_problem(group).machine
        orders = derived_orders(machine)
        chain = " > ".join(map(str, orders))
        yield Evidence(
            f"{group.upper()}: derived subgroups of {chain} elements, the last its own", orders[-1] > 1
        )
        verdict = classification.classify(machine)["complex"]
        words = verdict.witness.text(machine) if verdict.witness else "no witness"
        holds = verdict.answer is Answer.CONDITIONAL and verdict.verify(machine)
        yield Evidence(f"{group.upper()}: {verdict.answer.value}; {words}", holds)


EXPERIMENTS = (Experiment(("D1",), "the groups A5 and S5; only the premise", groups_are_not_solvable),)
