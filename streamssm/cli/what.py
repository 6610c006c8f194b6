"""What a command is about, as it was named."""

from __future__ import annotations

from dataclasses import dataclass

from streamssm.errors import ParameterError


@dataclass(frozen=True)
class PastLTL:
    """A formula that was given in the place of WHAT."""

    text: str
    propositions: tuple[str, ...] | None = None

    def __str__(self) -> str:
        return self.text


What = str | PastLTL


def past_ltl_of(text: str | None, propositions: str | None) -> PastLTL | None:
    """Return what ``--past-ltl`` and ``--propositions`` say; None if there is no formula.

    >>> past_ltl_of("O a", "b, a")
    PastLTL(text='O a', propositions=('b', 'a'))
    """
    if text is None:
        if propositions is not None:
            raise ParameterError("--propositions must come with --past-ltl, not without it")
        return None
    if propositions is None:
        return PastLTL(text)
    return PastLTL(text, tuple(name.strip() for name in propositions.split(",")))


def words_of(what: What) -> list[str]:
    """Return the words of a command line that name the same thing."""
    if isinstance(what, str):
        return [what]
    given = [] if what.propositions is None else ["--propositions", ",".join(what.propositions)]
    return ["--past-ltl", what.text, *given]
