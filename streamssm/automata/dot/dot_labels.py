"""Labels of nodes and edges in DOT: parsing and quoting."""

from __future__ import annotations

from streamssm.errors import ParameterError

START = "__start"  # prefix of the invisible nodes whose only edge points at the initial state
SLASHES = ("/", " / ")


def lines_of(label: str) -> list[str]:
    """Return the lines of a label, unescaped; DOT writes line ends as \\n, \\l or \\r.

    >>> lines_of("a/0\\\\nb/1")
    ['a/0', 'b/1']
    """
    lines, position, line = [], 0, ""
    while position < len(label):
        pair = label[position : position + 2]
        if pair in ("\\n", "\\l", "\\r"):
            lines.append(line)
            line = ""
        elif pair == "\\\\":
            line += "\\"
        else:
            line += label[position]
            position += 1
            continue
        position += 2
    return [text for text in (part.strip() for part in [*lines, line]) if text]


def split(label: str) -> tuple[str, str] | None:
    """Split an edge label ``input/output``; None if it has no output.

    >>> split("ACK+RST(V,V,0)/TIMEOUT"), split("a/b / c"), split("a")
    (('ACK+RST(V,V,0)', 'TIMEOUT'), ('a/b', 'c'), None)
    """
    for slash in reversed(SLASHES):
        before, separator, after = label.partition(slash)
        if separator and after.strip():
            return before.strip(), after.strip()
    return None


def split_state(label: str) -> tuple[str, str] | None:
    """Split a node label ``name|output`` or ``name/output``, or a record's in braces; None without output."""
    text = " ".join(lines_of(label))
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1]
    before, separator, after = text.partition("|")
    if separator and after.strip():
        return before.strip(), after.strip()
    return split(text)


def joined(symbol: str, output: str) -> str:
    """Return the quoted edge label of an input and an output; ParameterError if it would not round-trip."""
    for slash in SLASHES:
        if split(symbol + slash + output) == (symbol, output):
            return quoted(symbol + slash + output)
    raise ParameterError(
        f"input {symbol!r} with output {output!r} cannot be written as a DOT label: "
        "it would be read differently"
    )


def joined_state(name: str, output: str) -> str:
    """Return the quoted node label of a state and its output; ParameterError if it would not round-trip."""
    if split_state(escaped(f"{name}|{output}")) != (name, output):
        raise ParameterError(
            f"state {name!r} with output {output!r} cannot be written as a DOT label: "
            "it would be read differently"
        )
    return quoted(f"{name}|{output}")


def escaped(label: str) -> str:
    """Return a label with its backslashes doubled."""
    return label.replace("\\", "\\\\")


def quoted(label: str) -> str:
    """Return a label as a quoted string; ParameterError if it would not round-trip."""
    if lines_of(escaped(label)) != [label] or "\n" in label:
        raise ParameterError(
            f"{label!r} cannot be written as a DOT label: remove line breaks and leading or trailing spaces"
        )
    return '"' + escaped(label).replace('"', '\\"') + '"'
