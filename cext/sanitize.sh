#!/bin/sh
# Builds the kernels with AddressSanitizer and UndefinedBehaviorSanitizer in a copy of the tree and runs their own tests there.
# Usage: sanitize.sh FOLDER [pytest arguments]; the environment on the PATH has the test extras; needs gcc's libasan and libubsan.
set -eu

folder=$1
shift
rm -rf "$folder"
mkdir -p "$folder"
cp -R setup.py pyproject.toml README.md LICENSE conftest.py streamssm cext equivalences bench tests "$folder"
rm -f "$folder"/cext/*.so
cd "$folder"

flags="-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
compiler=${CC:-gcc}
preload="$($compiler -print-file-name=libasan.so) $($compiler -print-file-name=libubsan.so)"

# a read past the end and an overflow must stop a program, or the run below would show nothing
cat >canary.c <<'C'
#include <limits.h>
#include <stdlib.h>
int main(int argc, char **argv) {
    volatile char *bytes = malloc(8);
    volatile int most = INT_MAX;
    return argv[1][0] == 'r' ? bytes[8 * argc / 2] : most + argc;
}
C
$compiler $flags canary.c -o canary
for fault in read overflow; do
    if ./canary $fault >/dev/null 2>&1; then
        echo "the sanitizers of $compiler let a faulty $fault pass" >&2
        exit 1
    fi
done

python -m venv --system-site-packages build-environment
build-environment/bin/python -m pip install --quiet --disable-pip-version-check 'setuptools>=77' Cython
# -fno-wrapv: Python's own flags would define overflow, and so hide it
CFLAGS="$flags -fno-wrapv" LDFLAGS="$flags" build-environment/bin/python setup.py --quiet build_ext --inplace -j2

# leaks: the interpreter's own would drown those of the kernels
LD_PRELOAD="$preload" ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1 PYTHONMALLOC=malloc PYTHONPATH="$PWD" \
    python -m pytest -q -p no:cacheprovider tests/unit/cext "$@"
