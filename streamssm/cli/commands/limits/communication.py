"""streamssm limits communication: a model run as a protocol whose messages are block maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from streamssm.cli.command_group import DIFFERENT
from streamssm.cli.options import SourceCommand, json_option, seed_option, set_option, source_argument
from streamssm.cli.render import print_json, print_table
from streamssm.errors import ParameterError

if TYPE_CHECKING:
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import InputSource
    from streamssm.limits.communication.communication import Transcript
    from streamssm.ssm.model import SSM

RATIO = "N / (L^3 d^2 p)"


@click.command("communication", cls=SourceCommand)
@source_argument
@set_option
@click.option(
    "--parties",
    type=click.IntRange(min=1),
    default=4,
    show_default=True,
    metavar="P",
    help="Number of parties.",
)
@click.option("--stream", metavar="FILE", help="Tokens (default: a random stream); - is standard input.")
@click.option(
    "--length", type=click.IntRange(min=1), metavar="N", help="Tokens of a random stream.  [default: 1000]"
)
@seed_option("a random stream")
@json_option
def command(
    source: InputSource,
    settings: Settings,
    parties: int,
    stream: str | None,
    length: int | None,
    seed: int,
    as_json: bool,
) -> int:
    """Split a stream among P parties, run WHAT layer by layer, and count every bit they send.

    In round l, each party but the last announces the effect of its block on the state of layer l. The last
    party answers, and all outputs are compared with those of a plain run. WHAT is a model without thoughts,
    or is translated to one. Bits count once per message (said), and once per receiver (delivered).

    \b
    streamssm limits communication block_composition --set n=64 --set k=2 --parties 8
    streamssm limits communication model.safetensors --stream tokens.csv --json

    Exit status: 0 the outputs agree, 1 they differ, 2 bad input.
    """
    from streamssm.limits.communication.communication import communicate

    model = layered_of(source, settings)
    tokens = _tokens(model, stream, length, seed)
    result = figures(communicate(model, tokens, parties), model)
    if as_json:
        print_json(result)
    else:
        _print_rounds(result)
    return 0 if result["equal"] else DIFFERENT


def layered_of(source: InputSource, settings: Settings) -> SSM:
    """Return WHAT if it is a model, else its translation to layers without thoughts."""
    from streamssm.cli.resolve import resolve
    from streamssm.equivalences.to_ssm import to_ssm
    from streamssm.ssm.model import SSM

    artefact = resolve(source, settings)
    return artefact if isinstance(artefact, SSM) else to_ssm(artefact, cot="none")


def _tokens(model: SSM, stream: str | None, length: int | None, seed: int) -> Any:
    import numpy as np

    from streamssm.limits.streams.instances import instance
    from streamssm.runtime.token_files import open_tokens

    if stream is None:
        return instance(model.fields, length=length, seed=seed)
    if length is not None:
        raise ParameterError("--length cannot be combined with --stream")
    with open_tokens(stream, model.fields) as tokens:
        chunks = [chunk.columns for chunk in tokens.chunks()]
    return [np.concatenate(parts) for parts in zip(*chunks, strict=True)]


def figures(transcript: Transcript, model: SSM) -> dict[str, Any]:
    """Return a transcript as JSON."""
    from streamssm.limits.depth.methods import ratio
    from streamssm.limits.streams.instances import composed_values

    n = composed_values(model.fields)
    return {
        "model": transcript.name,
        "tokens": transcript.tokens,
        "parties": transcript.parties,
        "answer": list(transcript.answer),
        "equal": transcript.equal,
        "n": n,
        "ratio": None if n is None else ratio(model, n),
        "said_bits": transcript.said_bits,
        "delivered_bits": transcript.delivered_bits,
        "rounds": [
            {
                "layer": round_.layer,
                "transition": round_.transition,
                "overflow": list(round_.overflow),
                "maps": list(round_.forms),
                "state_dim": round_.state_dim,
                "precision_bits": round_.precision_bits,
                "message_bits": list(round_.message_bits),
                "said_bits": round_.said_bits,
                "delivered_bits": round_.delivered_bits,
                "diagonal_bits": round_.diagonal_bits,
                "dense_bits": round_.dense_bits,
            }
            for round_ in transcript.rounds
        ],
    }


def _print_rounds(result: dict[str, Any]) -> None:
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
        for row in result["rounds"]
    ]
    title = f"{result['model']}: {result['tokens']:,} tokens, {result['parties']} parties, bits sent forward"
    print_table(title, columns, rows)
    equal = "equal to those of a plain run" if result["equal"] else "NOT equal to those of a plain run"
    click.echo(f"all outputs are {equal}; the last party answers {tuple(result['answer'])}")
    click.echo(
        f"said {result['said_bits']:,} bits, delivered {result['delivered_bits']:,}; 2dp and (d^2+d)p are "
        "the maps of diagonal and dense transitions under wrap-around"
    )
    if result["ratio"] is not None:
        click.echo(
            f"{RATIO} = {result['ratio']} with N = {result['n']:,} (THEORY A1): an asymptotic bound, which "
            "does not apply to a single instance"
        )


def _span(bits: list[int]) -> Any:
    if not bits:
        return "-"
    return bits[0] if min(bits) == max(bits) else f"{min(bits):,} to {max(bits):,}"
