"""streamssm bench: measurements."""

from __future__ import annotations

from streamssm.cli.group import CommandGroup

command = CommandGroup(
    name="bench",
    commands_at={
        "memory": "streamssm.cli.bench_memory",
        "translation": "streamssm.cli.bench_translation",
        "repack": "streamssm.cli.bench_repack",
    },
    help="Measure: memory against the size of the input, translation against the size of arrays, networks "
    "against the words that hold a memory.",
)
