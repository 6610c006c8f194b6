"""State-tracking algorithms, each against an independent implementation."""

from __future__ import annotations

import random
from itertools import permutations

import numpy as np
import pytest

from streamssm.algorithms import FlipFlop, Narrative, PermutationTracking, PointerChasing, StraightLineCode
from streamssm.errors import ParameterError
from streamssm.program.program import Program


def random_tokens(program: Program, count: int, *, seed: int) -> list[tuple[int, ...]]:
    rng = random.Random(seed)
    ranges = [word.range for word in program.fields]
    return [tuple(rng.randint(values.lo, values.hi) for values in ranges) for _ in range(count)]


@pytest.mark.parametrize("n", [1, 2, 3, 5, 6])
def test_permutations_are_multiplied(n: int) -> None:
    program = PermutationTracking(n).program()
    elements = np.array(list(permutations(range(n))))
    tokens = random_tokens(program, 500, seed=n)
    product = np.arange(n)
    for (element,), outputs in zip(tokens, program.run(tokens).tolist(), strict=True):
        product = elements[element][product]
        assert outputs == product.tolist()
    assert program.memory_bits == n * (n - 1).bit_length()


def test_permutations_begin_with_the_identity() -> None:
    assert PermutationTracking(4).program().begin() == (0, 1, 2, 3)


@pytest.mark.parametrize(("variables", "modulus"), [(1, 1), (1, 7), (3, 10), (5, 2), (4, 1000)])
def test_code_is_evaluated_as_python_does(variables: int, modulus: int) -> None:
    program = StraightLineCode(variables, modulus).program()
    lines = (
        "v[{t}] = {c}",
        "v[{t}] = v[{s}]",
        "v[{t}], v[{s}] = v[{s}], v[{t}]",
        "v[{t}] = (v[{t}] + v[{s}]) % {m}",
    )
    tokens = random_tokens(program, 400, seed=modulus)
    values = [0] * variables
    for (instruction, target, source, constant), outputs in zip(
        tokens, program.run(tokens).tolist(), strict=True
    ):
        exec(lines[instruction].format(t=target, s=source, c=constant, m=modulus), {"v": values})
        assert outputs == values
    assert program.memory_bits == variables * (modulus - 1).bit_length()


@pytest.mark.parametrize(("n", "num_functions"), [(1, 1), (3, 1), (4, 3), (10, 2), (64, 4)])
def test_pointers_are_chased(n: int, num_functions: int) -> None:
    rng = random.Random(n)
    program = PointerChasing(n, num_functions).program()
    tables = [[rng.randrange(n) for _ in range(n)] for _ in range(num_functions)]
    pairs = [(block, key, image) for block, table in enumerate(tables, 1) for key, image in enumerate(table)]
    rng.shuffle(pairs)
    outputs = program.run([*pairs, *((0, 0, x) for x in range(n))])[:, 0].tolist()
    assert outputs[: len(pairs)] == [0] * len(pairs)
    for x, image in enumerate(outputs[len(pairs) :]):
        for table in tables:
            x = table[x]
        assert image == x
    assert program.memory_bits == (num_functions * n + 1) * (n - 1).bit_length()


def test_the_hard_order_keeps_all_tables_apart() -> None:
    """Any two tables must lead to different states, or some query would be answered wrongly (THEORY A7)."""
    program = PointerChasing(3, 1).program()
    states = set()
    for table in np.ndindex(3, 3, 3):
        state = program.initial
        for key, image in enumerate(table):
            state, _ = program.step(state, (1, key, image))
        states.add(state)
    assert len(states) == 27


@pytest.mark.parametrize("values", [1, 2, 5])
def test_flip_flop_remembers_the_last_write(values: int) -> None:
    program = FlipFlop(values).program()
    for seed in range(20):
        tokens = random_tokens(program, 30, seed=seed)
        for length, (stored, correct) in enumerate(program.run(tokens).tolist(), 1):
            past = tokens[:length]
            writes = [(time, value) for time, (kind, value) in enumerate(past) if kind == 0]
            before = {
                time: max(((at, v) for at, v in writes if at < time), default=(0, 0))[1]
                for time in range(length + 1)
            }
            reads = [(time, value) for time, (kind, value) in enumerate(past) if kind == 2]
            assert stored == before[length]
            assert correct == all(before[time] == value for time, value in reads)
    assert program.memory_bits == (values - 1).bit_length() + 1


class Story:
    """The same world by names: a place for each person, and a place or a person for each item."""

    def __init__(self, people: int, items: int, places: int) -> None:
        self.at = {f"person {p}": "place 0" for p in range(people)}
        self.inside = {f"item {i}": "place 0" for i in range(items)}
        self.answer = "place 0"

    def tell(self, event: int, person: int, item: int, place: int, receiver: int) -> None:
        who, thing, whom = f"person {person}", f"item {item}", f"person {receiver}"
        if event == 0:
            self.at[who] = f"place {place}"
        if event == 1 and self.inside[thing] == self.at[who]:
            self.inside[thing] = who
        elif event == 2 and self.inside[thing] == who:
            self.inside[thing] = self.at[who]
        elif event == 3 and self.inside[thing] == who and self.at[who] == self.at[whom]:
            self.inside[thing] = whom
        elif event == 4:
            self.answer = self.at.get(self.inside[thing], self.inside[thing])


@pytest.mark.parametrize(("people", "items", "places"), [(1, 1, 1), (2, 1, 2), (3, 4, 2), (4, 4, 8)])
def test_a_narrative_is_followed(people: int, items: int, places: int) -> None:
    program = Narrative(people, items, places).program()
    story = Story(people, items, places)
    tokens = random_tokens(program, 3000, seed=people)
    for token, (answer,) in zip(tokens, program.run(tokens).tolist(), strict=True):
        story.tell(*token)
        assert f"place {answer}" == story.answer
    place_bits, holder_bits = (places - 1).bit_length(), (places + people - 1).bit_length()
    assert program.memory_bits == (people + 1) * place_bits + items * holder_bits


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: PermutationTracking(0), "n must be from 1 to 8, not 0"),
        (lambda: PermutationTracking(9), "n must be from 1 to 8, not 9"),
        (lambda: StraightLineCode(0, 2), "variables must be at least 1, not 0"),
        (lambda: StraightLineCode(2, 0), "modulus must be at least 1, not 0"),
        (lambda: PointerChasing(0), "n must be at least 1, not 0"),
        (lambda: PointerChasing(2, 0), "num_functions must be at least 1, not 0"),
        (lambda: FlipFlop(0), "values must be at least 1, not 0"),
        (lambda: Narrative(people=0), "people must be at least 1, not 0"),
        (lambda: Narrative(items=-1), "items must be at least 1, not -1"),
        (lambda: Narrative(places=0), "places must be at least 1, not 0"),
    ],
)
def test_bad_parameters(make: type, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        make()
    assert str(caught.value) == message
