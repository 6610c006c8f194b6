"""The constants in an artefact: random tokens rarely hit a fault that depends on equality with one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import CodeType, FunctionType
from typing import Any

from streamssm.frontends.algorithm import Algorithm
from streamssm.ir.graph import Op
from streamssm.runtime.transducer import Transducer


def class_constants(instance: Algorithm) -> frozenset[int]:
    """Return the ints in the code of a class and in the attributes of the instance."""
    constants = set(_ints(vars(instance).values()))
    for cls in type(instance).__mro__:
        for member in vars(cls).values() if cls not in (Algorithm, object) else ():
            constants.update(_member_ints(getattr(member, "__wrapped__", member)))
    return frozenset(constants)


def graph_constants(transducers: Iterable[Transducer]) -> frozenset[int]:
    """Return the constants and biases of the steps' graphs."""
    constants = set()
    for transducer in transducers:
        for node in transducer.step:
            if node.op is Op.CONST:
                constants.add(node.index)
            elif node.op is Op.NEURON:
                constants.add(abs(node.neuron[0]))
    return frozenset(constants)


def _member_ints(member: Any) -> Iterator[int]:
    return _code_ints(member.__code__) if isinstance(member, FunctionType) else _ints([member])


def _code_ints(code: CodeType) -> Iterator[int]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _code_ints(constant)
        else:
            yield from _ints([constant])


def _ints(values: Iterable[Any]) -> Iterator[int]:
    for value in values:
        if isinstance(value, int):
            yield int(value)
        elif isinstance(value, tuple):
            yield from _ints(value)
