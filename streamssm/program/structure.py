"""The parts of a program, its words and graphs, and their validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from streamssm.errors import ParameterError
from streamssm.ir.graph import Graph, Op, Store
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.vocabulary import Vocabulary, require_fitting
from streamssm.ir.words import Array, Word, total_bits


@dataclass(frozen=True)
class RangeClaim:
    """The claim of an assumption: wherever the condition of a site is 1, its value lies in ``range``.

    A site is a pair of nodes, (condition, value), of a graph over the registers before the token and the
    token's fields, as an update's is; or, where ``after`` is true, over the registers that an output reads.
    """

    graph: Graph
    sites: tuple[tuple[int, int], ...]
    range: Range
    after: bool = False


@dataclass(frozen=True)
class Assumption:
    """A bound that the author promised with ``ss.within`` and that translation turned into a clamp.

    ``claim`` is the bound in the program's own terms; None where it is not known.
    """

    text: str
    file: str
    line: int
    claim: RangeClaim | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


@dataclass(frozen=True)
class Assignment:
    """The source line that assigns a register or a word of an array; messages about its update name it."""

    register: str
    file: str
    line: int


@dataclass(frozen=True)
class ProgramStructure:
    """The words and graphs of a program, without its interpreter; `Program` defines what they mean."""

    name: str
    fields: tuple[Word, ...]
    registers: tuple[Word, ...]
    update: Graph
    next_registers: tuple[int, ...]
    output: Graph
    outputs: tuple[int, ...]
    output_names: tuple[str, ...]
    arrays: tuple[Array, ...] = ()
    stores: tuple[Store, ...] = ()
    vocabulary: Vocabulary | None = None
    assumptions: tuple[Assumption, ...] = field(default=(), compare=False)
    assignments: tuple[Assignment, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        _require_arrays(self.arrays, self.registers, len(self.next_registers))
        if len(self.output_names) != len(self.outputs):
            raise ParameterError(
                f"{len(self.outputs)} outputs must have as many names, not {len(self.output_names)}"
            )
        for graph in (self.update, self.output):
            _require_leaves(graph, self.registers, self.fields, self.arrays)
        for assumption in self.assumptions:
            if assumption.claim is not None:
                _require_claim(assumption.claim)
                _require_leaves(assumption.claim.graph, self.registers, self.fields, self.arrays)
        _require_stores(self.stores, self.arrays, self.update)
        require_fitting(self.vocabulary, self.fields, len(self.outputs))
        if any(node.op is Op.BEGIN for node in self.update):
            raise ParameterError("only an output may ask whether the stream begins, not an update")

    @property
    def memory_bits(self) -> int:
        """Bits between two tokens: the sum of the registers' widths."""
        return total_bits(self.registers)

    @property
    def scalars(self) -> tuple[Word, ...]:
        """The registers that are not words of an array."""
        return self.registers[: len(self.next_registers)]

    def array_of(self, register: int) -> Array:
        """Return the array that a register is a word of."""
        return next(a for a in self.arrays if a.first <= register < a.first + a.length)

    @property
    def initial(self) -> tuple[int, ...]:
        return tuple(word.init for word in self.registers)


def _require_arrays(arrays: Sequence[Array], registers: Sequence[Word], num_scalars: int) -> None:
    """Check that the arrays tile the registers after the scalars, each with equal words."""
    first = num_scalars
    for array in arrays:
        if array.first != first or array.length < 1:
            raise ParameterError(f"array '{array.name}' must start at register {first} and hold a word")
        first += array.length
        if len({word.range for word in registers[array.first : first]}) != 1:
            raise ParameterError(f"array '{array.name}' must have words of one range")
    if first != len(registers):
        raise ParameterError(f"a program must update its {len(registers)} registers, not {first}")


def _require_stores(stores: Sequence[Store], arrays: Sequence[Array], update: Graph) -> None:
    spans = {(array.first, array.length) for array in arrays}
    for store in stores:
        if (store.first, store.length) not in spans:
            raise ParameterError(f"a store must write an array, not the registers from {store.first} on")
        index, enable = update[store.index].range, update[store.enable].range
        if not Range(0, store.length - 1).covers(index) or not BIT.covers(enable):
            raise ParameterError(
                f"a store's index must lie in {Range(0, store.length - 1)} and its enable in [0, 1], "
                f"not {index} and {enable}"
            )


def _require_claim(claim: RangeClaim) -> None:
    for condition, _ in claim.sites:
        if not BIT.covers(claim.graph[condition].range):
            raise ParameterError(
                f"the condition of an assumption must lie in [0, 1], not {claim.graph[condition].range}"
            )
    if not claim.after and any(node.op is Op.BEGIN for node in claim.graph):
        raise ParameterError("only an output may ask whether the stream begins, not an assumption before it")


def _require_leaves(
    graph: Graph, registers: Sequence[Word], fields: Sequence[Word], arrays: Sequence[Array]
) -> None:
    spans = {(array.first, array.length) for array in arrays}
    if any(node.op is Op.LOAD and node.load not in spans for node in graph):
        raise ParameterError("a load must read an array of the program")
    known = {Op.REGISTER: registers, Op.FIELD: fields}
    for node in graph:
        if node.op in known:
            words = known[node.op]
            if not 0 <= node.index < len(words) or words[node.index].range != node.range:
                raise ParameterError(
                    f"{node.op.value} {node.index} of a graph must be one of the program's, with its range"
                )
