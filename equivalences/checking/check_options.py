"""The options of `check`, in groups: each method takes those of its groups, and no others."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypedDict

from streamssm.equivalences.checking.exhaust import MAX_TRANSITIONS
from streamssm.equivalences.proving.induction import ObligationCallback
from streamssm.equivalences.proving.prove import SECONDS
from streamssm.equivalences.smt.solver import require_installed
from streamssm.errors import ParameterError
from streamssm.runtime.atomic_file import require_writable

# keyword arguments of 0.2, accepted for one version
FORMER = {"told": "on_obligation"}


class CheckOptions(TypedDict, total=False):
    """The keywords of all groups, for type checkers; the classes below say what they mean."""

    max_transitions: int | None
    tokens: int | None
    timeout: float | None
    certificate: str | None
    recheck: bool | None
    on_obligation: ObligationCallback | None


@dataclass(frozen=True)
class SearchOptions:
    """Options of a search over joint states.

    Attributes
    ----------
    max_transitions : where a search stops, for each pair of ways to run the two sides
    """

    max_transitions: int | None = None

    def require_valid(self, method: str) -> None:
        require_at_least("max_transitions", 1, self.max_transitions)

    @property
    def limit(self) -> int:
        return MAX_TRANSITIONS if self.max_transitions is None else self.max_transitions


@dataclass(frozen=True)
class SamplingOptions:
    """Options of sampled streams.

    Attributes
    ----------
    tokens : the least number of tokens to sample; 10^7 by default, or 10^6 if a side is plain Python
    """

    tokens: int | None = None

    def require_valid(self, method: str) -> None:
        require_at_least("tokens", 1, self.tokens)


@dataclass(frozen=True)
class ProofOptions:
    """Options of a proof.

    Attributes
    ----------
    timeout : seconds for each question to the solver, 60 by default; if one has no answer in that time, the
        report says that equality is unknown
    certificate : the JSON file to which "prove" writes a proof that it finds, and from which "certificate"
        reads one
    recheck : whether everything that the proof rests on is decided again by code that shares nothing with
        the prover, and by a second solver (docs/TRUST.md): True for as long as it takes, False for no
        re-check; None, the default, for up to half a minute, and the report says what came of it
    on_obligation : called with each obligation of the proof once it is decided
    """

    timeout: float | None = None
    certificate: str | None = None
    recheck: bool | None = None
    on_obligation: ObligationCallback | None = None

    def require_valid(self, method: str) -> None:
        if self.timeout is not None and not self.timeout > 0:
            raise ParameterError(f"timeout must be more than 0 seconds, not {self.timeout!r}")
        if method == "prove" and self.certificate is not None:
            require_writable(self.certificate)
        if method == "certificate" and self.certificate is None:
            raise ParameterError("method 'certificate' needs certificate=FILE, the proof to re-check")
        require_installed()

    @property
    def seconds(self) -> float:
        return SECONDS if self.timeout is None else self.timeout


GROUPS: dict[str, tuple[type[SearchOptions] | type[SamplingOptions] | type[ProofOptions], ...]] = {
    "auto": (SearchOptions, SamplingOptions),
    "sample": (SamplingOptions,),
    "exhaust": (SearchOptions,),
    "prove": (ProofOptions,),
    "certificate": (ProofOptions,),
}


@dataclass(frozen=True)
class Options:
    """The options of one check; groups that its method does not take are as by default."""

    search: SearchOptions = field(default_factory=SearchOptions)
    sampling: SamplingOptions = field(default_factory=SamplingOptions)
    proof: ProofOptions = field(default_factory=ProofOptions)

    def with_limit(self, max_transitions: int) -> Options:
        return replace(self, search=SearchOptions(max_transitions))


def options_of(method: str, given: Mapping[str, Any]) -> Options:
    """Return the options of a method; ParameterError for an unknown one, or one of another method.

    >>> options_of("sample", {"tokens": 1000}).sampling.tokens
    1000
    >>> options_of("exhaust", {"tokens": 1000})
    Traceback (most recent call last):
      ...
    streamssm.errors.ParameterError: tokens is an option of method 'auto' or 'sample', not of 'exhaust'
    """
    if method not in GROUPS:
        raise ParameterError(f"method must be one of {', '.join(GROUPS)}, not {method!r}")
    groups = {
        group: {f.name for f in fields(group)} for group in (SearchOptions, SamplingOptions, ProofOptions)
    }
    arguments: dict[type[Any], dict[str, Any]] = {group: {} for group in groups}
    for name, value in _renamed(given).items():
        group = next((group for group, names in groups.items() if name in names), None)
        if group is None:
            raise ParameterError(f"check has no option {name!r}")
        if value is not None and group not in GROUPS[method]:
            others = " or ".join(repr(other) for other, taken in GROUPS.items() if group in taken)
            raise ParameterError(f"{name} is an option of method {others}, not of {method!r}")
        arguments[group][name] = value
    options = Options(
        SearchOptions(**arguments[SearchOptions]),
        SamplingOptions(**arguments[SamplingOptions]),
        ProofOptions(**arguments[ProofOptions]),
    )
    for taken in (options.search, options.sampling, options.proof):
        if isinstance(taken, GROUPS[method]):
            taken.require_valid(method)
    return options


def _renamed(given: Mapping[str, Any]) -> dict[str, Any]:
    for old, new in FORMER.items():
        if old in given:
            warnings.warn(f"check({old}=) is now {new}=", DeprecationWarning, stacklevel=4)
    return {FORMER.get(name, name): value for name, value in given.items()}


def options_for(method: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keywords of `check` among some that suit one method: all but those of other groups."""
    taken = {f.name for group in GROUPS[method] for f in fields(group)}
    grouped = {f.name for groups in GROUPS.values() for group in groups for f in fields(group)}
    return {name: value for name, value in options.items() if name in taken or name not in grouped}


def require_at_least(name: str, least: int, value: int | None) -> None:
    if value is not None and value < least:
        raise ParameterError(f"{name} must be at least {least}, not {value}")
