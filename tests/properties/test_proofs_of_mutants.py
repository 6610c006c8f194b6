"""A changed weight, or a changed claim of a gadget: what is proved equal is equal, what differs has a stream.

Every verdict of a proof is compared with that of a search of all states.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import pytest

from streamssm.algorithms import (
    DGIM,
    BoyerMooreMajority,
    FlipFlop,
    FunctionComposition,
    KnuthMorrisPratt,
    LongestRun,
    MisraGries,
    ModularCounter,
    SaturatingCounter,
    Xorshift,
)
from streamssm.equivalences.check import check
from streamssm.equivalences.to_ssm import to_ssm
from streamssm.errors import ParameterError
from streamssm.frontends.algorithm import Algorithm
from streamssm.ssm.gadgets import make_gadget
from streamssm.ssm.model import SSM
from streamssm.ssm.network import Gadget, ReluNet
from tests.models import random_model, random_mutant
from tests.mutants import mutant_of
from tests.soak import examples

pytest.importorskip("bitwuzla", reason="the extra prove")

WEIGHTS, CLAIMS, GADGETS, MODELS = examples(6), examples(4), examples(2), examples(20)

ALGORITHMS: list[Callable[[], Algorithm]] = [
    lambda: FunctionComposition(4),
    lambda: SaturatingCounter(6),
    lambda: BoyerMooreMajority(3, 3),
    lambda: DGIM(4),
    lambda: FlipFlop(4),
    lambda: KnuthMorrisPratt(),
    lambda: LongestRun(3, 3),
    lambda: MisraGries(2, 2, 2),
    lambda: ModularCounter(6),
    lambda: Xorshift(5),
]
every_algorithm = pytest.mark.parametrize("make", ALGORITHMS, ids=lambda make: type(make()).__name__)


def require_right(a: object, b: object) -> bool | None:
    """Compare the verdict of a proof with that of a search."""
    found = check(a, b, method="prove", timeout=5.0)
    searched = check(a, b, method="exhaust", by=("weights",)).equal
    assert searched is not None
    assert found.equal is None or found.equal == searched, f"{found}"
    if found.equal is False:
        assert found.witness is not None
        again = check(a, b, stream=found.witness.tokens)
        assert again.equal is False
    return found.equal


@pytest.mark.soak
@every_algorithm
def test_changed_weights(make: Callable[[], Algorithm]) -> None:
    program = make().program()
    model, draw = to_ssm(program), Random(1)
    for _ in range(WEIGHTS):
        mutant = mutant_of(model, draw.randrange(10**6))
        if mutant is not None:
            require_right(program, mutant)


@pytest.mark.soak
@every_algorithm
def test_changed_claims_change_nothing(make: Callable[[], Algorithm]) -> None:
    """The weights are the truth, whatever a gadget says that it is."""
    program = make().program()
    for mutant in claims_changed(to_ssm(program), Random(2), CLAIMS):
        assert require_right(program, mutant) is not False


@pytest.mark.soak
@every_algorithm
def test_changed_gadgets(make: Callable[[], Algorithm]) -> None:
    """A gadget that is another one, weights and claim."""
    program = make().program()
    for mutant in gadgets_changed(to_ssm(program), Random(3), GADGETS):
        require_right(program, mutant)


@pytest.mark.soak
def test_random_models_and_their_mutants() -> None:
    for seed in range(MODELS):
        require_right(random_model(seed), random_mutant(seed))


def claims_changed(model: SSM, draw: Random, count: int) -> Iterator[SSM]:
    """Yield models one of whose gadgets claims something else."""
    return with_other_gadgets(model, draw, count, claiming)


def gadgets_changed(model: SSM, draw: Random, count: int) -> Iterator[SSM]:
    """Yield models one of whose gadgets is what another claim would have made of it."""

    def made_anew(gadget: Gadget, draw: Random) -> Gadget:
        g = claiming(gadget, draw)
        return make_gadget(g.kind, g.params, g.inputs, g.input_ranges, g.label)

    return with_other_gadgets(model, draw, count, made_anew)


def with_other_gadgets(
    model: SSM, draw: Random, count: int, other: Callable[[Gadget, Random], Gadget]
) -> Iterator[SSM]:
    (layer,) = (replace(layer, kind=layer.kind.widest) for layer in model.layers)
    places = [(net, i) for net in ("gates", "readout") for i in range(len(getattr(layer, net).gadgets))]
    for _ in range(count if places else 0):
        name, place = draw.choice(places)
        net: ReluNet = getattr(layer, name)
        gadgets = list(net.gadgets)
        try:
            gadgets[place] = other(gadgets[place], draw)
            made = replace(net, gadgets=tuple(gadgets))
            changed = replace(layer, gates=made) if name == "gates" else replace(layer, readout=made)
            yield replace(model, layers=(changed,))
        except ParameterError:
            continue


def claiming(gadget: Gadget, draw: Random) -> Gadget:
    params = [*gadget.params]
    if params and draw.random() < 0.6:
        place = draw.randrange(len(params))
        params[place] += draw.choice((-1, 1))
        return replace(gadget, params=tuple(params))
    return replace(gadget, kind=draw.choice(("and", "or", "ge", "eq", "ne", "max", "select", "table")))
