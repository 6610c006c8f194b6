"""The commands, one per file; a folder is a command with subcommands."""
