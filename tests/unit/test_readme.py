"""The README's Python runs as it stands there, and prints what it says."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"


def test_python_of_the_readme(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    path = tmp_path / "readme.py"
    text = "\n\n".join(blocks).replace("from my_algorithms import Compose\n", "")  # a block above defines it
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("readme", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    promised = re.findall(r"^print\(.*\)  # (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert capsys.readouterr().out.splitlines() == promised
    assert module.outputs.tolist() == [[5], [5], [700]]
    assert module.program.memory_bits == module.ssm.memory_bits == module.back.memory_bits == 20
