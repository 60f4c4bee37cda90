# SPDX-License-Identifier: EUPL-1.2
"""The directions between the rooms hold, and the core does not know the web."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

COMMAND_LINE_WITHOUT_WEB = """
import sys
import keten.cli
keten.cli.build()
loaded = {name.partition(".")[0] for name in sys.modules}
assert not loaded & {"django", "keten_web"}, loaded & {"django", "keten_web"}
"""


def test_imports_only_go_down(root: Path) -> None:
    """The contracts of pyproject.toml: the layers are the architecture."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as check; check()"]
    options = ["--no-logo", "--cache-dir", ".cache/import_linter"]
    answer = subprocess.run([*command, *options], cwd=root, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_every_room_has_its_place(root: Path) -> None:
    """A new room is refused until it stands in the layers."""
    settings = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    layers = next(row for row in settings["tool"]["importlinter"]["contracts"] if row["type"] == "layers")
    assert layers["exhaustive"]


def test_the_command_line_runs_without_the_web(root: Path) -> None:
    """The core is a library of its own: nothing of Django is loaded with it."""
    subprocess.run([sys.executable, "-c", COMMAND_LINE_WITHOUT_WEB], cwd=root, check=True)
