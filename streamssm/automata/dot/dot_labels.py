"""Labels of nodes and edges in DOT as Graphviz shows them, and text as a label that reads back as itself."""

from __future__ import annotations

import re
from html.entities import name2codepoint
from html.parser import HTMLParser

from streamssm.automata.dot.tokens import HtmlString

START = "__start"  # prefix of the invisible nodes whose only edge points at the initial state
SLASHES = (" / ", "/")
SEPARATORS = ("/", "|", ":")  # table cells that hold nothing else are dropped
_ENTITY = re.compile(r"&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,8});")
_BEFORE_ENTITY = re.compile("&(?=" + _ENTITY.pattern[1:] + ")")
_BLANKS = " \t\r\n\f\v"


def decoded(text: str) -> str:
    """Return a text with its entities replaced, as Graphviz does; unknown ones stay as they are.

    >>> decoded("&lt;x&gt; &#65;&#x42; &none; &amp;lt;")
    '<x> AB &none; &lt;'
    """
    return _ENTITY.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    name = match[1]
    if name.startswith("#"):
        code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
    else:
        code = name2codepoint.get(name, 39 if name == "apos" else -1)
    is_character = 0 <= code < 0x110000 and not 0xD800 <= code < 0xE000
    return chr(code) if is_character else match[0]


def lines_of(label: str, node: str = "") -> list[str]:
    """Return the lines of a label with escapes undone and entities kept; empty lines are dropped.

    ``\\n``, ``\\l`` and ``\\r`` end a line, as does a line break; ``\\N`` is the name of the node.

    >>> lines_of("a/0\\\\nb/1")
    ['a/0', 'b/1']
    """
    if isinstance(label, HtmlString):
        return [" ".join(cells) for cells in _html_rows(label)]
    lines = [""]
    position = 0
    while position < len(label):
        character = label[position]
        position += 1
        if character == "\\" and position < len(label):
            character = label[position]
            position += 1
            if character in "nlr":
                lines.append("")
                continue
            lines[-1] += node if character == "N" else character
        elif character == "\n":
            lines.append("")
        else:
            lines[-1] += character
    return [line for line in (part.strip(_BLANKS) for part in lines) if line]


def text_of(label: str, node: str = "") -> str:
    """Return a label as one line of text, with entities decoded."""
    return decoded(" ".join(lines_of(label, node)))


def pairs_of(label: str) -> list[tuple[str, str] | None]:
    """Return input and output of each line of an edge's label; None for a line without output.

    In an HTML label two cells of a row, or two lines without a slash, are input and output.

    >>> pairs_of("ACK+RST(V,V,0)/TIMEOUT"), pairs_of("a/b / c"), pairs_of("a"), pairs_of("a/")
    ([('ACK+RST(V,V,0)', 'TIMEOUT')], [('a/b', 'c')], [None], [('a', '')])
    """
    if isinstance(label, HtmlString):
        rows = _html_rows(label)
        if len(rows) == 2 and all(len(row) == 1 and split(row[0]) is None for row in rows):
            rows = [[rows[0][0], rows[1][0]]]
        return [
            (decoded(row[0]), decoded(row[1])) if len(row) == 2 else split(row[0]) if len(row) == 1 else None
            for row in rows
        ]
    return [split(line) for line in lines_of(label)]


def split(line: str) -> tuple[str, str] | None:
    """Split a line ``input/output`` at the first `` / ``, else at the first ``/``; decode both parts."""
    for text, decode in ((line, decoded), (decoded(line), str)):
        for slash in SLASHES:
            before, separator, after = text.partition(slash)
            if separator and before.strip(_BLANKS):
                return decode(before.strip(_BLANKS)), decode(after.strip(_BLANKS))
    return None


def state_pair(label: str, shape: str, node: str) -> tuple[str, str] | None:
    """Return name and output of a state's label; None without output.

    The label reads ``name|output`` or ``name/output``, or is a record or table of two fields.
    """
    if isinstance(label, HtmlString):
        rows = _html_rows(label)
        parts = [part for row in rows for part in row]
        return (decoded(parts[0]), decoded(parts[1])) if len(parts) == 2 else split(" ".join(parts))
    if shape.lower() in ("record", "mrecord"):
        fields = record_fields(label, node)
        return (fields[0], fields[1]) if len(fields) == 2 else split(" ".join(fields))
    text = " ".join(lines_of(label, node))
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1]
    before, separator, after = text.partition("|")
    if separator and after.strip(_BLANKS):
        return decoded(before.strip(_BLANKS)), decoded(after.strip(_BLANKS))
    return split(text)


def record_fields(label: str, node: str = "") -> list[str]:
    """Return the texts of a record's fields, without ports.

    >>> record_fields(r"{<f0> A|<f1> x \\| y}")
    ['A', 'x | y']
    """
    fields = [""]
    position, in_port = 0, False
    while position < len(label):
        character = label[position]
        position += 1
        if character == "\\" and position < len(label):
            character = label[position]
            position += 1
            if not in_port:
                fields[-1] += " " if character in "nlr" else node if character == "N" else character
        elif in_port:
            in_port = character != ">"
        elif character == "<":
            in_port = True
        elif character == "|":
            fields.append("")
        elif character not in "{}":
            fields[-1] += character
    return [decoded(" ".join(field.split())) for field in fields]


class _HtmlText(HTMLParser):
    """Collect the rows of an HTML label: a row for each line or table row, a text for each cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.rows: list[list[str]] = [[""]]

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag in ("br", "tr", "table"):
            self.rows.append([""])
        elif tag == "td":
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("tr", "table"):
            self.rows.append([""])

    def handle_data(self, data: str) -> None:
        self.rows[-1][-1] += data

    def handle_entityref(self, name: str) -> None:
        self.rows[-1][-1] += f"&{name};"

    def handle_charref(self, name: str) -> None:
        self.rows[-1][-1] += f"&#{name};"


def _html_rows(label: str) -> list[list[str]]:
    parser = _HtmlText()
    parser.feed(label)
    parser.close()
    rows = []
    for row in parser.rows:
        cells = [" ".join(cell.split()) for cell in row]
        texts = [cell for cell in cells if cell]
        rows.append([text for text in texts if text not in SEPARATORS] if len(texts) > 1 else texts)
    return [row for row in rows if row]


# writing


def joined(symbol: str, output: str) -> str:
    """Return the quoted edge label of an input and an output."""
    return f'"{encoded(symbol, "/")}/{encoded(output, "/")}"'


def joined_state(name: str, output: str) -> str:
    """Return the quoted node label of a state and its output."""
    return f'"{encoded(name, "|{}")}|{encoded(output, "|{}")}"'


def quoted(text: str) -> str:
    """Return a text as a quoted label, which Graphviz shows as it is and `text_of` reads back.

    >>> quoted('C:\\\\new "x" ->'), quoted("&lt; & ")
    ('"C:\\\\\\\\new &quot;x&quot; -&gt;"', '"&amp;lt; &&#32;"')
    """
    return f'"{encoded(text)}"'


def encoded(text: str, separators: str = "") -> str:
    """Return a text as part of a label: separators, quotes, arrows and outer blanks become entities."""
    text = _BEFORE_ENTITY.sub("&amp;", text).replace("\\", "\\\\")
    text = text.replace('"', "&quot;").replace("->", "-&gt;")
    characters = [
        f"&#{ord(character)};"
        if character in separators or (character != " " and not character.isprintable())
        else character
        for character in text
    ]
    for end in (0, -1):
        if characters and characters[end] in _BLANKS:
            characters[end] = "&#32;"
    return "".join(characters)
