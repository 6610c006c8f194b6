"""Running a step on a stream: transducers, bytecode, snapshots, checkpoints and token files."""
