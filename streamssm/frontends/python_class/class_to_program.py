"""The translation of a Python class to a Program: the list of its passes."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from streamssm.frontends.python_class import statements
from streamssm.frontends.python_class.array_state import ArrayState
from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.control_flow import Completion, split_off
from streamssm.frontends.python_class.diagnostics import Reasons
from streamssm.frontends.python_class.names import names_of
from streamssm.frontends.python_class.path import RESULT, Path
from streamssm.frontends.python_class.path_condition import PathCondition
from streamssm.frontends.python_class.source import Source, find_source
from streamssm.frontends.python_class.symbolic_values import (
    Opaque,
    TupleValue,
    Unusable,
    Value,
    WordValue,
)
from streamssm.frontends.python_class.translation_unit import TranslationUnit
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Store
from streamssm.program.program import Program


def translate(unit: TranslationUnit) -> Program:
    """Translate a class, with an instance's parameters, to a Program.

    Law: the Program's states and outputs equal the class's on every stream that satisfies the assumptions.

    Raises
    ------
    UnsupportedProgramError
        With all reasons, each with its file and line.
    """
    sources = {method: find_source(unit.cls, method) for method in ("update", "output")}
    reasons = Reasons()
    update, after = _executed(unit, sources["update"], reasons, assigns=True)
    output, result = _executed(unit, sources["output"], reasons, assigns=False)
    outputs = _output_words(output, sources["output"], result.names.get(RESULT))
    reasons.raise_any(unit.cls.__name__)
    words = _next_registers(update, after)
    ports = [(memory.array, port) for memory in after.arrays.values() for port in memory.ports()]
    used = (node for _, port in ports for node in (port.enable, port.index, port.value))
    next_graph, roots = update.builder.finish([*words, *used])
    output_graph, output_roots = output.builder.finish(outputs)
    return Program(
        name=unit.cls.__name__,
        fields=unit.fields,
        registers=unit.registers,
        update=next_graph,
        next_registers=roots[: len(words)],
        output=output_graph,
        outputs=output_roots,
        output_names=_output_names(len(outputs)),
        arrays=unit.arrays,
        stores=tuple(
            Store(array.first, array.length, *roots[first : first + 3])
            for (array, _), first in zip(ports, range(len(words), len(roots), 3), strict=True)
        ),
        assumptions=(*update.assumptions(), *output.assumptions()),
        assignments=tuple(update.assignments),
    )


def _executed(
    unit: TranslationUnit, source: Source, reasons: Reasons, *, assigns: bool
) -> tuple[TranslationContext, Path]:
    """Execute a method symbolically; return its context and its final path."""
    g = GraphBuilder()
    context = TranslationContext(
        source=source,
        names=names_of(unit.instance, source.function, source.tree),
        registers={word.name: word for word in unit.scalars},
        reasons=reasons,
        assigns=assigns,
        running=(source.function,),
        execute=_end_of,
        builder=g,
    )
    registers = {word.name: WordValue(g.register(i, word.range)) for i, word in enumerate(unit.scalars)}
    fields = {word.name: WordValue(g.field(i, word.range)) for i, word in enumerate(unit.fields)}
    start = Path(
        registers,
        {a.name: ArrayState(g, a, unit.registers[a.first].range) for a in unit.arrays},
        fields if assigns else {},
        PathCondition(g),
    )
    try:
        end = _end_of(context, source.tree.body, start)
    except RecursionError:
        context.reject(source.tree, f"{context.method} is nested too deeply: split its expressions or blocks")
        end = None
    return context, end or start


def _end_of(context: TranslationContext, body: Sequence[ast.stmt], start: Path) -> Path | None:
    """Return the path at the end of a function, None if it was refused."""
    outcome = statements.run(context, body, start)
    return split_off(context, outcome, (Completion.NEXT, Completion.RETURN), start).path


def _next_registers(context: TranslationContext, after: Path) -> list[int]:
    """Return the registers' next values, refined to their ranges, which every path was checked to keep."""
    roots = [value.node for value in after.registers.values() if isinstance(value, WordValue)]
    pairs = zip(roots, context.registers.values(), strict=True)
    return [context.builder.refine(root, word.range) for root, word in pairs]


def _output_words(context: TranslationContext, source: Source, value: Value | None) -> list[int]:
    items = value.items if isinstance(value, TupleValue) else (value,)
    if not items or value is None or isinstance(value, Unusable) or value == Opaque(None):
        context.reject(
            source.tree, "output must return an int, or a tuple of ints of one length, on every path"
        )
        return []
    nodes = [context.word(source.tree, item) for item in items if item is not None]
    return [node for node in nodes if node is not None]


def _output_names(count: int) -> tuple[str, ...]:
    return ("output",) if count == 1 else tuple(f"output_{i}" for i in range(count))
