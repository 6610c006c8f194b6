"""Certificates: a proof as a file, from which it is established again without the search for its relation.

A certificate needs no trust: it says which relation to show, and of which two artefacts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from streamssm.equivalences.proving.prove import Proof
from streamssm.equivalences.proving.relation import Relation
from streamssm.equivalences.smt.solver import solver_version
from streamssm.errors import FormatError, ParameterError
from streamssm.ir.words import Word
from streamssm.program.program import Program
from streamssm.runtime import strict_json
from streamssm.runtime.atomic_file import write_atomically
from streamssm.ssm.model import SSM

FORMAT = "streamssm proof"
VERSION = 1
SIDES = ("a", "b")


@dataclass(frozen=True)
class Certificate:
    """What a file says: digests of the two artefacts, and the relation between them."""

    digests: tuple[str, str]
    relation: Relation
    obligations: tuple[tuple[str, str], ...]  # (name, digest of the question)


def write_certificate(path: str, proof: Proof, a: Program | SSM, b: Program | SSM) -> None:
    """Write a proof that holds; the file appears whole or not at all."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "sides": {
            label: {"name": side.name, "kind": _kind(side), "digest": side.digest}
            for label, side in zip(SIDES, (a, b), strict=True)
        },
        "relation": proof.relation.to_list(),
        "obligations": [
            {"name": o.name, "result": o.result, "question": o.digest, "seconds": o.seconds}
            for o in proof.obligations
        ],
        "lemmas": [
            {"name": lemma.name, "result": lemma.how, "question": lemma.digest, "seconds": lemma.seconds}
            for lemma in proof.lemmas.found.values()
        ],
        "solver": solver_version(),
    }
    write_atomically(path, json.dumps(content, indent=1).encode() + b"\n")


def read_certificate(path: str, a: Program | SSM, b: Program | SSM) -> Certificate:
    """Read a certificate of two artefacts.

    Raises
    ------
    FormatError
        If the file is no certificate.
    ParameterError
        If it is one of other artefacts.
    """
    try:
        with open(path, "rb") as file:
            content = strict_json.loads(file.read())
        return _parsed(content, a, b)
    except OSError as error:
        raise FormatError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        if isinstance(error, ParameterError) and not isinstance(error, FormatError):
            raise ParameterError(f"{path}: {error}") from None
        detail = " ".join(str(error).split()) if isinstance(error, FormatError) else type(error).__name__
        raise FormatError(f"{path}: must be a certificate of a proof ({detail})") from None


def _parsed(content: Any, a: Program | SSM, b: Program | SSM) -> Certificate:
    if (content["format"], content["version"]) != (FORMAT, VERSION):
        raise FormatError(f"the format must be {FORMAT!r} version {VERSION}")
    for label, side in zip(SIDES, (a, b), strict=True):
        given = content["sides"][label]
        if given["digest"] != side.digest:
            raise ParameterError(
                f"the certificate is of another file: side {label} must be {given['name']} with digest "
                f"{given['digest'][:12]}..., not {side.name} with {side.digest[:12]}..."
            )
    words: dict[str, tuple[Word, ...]] = {
        label: side.state if isinstance(side, SSM) else side.registers
        for label, side in zip(SIDES, (a, b), strict=True)
    }
    return Certificate(
        (a.digest, b.digest),
        Relation.from_list(content["relation"], words),
        tuple((row["name"], row["question"]) for row in content["obligations"]),
    )


def _kind(side: Program | SSM) -> str:
    return "model" if isinstance(side, SSM) else "program"
