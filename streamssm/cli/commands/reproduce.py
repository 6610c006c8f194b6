"""streamssm reproduce: run experiments on the claims of the papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from streamssm.cli.command_group import DIFFERENT, wrote
from streamssm.cli.output import Output, output_options
from streamssm.cli.render import print_table, progress_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from streamssm.claims.reproduce import ClaimRow


@click.command("reproduce")
@click.option("--only", metavar="ID,ID", help="Only these claims, such as A2,A4.")
@click.option("--full", is_flag=True, help="Include the long instances.")
@click.option("--details", is_flag=True, help="Print all evidence, not only the instances.")
@output_options()
@click.option("--html", "html_file", metavar="FILE.html", help="Write an HTML page.")
def command(only: str | None, full: bool, details: bool, output: Output, html_file: str | None) -> int:
    """Run the experiments on every claim of the papers, and report a verdict on each.

    shown: in every case of the named instances. consistent: no run contradicts it (the strongest verdict
    possible for bounds and impossibilities). not reproducible here: only the premises can be checked.

    \b
    streamssm reproduce --html claims.html
    streamssm reproduce --only A2,A4 --details

    Exit status: 0 success, 1 a run contradicts a claim or a claim has no run, 2 bad input.
    """
    from streamssm import __version__
    from streamssm.claims.reproduce import RED, experiments_for, reproduce
    from streamssm.runtime.atomic_file import require_writable, write_atomically

    if html_file is not None:
        require_writable(html_file)
    ids = tuple(part.strip() for part in only.split(",")) if only is not None else ()
    finished: list[str] = []
    with progress_bar("reproduce", len(experiments_for(ids))) as advance:

        def done(instance: str) -> None:
            finished.append(instance)
            advance(len(finished))

        rows = reproduce(only=ids, full=full, done=done)
    output.write([row.to_dict() for row in rows], lambda result: _print(rows, details))
    if html_file is not None:
        from streamssm.report.claims_page import claims_page

        write_atomically(html_file, claims_page(rows, __version__).encode())
        wrote(html_file)
    return DIFFERENT if any(row.verdict in RED for row in rows) else 0


def _print(rows: Sequence[ClaimRow], details: bool) -> None:
    print_table(
        "claims of the papers, and verdicts",
        ["id", "claim", "what was run", "verdict", "s"],
        [
            (
                row.claim.id,
                row.claim.statement,
                "; ".join(row.instances) or "-",
                row.verdict.value,
                round(row.seconds, 1),
            )
            for row in rows
        ],
    )
    for row in rows:
        shown = row.evidence if details else [part for part in row.evidence if not part.holds]
        for part in shown:
            click.echo(f"{row.claim.id}: {'' if part.holds else 'NOT AS CLAIMED: '}{part.seen}")
