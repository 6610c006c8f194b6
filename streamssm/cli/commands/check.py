"""streamssm check: compare outputs and memory of two sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any

import click

from streamssm.cli.assumptions import checked, print_checked, require_alone
from streamssm.cli.command_group import DIFFERENT, wrote
from streamssm.cli.options import SourceCommand, json_option, seed_option, set_option, sides_arguments
from streamssm.cli.render import folded, print_json, print_table, progress_bar, shown
from streamssm.cli.what import InputSource, words_of

if TYPE_CHECKING:
    from streamssm.cli.resolve import Artefact
    from streamssm.cli.settings import Settings
    from streamssm.equivalences.check import Report

SHOWN = 24  # lines per detail of a report
SOLVED = ("by solver", "unsat", "sat", "unknown")
SHOWN_BY_NAME = ("obligations", "lemmas", "relation")
DERIVED = ("model", "layers", "program", "back")


@click.command("check", cls=SourceCommand)
@sides_arguments
@set_option
@click.option(
    "--method",
    type=click.Choice(["auto", "sample", "exhaust", "prove"]),
    metavar="METHOD",
    default="auto",
    show_default=True,
    help="exhaust: search every stream; prove: every stream, with a solver; sample: random and adversarial "
    "streams; auto: exhaust if feasible, else sample.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Time limit per solver query, or for a proof of assumptions.",
)
@click.option(
    "--certificate",
    metavar="FILE",
    help="With --method prove: write the proof. Without: re-check it.",
)
@click.option("--tokens", type=click.IntRange(min=1), metavar="N", help="Minimum number of sampled tokens.")
@seed_option("sampled streams")
@click.option(
    "--max-transitions", type=click.IntRange(min=1), metavar="N", help="Limit on explored transitions."
)
@click.option(
    "--by",
    type=click.Choice(["both", "weights", "fused"]),
    default="both",
    show_default=True,
    help="Run models by their weights, with gadgets interpreted (fused), or both.",
)
@click.option(
    "--stream",
    metavar="TOKENS",
    help="Check this stream only: '0 3 1; 3 5 1' is two tokens.",
)
@click.option(
    "--recheck/--no-recheck",
    default=None,
    help="Re-check a proof with no time limit, or not at all; else 30 s.",
)
@click.option(
    "--assumptions",
    is_flag=True,
    help="Without OTHER: prove or refute the assumptions of WHAT.",
)
@click.option("--outputs-only", is_flag=True, help="Compare outputs only; ignore memory.")
@click.option("--details", is_flag=True, help="List the relation, obligations and lemmas of a proof.")
@json_option
def command(
    source: InputSource,
    other: str | None,
    settings: Settings,
    method: str,
    timeout: float | None,
    certificate: str | None,
    tokens: int | None,
    seed: int,
    max_transitions: int | None,
    by: str,
    stream: str | None,
    recheck: bool | None,
    assumptions: bool,
    outputs_only: bool,
    details: bool,
    as_json: bool,
) -> int:
    """Check that WHAT and OTHER give the same outputs and keep the same memory.

    OTHER is given like WHAT, or derived from WHAT: model (its translation), layers (without thoughts),
    program, or back (translated back from the model). A difference is reported with a stream
    that shows it and a command that replays it.

    \b
    streamssm check function_composition model --set n=8
    streamssm check function_composition compose.safetensors --set n=1024 --method sample --tokens 10000000
    streamssm check a.json model.safetensors --method prove --certificate proof.json
    streamssm check --past-ltl "O(a & Y O b)" layers --outputs-only
    streamssm check sliding_sum --set n=256 --set window=16 --assumptions

    Exit status: 0 no difference found; 1 outputs or memory differ, an assumption fails, or a requested proof
    was not found; 2 bad input.
    """
    if other is None:  # --assumptions
        from streamssm.cli.resolve import resolve

        require_alone(click.get_current_context())
        report_on_assumptions = checked(
            resolve(source, settings),
            timeout=timeout,
            tokens=tokens,
            seed=seed,
            max_transitions=max_transitions,
        )
        return print_checked(report_on_assumptions, as_json=as_json)
    from streamssm.cli.resolve import vocabulary_of
    from streamssm.equivalences.check import check
    from streamssm.equivalences.checking.stream_text import parse_stream

    a, b = sides(source, other, settings)
    if certificate is not None and method == "auto":
        method = "certificate"
    with progress_bar("check", None) as advance:
        counting = _counting(advance) if method in ("prove", "certificate") else None
        report = check(
            a,
            b,
            method=method,
            timeout=timeout,
            certificate=certificate,
            recheck=recheck,
            on_obligation=counting,
            tokens=tokens,
            seed=seed,
            by=("weights", "fused") if by == "both" else (by,),
            stream=None if stream is None else parse_stream(stream, vocabulary_of(a)),
            names=(str(source), other),
            command=replay_command(source, other, settings),
            max_transitions=max_transitions,
            progress=advance,
        )
    if certificate is not None and method == "prove" and report.equal:
        wrote(certificate)
    if as_json:
        print_json(report.to_dict())
    else:
        print_report(report, compare_memory=not outputs_only, internals=details)
    if report.equal is None and method in ("prove", "certificate"):
        hint = "; no certificate was written" if certificate is not None and method == "prove" else ""
        click.echo(f"nothing was proven{hint}; try --method exhaust", err=True)
        return DIFFERENT
    return DIFFERENT if report.equal is False or not (outputs_only or report.memory_equal) else 0


def _counting(advance: Callable[..., None]) -> Callable[[Any], None]:
    """Return a callback that counts the obligations of a proof on the progress bar."""
    decided = count(1)
    return lambda obligation: advance(next(decided))


def sides(source: InputSource, other: str, settings: Settings) -> tuple[Artefact, Artefact]:
    """Return the two sides; the second may be derived from the first."""
    from streamssm.cli.commands.translate import translated
    from streamssm.cli.resolve import resolve, resolve_both

    if other not in DERIVED:
        return resolve_both(source, other, settings)
    a = resolve(source, settings)
    if other in ("model", "layers"):
        return a, translated(a, "ssm", cot="online" if other == "model" else "none")
    return a, translated(a if other == "program" else translated(a, "ssm", cot="online"), "program")


def replay_command(source: InputSource, other: str, settings: Settings) -> list[str]:
    """Return the command line that checks the same sides."""
    given = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
    return ["streamssm", "check", *words_of(source), other, *given]


def print_report(report: Report, *, compare_memory: bool = True, internals: bool = False) -> None:
    """Print a report: the verdict, the memory word by word, the witness; on request, what a prover did."""
    from streamssm.equivalences.checking.report import PROVER_INTERNALS, proof_basis

    verdict = {
        True: "equal",
        False: "DIFFERENT",
        None: "no difference found, but not every stream was covered",
    }
    click.echo(
        f"outputs  {verdict[report.equal]}: {report.covers} ({_method(report)}, {report.seconds:.2f} s)"
    )
    a, b = report.memory.bits_a, report.memory.bits_b
    memory = "not compared" if not compare_memory else "equal" if report.memory_equal else "DIFFERENT"
    click.echo(f"memory   {memory}: {a:,} and {b:,} bits")
    if report.equal and compare_memory and not report.memory_equal:
        click.echo("  --outputs-only ignores memory, which may differ if layers need delays")
    for side in (report.a, report.b):
        click.echo(f"  {side.name}: {side.kind}, run as {' and '.join(side.ran)}")
    basis = None if internals else proof_basis(report.details)
    if basis is not None:
        click.echo(f"  proof: {basis} (--details lists them)")
    for name, value in report.details.items():
        if not internals and (name in PROVER_INTERNALS or (name == "re-check" and basis is not None)):
            continue
        for text in _details(name.replace("_", " "), value)[:SHOWN]:
            click.echo(f"  {text}")
    rows = folded(
        [
            (row.name, str(row.range_a or "-"), row.bits_a, str(row.range_b or "-"), row.bits_b)
            for row in report.memory.rows
        ],
        sums=(2, 4),
    )
    rows.append(("total", "", a, "", b))
    print_table("memory, word by word", ["word", report.a.name, "bits", report.b.name, "bits"], rows)
    if report.witness is not None:
        click.echo(str(report.witness))


def _method(report: Report) -> str:
    """Return the method of a check, and, for a proof, whether it was re-checked."""
    recheck = report.details.get("re-check")
    if not report.equal or recheck is None:
        return report.method
    return f"{report.method}, {'' if recheck['verdict'] == 'confirmed' else 'not '}re-checked"


def _details(name: str, value: Any) -> list[str]:
    """Return the lines about one detail of the method."""
    if name in SHOWN_BY_NAME:
        return _obligation_lines(name, value)
    if isinstance(value, dict):
        return [f"{name}: {value['summary']}"]
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [f"{name}: {', '.join(_details(key, row[key])[0] for key in row)}" for row in value]
    if isinstance(value, list):
        return [f"{name}: {' and '.join(map(str, value)) or 'none'}"]
    return [f"{name}: {shown(value)}"]


def _obligation_lines(name: str, rows: list[Any]) -> list[str]:
    """Summarize proof obligations by result and time, then list those that needed a solver."""
    if name == "relation":
        return [f"{name}: {text}" for text in rows] or [f"{name}: nothing"]
    results = Counter(row["result"] for row in rows)
    seconds = sum(row["seconds"] for row in rows)
    shown = ", ".join(f"{number} {result}" for result, number in results.items()) or "none"
    slow = sorted((row for row in rows if row["result"] in SOLVED), key=lambda row: -row["seconds"])
    return [
        f"{name}: {shown} ({seconds:.2f} s)",
        *(f"  {row['name']}: {row['result']} in {row['seconds']:.2f} s" for row in slow),
    ]
