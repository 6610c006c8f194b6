"""A child process that runs one solver: scripts arrive and answers leave as lines of JSON.

It imports nothing of this package, and is run as a file: ``solver_worker.py SOLVER SYS_PATH``. It has no time
limit of its own: the parent kills it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

Answer = dict[str, Any]


def bitwuzla_answer(script: str) -> Answer:
    import bitwuzla

    options = bitwuzla.Options()
    options.set("produce-models", True)
    parser = bitwuzla.Parser(bitwuzla.TermManager(), options)
    parser.parse(script, True, False)
    solver = parser.bitwuzla()
    result = str(solver.check_sat())
    if result != "sat":
        return {"result": result}
    constants = [f for f in parser.get_declared_funs() if f.is_const()]
    return {"result": result, "values": {f.symbol(): int(solver.get_value(f).value(10)) for f in constants}}


def z3_answer(script: str) -> Answer:
    import z3

    solver = z3.SolverFor("QF_BV")
    solver.from_string(script)
    result = str(solver.check())
    if result != "sat":
        return {"result": result}
    model = solver.model()
    return {"result": "sat", "values": {str(d): model[d].as_long() for d in model.decls()}}


SOLVERS: dict[str, Callable[[str], Answer]] = {
    "bitwuzla": bitwuzla_answer,
    "z3": z3_answer,
}


def main() -> None:
    sys.path[:] = json.loads(sys.argv[2])
    sys.setrecursionlimit(100_000)
    answer = SOLVERS[sys.argv[1]]
    with open(1, "w", encoding="ascii", closefd=False) as answers:
        for line in sys.stdin:
            answers.write(json.dumps(answer(json.loads(line))) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
