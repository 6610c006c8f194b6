"""Products of reflections: letters that move few states, and rotations of the plane by two."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import cos, pi, sin
from random import Random

import numpy as np

from streamssm.automata.automaton_class import Automaton
from streamssm.claims.evidence import Covers, Evidence, checked, counted
from streamssm.claims.experiment import Experiment
from streamssm.equivalences.check import check
from streamssm.equivalences.language_to_ssm import language_to_ssm
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.ranges import BIT, Range
from streamssm.languages.language import Language
from streamssm.languages.suite import find
from streamssm.ssm.model import SSM
from streamssm.ssm.textbook.parts import Nodes, model, word
from streamssm.ssm.transitions import TransitionKind

POLYGONS = (5, 7, 12, 60)
STEPS = 50_000


def swaps_do_permutations(full: bool) -> Iterator[Evidence]:
    """Group automata, some of them random, as one layer of reflections.

    It fails if an automaton with letters that move at most m states takes more than m - 1 reflections, or
    more than one layer, or if it differs from the layer on some stream.
    """
    names = ("parity", "mod_3", "word_problem_s3_generators", "word_problem_a4_generators")
    r = Random(7)
    machines = [find(name).language().machine for name in names]
    machines += [_random_group_automaton(r, n) for n in (3, 4, 5, 6, *((7, 8) if full else ()))]
    for machine in machines:
        language = Language.from_machine(machine).in_mode("track")
        ssm = language_to_ssm(language, "householder", mode="track")
        (layer,) = ssm.layers
        most = _most_moved(machine)
        label = (
            f"{machine.name}: letters move at most {most} states, {counted(layer.reflections, 'reflection')}"
        )
        yield Evidence(
            label, layer.kind is TransitionKind.HOUSEHOLDER and layer.reflections <= max(most - 1, 0)
        )
        yield checked(label, check(language.program("track"), ssm, method="exhaust"))


def _random_group_automaton(r: Random, states: int) -> Automaton:
    """Return an automaton whose letters permute states: a swap, a cycle of three, and any permutation."""
    letters = [_cycle(r.sample(range(states), size), states) for size in (2, 3)]
    letters.append(r.sample(range(states), states))
    accepting = [state == 0 for state in range(states)]
    return Automaton.acceptor(f"random, {states} states", "abc", np.array(letters).T, accepting).minimal()


def _cycle(points: Sequence[int], states: int) -> list[int]:
    images = list(range(states))
    for point, target in zip(points, [*points[1:], points[0]], strict=True):
        images[point] = target
    return images


def _most_moved(machine: Automaton) -> int:
    moved = machine.next_state != np.arange(machine.num_states)[:, None]
    return int(moved.sum(axis=0).max())


def two_reflections_turn(full: bool) -> Iterator[Evidence]:
    """Z_m by two reflections of the plane: exact for the square, in floating point for other polygons.

    It fails if the exact layer is wrong on some stream, or if floats lose the corner within the stream.
    """
    square = find("mod_4").language()
    yield checked(
        "Z4 by 2 reflections of 2 words in {-1, 0, 1}", check(square, turning_square(), method="exhaust")
    )
    for m in POLYGONS:
        yield _measured(m, STEPS * (20 if full else 1))


def turning_square() -> SSM:
    """Return a model that counts ones modulo 4: a corner of the square, turned by two reflections."""

    def gates(g: GraphBuilder, x: Nodes) -> tuple[Nodes, Nodes]:
        zero, one = g.const(0), g.const(1)
        upright, slanted = [x[0], zero, g.const(2)], [x[0], g.neg(x[0]), one]
        return [*upright, *slanted], [zero, zero]

    return model(
        "turning_square",
        {"symbol": BIT},
        [word("east", Range(-1, 1), 1), word("north", Range(-1, 1), 0)],
        TransitionKind.HOUSEHOLDER,
        gates,
        lambda g, h, x: [g.eq(h[0], g.const(1))],
        ["accept"],
        reflections=2,
    )


def _measured(m: int, steps: int) -> Evidence:
    """Turn by random multiples of 2 pi / m, each two reflections in doubles, and read the nearest corner."""
    stream = np.random.default_rng(m).integers(m, size=steps).tolist()
    corners = [(cos(2 * pi * k / m), sin(2 * pi * k / m)) for k in range(m)]
    halves = [(-sin(pi * k / m), cos(pi * k / m)) for k in range(m)]  # across the line at half the angle
    (x, y), meant = corners[0], 0
    for step, turn in enumerate(stream):
        for v, w in (halves[0], halves[turn]):
            along = 2 * (v * x + w * y)
            x, y = x - along * v, y - along * w
        meant = (meant + turn) % m
        ahead = x * corners[meant][0] + y * corners[meant][1]
        if not ahead > cos(pi / m) * (x * x + y * y) ** 0.5:  # nearer to another corner
            return Evidence(f"Z{m} in doubles: wrong after {step} steps", False, Covers.MEASURED)
    off = abs(x * corners[meant][1] - y * corners[meant][0])
    seen = (
        f"Z{m} by 2 reflections in doubles: right at all {steps:,} steps of a random stream, off by {off:.1g}"
    )
    return Evidence(seen, True, Covers.MEASURED)


EXPERIMENTS = (
    Experiment(("G7",), "S3, A4 and random group automata by swaps", swaps_do_permutations),
    Experiment(("G7",), "Z4 by two reflections, exact; Z5, Z7, Z12, Z60 in doubles", two_reflections_turn),
)
