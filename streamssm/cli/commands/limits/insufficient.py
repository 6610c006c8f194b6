"""streamssm limits insufficient: collisions in ten models that lack memory or layers."""

from __future__ import annotations

import time
from typing import Any

import click

from streamssm.cli.command_group import DIFFERENT
from streamssm.cli.options import json_option, seed_option
from streamssm.cli.render import print_json, print_table, progress_bar


@click.command("insufficient")
@seed_option("the searches")
@json_option
def command(seed: int, as_json: bool) -> int:
    """Find a collision in each of ten models that are too small for their task.

    Five have too little memory, up to 40 bits; five have at least the memory that suffices with online
    thoughts, but too few layers. See `limits collide`.

    Exit status: 0 all collisions found, 1 one is missing.
    """
    from streamssm.limits.collisions.collision import VERDICT
    from streamssm.limits.collisions.insufficient import claims

    models = claims()
    rows = []
    with progress_bar("limits insufficient", len(models)) as advance:
        for claim in models:
            rows.append(_row(claim, seed))
            advance(len(rows))
    if as_json:
        print_json({"seed": seed, "verdict": VERDICT, "claims": rows})
    else:
        _print_rows(rows)
        click.echo(VERDICT)
    return 0 if all(row["collision"] is not None for row in rows) else DIFFERENT


def _row(claim: Any, seed: int) -> dict[str, Any]:
    from streamssm.limits.collisions.find_collision import collide

    began = time.perf_counter()
    search = collide(claim.model, claim.task, claim.shape, seed=seed)
    return {
        "name": claim.name,
        "lacks": claim.lacks,
        "needs": claim.needs,
        "layers": claim.model.num_layers,
        "memory_bits": claim.model.memory_bits,
        "offline_thoughts": claim.model.thoughts.max_per_token,
        "streams": search.streams,
        "collision": None if search.collision is None else search.collision.to_dict(),
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
        "models too small for their task: two streams, one state, different answers required", columns, table
    )


def _required(collision: dict[str, Any] | None) -> str:
    if collision is None:
        return "not found"
    one, two = (", ".join(map(str, answer)) for answer in collision["required"])
    return f"{one} and {two}"
