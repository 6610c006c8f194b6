"""streamssm bench: measurements."""

from __future__ import annotations

from streamssm.cli.group import CommandGroup

command = CommandGroup(
    name="bench",
    commands_at={
        "depth": "streamssm.cli.bench_depth",
        "memory": "streamssm.cli.bench_memory",
        "translation": "streamssm.cli.bench_translation",
        "repack": "streamssm.cli.bench_repack",
        "dyck": "streamssm.cli.bench_dyck",
        "proofs": "streamssm.cli.bench_proofs",
        "languages": "streamssm.cli.bench_languages",
    },
    help="Measure: memory against the size of the input, depth against thoughts and width, translation, "
    "repacking, bounded Dyck languages, proofs.",
)
