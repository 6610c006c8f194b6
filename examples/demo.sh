#!/bin/sh
# The main job on real input: function composition, from an algorithm to a model and back. `make demo` runs it.
set -eu
mkdir -p out

say() { printf '\n$ %s\n' "$*"; "$@"; }

say streamssm translate function_composition --set n=1024 -o out/compose.safetensors
say streamssm show out/compose.safetensors
say streamssm translate out/compose.safetensors --to program -o out/compose.json
say streamssm check function_composition out/compose.safetensors --set n=1024 --method sample
say streamssm bench memory --task function_composition --n 16..65536 --k 8 --plot out/memory.svg
