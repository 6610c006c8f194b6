"""Random pairs of programs: equal by construction, or with one rare difference that is known by construction.

What is true of a pair is found without a prover: by a search of all states where fields are small, else by
the reference interpreters on streams that hold the tokens on which rare conditions were built to be true.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from streamssm.equivalences.check import check
from streamssm.errors import ParameterError
from streamssm.ir import semantics
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Node, Op
from streamssm.ir.ranges import Range
from streamssm.ir.words import Word
from streamssm.program.program import Program
from tests.random_graphs import Made, Rare, random_program, rare
from tests.rewritten_graphs import Plant, rewritten

STREAMS, TOKENS = 6, 5  # on which a planted difference is looked for

Token = tuple[int, ...]


@dataclass(frozen=True)
class Pair:
    """Two programs, how they were made, and whether they differ: None where that is not known."""

    a: Program
    b: Program
    differs: bool | None
    kind: str
    seed: int


@dataclass(frozen=True)
class Exactly:
    """The condition that a small field 0 has a value."""

    values: Range
    value: int

    def node(self, g: GraphBuilder) -> int:
        return g.eq(g.field(0, self.values), g.const(self.value))


Secret = Rare | Exactly


@dataclass(frozen=True)
class Bumped(Plant):
    """One node is another value where a rare condition holds."""

    update: bool
    place: int
    secret: Secret

    def node(self, g: GraphBuilder, update: bool, place: int, node: Node, args: list[int], made: int) -> int:
        if (update, place) != (self.update, self.place):
            return made
        return _other(g, self.secret.node(g), made, node.range)


@dataclass(frozen=True)
class OtherEntry(Plant):
    """One entry of one table is another."""

    update: bool
    place: int
    entry: int
    value: int

    def node(self, g: GraphBuilder, update: bool, place: int, node: Node, args: list[int], made: int) -> int:
        if (update, place) != (self.update, self.place):
            return made
        first, values = node.table
        return g.table(args[0], (*values[: self.entry], self.value, *values[self.entry + 1 :]), first)


@dataclass(frozen=True)
class OtherEnd(Plant):
    """One end of a clamp is off by one."""

    update: bool
    place: int
    by: int

    def node(self, g: GraphBuilder, update: bool, place: int, node: Node, args: list[int], made: int) -> int:
        if (update, place) != (self.update, self.place):
            return made
        constant, others = (0, [args[1]]) if g.range(args[0]).is_constant else (1, [args[0]])
        return g.apply(node.op, [g.add(args[constant], g.const(self.by)), *others])


@dataclass(frozen=True)
class Locked(Plant):
    """An output is another value after a sequence of tokens, which an added register follows."""

    secrets: tuple[Secret, ...]

    def lock(self) -> Word:
        return Word("lock", Range(0, len(self.secrets)))

    def lock_after(self, g: GraphBuilder, lock: int) -> int:
        found = g.const(0)
        for place, secret in enumerate(self.secrets):
            opens = g.bit_and(g.eq(lock, g.const(place)), secret.node(g))
            found = g.select(opens, g.const(place + 1), found)
        return found

    def outputs(self, g: GraphBuilder, outputs: list[int], lock: int | None) -> list[int]:
        assert lock is not None
        is_open = g.eq(lock, g.const(len(self.secrets)))
        return [g.add(outputs[0], is_open), *outputs[1:]]


def _other(g: GraphBuilder, condition: int, made: int, values: Range) -> int:
    """Return the next value in a range, the lowest after the highest, where a condition holds."""
    up = g.select(g.lt(made, g.const(values.hi)), g.add(made, g.const(1)), g.const(values.lo))
    return g.select(condition, up, made)


def random_pair(seed: int, odds_of_wide: float = 0.75) -> Pair | None:
    """Return the pair of a seed; None where its words became too large."""
    random = Random(seed)
    wide = random.random() < odds_of_wide
    try:
        made = random_program(random, wide=wide)
        plant = _planted(random, made.program, made.rare) if random.random() < 0.75 else None
        odds, recoded = random.choice((0.0, 0.0, 0.0, 0.3, 0.7)), random.random() < 0.15
        b = rewritten(made.program, random, odds=odds, recoded=recoded, plant=plant)
    except ParameterError:
        return None
    kind = "equal" if plant is None else type(plant).__name__
    a = made.program
    differs = _differs(random, a, b, [*made.rare, *_secrets(plant)]) if wide else searched(a, b)
    if plant is None and differs:
        raise AssertionError(f"pair {seed}: what should be equal differs")
    return Pair(a, b, False if plant is None else (differs or (None if wide else False)), kind, seed)


def _secrets(plant: Plant | None) -> list[Secret]:
    if isinstance(plant, Bumped):
        return [plant.secret]
    return list(plant.secrets) if isinstance(plant, Locked) else []


def _planted(random: Random, program: Program, known: Sequence[Rare]) -> Plant | None:
    """Return a difference for a program; None where it has no place for one of that kind."""
    secrets = [_secret(random, program, known) for _ in range(random.randint(1, 3))]
    places = [
        (update, place, node)
        for update, graph in ((True, program.update), (False, program.output))
        for place, node in enumerate(graph)
        if not node.range.is_constant
    ]
    ends = [found for found in places if found[2].op in (Op.MIN, Op.MAX) and _has_end(program, *found)]
    roll = random.random()
    read = _entries_read(random, program, [*known, *secrets]) if roll < 0.7 else {}
    if read:
        least = min(read.values())
        update, place, entry = random.choice([key for key, count in read.items() if count <= 2 * least])
        node = (program.update if update else program.output)[place]
        others = [v for v in range(node.range.lo, node.range.hi + 1) if v != node.table[1][entry]]
        return OtherEntry(update, place, entry, random.choice(others))
    if roll < 0.78 and ends:
        update, place, _ = random.choice(ends)
        return OtherEnd(update, place, random.choice((-1, 1)))
    if roll < 0.92 and places:
        update, place, _ = random.choice(places)
        return Bumped(update, place, secrets[0])
    return Locked(tuple(secrets))


def _entries_read(
    random: Random, program: Program, secrets: Sequence[Secret]
) -> Counter[tuple[bool, int, int]]:
    """Return how often which entry of which table is read on streams that make rare conditions true."""
    found = Counter[tuple[bool, int, int]]()
    for stream in _streams(random, program, secrets):
        state = program.initial
        for token in stream:
            after, _ = program.step(state, token)
            for update, graph, words in ((True, program.update, state), (False, program.output, after)):
                values = semantics.evaluate(graph.nodes, words, token, 0)
                found.update(
                    (update, place, values[node.args[0]] - node.table[0])
                    for place, node in enumerate(graph)
                    if node.op is Op.TABLE and not node.range.is_constant
                )
            state = after
    return found


def _secret(random: Random, program: Program, known: Sequence[Rare]) -> Secret:
    values = program.fields[0].range
    if values.size <= 64:
        return Exactly(values, random.randint(values.lo, values.hi))
    return random.choice(known) if known and random.random() < 0.3 else rare(random, values.bits)


def _has_end(program: Program, update: bool, place: int, node: Node) -> bool:
    graph = program.update if update else program.output
    return any(graph[arg].op is Op.CONST for arg in node.args)


# what is true of a pair


def searched(a: object, b: object) -> bool | None:
    """Return whether two sides differ, by a search of all states; None where it does not end."""
    found = check(a, b, method="exhaust", max_transitions=10**6, by=("weights",))
    return None if found.equal is None else not found.equal


def _differs(random: Random, a: Program, b: Program, secrets: Sequence[Secret]) -> bool:
    """Return whether the reference interpreters differ on streams with tokens that were kept in mind."""
    return any(differ_on(a, b, stream) for stream in _streams(random, a, secrets))


def _streams(random: Random, program: Program, secrets: Sequence[Secret]) -> Iterator[list[Token]]:
    values = [secret.value for secret in secrets]
    if values:
        yield [_token(random, program, value) for value in values]
    for _ in range(STREAMS):
        yield [
            _token(random, program, random.choice(values) if values and random.random() < 0.6 else None)
            for _ in range(TOKENS)
        ]


def streams_of(random: Random, made: Made) -> list[list[Token]]:
    """Return streams with the tokens on which a program's rare conditions hold."""
    return list(_streams(random, made.program, made.rare))


def _token(random: Random, program: Program, value: int | None) -> Token:
    drawn = [random.randint(word.range.lo, word.range.hi) for word in program.fields]
    return tuple(drawn if value is None else [value, *drawn[1:]])


def differ_on(a: Program, b: Program, stream: Sequence[Token]) -> bool:
    """Return whether the reference interpreters give other outputs somewhere on a stream."""
    if a.begin() != b.begin():
        return True
    x, y = a.initial, b.initial
    for token in stream:
        (x, shown), (y, other) = a.step(x, token), b.step(y, token)
        if shown != other:
            return True
    return False
