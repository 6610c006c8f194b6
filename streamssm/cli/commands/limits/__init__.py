"""streamssm limits: lower bounds, shown on instances.

Every module of this folder is a command, by being there.
"""

from __future__ import annotations

import pkgutil

from streamssm.cli.group import CommandGroup


def _commands() -> dict[str, str]:
    names = sorted(found.name for found in pkgutil.iter_modules(__path__))
    return {name: f"{__name__}.{name}" for name in names}


command = CommandGroup(
    name="limits",
    commands_at=_commands(),
    help="Show what cannot be done, on instances.",
)
