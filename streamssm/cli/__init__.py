"""The command line: one command per file, and the only part of the package that prints or exits."""

from __future__ import annotations

from streamssm.cli.command_group import CommandGroup, version_option

COMMANDS = {
    "translate": "streamssm.cli.commands.translate",
    "repack": "streamssm.cli.commands.repack",
    "run": "streamssm.cli.commands.run",
    "check": "streamssm.cli.commands.check",
    "show": "streamssm.cli.commands.show",
    "minimize": "streamssm.cli.commands.minimize",
    "extract": "streamssm.cli.commands.extract",
    "classify": "streamssm.cli.commands.classify",
    "suite": "streamssm.cli.commands.suite",
    "bench": "streamssm.cli.commands.bench",
    "limits": "streamssm.cli.commands.limits",
    "reproduce": "streamssm.cli.commands.reproduce",
}
FORMER_NAMES = {"minimise": "minimize"}

main = version_option(
    CommandGroup(
        name="streamssm",
        commands_at=COMMANDS,
        context_settings={"max_content_width": 100},
        former_names=FORMER_NAMES,
        help="""Compile streaming algorithms to state-space models and back, and check that they match.

        WHAT, in every command, is a name from the library (function_composition) or from the suite of formal
        languages (tomita_3), module:Class, file.py:Class, a saved program (.json), a saved model
        (.safetensors) or an automaton (.dot). Set class parameters with --set n=1024. Instead of WHAT, you
        can give a regular expression (--regex with --alphabet), an automaton (--dot) or a past-time LTL
        formula (--past-ltl).

        \b
        streamssm translate function_composition --set n=1024 -o compose.safetensors
        streamssm show compose.safetensors
        streamssm check function_composition compose.safetensors --set n=1024

        Exit status: 0 success, 1 a check found a difference, 2 bad input.""",
    )
)
