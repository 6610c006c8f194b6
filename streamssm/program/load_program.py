"""Programs read from JSON files: rebuilt, and proven again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from streamssm.errors import FormatError, StreamSSMError
from streamssm.ir import words
from streamssm.ir.builder import MAX_MAGNITUDE, GraphBuilder
from streamssm.ir.graph import Graph, Op, Store
from streamssm.ir.ranges import Range
from streamssm.ir.vocabulary import vocabulary_of
from streamssm.ir.words import Array, Word
from streamssm.program.program import Assignment, Assumption, Program, RangeClaim
from streamssm.program.save_program import FORMAT, VERSION
from streamssm.runtime import strict_json


def load_program(path: str) -> Program:
    """Read a program; FormatError unless the file holds exactly one that is well-formed."""
    try:
        with open(path, encoding="utf-8") as file:
            content = strict_json.loads(file.read())
    except OSError as error:
        raise FormatError(f"{path}: cannot be read: {error.strerror}") from None
    except FormatError as error:
        raise FormatError(f"{path}: {error}") from None
    except (ValueError, RecursionError):
        raise FormatError(f"{path}: must be a program in JSON, not something else or cut short") from None
    return from_dict(content, path)


def from_dict(content: Any, where: str = "program") -> Program:
    """Rebuild a program from JSON values; ranges are inferred anew, never taken from the file."""
    try:
        return _from_dict(content)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, StreamSSMError) as error:
        detail = error if isinstance(error, StreamSSMError) else f"{type(error).__name__}: {error}"
        raise FormatError(f"{where}: must be a well-formed program ({detail})") from None


def _from_dict(content: Any) -> Program:
    if content.get("format") != FORMAT or content.get("version") != VERSION:
        actual = f"{content.get('format')!r} version {content.get('version')!r}"
        raise FormatError(f"the format must be {FORMAT!r} version {VERSION}, not {actual}")
    fields = tuple(words.field(str(name), _range(lo, hi)) for name, lo, hi in content["fields"])
    registers = tuple(
        words.register(str(n), _range(lo, hi), _int(init)) for n, lo, hi, init in content["registers"]
    )
    arrays = tuple(Array(str(name), _int(first), _int(length)) for name, first, length in content["arrays"])
    spans = [(_int(first), _int(length)) for first, length, *_ in content["stores"]]
    ports = [node for _, _, *nodes in content["stores"] for node in nodes]
    count = len(content["next_registers"])
    update, roots = _graph_from_list(
        content["update"], [*content["next_registers"], *ports], registers, fields
    )
    output, outputs = _graph_from_list(content["output"], content["outputs"], registers, fields)
    threes = zip(roots[count::3], roots[count + 1 :: 3], roots[count + 2 :: 3], strict=True)
    return Program(
        name=str(content["name"]),
        fields=fields,
        registers=registers,
        update=update,
        next_registers=roots[:count],
        output=output,
        outputs=outputs,
        output_names=tuple(str(name) for name in content["output_names"]),
        arrays=arrays,
        stores=tuple(Store(*span, *nodes) for span, nodes in zip(spans, threes, strict=True)),
        vocabulary=vocabulary_of(content.get("vocabulary")),
        assumptions=tuple(_assumption(row, registers, fields) for row in content["assumptions"]),
        assignments=tuple(Assignment(str(r), str(f), _int(n)) for r, f, n in content["assignments"]),
    )


def _assumption(row: list[Any], registers: Sequence[Word], fields: Sequence[Word]) -> Assumption:
    text, file, line, *rest = row
    claim = None
    if rest:
        nodes, sites, lo, hi, after = rest[0]
        graph, roots = _graph_from_list(nodes, sites, registers, fields)
        claim = RangeClaim(
            graph, tuple(zip(roots[::2], roots[1::2], strict=True)), _range(lo, hi), bool(after)
        )
    return Assumption(str(text), str(file), _int(line), claim)


def _graph_from_list(
    rows: list[Any], roots: Sequence[Any], registers: Sequence[Word], fields: Sequence[Word]
) -> tuple[Graph, tuple[int, ...]]:
    g = GraphBuilder()
    indices: list[int] = []
    for name, args, attr in rows:
        op = Op(name)
        if op is Op.CONST:
            indices.append(g.const(_value(attr)))
        elif op is Op.FIELD:
            indices.append(g.field(_int(attr), fields[_index(attr, len(fields))].range))
        elif op is Op.REGISTER:
            indices.append(g.register(_int(attr), registers[_index(attr, len(registers))].range))
        elif op is Op.BEGIN:
            indices.append(g.begin())
        elif op is Op.LOAD:
            first, length = _int(attr[0]), _int(attr[1])
            range_ = registers[_index(first, len(registers))].range
            indices.append(g.load(indices[_index(args[0], len(indices))], first, length, range_))
        else:
            arguments = [indices[_index(a, len(indices))] for a in args]
            indices.append(g.apply(op, _arity(op, arguments, attr), _attr_from_json(op, attr)))
    return g.finish([indices[_index(root, len(indices))] for root in roots])


def _value(value: Any) -> int:
    """Return a constant that kernels can hold."""
    number = _int(value)
    if abs(number) > MAX_MAGNITUDE:
        raise FormatError(f"a constant must be at most 2^62 in size, not {number}")
    return number


def _arity(op: Op, arguments: list[int], attr: Any) -> list[int]:
    count = len(attr[1]) if op is Op.NEURON else 3 if op is Op.SELECT else 1 if op is Op.TABLE else 2
    if len(arguments) != count:
        raise FormatError(f"{op.value} must have {count} arguments, not {len(arguments)}")
    return arguments


def _attr_from_json(op: Op, attr: Any) -> Any:
    if op is Op.TABLE:
        return _int(attr[0]), tuple(_value(value) for value in attr[1])
    if op is Op.NEURON:
        return _int(attr[0]), tuple(_int(weight) for weight in attr[1]), bool(attr[2])
    if attr is not None:
        raise FormatError(f"{op.value} must have no attribute, not {attr!r}")
    return None


def _range(lo: Any, hi: Any) -> Range:
    return Range(_int(lo), _int(hi))


def _int(value: Any) -> int:
    if type(value) is not int:
        raise FormatError(f"a number must be an integer, not {value!r}")
    return value


def _index(value: Any, size: int) -> int:
    if not 0 <= _int(value) < size:
        raise FormatError(f"an index must be in [0, {size - 1}], not {value}")
    return int(value)
