"""E2: a Program becomes layers without thoughts if its registers depend on each other without cycles.

In the dependency graph, register r has an edge to every register s that its update reads. If this graph has
no cycles except self-loops, and every update is affine in its own register, ``r' = a r + b`` with a and b
functions of the token and of registers of earlier layers, and a of the requested kind of transition, then r
goes to the layer after the last register that it reads.

A layer sees the new values of the earlier layers. If an update can read the new value of s instead of the old
one on every transition, it does. Otherwise the old value costs a *delay*: a word of 2w bits with the entry
2^-w and floor, or, with entries in {0, 1}, two counters per bit, saturating at 2, of how long the bit has
been 0 and 1. A register that does not depend on itself is stored in its own delay, and copies of copies share
one longer word.

Law: outputs(ssm) == outputs(program) on every stream, and memory_bits(ssm) == memory_bits(program) plus
the bits of the delays (and of the one-hot encodings of registers that need them).

Cost: no thoughts; as many layers as the longest chain of reads. Source: composition over K blocks takes K +
1 layers of one word (THEORY A2); one layer per temporal operator on a path of a past-LTL formula (THEORY
B1).
"""

from __future__ import annotations

from dataclasses import replace

from streamssm.automata.strong_components import components
from streamssm.equivalences.layers.affine_form import NotAffine
from streamssm.equivalences.layers.allocation import Allocation
from streamssm.equivalences.layers.dataflow import Dataflow
from streamssm.equivalences.layers.emit import Emitter
from streamssm.equivalences.layers.layering_errors import cycle_reasons, refusal, update_reason
from streamssm.equivalences.layers.updates import Update, Updates
from streamssm.equivalences.thoughts.plan import assumed
from streamssm.errors import ParameterError, Reason
from streamssm.program.program import Program
from streamssm.ssm.formats import Overflow
from streamssm.ssm.layers import Layer, StateWord
from streamssm.ssm.model import SSM
from streamssm.ssm.transitions import TransitionKind

KINDS = (
    "auto",
    *(
        kind.value
        for kind in (
            TransitionKind.TIME_INVARIANT,
            TransitionKind.ZERO_ONE,
            TransitionKind.DYADIC,
            TransitionKind.SIGNED,
            TransitionKind.DIAGONAL,
            TransitionKind.TIME_INVARIANT_DENSE,
            TransitionKind.MONOMIAL,
        )
    ),
)


def program_to_layers(program: Program, transition: str = "auto") -> SSM:
    """Translate a program to a model without thoughts.

    Parameters
    ----------
    transition : the kind of all transitions; "auto" takes the weakest diagonal kind that suffices in each
        layer, and cyclic words for registers that rotate on their own

    Raises
    ------
    UnsupportedProgramError
        With every cycle of registers, every update that is not affine, and a suggested alternative.

    Examples
    --------
    >>> from streamssm.algorithms import FlipFlop
    >>> ssm = program_to_layers(FlipFlop(4).program())
    >>> ssm.num_layers, ssm.memory_bits, ssm.layers[0].kind.value
    (2, 3, 'zero-one')
    """
    kind = parse_kind(transition)
    flow = Dataflow(program)
    updates = _updates(flow, kind)
    allocation = Allocation(flow, updates, kind)
    layers = Emitter(flow, allocation, kind).layers()
    ssm = SSM(
        name=program.name,
        fields=program.fields,
        layers=layers,
        output_names=program.output_names,
        vocabulary=program.vocabulary,
        register_map=allocation.register_map,
        notes=(*assumed(program), *allocation.notes),
    )
    return without_checks(ssm)


def parse_kind(transition: str) -> TransitionKind | None:
    """Return the kind of a name; None for auto."""
    if transition not in KINDS:
        raise ParameterError(f"transition must be one of {', '.join(KINDS)}, not {transition!r}")
    return None if transition == "auto" else TransitionKind(transition)


def _updates(flow: Dataflow, kind: TransitionKind | None) -> list[Update]:
    """Return the affine update of every register; UnsupportedProgramError with all reasons at once.

    A register that reads a cycle, through others too, has no layer whatever its update is, and is skipped.
    """
    reasons: list[Reason] = []
    without_layer = set[int]()
    finder, updates = Updates(flow, kind), dict[int, Update]()
    for members in components(flow.dependencies):
        if len(members) > 1:
            reasons += cycle_reasons(flow, members)
            without_layer.update(members)
            continue
        (register,) = members
        if not without_layer.isdisjoint(flow.dependencies[register]):
            without_layer.add(register)
            continue
        update = finder.find(register)
        if isinstance(update, NotAffine):
            reasons.append(update_reason(flow, register, update, kind))
        else:
            updates[register] = update
    if reasons:
        raise refusal(flow.program, reasons)
    return [updates[register] for register in range(flow.num_registers)]


def without_checks(ssm: SSM) -> SSM:
    """Let words saturate that the program, but not the model, proves to stay in their ranges.

    By the program's proof they never reach a bound, so that saturation changes no output, and the model has
    no errors to check for.
    """
    if ssm.transducer().error is None:
        return ssm
    return replace(ssm, layers=tuple(_saturating(layer) for layer in ssm.layers))


def _saturating(layer: Layer) -> Layer:
    return replace(layer, words=tuple(_saturating_word(word) for word in layer.words))


def _saturating_word(word: StateWord) -> StateWord:
    if word.format.overflow is not Overflow.ERROR:
        return word
    return replace(word, format=replace(word.format, overflow=Overflow.SATURATE))
