# SPDX-License-Identifier: EUPL-1.2
"""The directions between the rooms hold, and the core does not know the web."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from file_imports import circles, imports_between_files

MOST_OF_THE_CORE = 0.2
"""The part of the lines of the core that one room may hold; more is two concerns in one room."""

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
    layers = [row for row in settings["tool"]["importlinter"]["contracts"] if row["type"] == "layers"]
    assert {name for row in layers for name in row["containers"]} == {"keten", "keten_web"}
    assert all(row["exhaustive"] for row in layers)


def test_the_command_line_runs_without_the_web(root: Path) -> None:
    """The core is a library of its own: nothing of Django is loaded with it."""
    subprocess.run([sys.executable, "-c", COMMAND_LINE_WITHOUT_WEB], cwd=root, check=True)


def test_no_files_of_the_core_import_each_other(root: Path) -> None:
    """Not even for their types: what two files need has a file of its own."""
    assert circles(imports_between_files(root / "src", "keten")) == []


def test_a_circle_of_files_is_found(tmp_path: Path) -> None:
    """The test above can fail: also on a circle of three, through a package."""
    (tmp_path / "house" / "attic").mkdir(parents=True)
    (tmp_path / "house" / "__init__.py").write_text("")
    (tmp_path / "house" / "attic" / "__init__.py").write_text("from house.cellar import stairs\n")
    (tmp_path / "house" / "cellar.py").write_text("from house import hall\n")
    (tmp_path / "house" / "hall.py").write_text("def go():\n    import house.attic\n")
    (found,) = circles(imports_between_files(tmp_path, "house"))
    assert set(found) == {"house.attic", "house.cellar", "house.hall"}


def test_no_room_of_the_core_outgrows_the_house(root: Path) -> None:
    """A room that holds more than a fifth of the core holds two concerns."""
    core = root / "src" / "keten"
    rooms = {
        room.name: sum(len(path.read_bytes().splitlines()) for path in room.rglob("*.py"))
        for room in core.iterdir()
        if (room / "__init__.py").exists()
    }
    assert len(rooms) > 1
    most = MOST_OF_THE_CORE * sum(rooms.values())
    assert {name: lines for name, lines in rooms.items() if lines > most} == {}
