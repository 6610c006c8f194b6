"""Program: a deterministic one-pass streaming algorithm as an immutable value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from streamssm.errors import ParameterError
from streamssm.ir import semantics
from streamssm.ir.graph import Graph, Op, Store
from streamssm.ir.ranges import BIT, Range
from streamssm.ir.vocabulary import Vocabulary, require_fitting
from streamssm.ir.words import Array, Word, require_state, require_token, total_bits
from streamssm.runtime.transducer import Transducer

if TYPE_CHECKING:
    from streamssm.runtime.stream import Lanes, Stream

Tokens = NDArray[Any] | Sequence[NDArray[Any]] | Sequence[Sequence[int]] | Sequence[int]


@dataclass(frozen=True)
class Claim:
    """What an assumption says: wherever the condition of a site is 1, its value lies in ``range``.

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
    claim: Claim | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


@dataclass(frozen=True)
class Assignment:
    """Where a register, or a word of an array, is assigned: messages about its update name the place."""

    register: str
    file: str
    line: int


@dataclass(frozen=True)
class Program:
    """A few bounded registers, one update per token, an output before the first token and after each one.

    ``update`` holds one root per register, over the registers before the token and the token's fields.
    ``output`` holds one root per output word, over the registers after the update, the last token, and BEGIN.
    Scalars come first among the registers; behind them stand the words of the arrays, which ``stores`` write.
    ``vocabulary`` names the symbols that a token's one field numbers, for people.

    Notes
    -----
    Memory is ``memory_bits`` and nothing else: `snapshot` packs the registers into that many bits.
    """

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
        """The registers that are no words of an array."""
        return self.registers[: len(self.next_registers)]

    def array_of(self, register: int) -> Array:
        """Return the array that a register is a word of."""
        return next(a for a in self.arrays if a.first <= register < a.first + a.length)

    @property
    def initial(self) -> tuple[int, ...]:
        return tuple(word.init for word in self.registers)

    # the reference interpreter

    def begin(self, state: Sequence[int] | None = None) -> tuple[int, ...]:
        """Return the outputs before the first token."""
        fields = [word.range.lo for word in self.fields]
        return self._outputs(self.initial if state is None else state, fields, 1)

    def step(self, state: Sequence[int], token: Sequence[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the registers and the outputs after one token (reference interpreter)."""
        require_token(self.fields, token)
        values = semantics.evaluate(self.update.nodes, state, token)
        words = [*(values[root] for root in self.next_registers), *state[len(self.next_registers) :]]
        for store in self.stores:
            if values[store.enable]:
                words[store.first + values[store.index]] = values[store.value]
        after = tuple(words)
        require_state(self.registers, after)
        return after, self._outputs(after, token, 0)

    def _outputs(self, state: Sequence[int], token: Sequence[int], begin: int) -> tuple[int, ...]:
        values = semantics.evaluate(self.output.nodes, state, token, begin)
        return tuple(values[root] for root in self.outputs)

    # the kernels

    @cached_property
    def _transducer(self) -> Transducer:
        from streamssm.program.to_transducer import program_transducer

        return program_transducer(self)

    def transducer(self) -> Transducer:
        """Return one step as a single expression graph, as kernels and checks read it."""
        return self._transducer

    def stream(self, state: Sequence[int] | None = None, *, backend: str = "kernel") -> Stream:
        """Start reading a stream, from the initial registers or from given ones."""
        from streamssm.runtime.stream import Stream

        return Stream(self._transducer, state=state, backend=backend)

    def lanes(self, batch_size: int, *, backend: str = "kernel", isa: str | None = None) -> Lanes:
        """Start reading many streams at once, one per lane."""
        from streamssm.runtime.stream import Lanes

        return Lanes(self._transducer, batch_size, backend=backend, isa=isa)

    @overload
    def run(self, tokens: Tokens, state: Sequence[int] | None = None) -> NDArray[np.int64]: ...
    @overload
    def run(
        self, tokens: Iterator[Tokens], state: Sequence[int] | None = None
    ) -> Iterator[NDArray[np.int64]]: ...

    def run(
        self, tokens: Tokens | Iterator[Tokens], state: Sequence[int] | None = None
    ) -> NDArray[np.int64] | Iterator[NDArray[np.int64]]:
        """Run over one stream with the kernel.

        Parameters
        ----------
        tokens : int array, shape (T, fields), or (T,) for one field; or an iterator of such chunks
        state : registers to start from; the initial ones if None

        Returns
        -------
        int64 array, shape (T, output words), the outputs after each token; an iterator of them for chunks

        Raises
        ------
        TokenError
            If a token's field is out of range; position, field and value are named.
        """
        found: NDArray[np.int64] | Iterator[NDArray[np.int64]] = self.stream(state).run(tokens)
        return found

    def run_lanes(self, tokens: NDArray[Any] | Sequence[NDArray[Any]]) -> NDArray[np.int64]:
        """Run many streams at once, time first.

        Parameters
        ----------
        tokens : int array, shape (T, batch, fields), or one array of shape (T, batch) per field

        Returns
        -------
        int64 array, shape (T, batch, output words)
        """
        from streamssm.runtime.stream import run_lanes

        return run_lanes(self._transducer, tokens)

    # memory as bytes, files

    def snapshot(self, state: Sequence[int]) -> bytes:
        """Pack registers into exactly ``ceil(memory_bits / 8)`` bytes."""
        from streamssm.runtime.snapshot import pack

        return pack(self.registers, state)

    def restore(self, data: bytes) -> tuple[int, ...]:
        """Return the registers of a snapshot; FormatError if it cannot be one of this program."""
        from streamssm.runtime.snapshot import unpack

        return unpack(self.registers, data)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the program's canonical text, in hex."""
        from streamssm.program.files import digest_of

        return digest_of(self)

    def save(self, path: str) -> None:
        """Write the program as JSON; the file appears whole or not at all."""
        from streamssm.program.files import save_program

        save_program(self, path)


def _require_arrays(arrays: Sequence[Array], registers: Sequence[Word], num_scalars: int) -> None:
    """Check that the arrays tile the registers behind the scalars, each with equal words."""
    place = num_scalars
    for array in arrays:
        if array.first != place or array.length < 1:
            raise ParameterError(f"array '{array.name}' must start at register {place} and hold a word")
        place += array.length
        if len({word.range for word in registers[array.first : place]}) != 1:
            raise ParameterError(f"array '{array.name}' must have words of one range")
    if place != len(registers):
        raise ParameterError(f"a program must update its {len(registers)} registers, not {place}")


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


def _require_claim(claim: Claim) -> None:
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
