"""streamssm limits: lower bounds, shown on instances.

Every module ``streamssm.cli.limits_NAME`` is a command NAME, by being there.
"""

from __future__ import annotations

import pkgutil

from streamssm import cli
from streamssm.cli.group import CommandGroup

PREFIX = "limits_"


def _commands() -> dict[str, str]:
    names = (found.name for found in pkgutil.iter_modules(cli.__path__))
    return {n.removeprefix(PREFIX): f"{cli.__name__}.{n}" for n in sorted(names) if n.startswith(PREFIX)}


command = CommandGroup(
    name="limits",
    commands_at=_commands(),
    help="Show what cannot be done, on instances.",
)
