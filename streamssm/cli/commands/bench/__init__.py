"""streamssm bench: measurements."""

from __future__ import annotations

from streamssm.cli.command_group import CommandGroup

command = CommandGroup(
    name="bench",
    commands_at={
        "depth": "streamssm.cli.commands.bench.depth",
        "memory": "streamssm.cli.commands.bench.memory",
        "translation": "streamssm.cli.commands.bench.translation",
        "repack": "streamssm.cli.commands.bench.repack",
        "dyck": "streamssm.cli.commands.bench.dyck",
        "proofs": "streamssm.cli.commands.bench.proofs",
        "languages": "streamssm.cli.commands.bench.languages",
    },
    help="Measure memory against input size, depth against thoughts and width, translation, repacking, "
    "bounded Dyck languages, and proofs.",
)
