"""Program: a deterministic one-pass streaming algorithm as an immutable value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from streamssm.ir import semantics
from streamssm.ir.displayed import Displayed, amount, short
from streamssm.ir.words import require_state, require_token
from streamssm.program.program_transducer import program_transducer
from streamssm.program.save_program import digest_of, save_program
from streamssm.program.structure import Assignment, Assumption, ProgramStructure, RangeClaim
from streamssm.runtime.transducer import Transducer

if TYPE_CHECKING:
    from streamssm.runtime.stream import Lanes, Stream

__all__ = ["Assignment", "Assumption", "RangeClaim", "Program", "Tokens"]

Tokens = NDArray[Any] | Sequence[NDArray[Any]] | Sequence[Sequence[int]] | Sequence[int]


@dataclass(frozen=True)
class Program(ProgramStructure, Displayed):
    """A few bounded registers, one update per token, an output before the first token and after each one.

    ``update`` holds one root per register, over the registers before the token and the token's fields.
    ``output`` holds one root per output word, over the registers after the update, the last token, and BEGIN.
    Scalars come first among the registers; the words of the arrays follow, which ``stores`` write.
    ``vocabulary`` names the symbols that a token's one field numbers, for people.

    Notes
    -----
    Memory is ``memory_bits`` and nothing else: `snapshot` packs the registers into that many bits.
    """

    def __repr__(self) -> str:
        registers, bits = amount(len(self.registers), "register"), amount(self.memory_bits, "bit")
        return f"<Program {short(self.name)}: {registers}, {bits}>"

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
        return program_transducer(self, reference=self.step)

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
        outputs: NDArray[np.int64] | Iterator[NDArray[np.int64]] = self.stream(state).run(tokens)
        return outputs

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
        return digest_of(self)

    def save(self, path: str) -> None:
        """Write the program as JSON; the file appears whole or not at all."""
        save_program(self, path)
