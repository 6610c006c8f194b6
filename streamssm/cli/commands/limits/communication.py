"""streamssm limits communication: a model run by parties who send block maps forward."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from streamssm.cli.group import DIFFERENT
from streamssm.cli.options import json_option, set_option, what_argument
from streamssm.cli.render import print_json, print_table
from streamssm.errors import ParameterError

if TYPE_CHECKING:
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import InputSource
    from streamssm.limits.communication.communication import Transcript
    from streamssm.ssm.model import SSM

RATIO = "N / (L^3 d^2 p)"


@click.command("communication")
@what_argument
@set_option
@click.option("--parties", type=click.IntRange(min=1), default=4, show_default=True, help="P.")
@click.option("--stream", metavar="FILE", help="The tokens; without it a random stream, - is standard input.")
@click.option("--length", type=click.IntRange(min=1), help="Tokens of a random stream; 1000 if left out.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of a random stream.")
@json_option
def command(
    what: InputSource,
    settings: Settings,
    parties: int,
    stream: str | None,
    length: int | None,
    seed: int,
    as_json: bool,
) -> int:
    """Cut a stream among P parties, run WHAT without thoughts layer by layer, and count every bit they send.

    In round l each party but the last says what its block does to layer l's state. The last party answers,
    and all outputs are compared with those of the model's own run. WHAT is a model, or what becomes one
    without thoughts. Bits are counted once per message (said), and once per party that hears it
    (delivered).

    \b
    streamssm limits communication block_composition --set n=64 --set k=2 --parties 8
    streamssm limits communication model.safetensors --stream tokens.csv --json

    Exit status: 0 the outputs are the model's, 1 they differ, 2 bad input.
    """
    from streamssm.limits.communication.communication import communicate

    model = layered_of(what, settings)
    tokens = _tokens(model, stream, length, seed)
    found = figures(communicate(model, tokens, parties), model)
    if as_json:
        print_json(found)
    else:
        _print_rounds(found)
    return 0 if found["equal"] else DIFFERENT


def layered_of(what: InputSource, settings: Settings) -> SSM:
    """Return a model as it is, and anything else as layers without thoughts."""
    from streamssm.cli.resolve import resolve
    from streamssm.equivalences.to_ssm import to_ssm
    from streamssm.ssm.model import SSM

    source = resolve(what, settings)
    return source if isinstance(source, SSM) else to_ssm(source, cot="none")


def _tokens(model: SSM, stream: str | None, length: int | None, seed: int) -> Any:
    import numpy as np

    from streamssm.limits.streams.instances import instance
    from streamssm.runtime.token_files import open_tokens

    if stream is None:
        return instance(model.fields, length=length, seed=seed)
    if length is not None:
        raise ParameterError("--length is for a random stream: it must be left out with --stream")
    with open_tokens(stream, model.fields) as tokens:
        chunks = [chunk.columns for chunk in tokens.chunks()]
    return [np.concatenate(parts) for parts in zip(*chunks, strict=True)]


def figures(found: Transcript, model: SSM) -> dict[str, Any]:
    """Return what was run and counted, as JSON holds it."""
    from streamssm.limits.depth.methods import ratio
    from streamssm.limits.streams.instances import composed_values

    n = composed_values(model.fields)
    return {
        "model": found.name,
        "tokens": found.tokens,
        "parties": found.parties,
        "answer": list(found.answer),
        "equal": found.equal,
        "n": n,
        "ratio": None if n is None else ratio(model, n),
        "said_bits": found.said_bits,
        "delivered_bits": found.delivered_bits,
        "rounds": [
            {
                "layer": one.layer,
                "transition": one.transition,
                "overflow": list(one.overflow),
                "maps": list(one.forms),
                "state_dim": one.state_dim,
                "precision_bits": one.precision_bits,
                "message_bits": list(one.message_bits),
                "said_bits": one.said_bits,
                "delivered_bits": one.delivered_bits,
                "diagonal_bits": one.diagonal_bits,
                "dense_bits": one.dense_bits,
            }
            for one in found.rounds
        ],
    }


def _print_rounds(found: dict[str, Any]) -> None:
    columns = [
        "round =\nlayer",
        "transition",
        "overflow",
        "block maps",
        "d",
        "p",
        "bits of a\nmessage",
        "2dp",
        "(d^2+d)p",
        "said",
        "delivered",
    ]
    rows = [
        (
            row["layer"],
            row["transition"],
            *(", ".join(row[key]) or "-" for key in ("overflow", "maps")),
            row["state_dim"],
            row["precision_bits"],
            _span(row["message_bits"]),
            *(row[key] for key in ("diagonal_bits", "dense_bits", "said_bits", "delivered_bits")),
        )
        for row in found["rounds"]
    ]
    title = f"{found['model']}: {found['tokens']:,} tokens, {found['parties']} parties, bits sent forward"
    print_table(title, columns, rows)
    equal = "those of the model's own run" if found["equal"] else "NOT those of the model's own run"
    click.echo(f"all outputs are {equal}; the last party answers {tuple(found['answer'])}")
    click.echo(
        f"said {found['said_bits']:,} bits, delivered {found['delivered_bits']:,}; 2dp and (d^2+d)p are the "
        "maps of diagonal and dense transitions under wrap-around"
    )
    if found["ratio"] is not None:
        click.echo(
            f"{RATIO} = {found['ratio']} with N = {found['n']:,} (THEORY A1): an asymptotic bound, which "
            "says nothing of one instance"
        )


def _span(bits: list[int]) -> Any:
    if not bits:
        return "-"
    return bits[0] if min(bits) == max(bits) else f"{min(bits):,} to {max(bits):,}"
