"""One step as terms against the reference interpreter, on random states and tokens."""

from __future__ import annotations

from random import Random

from streamssm.equivalences.proving.transition_system import Context, TransitionSystem
from streamssm.equivalences.smt.evaluation import values_of
from streamssm.errors import PrecisionError
from streamssm.program.program import Program
from streamssm.ssm.model import SSM

TRIED = 12


def require_step(random: Random, system: TransitionSystem, artefact: Program | SSM, context: Context) -> None:
    """Require that a step's terms have the interpreter's values, and that every term lies in its range."""
    t = context.terms
    state = [t.var(f"s{i}", word.range) for i, word in enumerate(system.words)]
    token = [t.var(f"x{i}", word.range) for i, word in enumerate(system.fields)]
    step = system.step(context, state, token)
    roots = [*step.state, *step.outputs, step.failed, *step.traps]
    for _ in range(TRIED):
        h = tuple(random.randint(word.range.lo, word.range.hi) for word in system.words)
        x = tuple(random.randint(word.range.lo, word.range.hi) for word in system.fields)
        named = {
            term.name: v for term, v in zip((*state, *token), (*h, *x), strict=True) if not term.is_const
        }
        found = values_of(roots, named)
        assert all(term.range.holds(value) for term, value in found.items())
        try:
            after, outputs = artefact.step(h, x)
        except PrecisionError:
            assert found[step.failed]
            continue
        assert not found[step.failed] and not any(found[trap] for trap in step.traps)
        assert tuple(found[term] for term in step.state) == tuple(after)
        assert tuple(found[term] for term in step.outputs) == tuple(outputs)
