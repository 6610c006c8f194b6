"""Certificates: a proof as a file, which can be re-checked without searching for its relation.

A certificate needs no trust: it only names the two artefacts and the relation, which is proven again.
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
    """The content of a certificate: digests of the two artefacts, and the relation between them."""

    digests: tuple[str, str]
    relation: Relation
    obligations: tuple[tuple[str, str], ...]  # (name, digest of the question)


def write_certificate(path: str, proof: Proof, a: Program | SSM, b: Program | SSM) -> None:
    """Write a proof that holds, atomically."""
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
            for lemma in proof.lemmas.by_shape.values()
        ],
        "solver": solver_version(),
    }
    write_atomically(path, json.dumps(content, indent=1).encode() + b"\n")


def read_certificate(path: str, a: Program | SSM, b: Program | SSM) -> Certificate:
    """Read a certificate of two artefacts.

    Raises
    ------
    FormatError
        If the file is not a certificate.
    ParameterError
        If it belongs to other artefacts.
    """
    try:
        with open(path, "rb") as file:
            content = strict_json.loads(file.read())
        return _parse(content, a, b)
    except OSError as error:
        raise FormatError(f"{path}: cannot be read: {error.strerror or error}") from None
    # Malformed JSON raises all of these: the content is untrusted, and its shape is not checked in advance.
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        if isinstance(error, ParameterError) and not isinstance(error, FormatError):
            raise ParameterError(f"{path}: {error}") from None
        detail = " ".join(str(error).split()) if isinstance(error, FormatError) else type(error).__name__
        raise FormatError(f"{path}: not a certificate of a proof ({detail})") from None


def _parse(content: Any, a: Program | SSM, b: Program | SSM) -> Certificate:
    if (content["format"], content["version"]) != (FORMAT, VERSION):
        raise FormatError(f"the format must be {FORMAT!r} version {VERSION}")
    for label, side in zip(SIDES, (a, b), strict=True):
        stated = content["sides"][label]
        if stated["digest"] != side.digest:
            raise ParameterError(
                f"the certificate does not match: its side {label} is {stated['name']} with digest "
                f"{stated['digest'][:12]}..., but {side.name} has digest {side.digest[:12]}..."
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
