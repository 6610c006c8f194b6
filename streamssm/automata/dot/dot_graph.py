"""Recursive-descent parser of DOT: text -> nodes and edges with their attributes and line numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from streamssm.automata.dot.tokens import Token, fault, tokens_of
from streamssm.errors import FormatError

Attributes = dict[str, str]
MAX_DEPTH = 100  # of nested subgraphs


@dataclass(frozen=True)
class DotNode:
    """A node with its attributes; ``line`` is the line of its first mention."""

    name: str
    attributes: Mapping[str, str]
    line: int


@dataclass(frozen=True)
class Edge:
    """A directed edge between two nodes, given by their names."""

    source: str
    target: str
    attributes: Mapping[str, str]
    line: int


@dataclass(frozen=True)
class DotGraph:
    """A directed graph; nodes in order of first mention."""

    name: str
    nodes: dict[str, DotNode]
    edges: tuple[Edge, ...]
    attributes: Mapping[str, str] = field(default_factory=dict)


def parse(text: str, where: str = "DOT") -> DotGraph:
    """Return the graph that a DOT text describes; subgraphs are merged into it.

    Raises
    ------
    FormatError
        If the text is not a directed graph; the message has the line, the column and the expected token.

    >>> parse('digraph g { a -> b [label="0/1"]; }').edges
    (Edge(source='a', target='b', attributes={'label': '0/1'}, line=1),)
    """
    return _Parser(text, where).graph()


@dataclass
class _Scope:
    """Default attributes of nodes and edges between one pair of braces, and the nodes mentioned there."""

    node: Attributes = field(default_factory=dict)
    edge: Attributes = field(default_factory=dict)
    mentioned: dict[str, None] = field(default_factory=dict)

    def inner(self) -> _Scope:
        return _Scope(dict(self.node), dict(self.edge))


class _Parser:
    """Recursive descent with one token of lookahead, which DOT's grammar needs at most."""

    def __init__(self, text: str, where: str) -> None:
        self.where = where
        self.tokens: Iterator[Token] = tokens_of(text, where)
        self.token = next(self.tokens)
        self.scopes: list[_Scope] = []
        self.nodes: dict[str, tuple[Attributes, int]] = {}
        self.edges: list[Edge] = []
        self.attributes: Attributes = {}

    def graph(self) -> DotGraph:
        if self.token.keyword == "strict":
            self._advance()
        if self.token.keyword != "digraph":
            raise self._fault("'digraph'")
        self._advance()
        name = self._name() if self.token.is_name else ""
        self._expect("{")
        self.scopes.append(_Scope())
        self._statements()
        if self.token.kind != "end":
            raise self._fault("the end of the text after the last '}'")
        nodes = {name: DotNode(name, attributes, line) for name, (attributes, line) in self.nodes.items()}
        return DotGraph(name, nodes, tuple(self.edges), self.attributes)

    # statements

    def _statements(self) -> None:
        """Consume the statements of the innermost scope and its closing brace."""
        while not self._accept("}"):
            self._statement()
        self.scopes.pop()

    def _statement(self) -> None:
        if self._accept(";") or self._accept(","):
            return
        if self._at("{") or self.token.keyword == "subgraph" or self.token.is_name:
            self._node_or_edge()
        elif self.token.keyword in ("graph", "node", "edge"):
            self._defaults(str(self.token.keyword))
        else:
            raise self._fault("a node, an edge or '}'")

    def _subgraph(self) -> tuple[str, ...]:
        """Consume a subgraph; return the nodes that it mentions."""
        if self.token.keyword == "subgraph":
            self._advance()
            if self.token.is_name:
                self._name()
        if len(self.scopes) > MAX_DEPTH:
            raise self._fault(f"at most {MAX_DEPTH} nested subgraphs")
        self._expect("{")
        self.scopes.append(self.scopes[-1].inner())
        mentioned = self.scopes[-1].mentioned
        self._statements()
        self.scopes[-1].mentioned.update(mentioned)
        return tuple(mentioned)

    def _defaults(self, keyword: str) -> None:
        self._advance()
        attributes = self._attributes()
        if keyword == "graph":
            self._graph_attributes(attributes)
        else:
            getattr(self.scopes[-1], keyword).update(attributes)

    def _graph_attributes(self, attributes: Attributes) -> None:
        if len(self.scopes) == 1:  # a subgraph's own attributes, such as a cluster's label, are dropped
            self.attributes.update(attributes)

    def _node_or_edge(self) -> None:
        line = self.token.line
        is_node = self.token.is_name
        ends = [self._end(line, is_first=True)]
        if not ends[0] and is_node:
            return  # an attribute of the graph
        while self._accept("->"):
            if not (self.token.is_name or self._at("{") or self.token.keyword == "subgraph"):
                raise self._fault("the name of a node")
            ends.append(self._end(line))
        if self._at("--"):
            raise self._fault("'->' (edges must be directed)")
        attributes = self._attributes() if len(ends) > 1 or is_node else {}
        if len(ends) == 1 and is_node:
            self.nodes[ends[0][0]][0].update(attributes)
        for sources, targets in zip(ends, ends[1:], strict=False):
            for source in sources:
                for target in targets:
                    self.edges.append(Edge(source, target, {**self.scopes[-1].edge, **attributes}, line))

    def _end(self, line: int, is_first: bool = False) -> tuple[str, ...]:
        """Consume one end of an edge, a node or a subgraph; return its nodes, none for ``name=value``."""
        if not self.token.is_name:
            return self._subgraph()
        name = self._name()
        if is_first and self._accept("="):
            self._graph_attributes({name: self._name()})
            return ()
        self._skip_port()
        self.nodes.setdefault(name, (dict(self.scopes[-1].node), line))
        self.scopes[-1].mentioned[name] = None
        return (name,)

    def _skip_port(self) -> None:
        while self._accept(":"):
            self._name()

    def _attributes(self) -> Attributes:
        attributes: Attributes = {}
        while self._accept("["):
            while not self._accept("]"):
                if self._accept(";") or self._accept(","):
                    continue
                if not self.token.is_name:
                    raise self._fault("an attribute or ']'")
                name = self._name()
                self._expect("=")
                attributes[name] = self._name()
        return attributes

    # tokens

    def _name(self) -> str:
        """Consume a name; strings joined by + are concatenated."""
        if not self.token.is_name:
            raise self._fault("a name")
        token = self._advance()
        text = token.text
        while token.kind == "string" and self._accept("+"):
            token = self._advance()
            if token.kind != "string":
                raise self._fault("a string after '+'", token)
            text += token.text
        return text

    def _at(self, sign: str) -> bool:
        return self.token.kind == "sign" and self.token.text == sign

    def _accept(self, sign: str) -> bool:
        matches = self._at(sign)
        if matches:
            self._advance()
        return matches

    def _expect(self, sign: str) -> None:
        if not self._accept(sign):
            raise self._fault(repr(sign))

    def _advance(self) -> Token:
        token = self.token
        if token.kind != "end":
            self.token = next(self.tokens)
        return token

    def _fault(self, expected: str, token: Token | None = None) -> FormatError:
        at = token or self.token
        return fault(self.where, at.line, at.column, f"expected {expected}, found {at}")
