#!/bin/sh
# The main job on real input: function composition, from an algorithm to a model and back. `make demo` runs it.
set -eu
mkdir -p out

say() { printf '\n$ %s\n' "$*"; "$@"; }

# one-pass algorithm -> state-space model -> program, and the size of each
say streamssm translate function_composition --set n=1024 -o out/compose.safetensors
say streamssm show out/compose.safetensors
say streamssm translate out/compose.safetensors -o out/compose.json

# the same answer from all three: the final bin of the pallet in examples/warehouse_moves.csv
say streamssm run function_composition --set n=1024 --stream examples/warehouse_moves.csv --last
say streamssm run out/compose.safetensors --by weights --stream examples/warehouse_moves.csv --last
say streamssm run out/compose.json --stream examples/warehouse_moves.csv --last

# check outputs and memory: on every stream at n = 8, on sampled ones at n = 1024
say streamssm check function_composition model --set n=8
say streamssm check function_composition back --set n=8
say streamssm check out/compose.json out/compose.safetensors --method sample --tokens 10000000

# memory against N, each measured by a snapshot from which a new process resumes
say streamssm bench memory --n 16..1048576 --k 8 --json out/memory.json --plot out/memory.svg
