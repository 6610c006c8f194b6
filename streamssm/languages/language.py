"""Language: a set of finite traces, held as the program that recognises it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from streamssm.errors import ParameterError, TokenError
from streamssm.program.program import Program

if TYPE_CHECKING:
    from streamssm.frontends.past_ltl.formula import Formula

Trace = Sequence[Collection[str] | Sequence[int]] | NDArray[Any]


@dataclass(frozen=True)
class Language:
    """A set of finite traces.

    ``recogniser`` reads a trace: a token for each position, with a field in [0, 1] for each proposition. Its
    one output word is 1 where what it has read so far is a trace of the language.
    """

    name: str
    recogniser: Program

    def __post_init__(self) -> None:
        if len(self.recogniser.outputs) != 1:
            raise ParameterError(
                f"a language's program must have 1 output word, not {len(self.recogniser.outputs)}"
            )

    @classmethod
    def from_past_ltl(
        cls, formula: str | Formula, propositions: Sequence[str] | None = None, *, name: str | None = None
    ) -> Language:
        """Return the traces at whose last position a formula of past-time LTL is true, the empty one not.

        Parameters
        ----------
        formula : of ``! & ^ | -> <->``, ``Y Z O H S``, ``first``, ``pos % m == r``; positions count from 0
        propositions : the token's fields, in this order; if None, the propositions of the formula, sorted
        name : of the language and its program; the formula's text if None

        Raises
        ------
        ParameterError
            If the text is no formula (line and column are named), or names none of ``propositions``.

        Examples
        --------
        >>> granted = Language.from_past_ltl("H(grant -> Y O request)")
        >>> granted.propositions, granted.program().memory_bits
        (('grant', 'request'), 2)
        >>> granted.accepts([{"request"}, set(), {"grant"}]), granted.accepts([{"request", "grant"}])
        (True, False)
        """
        from streamssm.frontends.past_ltl.parser import parse
        from streamssm.frontends.past_ltl.to_program import to_program

        parsed = parse(formula, propositions) if isinstance(formula, str) else formula
        program = to_program(parsed, propositions, name=name)
        return cls(program.name, program)

    @property
    def propositions(self) -> tuple[str, ...]:
        """The names of the token's fields."""
        return tuple(word.name for word in self.recogniser.fields)

    def program(self) -> Program:
        """Return the program that recognises the language."""
        return self.recogniser

    def accepts(self, trace: Trace) -> bool:
        """Return whether a trace is in the language.

        Parameters
        ----------
        trace : for each position the names of the propositions that are true, or a token of bits

        Raises
        ------
        TokenError
            If a name is no proposition of the language, or a token does not fit its fields.
        """
        tokens = [self._token(position, given) for position, given in enumerate(trace)]
        return bool(self.recogniser.run(tokens)[-1, 0] if tokens else self.recogniser.begin()[0])

    def _token(self, position: int, given: Collection[str] | Sequence[int]) -> tuple[int, ...]:
        """Return the token of a position; names become bits."""
        if isinstance(given, str) or not isinstance(given, Iterable):
            raise TokenError(f"token {position} must be names of propositions or bits, not {given!r}")
        parts = list(given)
        if not all(isinstance(part, str) for part in parts):
            return tuple(parts)  # type: ignore[arg-type]
        for name in parts:
            if name not in self.propositions:
                known = ", ".join(self.propositions) or "none"
                raise TokenError(f"token {position}: a proposition must be one of {known}, not {name!r}")
        return tuple(int(name in parts) for name in self.propositions)
