#!/usr/bin/env bash
# A word of 12 bits that is taken apart by comparisons, as ReLU networks take one apart, has the bits of the word. Three
# bit-vector solvers are asked whether that can fail; guessed: all of them need a moment. bitwuzla and z3 do, and cvc5
# takes over twenty times as long as either; each further bit makes that several times more.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet --disable-pip-version-check bitwuzla==0.10.0 z3-solver==5.4.1.0 cvc5==1.4.2
"$folder/env/bin/python" - <<'PY'
import time
from importlib.metadata import version

import bitwuzla
import cvc5
import z3

BITS = 12


def question(n):
    """x is compared with 2^j, and what is left of it with the next lower power: can a digit not be the bit?"""
    lines = ["(set-logic QF_BV)", f"(declare-const x (_ BitVec {n}))", f"(define-fun r{n} () (_ BitVec {n}) x)"]
    for j in reversed(range(n)):
        power, zero = f"(_ bv{1 << j} {n})", f"(_ bv0 {n})"
        lines.append(f"(define-fun d{j} () Bool (bvuge r{j + 1} {power}))")
        lines.append(f"(define-fun r{j} () (_ BitVec {n}) (bvsub r{j + 1} (ite d{j} {power} {zero})))")
    wrong = (f"(xor d{j} (= ((_ extract {j} {j}) x) #b1))" for j in range(n))
    return "\n".join([*lines, f"(assert (or {' '.join(wrong)}))"]) + "\n"


def by_bitwuzla(text):
    parser = bitwuzla.Parser(bitwuzla.TermManager(), bitwuzla.Options())
    parser.parse(text, True, False)
    return str(parser.bitwuzla().check_sat())


def by_z3(text):
    solver = z3.SolverFor("QF_BV")
    solver.from_string(text)
    return str(solver.check())


def by_cvc5(text):
    solver = cvc5.Solver(cvc5.TermManager())
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "question")
    while not (command := parser.nextCommand()).isNull():
        command.invoke(solver, parser.getSymbolManager())
    return str(solver.checkSat())


seconds = {}
for name, package, ask in (
    ("bitwuzla", "bitwuzla", by_bitwuzla),
    ("z3", "z3-solver", by_z3),
    ("cvc5", "cvc5", by_cvc5),
):
    start = time.process_time()
    answer = ask(question(BITS))
    seconds[name] = time.process_time() - start
    print(f"{name} {version(package)}: {answer} after {seconds[name]:.2f} CPU s")
    assert answer == "unsat", answer
assert seconds["cvc5"] > 20 * max(seconds["bitwuzla"], seconds["z3"]), seconds
print("as described: cvc5 is the one that is not at ease with digits by comparison")
PY
