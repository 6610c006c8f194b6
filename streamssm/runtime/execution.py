"""Transducer -> a machine that runs it: the kernel, or its reference in pure Python."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from streamssm.cext import program_vm as kernel
from streamssm.errors import ParameterError
from streamssm.reference import program_vm as reference
from streamssm.runtime.bytecode import Code, lower
from streamssm.runtime.transducer import Transducer

BACKENDS = {"kernel": kernel.VirtualMachine, "reference": reference.VirtualMachine}


class Compiled:
    """A transducer with its code and the machine that runs it."""

    def __init__(self, transducer: Transducer, backend: str = "kernel") -> None:
        if backend not in BACKENDS:
            raise ParameterError(f"backend must be one of {', '.join(BACKENDS)}, not {backend!r}")
        self.transducer = transducer
        self.code: Code = lower(transducer)
        self.machine: Any = BACKENDS[backend](**machine_arguments(self.code))


def machine_arguments(code: Code) -> dict[str, Any]:
    """Return the arguments of ``VirtualMachine`` for some code."""
    return {name: getattr(code, name) for name in Code.__dataclass_fields__ if name != "probes"}


@lru_cache(maxsize=64)
def compiled(transducer: Transducer, backend: str = "kernel") -> Compiled:
    """Return the machine of a transducer; it is cached."""
    return Compiled(transducer, backend)
