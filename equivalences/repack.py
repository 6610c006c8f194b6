"""E5: repack a model's memory into d' words of p' bits (online thoughts only).

The bits of the state words are concatenated, as in a snapshot, and cut into d words of at most p bits: full
words first, then a shorter one, then words of 0 bits if d * p exceeds the memory. The readout unpacks the
words, computes the model's step with its thoughts, and packs the result, which leaves in one thought.

Law: for every d * p >= memory_bits(ssm), outputs(packed) == outputs(ssm) on every stream that the model reads
without an error, memory_bits(packed) == memory_bits(ssm), and packed.restore(ssm.snapshot(state)) is the
state in the new words.

Cost: one layer, a {0, 1} transition, one thought per token, of memory_bits and the fields that an output
reads; extracting one bit of a word costs 2 ReLUs and 7 weights. Arrays are sent whole.
Source: with online thoughts only the product of width and precision counts (THEORY A6); without them the two
are not interchangeable (THEORY A5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from streamssm.equivalences.program_to_ssm import program_to_ssm
from streamssm.equivalences.repacking.bit_layout import BitLayout, layout_of
from streamssm.equivalences.repacking.packed_program import packed_program
from streamssm.equivalences.ssm_to_program import ssm_to_program
from streamssm.equivalences.thoughts.plan import ASSUMED
from streamssm.errors import ParameterError
from streamssm.ssm.model import SSM, ThoughtMode

THOUGHTS = {
    ThoughtMode.NONE: "has no thoughts",
    ThoughtMode.OFFLINE: "thinks only after the end of the stream, and reads the stream without thoughts",
}


def repack(ssm: SSM, *, state_dim: int, precision_bits: int) -> SSM:
    """Return a model with online thoughts with the same memory in words of another number and width.

    Parameters
    ----------
    state_dim : d, the number of state words
    precision_bits : p, the maximum bits per word; d * p must be at least memory_bits

    >>> import streamssm as ss
    >>> from streamssm.algorithms import FunctionComposition
    >>> packed = ss.repack(ss.to_ssm(FunctionComposition(1024)), state_dim=5, precision_bits=4)
    >>> packed.state_dim, packed.precision_bits, packed.memory_bits
    (5, 4, 20)
    >>> packed.notes[1:]
    ('value: bit 0 of packed[0] to bit 1 of packed[2]', 'image: bit 2 of packed[2] to bit 3 of packed[4]')

    Raises
    ------
    ParameterError
        If the model has no online thoughts; if the words are too few or too narrow, with the least number of
        each; or if the model cannot be translated to a program (see `ssm_to_program`).
    """
    if not isinstance(ssm, SSM):
        raise ParameterError(
            f"only a model can be repacked, not a {type(ssm).__name__}: translate it with to_ssm"
        )
    _require_online(ssm)
    layout = layout_of(ssm.name, ssm.state, state_dim, precision_bits)
    packed = program_to_ssm(packed_program(ssm_to_program(ssm), layout))
    assumptions = (note for note in ssm.notes if note.startswith(ASSUMED))
    return replace(
        packed,
        register_map=tuple(dict.fromkeys(_register_map(ssm, layout))),
        notes=tuple(dict.fromkeys([*assumptions, *packed.notes, *_notes(ssm, layout)])),
    )


def _require_online(ssm: SSM) -> None:
    mode = ssm.thoughts.mode
    if mode is not ThoughtMode.ONLINE:
        raise ParameterError(
            f"{ssm.name} cannot be repacked: it {THOUGHTS[mode]}, and without online thoughts width and "
            "precision are not interchangeable (THEORY A5); repack to_ssm(to_program(model)) instead, which "
            "has online thoughts"
        )


def _register_map(ssm: SSM, layout: BitLayout) -> Iterator[tuple[str, str]]:
    """Yield (register, packed word that holds bits of it).

    A state word that holds several registers is listed by its own name.
    """
    registers_of: dict[str, set[str]] = {}
    for register, word in ssm.register_map:
        registers_of.setdefault(word, set()).add(register)
    for before, pieces in zip(layout.registers, layout.of_registers, strict=True):
        registers = registers_of.get(before.name, set())
        name = next(iter(registers)) if len(registers) == 1 else before.name
        for piece in pieces if registers else ():
            yield name, layout.words[piece.word].name


def _notes(ssm: SSM, layout: BitLayout) -> Iterator[str]:
    """Yield a note on the position of each state word and each array."""
    d, p = len(layout.widths), max(layout.widths)
    yield f"repacked from d = {ssm.state_dim}, p = {ssm.precision_bits} to d = {d}, p = {p}; same snapshots"
    scalars = len(ssm.state) - sum(array.length for array in ssm.arrays)
    for index in range(scalars):
        yield f"{ssm.state[index].name}: {layout.text(range(index, index + 1))}"
    for array in ssm.arrays:
        indices = range(array.first, array.first + array.length)
        yield f"{array.name}[0..{array.length - 1}]: {layout.text(indices)}"
