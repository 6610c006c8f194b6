"""streamssm limits: lower bounds on concrete instances.

Every module of this folder is discovered automatically as a command.
"""

from __future__ import annotations

import pkgutil

from streamssm.cli.command_group import CommandGroup


def _commands() -> dict[str, str]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: f"{__name__}.{name}" for name in names}


command = CommandGroup(
    name="limits",
    commands_at=_commands(),
    help="Lower bounds demonstrated on concrete instances.",
)
