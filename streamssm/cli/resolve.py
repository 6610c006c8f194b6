"""WHAT -> the thing itself: from the library, a module, a file of Python, a language, or saved before."""

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


def resolve(what: InputSource, settings: Settings) -> Artefact:
    """Return what a command is about; every setting must be one that it takes."""
    if isinstance(what, str) and what.endswith(DOT):
        what = Dot(what)
    if isinstance(what, Suite):
        return _suite_language(what, settings)
    if not isinstance(what, str):
        if settings:
            raise ParameterError(f"{what} has no parameters; it takes no --set {next(iter(settings))}")
        return language(what)
    if what.endswith(SAVED):
        if settings:
            raise ParameterError(
                f"{what} is saved with its parameters; it takes no --set {next(iter(settings))}"
            )
        return load_saved(what)
    return construct(find_class(what), what, settings)  # type: ignore[no-any-return]


def resolve_both(what: InputSource, other: str, settings: Settings) -> tuple[Artefact, Artefact]:
    """Return the two sides of a check; every setting must be one that a side takes."""
    sides = (what, named_by(other, None))
    taken = [_taken(side, settings) for side in sides]
    for name in settings:
        if not any(name in part for part in taken):
            resolve(what, {name: settings[name]})  # tells what it takes
            raise ParameterError(f"neither {what} nor {other} takes --set {name}")
    return _aligned(resolve(what, taken[0]), resolve(sides[1], taken[1]))


def _aligned(a: Artefact, b: Artefact) -> tuple[Artefact, Artefact]:
    """Return two sides, machines with their symbols and outputs numbered alike where names allow it."""
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
    """Return a language with the numbers of saved names, as far as it has these names."""
    machine = language.given
    assert machine is not None
    saved = names.outputs if machine.is_moore else names.outputs[1:]
    fits = not machine.is_acceptor and set(machine.outputs) <= set(saved)
    symbols = names.symbols if set(machine.symbols) == set(names.symbols) else machine.symbols
    return language.renumbered(symbols, saved if fits else machine.outputs)


def vocabulary_of(artefact: Artefact) -> Vocabulary | None:
    """Return the names of an artefact's symbols and outputs; None where it has none."""
    from streamssm.frontends.algorithm import Algorithm
    from streamssm.languages.language import Language

    if isinstance(artefact, Algorithm):
        return None
    return (artefact.program() if isinstance(artefact, Language) else artefact).vocabulary


def _suite_language(what: Suite, settings: Settings) -> Artefact:
    """Return a language of the suite; counters have the bits that --set counter_bits asks for."""
    from streamssm.languages.suite import LanguageClass, find

    found, taken = find(what.name), _taken(what, settings)
    for name in settings.keys() - taken.keys():
        raise ParameterError(f"{what} takes no --set {name}")
    bits = parse_integer(taken["counter_bits"], "--set counter_bits") if taken else None
    if what.mode is None:
        return found.language(bits)
    if found.language_class is LanguageClass.COUNTER:
        return found.program(what.mode, bits)
    return found.language().in_mode(what.mode)


def _counts(what: Suite) -> bool:
    from streamssm.languages.suite import LanguageClass, find

    return find(what.name).language_class is LanguageClass.COUNTER


def _taken(what: InputSource, settings: Settings) -> dict[str, str]:
    if isinstance(what, Suite):
        return {name: text for name, text in settings.items() if name == "counter_bits" and _counts(what)}
    has_none = not isinstance(what, str) or what.endswith((*SAVED, DOT))
    parameters: Mapping[str, Any] = {} if has_none else parameters_of(find_class(str(what)))
    return {name: value for name, value in settings.items() if name in parameters}


def language(what: PastLTL | Regex | Dot) -> Language:
    """Return the language that options name, in the mode that they ask for."""
    from streamssm.languages.language import Language

    if isinstance(what, PastLTL):
        found = Language.from_past_ltl(what.text, what.propositions)
    elif isinstance(what, Regex):
        found = Language.from_regex(what.text, what.alphabet)
    else:
        found = Language.from_dot(what.path, symbols=what.alphabet)
    return found.in_mode(what.mode)


def load_saved(path: str) -> Program | SSM:
    """Read a saved program or model."""
    if not os.path.exists(path):
        raise FormatError(f"{path}: cannot be read: no such file")
    from streamssm.files import load

    return load(path)


def find_class(what: str) -> type[Algorithm]:
    """Return the class that a library name, ``module:Class`` or ``file.py:Class`` means."""
    place, colon, name = what.rpartition(":")
    if not colon:
        return _library_class(what)
    module = _load_file(place) if place.endswith(".py") else _load_module(place)
    return _class_in(module, place, name)


def _library_class(what: str) -> type[Algorithm]:
    from streamssm.algorithms import library
    from streamssm.languages.suite import load_all

    known = library()
    if what in known:
        return known[what]
    if what.endswith(".py"):
        raise ParameterError(f"{what}: name the class too, as in {what}:Class")
    if os.path.isfile(what):
        raise ParameterError(
            f"{what}: a saved program must end in .json, a saved model in .safetensors, and a machine in .dot"
        )
    close = get_close_matches(what.lower(), [*known, *load_all()], n=1)
    hint = f"did you mean {close[0]}?" if close else f"the library has {', '.join(sorted(known))}"
    raise ParameterError(f"{what!r} is no algorithm of the library and no language of the suite; {hint}")


def _load_file(path: str) -> ModuleType:
    if not os.path.isfile(path):
        raise ParameterError(f"{path}: cannot be read: no such file")
    name = os.path.abspath(path)  # no other module has this name
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ParameterError(f"{path}: must be a file of Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    folder = os.path.dirname(name)
    if folder not in sys.path:
        sys.path.insert(0, folder)  # it may import its neighbours
    try:
        spec.loader.exec_module(module)
    except StreamSSMError:
        raise
    except (Exception, SystemExit) as error:  # the file is the user's: whatever it raises is told
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
    except (Exception, SystemExit) as error:  # the module is the user's: whatever it raises is told
        raise ParameterError(f"{name!r} cannot be imported: {one_line(error)}") from error


def _class_in(module: ModuleType, place: str, name: str) -> type[Algorithm]:
    from streamssm.frontends.algorithm import Algorithm

    found = getattr(module, name, None)
    if isinstance(found, type) and issubclass(found, Algorithm):
        return found
    own = _classes(module, Algorithm)
    close = get_close_matches(name, own, n=1)
    has = f"did you mean {close[0]}?" if close else f"it has {', '.join(own) or 'none'}"
    kind = "is no streamssm.Algorithm" if found is not None else "is not there"
    raise ParameterError(f"{place}: {name!r} {kind}; {has}")


def _classes(module: ModuleType, base: type) -> Sequence[str]:
    return [
        name
        for name, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, base) and value is not base
    ]
