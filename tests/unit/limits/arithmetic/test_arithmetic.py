"""Models in floating point: formats proven exact are exact, and wrong outputs replay."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

import streamssm as ss
from streamssm.algorithms import FunctionComposition, MisraGries, ModularCounter
from streamssm.cli import main
from streamssm.limits.arithmetic.arithmetic_tasks import TASKS, row_of
from streamssm.limits.arithmetic.exact_bits import Needs, exact_needs
from streamssm.limits.arithmetic.first_wrong import FloatRun, FormatVerdict, first_wrong
from streamssm.limits.arithmetic.float_formats import NAMES, FloatFormat, float_format
from streamssm.limits.arithmetic.float_step import FloatStep
from streamssm.ssm import textbook
from streamssm.ssm.model import SSM

NARROW = FloatFormat("float64", np.dtype("float64"), np.dtype("float64"), 53, 53, 1074)


@pytest.mark.parametrize("name", NAMES)
def test_integers_up_to_the_significand_are_held_and_the_next_is_not(name: str) -> None:
    chosen = float_format(name)
    most = 2**chosen.significand_bits
    whole = np.arange(most - 300, most + 2, dtype=np.int64) if most > 300 else np.arange(most + 2)
    held = chosen.rounded(whole).astype(np.float64)
    assert np.array_equal(held[:-1], whole[:-1].astype(np.float64))
    assert int(held[-1]) != int(whole[-1])


@pytest.mark.parametrize("name", NAMES)
def test_the_least_number_is_as_many_halvings_away(name: str) -> None:
    chosen = float_format(name)
    with np.errstate(under="ignore"):
        least, half = (chosen.rounded(2.0**-chosen.most_halvings / share) for share in (1, 2))
    assert float(least) == 2.0**-chosen.most_halvings and float(half) == 0.0


@pytest.mark.parametrize("name", ["float16", "bfloat16"])
def test_sums_in_float32_are_rounded_once(name: str) -> None:
    """2^bits + 1 + 1: each 1 is lost alone, both together are not."""
    bits = float_format(name).significand_bits
    big = 1 << bits
    plain, mixed = float_format(name), float_format(f"{name}+sums32")
    narrow = plain.summed(plain.rounded(np.float64(big))) + plain.summed(plain.rounded(np.float64(1)))
    narrow = plain.rounded(narrow + plain.summed(plain.rounded(np.float64(1))))
    wide = mixed.summed(plain.rounded(np.float64(big))) + mixed.summed(plain.rounded(np.float64(1)))
    wide = mixed.rounded(wide + mixed.summed(plain.rounded(np.float64(1))))
    assert (int(narrow), int(wide)) == (big, big + 2)


MODELS = [
    ss.to_ssm(FunctionComposition(16)),
    ss.to_ssm(MisraGries(9, 2, 30)),
    ss.to_ssm(ModularCounter(7)),
    ss.to_ssm(ModularCounter(5), cot="none", transition="monomial"),
    textbook.exponential_moving_average(16, 2),
    textbook.reflected_words(3),
    textbook.wrapping_counter(3),
    textbook.rotating_counter(5),
    textbook.since_halving(),
    textbook.running_parity(),
]


@pytest.mark.parametrize("ssm", MODELS, ids=lambda ssm: ssm.name)
@pytest.mark.parametrize("name", NAMES)
def test_what_is_said_to_be_exact_is(ssm: SSM, name: str) -> None:
    """Every node of the step is checked, not the outputs alone."""
    chosen, transducer = float_format(name), ssm.transducer("weights")
    assert exact_needs(transducer).met_by(chosen)
    assert first_wrong(ssm, name, tokens=60, lanes=32).verdict is FormatVerdict.EXACT


def test_sums_in_float32_may_need_more_bits_than_numbers() -> None:
    ssm = ss.to_ssm(FunctionComposition(128))
    transducer = ssm.transducer("weights")
    assert exact_needs(transducer) == Needs(number_bits=8, sum_bits=9, halvings=0)
    assert first_wrong(ssm, "bfloat16+sums32", tokens=200, lanes=64).verdict is FormatVerdict.EXACT
    assert first_wrong(ssm, "bfloat16", tokens=200, lanes=64).verdict is FormatVerdict.NOT_SEEN_WRONG


@pytest.mark.parametrize(
    ("ssm", "name"),
    [
        (ss.to_ssm(FunctionComposition(1024)), "bfloat16"),
        (ss.to_ssm(FunctionComposition(4096)), "float16+sums32"),
        (ss.to_ssm(ModularCounter(300)), "bfloat16"),
        (textbook.exponential_moving_average(1024, 4), "bfloat16"),
    ],
    ids=["composition-bfloat16", "composition-float16", "counter", "average"],
)
def test_a_wrong_output_replays(ssm: SSM, name: str) -> None:
    """The stream is run again, alone in a lane, by the reference interpreter and in floats."""
    run = first_wrong(ssm, name, tokens=400, lanes=32)
    assert run.verdict is FormatVerdict.WRONG and run.position == len(run.stream) - 1
    state: tuple[int, ...] = ssm.initial
    for token in run.stream:
        state, outputs = ssm.step(state, token)
    assert outputs == run.expected
    floats = FloatStep(ssm.transducer("weights"), float_format(name))
    words = floats.initial(1)
    for token in run.stream:
        words, actual = floats.run(words, [np.array([value]) for value in token])
    assert tuple(actual[:, 0].astype(np.float64).tolist()) == run.found != tuple(map(float, run.expected))


def test_a_counter_is_wrong_where_its_format_ends() -> None:
    """bfloat16 holds 256 and not 257; the lanes' longest runs of increments are as long as the stream."""
    run = first_wrong(ss.to_ssm(ModularCounter(300)), "bfloat16", tokens=400, lanes=32)
    assert (run.expected, run.found) == ((257,), (256.0,))


def test_deep_shifts_of_negative_numbers_need_exponents() -> None:
    needs = exact_needs(textbook.exponential_moving_average(16, 2).transducer("weights"))
    assert needs.halvings == 2
    assert not Needs(3, 3, 25).met_by(float_format("float16")) and Needs(3, 3, 24).met_by(
        float_format("float16")
    )


def test_row_names_the_smallest_format() -> None:
    row = row_of("composition", "N", 1024, ss.to_ssm(FunctionComposition(1024)), tokens=100, lanes=32)
    assert row.smallest_exact == "float16+sums32"
    verdicts: list[FormatVerdict] = [run.verdict for run in row.runs]
    assert (
        verdicts[:2] == [FormatVerdict.WRONG, FormatVerdict.WRONG]
        and verdicts[3:] == [FormatVerdict.EXACT] * 3
    )
    assert json.loads(json.dumps(row.to_dict()))["size"] == 1024


def test_tasks_name_their_sizes() -> None:
    assert all(task.sizes and list(task.sizes) == sorted(task.sizes) for task in TASKS)


@pytest.mark.parametrize("name", ["float", "bfloat16+", "float16+sums64", ""])
def test_unknown_formats_are_refused(name: str) -> None:
    with pytest.raises(ss.ParameterError, match="must be one of bfloat16"):
        float_format(name)


def test_command_line() -> None:
    run = CliRunner().invoke(
        main,
        ["limits", "arithmetic", "function_composition", "--set", "n=2048", "--format", "float16", "--json"],
    )
    assert run.exit_code == 0
    (row,) = json.loads(run.output)
    assert row["smallest_exact"] is None and row["runs"][0]["verdict"] == "wrong"


def test_settings_need_a_model() -> None:
    run = CliRunner().invoke(main, ["limits", "arithmetic", "--set", "n=8"])
    assert run.exit_code == 2 and "--set requires WHAT" in run.output


def test_type_of_result() -> None:
    run: FloatRun = first_wrong(MODELS[0], NARROW, tokens=5, lanes=2)
    assert run.verdict is FormatVerdict.EXACT
