"""streamssm limits residuals: memory from below, beside the memory that there is."""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING, Any

import click

from streamssm.cli.options import json_option, set_option, what_argument
from streamssm.cli.render import print_json, print_table, progress_bar
from streamssm.errors import ParameterError

if TYPE_CHECKING:
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import InputSource
    from streamssm.limits.streams.orders import BlockOrder
    from streamssm.program.program import Program

Figures = dict[str, Any]


@click.command("residuals")
@what_argument
@set_option
@click.option(
    "--order",
    "orders",
    multiple=True,
    metavar="ORDER",
    help="For composition: the blocks in their order, such as f1,f2,x, or all:K. May be given several times.",
)
@click.option(
    "--keys",
    type=click.Choice(["fixed", "free"]),
    default="fixed",
    show_default=True,
    help="The order of the keys in a block; with free ones there is nothing to count, as the refusal says.",
)
@click.option(
    "--budget",
    type=click.IntRange(min=1, max=2**31 - 1),
    help="How many (state, token) pairs may be followed to count exactly.",
)
@click.option(
    "--sample",
    type=click.IntRange(min=2),
    metavar="PREFIXES",
    help="Do not count: tell so many random prefixes apart at every cut of an order.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the samples.")
@json_option
def command(
    what: InputSource,
    settings: Settings,
    orders: tuple[str, ...],
    keys: str,
    budget: int | None,
    sample: int | None,
    seed: int,
    as_json: bool,
) -> None:
    """Count the prefixes that some continuation tells apart, at every cut of the stream.

    log2 of the largest number is a lower bound on the memory of any one-pass algorithm, in bits. With
    --order, the streams are those of composition in that order; without it, all streams of WHAT, an answer
    being asked after every token.

    \b
    streamssm limits residuals function_composition --set n=3 --order x,f1,f2
    streamssm limits residuals stored_composition --set n=3 --set k=2 --order all:2
    streamssm limits residuals stored_composition --set n=16 --set k=1 --order f1,x --sample 65536
    streamssm limits residuals dgim --set window=4
    """
    from streamssm.cli.resolve import resolve

    if keys == "free":
        raise ParameterError(
            "--keys must be fixed, not free: with free keys, prefixes that have seen different keys have "
            "different valid continuations, 'no continuation tells them apart' is no equivalence relation, "
            "and there are no classes to count; without --order any key may follow any other, and all count"
        )
    if sample is not None and not orders:
        raise ParameterError("--sample must come with --order, not without it")
    if sample is not None and budget is not None:
        raise ParameterError("one of --sample and --budget must be given, not both")
    artefact = resolve(what, settings)
    program = _program(artefact)
    if not orders:
        found = _all_streams(program, budget)
    else:
        parsed = [order for text in orders for order in _parsed(text)]
        rows = [_in_order(program, order, budget, sample, seed) for order in parsed]
        found = {"name": program.name, "memory_bits": program.memory_bits, "orders": rows}
    if as_json:
        print_json(found)
    elif orders:
        _print_orders(found)
    else:
        _print_all_streams(found)


def _program(artefact: Any) -> Program:
    from streamssm.equivalences.ssm_to_program import to_program
    from streamssm.program.program import Program
    from streamssm.ssm.model import SSM

    if isinstance(artefact, SSM):
        return to_program(artefact)
    return artefact if isinstance(artefact, Program) else artefact.program()


def _parsed(text: str) -> tuple[BlockOrder, ...]:
    from streamssm.cli.settings import parse_integer
    from streamssm.limits.streams.orders import all_orders, parse_order

    if not text.startswith("all:"):
        return (parse_order(text),)
    k = parse_integer(text.removeprefix("all:"), "K of --order all:K")
    if not 1 <= k <= 4:
        raise ParameterError(f"K of --order all:K must lie in [1, 4], not be {k}: there are (K + 1)! orders")
    return all_orders(k)


# what is counted


def _all_streams(program: Program, budget: int | None) -> Figures:
    from streamssm.limits.residuals.all_streams import all_residuals

    with progress_bar("limits residuals", None) as advance:
        found = all_residuals(program, progress=advance, **_limit(budget))
    return {
        "name": found.name,
        "memory_bits": program.memory_bits,
        "residuals": found.most,
        "bits": found.bits,
        "counts": list(found.counts),
        "covered": "all prefixes of one length, all continuations",
    }


def _in_order(
    program: Program, order: BlockOrder, budget: int | None, sample: int | None, seed: int
) -> Figures:
    from streamssm.limits.residuals.order_bounds import order_fooling_sets, order_residuals, run_on_order
    from streamssm.limits.streams.orders import shape_of

    shape = shape_of(order, program.name, program.fields)
    n = next(word.range.size for word in program.fields if word.name == "image")
    with progress_bar(f"limits residuals {order}", shape.length) as advance:
        if sample is None:
            exact = order_residuals(order, n, progress=advance, **_limit(budget))
            counts, chance = exact.counts, None
        else:
            fooling_sets = order_fooling_sets(order, n, prefixes=sample, seed=seed)
            counts = tuple(one.certain for one in fooling_sets)
            chance = max((one.by_chance_bits or 0.0 for one in fooling_sets), default=0.0) or None
    run = run_on_order(program, order, seed=seed)
    most = max(counts)
    return {
        "order": str(order),
        "n": n,
        "k": order.k,
        "counts": list(counts),
        "cut": order.cut_names(n)[counts.index(most)],
        "residuals": most,
        "bits": log2(most),
        "exact": sample is None,
        "sampled_prefixes": sample,
        "bits_at_risk": chance,
        "right": run.right,
        "streams": run.streams,
        "all_streams": run.all_streams,
        "times_bound": run.memory_bits / log2(most) if most > 1 else None,
    }


def _limit(budget: int | None) -> dict[str, int]:
    return {} if budget is None else {"max_transitions": budget}


# what is printed


def _print_all_streams(found: Figures) -> None:
    columns = ["tokens read", "residuals", "bits"]
    rows = [(cut, count, round(log2(count), 2)) for cut, count in enumerate(found["counts"])]
    print_table(f"{found['name']}: prefixes of all streams that some continuation tells apart", columns, rows)
    click.echo(
        f"memory needed at one cut: at least {found['bits']:.2f} bits ({found['covered']}); "
        f"{found['name']} keeps {found['memory_bits']:,} bits"
    )


def _print_orders(found: Figures) -> None:
    rows = [
        (
            row["order"],
            row["cut"],
            row["residuals"] if row["exact"] else f"at least {row['residuals']:,}",
            round(row["bits"], 2),
            found["memory_bits"],
            "-"
            if row["times_bound"] is None or row["right"] < row["streams"]
            else round(row["times_bound"], 2),
            _how_right(row),
        )
        for row in found["orders"]
    ]
    first = found["orders"][0]
    columns = [
        "order",
        "widest cut behind",
        "residuals",
        "bits",
        "memory of\nthe program",
        "times\nthe bound",
        "its answers",
    ]
    print_table(
        f"{found['name']}: composition of functions on [0, {first['n']}), keys in order", columns, rows
    )
    if first["exact"]:
        click.echo("exact: every prefix, every continuation; bits = log2, a bound for any algorithm")
        return
    click.echo(
        f"certain: of {first['sampled_prefixes']:,} random prefixes a cut, so many are told apart pairwise "
        "by continuations that were run; there are at least as many residuals"
    )
    for row in found["orders"]:
        if row["bits_at_risk"] is not None:
            click.echo(
                f"{row['order']}: all sampled prefixes of a cut differ: at least {row['bits_at_risk']:.2f} "
                "bits, at a risk of 10^-6 that the sample misleads"
            )


def _how_right(row: Figures) -> str:
    if row["right"] < row["streams"]:
        return f"wrong on {row['streams'] - row['right']:,} of {row['streams']:,} streams"
    return (
        f"right on all {row['streams']:,} streams"
        if row["all_streams"]
        else f"right on {row['streams']:,} random streams"
    )
