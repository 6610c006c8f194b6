"""streamssm limits collide: two streams that a model confuses, although the task must distinguish them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from streamssm.cli.command_group import DIFFERENT
from streamssm.cli.options import SourceCommand, json_option, seed_option, set_option, sides_arguments
from streamssm.cli.output import parse_sizes
from streamssm.cli.render import print_json, print_table, progress_bar
from streamssm.errors import ParameterError

if TYPE_CHECKING:
    from streamssm.cli.settings import Settings
    from streamssm.cli.what import InputSource
    from streamssm.limits.collisions.find_collision import CollisionResult
    from streamssm.limits.streams.shapes import StreamShape
    from streamssm.program.program import Program
    from streamssm.ssm.model import SSM

DEFAULT_LENGTH = 16


@click.command("collide", cls=SourceCommand)
@sides_arguments
@set_option
@click.option("--order", metavar="ORDER", help="Block order of composition streams, such as f1,x.")
@click.option(
    "--length",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"Without --order: streams of any N tokens.  [default: {DEFAULT_LENGTH}]",
)
@click.option(
    "--streams",
    type=click.IntRange(min=2, max=2**28),
    metavar="N",
    help="Prefixes to try at each cut.  [default: 4194304]",
)
@click.option(
    "--thoughts",
    default="1,1000,1000000",
    show_default=True,
    metavar="N,...",
    callback=lambda context, option, text: parse_sizes(text, "--thoughts"),
    help="Add N offline thoughts after each stream, if the model has none.",
)
@seed_option("the search")
@json_option
def command(
    source: InputSource,
    other: str,
    settings: Settings,
    order: str | None,
    length: int | None,
    streams: int | None,
    thoughts: list[int],
    seed: int,
    as_json: bool,
) -> int:
    """Search for two streams that leave model WHAT in one state although task OTHER answers differently.

    WHAT is a model without online thoughts, or is translated to one; OTHER is the algorithm or program that
    gives the required answers. A collision is replayed on the reference interpreters. It refutes one model
    with any head and offline thoughts, never a class of models; without a collision, nothing is shown.

    \b
    streamssm limits collide my_models.py:Hashed stored_composition --set n=16 --set k=1 --order f1,x
    streamssm limits collide saturating_counter modular_counter --set limit=3 --set modulus=8

    Exit status: 0 no collision found, 1 collision found, 2 bad input.
    """
    from streamssm.cli.resolve import resolve_both
    from streamssm.limits.collisions.find_collision import MAX_STREAMS, collide

    if order is not None and length is not None:
        raise ParameterError("--order cannot be combined with --length")
    left, right = resolve_both(source, other, settings)
    model, task = _model(left), _task(right)
    shape = _shape(task, order, length)
    with progress_bar("limits collide", None) as advance:
        search = collide(model, task, shape, max_streams=streams or MAX_STREAMS, seed=seed, progress=advance)
    result = figures(search, model, thoughts)
    if as_json:
        print_json(result)
    else:
        _print_result(result)
    return 0 if search.collision is None else DIFFERENT


def _model(artefact: Any) -> SSM:
    from streamssm.equivalences.to_ssm import to_ssm
    from streamssm.ssm.model import SSM

    return artefact if isinstance(artefact, SSM) else to_ssm(artefact, cot="none")


def _task(artefact: Any) -> Program:
    from streamssm.equivalences.ssm_to_program import to_program
    from streamssm.program.program import Program
    from streamssm.ssm.model import SSM

    if isinstance(artefact, SSM):
        return to_program(artefact)
    return artefact if isinstance(artefact, Program) else artefact.program()


def _shape(task: Program, order: str | None, length: int | None) -> StreamShape:
    from streamssm.limits.streams.orders import parse_order, shape_of
    from streamssm.limits.streams.shapes import total_shape

    if order is not None:
        return shape_of(parse_order(order), task.name, task.fields)
    return total_shape(task.fields, length or DEFAULT_LENGTH)


def figures(search: CollisionResult, model: SSM, thoughts: list[int]) -> dict[str, Any]:
    """Return the result of a search as JSON, with the model's answers after both streams."""
    from streamssm.limits.collisions.collision import VERDICT, model_answers
    from streamssm.limits.collisions.offline_thoughts import answers_after
    from streamssm.ssm.layers import ThoughtMode

    collision = search.collision
    result: dict[str, Any] = {
        "model": search.model,
        "task": search.task,
        "memory_bits": search.memory_bits,
        "streams": search.streams,
        "met": search.met,
        "collision": None if collision is None else collision.to_dict(),
    }
    if collision is None:
        return result
    result |= {
        "verdict": VERDICT,
        "replays": True,
        "model_says": [list(answer) for answer in model_answers(collision, model)],
    }
    if model.thoughts.mode is ThoughtMode.NONE:
        result["thinking"] = [
            {
                "thoughts": count,
                "model_says": [list(a) for a in answers_after(model, collision.streams, count)],
            }
            for count in thoughts
        ]
    return result


def _print_result(result: dict[str, Any]) -> None:
    tried = f"{result['streams']:,} prefixes tried, {result['met']:,} pairs met in one state"
    collision = result["collision"]
    if collision is None:
        click.echo(f"no collision of {result['model']} found: {tried}; this shows nothing")
        return
    first, second = (len(collision[name]) for name in ("first", "second"))
    click.echo(
        f"{result['model']} ({result['memory_bits']:,} bits) cannot do {result['task']}: {tried}\n"
        f"state after both: {tuple(collision['state'])}"
    )
    ending = [tuple(token) for token in collision["ending"]]
    rows = [
        (name, " ".join(map(_text, collision[name])) or "-", str(tuple(collision["required"][side])))
        for side, name in enumerate(("first", "second"))
    ]
    print_table(
        "two streams, replayed on the reference interpreters",
        ["", f"tokens ({first}, {second})", "required"],
        rows,
    )
    click.echo(f"continuation of both: {' '.join(map(_text, ending)) or 'nothing'}")
    click.echo(f"the model says {tuple(result['model_says'][0])} after both of them")
    for row in result.get("thinking", []):
        one, two = (tuple(answer) for answer in row["model_says"])
        same = f"{one} both times" if one == two else f"{one} and {two}"
        click.echo(f"after {row['thoughts']:,} thoughts at the end it says {same}")
    click.echo(result["verdict"])


def _text(token: Any) -> str:
    return ",".join(map(str, token))
