"""Check the assumptions that WHAT makes with ss.within, for ``check`` and ``show``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from streamssm.cli.command_group import DIFFERENT
from streamssm.cli.render import print_json, progress_bar
from streamssm.errors import ParameterError

if TYPE_CHECKING:
    from streamssm.cli.resolve import Artefact
    from streamssm.equivalences.check_assumptions import AssumptionReport

COMPARING = (
    "method",
    "certificate",
    "by",
    "stream",
    "outputs_only",
)  # options of check that compare two sides


def require_alone(context: click.Context) -> None:
    """Raise ParameterError if an option was given that only makes sense for two sides."""
    for name in COMPARING:
        if context.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT:
            option = "--" + name.replace("_", "-")
            raise ParameterError(f"{option} compares two sides: it cannot be combined with --assumptions")


def checked(artefact: Artefact, **options: Any) -> AssumptionReport:
    """Return the verdict on each assumption, with a progress bar."""
    from itertools import count

    from streamssm.equivalences.check_assumptions import check_assumptions

    limits = {name: value for name, value in options.items() if value is not None}
    decided = count(1)
    with progress_bar("assumptions", None) as advance:
        return check_assumptions(artefact, on_finding=lambda finding: advance(next(decided)), **limits)


def print_checked(report: AssumptionReport, *, as_json: bool) -> int:
    """Print a report; return the exit status."""
    if as_json:
        print_json(report.to_dict())
    else:
        click.echo(str(report))
    return DIFFERENT if report.holds is False else 0
