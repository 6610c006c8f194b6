"""Build script: maps the top-level folders into the ``streamssm`` package and compiles the kernels.

Static metadata is in pyproject.toml; only what cannot be static is here.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from setuptools import Extension, find_packages, setup
from setuptools.command.build_ext import build_ext as _build_ext

# import name -> folder; packages nested inside these folders are found automatically.
PACKAGE_DIR = {
    "streamssm": "streamssm",
    "streamssm.cext": "cext",
    "streamssm.equivalences": "equivalences",
    "streamssm.bench": "bench",
}

# module -> its hand-written C sources in cext/src
KERNELS: dict[str, list[str]] = {
    "automaton": ["distinguish.c", "minimize.c"],
    "bitpack": [],
    "blockmap": [
        "diagonal.c",
        "diagonal_baseline.c",
        "diagonal_v3.c",
        "diagonal_v4.c",
        "forms.c",
        "plain_steps.c",
    ],
    "collide": [],
    "explore": ["explore.c", "visited.c"],
    "program_vm": [
        "columns.c",
        "lanes.c",
        "lanes_baseline.c",
        "lanes_v3.c",
        "lanes_v4.c",
        "machine.c",
        "stream.c",
    ],
    "scan": [],
}

# -ffp-contract=off: floating-point kernels give the same bits on every CPU;
# -g0: debug information would be most of a wheel
CFLAGS = [] if sys.platform == "win32" else ["-O3", "-fno-math-errno", "-ffp-contract=off", "-g0"]
DIRECTIVES = {"language_level": 3, "boundscheck": False, "wraparound": False, "embedsignature": True}


def packages() -> list[str]:
    """List every package by its import name."""
    # a set: a checkout's links streamssm/{cext,equivalences,bench} are found a second time
    names = set(PACKAGE_DIR)
    for name, folder in PACKAGE_DIR.items():
        names.update(f"{name}.{sub}" for sub in find_packages(folder))
    return sorted(names)


def kernel(name: str, c_sources: list[str]) -> Extension:
    """Describe one extension module, before Cython has run."""
    return Extension(
        f"streamssm.cext.{name}",
        [f"cext/{name}.pyx", *(f"cext/src/{source}" for source in c_sources)],
        include_dirs=["cext/src"],
        depends=sorted(str(path) for path in Path("cext").rglob("*.h")),
        extra_compile_args=CFLAGS,
    )


def stage_pxds(root: Path) -> str:
    """Copy cext/*.pxd to <root>/streamssm/cext, the only place where Cython finds them.

    Cython looks a cimport up as a path, and outside a checkout there is no streamssm/cext.
    """
    shutil.rmtree(root, ignore_errors=True)
    package = root / "streamssm" / "cext"
    package.mkdir(parents=True)
    (root / "streamssm" / "__init__.pxd").touch()
    (package / "__init__.pxd").touch()
    for pxd in Path("cext").glob("*.pxd"):
        shutil.copy2(pxd, package)  # keeps the mtime: cythonize compares it
    return str(root)


class build_ext(_build_ext):
    """Run Cython only when extensions are really built, not for an sdist or for metadata."""

    def build_extensions(self) -> None:
        from Cython.Build import cythonize

        done = cythonize(
            self.extensions,
            include_path=[stage_pxds(Path("build/cython_path"))],
            build_dir="build/cython",
            compiler_directives=DIRECTIVES,
            force=bool(self.force),
        )
        for extension, compiled in zip(self.extensions, done, strict=True):
            extension.sources = compiled.sources
        super().build_extensions()


setup(
    packages=packages(),
    package_dir=PACKAGE_DIR,
    package_data={"streamssm": ["py.typed"], "streamssm.cext": ["*.pyi", "*.pxd"]},
    include_package_data=False,
    ext_modules=[kernel(name, c_sources) for name, c_sources in KERNELS.items()],
    cmdclass={"build_ext": build_ext},
)
