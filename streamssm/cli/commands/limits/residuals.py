"""streamssm limits residuals: lower bounds on memory by counting residuals (Nerode classes)."""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING, Any

import click

from streamssm.cli.options import SourceCommand, json_option, seed_option, set_option, source_argument
from streamssm.cli.render import print_json, print_table, progress_bar
from streamssm.errors import ParameterError

if TYPE_CHECKING:
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import InputSource
    from streamssm.limits.streams.orders import BlockOrder
    from streamssm.program.program import Program

Figures = dict[str, Any]


@click.command("residuals", cls=SourceCommand)
@source_argument
@set_option
@click.option(
    "--order",
    "orders",
    multiple=True,
    metavar="ORDER",
    help="Block order of composition: f1,f2,x, or all:K. Repeatable.",
)
@click.option(
    "--keys",
    type=click.Choice(["fixed", "free"]),
    default="fixed",
    show_default=True,
    help="Order of the keys in a block; free is rejected (residuals are undefined).",
)
@click.option(
    "--budget",
    type=click.IntRange(min=1, max=2**31 - 1),
    metavar="N",
    help="Limit on explored (state, token) pairs of an exact count.",
)
@click.option(
    "--sample",
    type=click.IntRange(min=2),
    metavar="N",
    help="Instead of counting, lower-bound by a fooling set among N random prefixes.",
)
@seed_option("samples")
@json_option
def command(
    source: InputSource,
    settings: Settings,
    orders: tuple[str, ...],
    keys: str,
    budget: int | None,
    sample: int | None,
    seed: int,
    as_json: bool,
) -> None:
    """Count the Nerode classes of prefixes at every cut of the stream.

    log2 of the largest count is a lower bound on the memory of any one-pass algorithm, in bits. With --order,
    the streams are those of composition in that order; without it, all streams of WHAT, with an answer
    required after every token.

    \b
    streamssm limits residuals function_composition --set n=3 --order x,f1,f2
    streamssm limits residuals stored_composition --set n=3 --set k=2 --order all:2
    streamssm limits residuals stored_composition --set n=16 --set k=1 --order f1,x --sample 65536
    streamssm limits residuals dgim --set window=4
    """
    from streamssm.cli.resolve import resolve

    if keys == "free":
        raise ParameterError(
            "--keys free is not supported: prefixes with different keys have different valid continuations, "
            "so being indistinguishable is not an equivalence relation, and there are no classes to count; "
            "without --order, every key may follow every other"
        )
    if sample is not None and not orders:
        raise ParameterError("--sample requires --order")
    if sample is not None and budget is not None:
        raise ParameterError("--sample cannot be combined with --budget")
    artefact = resolve(source, settings)
    program = _program(artefact)
    if not orders:
        result = _all_streams(program, budget)
    else:
        parsed = [order for text in orders for order in _parsed(text)]
        rows = [_in_order(program, order, budget, sample, seed) for order in parsed]
        result = {"name": program.name, "memory_bits": program.memory_bits, "orders": rows}
    if as_json:
        print_json(result)
    elif orders:
        _print_orders(result)
    else:
        _print_all_streams(result)


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
        raise ParameterError(f"K in --order all:K must be in [1, 4], not {k}: there are (K + 1)! orders")
    return all_orders(k)


# counting


def _all_streams(program: Program, budget: int | None) -> Figures:
    from streamssm.limits.residuals.all_streams import all_residuals

    with progress_bar("limits residuals", None) as advance:
        residuals = all_residuals(program, progress=advance, **_limit(budget))
    return {
        "name": residuals.name,
        "memory_bits": program.memory_bits,
        "residuals": residuals.most,
        "bits": residuals.bits,
        "counts": list(residuals.counts),
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
            lower_bounds = order_fooling_sets(order, n, prefixes=sample, seed=seed)
            counts = tuple(bound.certain for bound in lower_bounds)
            chance = max((bound.by_chance_bits or 0.0 for bound in lower_bounds), default=0.0) or None
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


# printing


def _print_all_streams(result: Figures) -> None:
    columns = ["tokens read", "residuals", "bits"]
    rows = [(cut, count, round(log2(count), 2)) for cut, count in enumerate(result["counts"])]
    print_table(f"{result['name']}: Nerode classes of prefixes of all streams", columns, rows)
    click.echo(
        f"memory needed at one cut: at least {result['bits']:.2f} bits ({result['covered']}); "
        f"{result['name']} keeps {result['memory_bits']:,} bits"
    )


def _print_orders(result: Figures) -> None:
    rows = [
        (
            row["order"],
            row["cut"],
            row["residuals"] if row["exact"] else f"at least {row['residuals']:,}",
            round(row["bits"], 2),
            result["memory_bits"],
            "-"
            if row["times_bound"] is None or row["right"] < row["streams"]
            else round(row["times_bound"], 2),
            _correctness(row),
        )
        for row in result["orders"]
    ]
    first = result["orders"][0]
    columns = [
        "order",
        "widest cut after",
        "residuals",
        "bits",
        "memory of\nthe program",
        "times\nthe bound",
        "its answers",
    ]
    print_table(
        f"{result['name']}: composition of functions on [0, {first['n']}), keys in order", columns, rows
    )
    if first["exact"]:
        click.echo("exact: every prefix, every continuation; bits = log2, a bound for any algorithm")
        return
    click.echo(
        f"certain: a fooling set of this size among {first['sampled_prefixes']:,} random prefixes per cut; "
        "continuations that were run distinguish its prefixes pairwise"
    )
    for row in result["orders"]:
        if row["bits_at_risk"] is not None:
            click.echo(
                f"{row['order']}: all sampled prefixes of a cut differ: at least {row['bits_at_risk']:.2f} "
                "bits, with an error probability of 10^-6"
            )


def _correctness(row: Figures) -> str:
    if row["right"] < row["streams"]:
        return f"wrong on {row['streams'] - row['right']:,} of {row['streams']:,} streams"
    return (
        f"right on all {row['streams']:,} streams"
        if row["all_streams"]
        else f"right on {row['streams']:,} random streams"
    )
