"""Programs as JSON: written whole or not at all; `files` reads them."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from streamssm.ir.graph import Graph, Node, Op
from streamssm.program.structure import ProgramStructure, RangeClaim
from streamssm.runtime.atomic_file import write_atomically

FORMAT = "streamssm program"
VERSION = 2


def to_dict(program: ProgramStructure) -> dict[str, Any]:
    """Return the program as plain JSON values."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "name": program.name,
        "fields": [[w.name, w.range.lo, w.range.hi] for w in program.fields],
        "registers": [[w.name, w.range.lo, w.range.hi, w.init] for w in program.registers],
        "update": _graph_to_list(program.update),
        "next_registers": list(program.next_registers),
        "output": _graph_to_list(program.output),
        "outputs": list(program.outputs),
        "output_names": list(program.output_names),
        "arrays": [[a.name, a.first, a.length] for a in program.arrays],
        "stores": [[s.first, s.length, s.enable, s.index, s.value] for s in program.stores],
        **({} if program.vocabulary is None else {"vocabulary": program.vocabulary.to_dict()}),
        "assumptions": [[a.text, a.file, a.line, *_claim_to_list(a.claim)] for a in program.assumptions],
        "assignments": [[a.register, a.file, a.line] for a in program.assignments],
    }


def digest_of(program: ProgramStructure) -> str:
    """Return the SHA-256 of the canonical text, which leaves out positions in source files."""
    content = {
        key: value for key, value in to_dict(program).items() if key not in ("assumptions", "assignments")
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def save_program(program: ProgramStructure, path: str) -> None:
    """Write the program as JSON."""
    write_atomically(path, (json.dumps(to_dict(program), separators=(",", ":")) + "\n").encode())


def _claim_to_list(claim: RangeClaim | None) -> list[Any]:
    """Return the part of an assumption's row that holds its claim as a graph; it is optional."""
    if claim is None:
        return []
    sites = [node for site in claim.sites for node in site]
    return [[_graph_to_list(claim.graph), sites, claim.range.lo, claim.range.hi, claim.after]]


def _graph_to_list(graph: Graph) -> list[list[Any]]:
    return [[node.op.value, list(node.args), _attr_to_json(node)] for node in graph]


def _attr_to_json(node: Node) -> Any:
    if node.op is Op.TABLE:
        return [node.table[0], list(node.table[1])]
    if node.op is Op.NEURON:
        return [node.neuron[0], list(node.neuron[1]), node.neuron[2]]
    if node.op is Op.LOAD:
        return list(node.load)
    return node.attr
