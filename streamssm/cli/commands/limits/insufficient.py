"""streamssm limits insufficient: collisions of ten models that lack memory or layers."""

from __future__ import annotations

import time
from typing import Any

import click

from streamssm.cli.group import DIFFERENT
from streamssm.cli.options import json_option
from streamssm.cli.render import print_json, print_table, progress_bar


@click.command("insufficient")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the searches.")
@json_option
def command(seed: int, as_json: bool) -> int:
    """Find a collision of each of ten models that claim what they cannot do.

    Five have too little memory, up to 40 bits; five have at least the memory that does with online
    thoughts, and too few layers. See `limits collide`.

    Exit status: 0 all were found, 1 one was not.
    """
    from streamssm.limits.collisions.collision import VERDICT
    from streamssm.limits.collisions.insufficient import claims

    made = claims()
    rows = []
    with progress_bar("limits insufficient", len(made)) as advance:
        for claim in made:
            rows.append(_row(claim, seed))
            advance(len(rows))
    if as_json:
        print_json({"seed": seed, "verdict": VERDICT, "claims": rows})
    else:
        _print_rows(rows)
        click.echo(VERDICT)
    return 0 if all(row["collision"] is not None for row in rows) else DIFFERENT


def _row(claim: Any, seed: int) -> dict[str, Any]:
    from streamssm.limits.collisions.collide import collide

    began = time.perf_counter()
    found = collide(claim.model, claim.task, claim.shape, seed=seed)
    return {
        "name": claim.name,
        "lacks": claim.lacks,
        "needs": claim.needs,
        "layers": claim.model.num_layers,
        "memory_bits": claim.model.memory_bits,
        "offline_thoughts": claim.model.thoughts.max_per_token,
        "streams": found.streams,
        "collision": None if found.collision is None else found.collision.to_dict(),
        "seconds": round(time.perf_counter() - began, 2),
    }


def _print_rows(rows: list[dict[str, Any]]) -> None:
    columns = ["model", "lacks", "L", "bits", "needs", "prefixes", "required", "s"]
    table = [
        (
            row["name"],
            row["lacks"],
            row["layers"],
            row["memory_bits"],
            row["needs"],
            row["streams"],
            _required(row["collision"]),
            row["seconds"],
        )
        for row in rows
    ]
    print_table(
        "models that claim what they cannot do: two streams, one state, different answers", columns, table
    )


def _required(collision: dict[str, Any] | None) -> str:
    if collision is None:
        return "not found"
    one, two = (", ".join(map(str, answer)) for answer in collision["required"])
    return f"{one} and {two}"
