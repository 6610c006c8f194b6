"""What labels of nodes and edges say, and how they are written."""

from __future__ import annotations

from streamssm.errors import ParameterError

START = "__start"  # names begin so for nodes that only point at an initial state
SLASHES = ("/", " / ")


def lines_of(label: str) -> list[str]:
    """Return the lines of a label, with escapes undone; ends of lines are written \\n, \\l or \\r.

    >>> lines_of("a/0\\\\nb/1")
    ['a/0', 'b/1']
    """
    found, place, line = [], 0, ""
    while place < len(label):
        pair = label[place : place + 2]
        if pair in ("\\n", "\\l", "\\r"):
            found.append(line)
            line = ""
        elif pair == "\\\\":
            line += "\\"
        else:
            line += label[place]
            place += 1
            continue
        place += 2
    return [text for text in (part.strip() for part in [*found, line]) if text]


def split(label: str) -> tuple[str, str] | None:
    """Return an input and an output; None if there is no slash between two.

    >>> split("ACK+RST(V,V,0)/TIMEOUT"), split("a/b / c"), split("a")
    (('ACK+RST(V,V,0)', 'TIMEOUT'), ('a/b', 'c'), None)
    """
    for slash in reversed(SLASHES):
        before, found, after = label.partition(slash)
        if found and after.strip():
            return before.strip(), after.strip()
    return None


def split_state(label: str) -> tuple[str, str] | None:
    """Return a state's name and its output; None if there is none. A record's label may stand in braces."""
    text = " ".join(lines_of(label))
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1]
    before, found, after = text.partition("|")
    if found and after.strip():
        return before.strip(), after.strip()
    return split(text)


def joined(symbol: str, output: str) -> str:
    """Return the label of an input and an output; ParameterError if none would be read back as these."""
    for slash in SLASHES:
        if split(symbol + slash + output) == (symbol, output):
            return quoted(symbol + slash + output)
    raise ParameterError(f"DOT has no label for the input {symbol!r} with the output {output!r}")


def joined_state(name: str, output: str) -> str:
    """Return the label of a state and its output; ParameterError if none would be read back as these."""
    if split_state(escaped(f"{name}|{output}")) != (name, output):
        raise ParameterError(f"DOT has no label for a state {name!r} with the output {output!r}")
    return quoted(f"{name}|{output}")


def escaped(label: str) -> str:
    """Return a label with its backslashes doubled."""
    return label.replace("\\", "\\\\")


def quoted(label: str) -> str:
    """Return a label as a string; ParameterError if it would not be read back."""
    if lines_of(escaped(label)) != [label] or "\n" in label:
        raise ParameterError(f"DOT has no label for {label!r}: no line breaks, and no space at its ends")
    return '"' + escaped(label).replace('"', '\\"') + '"'
