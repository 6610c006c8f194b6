"""The child process that runs bitwuzla: queries arrive and answers leave as lines of JSON.

It imports nothing of this package and is run as a file. It has no time limit of its own: the parent kills it.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def answer(script: str) -> dict[str, Any]:
    """Return the result of one query, with a model (the values of its constants) if it is satisfiable."""
    import bitwuzla

    options = bitwuzla.Options()
    options.set("produce-models", True)
    manager = bitwuzla.TermManager()
    parser = bitwuzla.Parser(manager, options)
    parser.parse(script, True, False)
    solver = parser.bitwuzla()
    result = str(solver.check_sat())
    if result != "sat":
        return {"result": result}
    values = {
        f.symbol(): int(solver.get_value(f).value(10)) for f in parser.get_declared_funs() if f.is_const()
    }
    return {"result": result, "values": values}


def main() -> None:
    sys.path[:] = json.loads(sys.argv[1])
    sys.setrecursionlimit(100_000)
    with open(1, "w", encoding="ascii", closefd=False) as answers:
        for line in sys.stdin:
            answers.write(json.dumps(answer(json.loads(line))) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
