"""The translation of a Python class to a Program, as the list of its passes."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from streamssm.frontends.python_class import statements
from streamssm.frontends.python_class.array_state import ArrayState
from streamssm.frontends.python_class.context import TranslationContext
from streamssm.frontends.python_class.control_flow import Completion, settle
from streamssm.frontends.python_class.diagnostics import Reasons
from streamssm.frontends.python_class.names import names_of
from streamssm.frontends.python_class.path import RESULT, Path
from streamssm.frontends.python_class.path_condition import PathCondition
from streamssm.frontends.python_class.source import Source, find_source
from streamssm.frontends.python_class.subject import TranslationUnit
from streamssm.frontends.python_class.values import (
    Opaque,
    TupleValue,
    Unusable,
    Value,
    WordValue,
)
from streamssm.ir.builder import GraphBuilder
from streamssm.ir.graph import Store
from streamssm.program.program import Program


def translate(subject: TranslationUnit) -> Program:
    """Return the Program that a class is, with an instance's parameters.

    Law: the Program's states and outputs equal the class's on every stream that keeps the assumptions.

    Raises
    ------
    UnsupportedProgramError
        With every reason, each with its file and line.
    """
    sources = {method: find_source(subject.cls, method) for method in ("update", "output")}
    reasons = Reasons()
    update, after = _executed(subject, sources["update"], reasons, assigns=True)
    output, result = _executed(subject, sources["output"], reasons, assigns=False)
    outputs = _output_words(output, sources["output"], result.names.get(RESULT))
    reasons.raise_any(subject.cls.__name__)
    words = _next_registers(update, after)
    ports = [(memory.array, port) for memory in after.arrays.values() for port in memory.ports()]
    used = (node for _, port in ports for node in (port.enable, port.index, port.value))
    next_graph, roots = update.builder.finish([*words, *used])
    output_graph, output_roots = output.builder.finish(outputs)
    return Program(
        name=subject.cls.__name__,
        fields=subject.fields,
        registers=subject.registers,
        update=next_graph,
        next_registers=roots[: len(words)],
        output=output_graph,
        outputs=output_roots,
        output_names=_output_names(len(outputs)),
        arrays=subject.arrays,
        stores=tuple(
            Store(array.first, array.length, *roots[place : place + 3])
            for (array, _), place in zip(ports, range(len(words), len(roots), 3), strict=True)
        ),
        assumptions=(*update.assumptions(), *output.assumptions()),
        assignments=tuple(update.assignments),
    )


def _executed(
    subject: TranslationUnit, source: Source, reasons: Reasons, *, assigns: bool
) -> tuple[TranslationContext, Path]:
    """Execute a method symbolically; return its scene and the path at its end."""
    g = GraphBuilder()
    scene = TranslationContext(
        source=source,
        names=names_of(subject.instance, source.function, source.tree),
        registers={word.name: word for word in subject.scalars},
        reasons=reasons,
        assigns=assigns,
        running=(source.function,),
        execute=_end_of,
        builder=g,
    )
    registers = {word.name: WordValue(g.register(i, word.range)) for i, word in enumerate(subject.scalars)}
    fields = {word.name: WordValue(g.field(i, word.range)) for i, word in enumerate(subject.fields)}
    start = Path(
        registers,
        {a.name: ArrayState(g, a, subject.registers[a.first].range) for a in subject.arrays},
        fields if assigns else {},
        PathCondition(g),
    )
    try:
        end = _end_of(scene, source.tree.body, start)
    except RecursionError:
        scene.reject(source.tree, f"{scene.method} must be nested less deeply to be translated")
        end = None
    return scene, end or start


def _end_of(scene: TranslationContext, body: Sequence[ast.stmt], start: Path) -> Path | None:
    """Return the path at the end of a function, None if it is not known."""
    outcome = statements.run(scene, body, start)
    return settle(scene, outcome, (Completion.NEXT, Completion.RETURN), start).path


def _next_registers(scene: TranslationContext, after: Path) -> list[int]:
    """Return the registers' next values; their ranges hold because every path was checked."""
    roots = [value.node for value in after.registers.values() if isinstance(value, WordValue)]
    pairs = zip(roots, scene.registers.values(), strict=True)
    return [scene.builder.refine(root, word.range) for root, word in pairs]


def _output_words(scene: TranslationContext, source: Source, value: Value | None) -> list[int]:
    items = value.items if isinstance(value, TupleValue) else (value,)
    if not items or value is None or isinstance(value, Unusable) or value == Opaque(None):
        scene.reject(
            source.tree, "output must return an int, or a tuple of ints of one length, on every path"
        )
        return []
    nodes = [scene.word(source.tree, item) for item in items if item is not None]
    return [node for node in nodes if node is not None]


def _output_names(count: int) -> tuple[str, ...]:
    return ("output",) if count == 1 else tuple(f"output_{i}" for i in range(count))
