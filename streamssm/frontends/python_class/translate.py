"""The translation of a Python class to a Program, as the list of its passes."""

from __future__ import annotations

from streamssm.frontends.python_class import statements
from streamssm.frontends.python_class.names import names_of
from streamssm.frontends.python_class.outcomes import RESULT, Exit, merge
from streamssm.frontends.python_class.path import Path
from streamssm.frontends.python_class.reasons import Reasons
from streamssm.frontends.python_class.scene import Scene
from streamssm.frontends.python_class.source import Source, find_source
from streamssm.frontends.python_class.subject import Subject
from streamssm.frontends.python_class.values import (
    Opaque,
    TupleValue,
    Unusable,
    Value,
    WordValue,
)
from streamssm.program.program import Program


def translate(subject: Subject) -> Program:
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
    next_graph, next_registers = update.builder.finish(_next_registers(update, after))
    output_graph, output_roots = output.builder.finish(outputs)
    return Program(
        name=subject.cls.__name__,
        fields=subject.fields,
        registers=subject.registers,
        update=next_graph,
        next_registers=next_registers,
        output=output_graph,
        outputs=output_roots,
        output_names=_output_names(len(outputs)),
        assumptions=tuple(update.assumptions.values()) + tuple(output.assumptions.values()),
    )


def _executed(subject: Subject, source: Source, reasons: Reasons, *, assigns: bool) -> tuple[Scene, Path]:
    """Execute a method symbolically; return its scene and the path at its end."""
    registers = {word.name: word for word in subject.registers}
    names = names_of(subject.instance, source.function, source.tree)
    scene = Scene(source.tree.name, source.file, names, registers, reasons, assigns)
    start = Path(
        {
            word.name: WordValue(scene.builder.register(i, word.range))
            for i, word in enumerate(subject.registers)
        },
        {word.name: WordValue(scene.builder.field(i, word.range)) for i, word in enumerate(subject.fields)}
        if assigns
        else {},
    )
    try:
        outcome = statements.run(scene, source.tree.body, start)
        end = merge(scene, outcome, (Exit.NEXT, Exit.RETURN))
    except RecursionError:
        scene.reject(source.tree, f"{scene.method} must be nested less deeply to be translated")
        end = None
    return scene, end or start


def _next_registers(scene: Scene, after: Path) -> list[int]:
    """Return the registers' next values; their ranges hold because every path was checked."""
    roots = [value.node for value in after.registers.values() if isinstance(value, WordValue)]
    pairs = zip(roots, scene.registers.values(), strict=True)
    return [scene.builder.refine(root, word.range) for root, word in pairs]


def _output_words(scene: Scene, source: Source, value: Value | None) -> list[int]:
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
