"""The suite: formal languages on which papers evaluate sequence models; modules are discovered automatically.

Each is a `SuiteLanguage`: programs, a membership test by definition, and samplers.

>>> from streamssm.languages.suite import find, suite
>>> len(suite()), find("tomita-4").contains("0010"), find("parity").program().memory_bits
(27, True, 1)
"""

from __future__ import annotations

import importlib
import pkgutil
from difflib import get_close_matches
from functools import cache

from streamssm.errors import ParameterError
from streamssm.languages.suite.suite_language import END, LanguageClass, SuiteLanguage

__all__ = ["END", "LanguageClass", "SuiteLanguage", "find", "load_all", "suite"]


@cache
def _all() -> tuple[SuiteLanguage, ...]:
    modules = [importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__)]
    languages = [language for module in modules for language in getattr(module, "LANGUAGES", ())]
    groups = list(LanguageClass)
    return tuple(sorted(languages, key=lambda one: (not one.is_of_paper, groups.index(one.language_class))))


def load_all() -> dict[str, SuiteLanguage]:
    """Return every language by name: the 27 of `suite`, and further ones."""
    return {language.name: language for language in _all()}


def suite() -> dict[str, SuiteLanguage]:
    """Return the 27 languages of Sarrof et al., arXiv 2405.17394, by name."""
    return {name: language for name, language in load_all().items() if language.is_of_paper}


def find(name: str) -> SuiteLanguage:
    """Return the language with a name, in snake or kebab case.

    Raises
    ------
    ParameterError
        If there is none; the message suggests similar names.
    """
    known, key = load_all(), name.lower().replace("-", "_")
    if key in known:
        return known[key]
    close = get_close_matches(key, known, n=3) or [other for other in known if key in other][:3]
    hint = f"did you mean {' or '.join(close)}?" if key and close else f"it has {', '.join(sorted(known))}"
    raise ParameterError(f"{name!r} is not a language of the suite; {hint}")
