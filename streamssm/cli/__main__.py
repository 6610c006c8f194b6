"""``python -m streamssm.cli`` is ``streamssm``."""

from __future__ import annotations

from streamssm.cli import main

main(prog_name="streamssm")
