"""Composition of k functions in layers: k + 1 of one word each, and no thoughts (THEORY A2)."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from itertools import permutations, product
from pathlib import Path

import numpy as np
import pytest

import streamssm as ss
from streamssm.algorithms import AddingComposition, FunctionComposition, StoredComposition
from streamssm.algorithms.block_composition import BlockComposition
from streamssm.errors import UnsupportedProgramError
from streamssm.limits.streams.composition_streams import CompositionBlocks
from streamssm.ssm.layers import ThoughtMode, TransitionKind

SIZES = [(n, k) for n in (2, 3, 4, 8, 16, 64, 256) for k in range(1, 9)]
SEARCHED = 2 * 10**6  # joint transitions that take a second or two

Tokens = list[tuple[int, ...]]


class Descending(BlockComposition):
    """Block composition whose registers are assigned from the last one down."""

    def update(self, block: int, key: int, image: int) -> None:
        for i in range(self.k, 0, -1):
            if block == i and key == self.values[i - 1]:
                self.values[i] = image
        if block == 0:
            self.values[0] = image


def require_layers(model: ss.SSM, n: int, k: int, kind: TransitionKind) -> None:
    word = (n - 1).bit_length()
    assert model.num_layers == k + 1
    assert [layer.state_dim for layer in model.layers] == [1] * (k + 1)
    assert [layer.precision_bits for layer in model.layers] == [word] * (k + 1)
    assert {layer.kind for layer in model.layers} == {kind}
    assert model.thoughts.mode is ThoughtMode.NONE
    assert model.memory_bits == (k + 1) * word
    assert model.notes == ()


def require_equal(program: ss.Program, model: ss.SSM, n: int, k: int) -> None:
    """Require equal outputs and memory, on every stream where a search of all of them is short."""
    if n ** (k + 1) * (k + 1) * n * n <= SEARCHED:
        report = ss.check(program, model, method="exhaust")
        assert report.covers == "every stream"
    else:
        report = ss.check(program, model, method="sample", tokens=10**5)
    assert report.equal and report.memory_equal


@pytest.mark.parametrize(("n", "k"), SIZES)
def test_k_functions_take_k_plus_1_layers_of_one_word(n: int, k: int) -> None:
    program = BlockComposition(n, k).program()
    model = ss.to_ssm(program, cot="none")
    require_layers(model, n, k, TransitionKind.ZERO_ONE)
    require_equal(program, model, n, k)


@pytest.mark.parametrize("make", [BlockComposition, Descending])
@pytest.mark.parametrize("transition", ["auto", "zero-one"])
@pytest.mark.parametrize(("n", "k"), [(2, 8), (3, 4), (256, 8)])
def test_the_order_of_assignments_and_the_kind_asked_for_change_nothing(
    n: int, k: int, transition: str, make: type[BlockComposition]
) -> None:
    program = make(n, k).program()
    model = ss.to_ssm(program, cot="none", transition=transition)
    require_layers(model, n, k, TransitionKind.ZERO_ONE)
    require_equal(BlockComposition(n, k).program(), model, n, k)


@pytest.mark.parametrize(("n", "k"), [(2, 1), (2, 6), (3, 3), (16, 1), (256, 8)])
def test_adding_takes_one_transition_for_all_steps(n: int, k: int) -> None:
    program = AddingComposition(n, k).program()
    for transition in ("auto", "time-invariant"):
        model = ss.to_ssm(program, cot="none", transition=transition)
        require_layers(model, n, k, TransitionKind.TIME_INVARIANT)
        require_equal(program, model, n, k)


@pytest.mark.parametrize(("n", "k"), [(1, 2), (2, 1), (2, 2), (3, 1), (3, 3)])
def test_stored_tables_are_one_layer_as_wide_as_they_are(n: int, k: int) -> None:
    program = StoredComposition(n, k).program()
    model = ss.to_ssm(program, cot="none")
    assert (model.num_layers, model.state_dim) == (1, k * n + 1)
    assert model.thoughts.mode is ThoughtMode.NONE
    assert ss.check(program, model, tokens=10**5).equal
    assert model.memory_bits == program.memory_bits == (k * n + 1) * (n - 1).bit_length()


# the two words of the uniform class


def test_two_words_for_every_k_read_each_other() -> None:
    with pytest.raises(UnsupportedProgramError) as caught:
        ss.to_ssm(FunctionComposition(8), cot="none")
    (reason,) = caught.value.reasons
    assert "the updates of value <- image <- value depend on each other in a cycle" in reason.message
    assert "cot='online'" in str(caught.value)
    assert reason.file == "function_composition.py"  # no folder: programs are the same on every machine
    lines = [reason.line, int(reason.message.split("(also line ")[1].split(")")[0])]
    source = Path(inspect.getfile(FunctionComposition)).read_text(encoding="utf-8").splitlines()
    assert [source[n - 1].strip() for n in lines] == ["self.value = self.image", "self.image = image"]


def test_auto_takes_layers_where_they_exist_and_else_says_why_it_thinks() -> None:
    thinking = ss.to_ssm(FunctionComposition(8), cot="auto")
    assert thinking.thoughts.mode is ThoughtMode.ONLINE and thinking.memory_bits == 6
    assert any("value <- image <- value" in note for note in thinking.notes)
    assert ss.check(FunctionComposition(8).program(), thinking, method="exhaust").equal
    require_layers(ss.to_ssm(BlockComposition(8, 3), cot="auto"), 8, 3, TransitionKind.ZERO_ONE)


# adding against assigning


def valid_streams(n: int, k: int) -> Iterator[tuple[Tokens, int]]:
    """Yield every valid stream for n and k, and its answer."""
    functions = list(product(product(range(n), repeat=n), permutations(range(n))))
    for x, blocks in product(range(n), product(functions, repeat=k)):
        stream: Tokens = [(0, 0, x)]
        value = x
        for number, (table, order) in enumerate(blocks, 1):
            stream += [(number, key, table[key]) for key in order]
            value = table[value]
        yield stream, value


def may_be_valid(stream: Tokens, n: int) -> bool:
    """Say whether a stream is the beginning of a valid one."""
    blocks = [block for block, _, _ in stream]
    if blocks != sorted(blocks) or len({token[:2] for token in stream}) < len(stream):
        return False
    return all(blocks.count(b) == (n if b else 1) for b in range(blocks[-1]))


@pytest.mark.parametrize(("n", "k", "count"), [(2, 1, 16), (2, 2, 128), (3, 1, 486)])
def test_adding_equals_assigning_on_every_valid_stream(n: int, k: int, count: int) -> None:
    adding, assigning = AddingComposition(n, k).program(), BlockComposition(n, k).program()
    streams = list(valid_streams(n, k))
    assert len(streams) == count and all(may_be_valid(stream, n) for stream, _ in streams)
    tokens = np.array([stream for stream, _ in streams]).transpose(1, 0, 2)
    values = [value for _, value in streams]
    for program in (adding, assigning):
        assert program.run_lanes(tokens)[-1, :, 0].tolist() == values


@pytest.mark.parametrize(("n", "k"), [(3, 8), (16, 3), (100, 2), (256, 8)])
def test_adding_equals_assigning_on_random_valid_streams(n: int, k: int) -> None:
    adding, assigning = AddingComposition(n, k).program(), BlockComposition(n, k).program()
    for seed in range(20):
        stream = CompositionBlocks(n, k, seed)
        tokens = np.concatenate([np.stack([c.astype(int) for c in b], axis=1) for b in stream.blocks()])
        for program in (adding, assigning):
            assert program.run(tokens)[-1].tolist() == [stream.answer()]


@pytest.mark.parametrize(("n", "k"), [(2, 1), (2, 2), (3, 2), (16, 1)])
def test_adding_is_another_program_on_a_stream_that_is_not_valid(n: int, k: int) -> None:
    report = ss.check(BlockComposition(n, k), AddingComposition(n, k))
    assert report.equal is False and report.memory_equal
    assert report.witness is not None
    assert not may_be_valid(list(report.witness.tokens), n)
