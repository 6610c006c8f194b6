"""Resolve WHAT to an artefact: a library class, a module or Python file, a language, or a saved file."""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import ModuleType
from typing import TYPE_CHECKING, Any

from streamssm.cli.settings import Settings, construct, one_line, parameters_of, parse_integer
from streamssm.cli.what import DOT, Dot, InputSource, PastLTL, Regex, Suite, named_by
from streamssm.errors import FormatError, ParameterError, StreamSSMError

if TYPE_CHECKING:
    from streamssm.frontends.algorithm import Algorithm
    from streamssm.ir.vocabulary import Vocabulary
    from streamssm.languages.language import Language
    from streamssm.program.program import Program
    from streamssm.ssm.model import SSM

    Artefact = Algorithm | Program | Language | SSM

SAVED = (".json", ".safetensors")


def resolve(source: InputSource, settings: Settings) -> Artefact:
    """Return the artefact that WHAT names; raise ParameterError for a setting that it does not take."""
    if isinstance(source, str) and source.endswith(DOT):
        source = Dot(source)
    if isinstance(source, Suite):
        return _suite_language(source, settings)
    if not isinstance(source, str):
        if settings:
            raise ParameterError(f"{source} has no parameters, so it takes no --set {next(iter(settings))}")
        return language(source)
    if source.endswith(SAVED):
        if settings:
            raise ParameterError(
                f"{source} was saved with its parameters, so it takes no --set {next(iter(settings))}"
            )
        return load_saved(source)
    return construct(find_class(source), source, settings)  # type: ignore[no-any-return]


def resolve_both(source: InputSource, other: str, settings: Settings) -> tuple[Artefact, Artefact]:
    """Return the two sides of a check; raise ParameterError for a setting that neither side takes."""
    sides = (source, named_by(other, None))
    taken = [_accepted_settings(side, settings) for side in sides]
    for name in settings:
        if not any(name in part for part in taken):
            resolve(source, {name: settings[name]})  # raises, and lists the parameters
            raise ParameterError(f"neither {source} nor {other} has a parameter {name!r}")
    return _aligned(resolve(source, taken[0]), resolve(sides[1], taken[1]))


def _aligned(a: Artefact, b: Artefact) -> tuple[Artefact, Artefact]:
    """Number the symbols and outputs of two automata alike, if their names allow it."""
    from streamssm.languages.language import Language

    if isinstance(b, Language) and b.given is not None and (names := vocabulary_of(a)):
        if isinstance(a, Language) and a.given is not None:
            outputs = tuple(dict.fromkeys(a.given.outputs + b.given.outputs))
            a = a.renumbered(a.given.symbols, outputs)
            return a, b.renumbered(a.symbols, outputs)
        return a, _numbered_like(b, names)
    if isinstance(a, Language) and a.given is not None and (names := vocabulary_of(b)):
        return _numbered_like(a, names), b
    return a, b


def _numbered_like(language: Language, names: Vocabulary) -> Language:
    """Renumber a language's symbols and outputs by the names of a saved artefact, where they agree."""
    machine = language.given
    assert machine is not None
    saved = names.outputs if machine.is_moore else names.outputs[1:]
    fits = not machine.is_acceptor and set(machine.outputs) <= set(saved)
    symbols = names.symbols if set(machine.symbols) == set(names.symbols) else machine.symbols
    return language.renumbered(symbols, saved if fits else machine.outputs)


def vocabulary_of(artefact: Artefact) -> Vocabulary | None:
    """Return the names of an artefact's symbols and outputs, or None."""
    from streamssm.frontends.algorithm import Algorithm
    from streamssm.languages.language import Language

    if isinstance(artefact, Algorithm):
        return None
    return (artefact.program() if isinstance(artefact, Language) else artefact).vocabulary


def _suite_language(source: Suite, settings: Settings) -> Artefact:
    """Return a language of the suite; --set counter_bits sizes its counters."""
    from streamssm.languages.suite import LanguageClass, find

    suite_language, taken = find(source.name), _accepted_settings(source, settings)
    for name in settings.keys() - taken.keys():
        raise ParameterError(f"{source} has no parameter '{name}'")
    bits = parse_integer(taken["counter_bits"], "--set counter_bits") if taken else None
    if source.mode is None:
        return suite_language.language(bits)
    if suite_language.language_class is LanguageClass.COUNTER:
        return suite_language.program(source.mode, bits)
    return suite_language.language().in_mode(source.mode)


def _counts(source: Suite) -> bool:
    from streamssm.languages.suite import LanguageClass, find

    return find(source.name).language_class is LanguageClass.COUNTER


def _accepted_settings(source: InputSource, settings: Settings) -> dict[str, str]:
    if isinstance(source, Suite):
        return {name: text for name, text in settings.items() if name == "counter_bits" and _counts(source)}
    has_none = not isinstance(source, str) or source.endswith((*SAVED, DOT))
    parameters: Mapping[str, Any] = {} if has_none else parameters_of(find_class(str(source)))
    return {name: value for name, value in settings.items() if name in parameters}


def language(source: PastLTL | Regex | Dot) -> Language:
    """Return the language that the options name, in the requested mode."""
    from streamssm.languages.language import Language

    if isinstance(source, PastLTL):
        parsed = Language.from_past_ltl(source.text, source.propositions)
    elif isinstance(source, Regex):
        parsed = Language.from_regex(source.text, source.alphabet)
    else:
        parsed = Language.from_dot(
            source.path,
            kind="moore" if source.moore else "auto",
            symbols=source.alphabet,
            initial=source.initial,
            accepting=source.accepting,
            labels=source.labels or "auto",
            partial=source.partial,
        )
    return parsed.in_mode(source.mode)


def load_saved(path: str) -> Program | SSM:
    """Read a saved program or model."""
    if not os.path.exists(path):
        raise FormatError(f"{path}: no such file")
    from streamssm.files import load

    return load(path)


def find_class(source: str) -> type[Algorithm]:
    """Return the class that a library name, ``module:Class`` or ``file.py:Class`` refers to."""
    location, colon, name = source.rpartition(":")
    if not colon:
        return _library_class(source)
    module = _load_file(location) if location.endswith(".py") else _load_module(location)
    return _class_in(module, location, name)


def _library_class(name: str) -> type[Algorithm]:
    from streamssm.algorithms import library
    from streamssm.languages.suite import load_all

    known = library()
    if name in known:
        return known[name]
    if name.endswith(".py"):
        raise ParameterError(f"{name}: add the name of a class, as in {name}:Class")
    if os.path.isfile(name):
        raise ParameterError(
            f"{name}: unknown file type; programs end in .json, models in .safetensors, automata in .dot"
        )
    close = get_close_matches(name.lower(), [*known, *load_all()], n=1)
    hint = f"did you mean {close[0]}?" if close else f"the library has {', '.join(sorted(known))}"
    raise ParameterError(f"unknown algorithm or language {name!r}; {hint}")


def _load_file(path: str) -> ModuleType:
    if not os.path.isfile(path):
        raise ParameterError(f"{path}: no such file")
    name = os.path.abspath(path)  # an absolute path cannot clash with the name of a module
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ParameterError(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    folder = os.path.dirname(name)
    if folder not in sys.path:
        sys.path.insert(0, folder)  # the file may import modules beside it
    try:
        spec.loader.exec_module(module)
    except StreamSSMError:
        raise
    except (Exception, SystemExit) as error:  # user code may raise anything
        raise ParameterError(f"{_raised_at(error, path)}: {one_line(error)}") from error
    return module


def _raised_at(error: BaseException, path: str) -> str:
    if isinstance(error, SyntaxError):
        return path
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    return f"{path}:{lines[-1]}" if lines else path


def _load_module(name: str) -> ModuleType:
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        return importlib.import_module(name)
    except StreamSSMError:
        raise
    except (Exception, SystemExit) as error:  # user code may raise anything
        raise ParameterError(f"{name!r} cannot be imported: {one_line(error)}") from error


def _class_in(module: ModuleType, location: str, name: str) -> type[Algorithm]:
    from streamssm.frontends.algorithm import Algorithm

    candidate = getattr(module, name, None)
    if isinstance(candidate, type) and issubclass(candidate, Algorithm):
        return candidate
    own = _classes(module, Algorithm)
    close = get_close_matches(name, own, n=1)
    has = f"did you mean {close[0]}?" if close else f"it has {', '.join(own) or 'none'}"
    kind = "is not a streamssm.Algorithm" if candidate is not None else "does not exist"
    raise ParameterError(f"{location}: {name!r} {kind}; {has}")


def _classes(module: ModuleType, base: type) -> Sequence[str]:
    return [
        name
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, base) and value is not base
    ]
