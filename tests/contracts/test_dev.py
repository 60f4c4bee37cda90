# SPDX-License-Identifier: EUPL-1.2
"""The one command: it knows when something must be done again, and it needs nothing but Python."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tools import dev


def test_it_needs_the_standard_library_only(root: Path) -> None:
    """It runs before anything is installed."""
    tree = ast.parse((root / "tools" / "dev.py").read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name for name in imported if name.partition(".")[0] not in sys.stdlib_module_names} == set()


def test_it_tells_what_it_can_do_without_an_environment(root: Path) -> None:
    """Isolated: without the packages of this environment and without its variables."""
    command = [sys.executable, "-I", "-S", "tools/dev.py", "help"]
    answer = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert all(f"  {name}" in answer.stdout for name in dev.COMMANDS)


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for a clone."""
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "room.py").write_text("one", encoding="utf-8")
    return tmp_path


def test_a_fingerprint_follows_content_and_name_only(clone: Path) -> None:
    """Not the age of a file, and not what Python or numba leave beside it."""
    code = clone / "code"
    before = dev.fingerprint([code])
    (code / "room.py").touch()
    (code / "__pycache__").mkdir()
    (code / "__pycache__" / "room.nbc").write_text("compiled", encoding="utf-8")
    assert dev.fingerprint([code]) == before
    (code / "room.py").write_text("two", encoding="utf-8")
    changed = dev.fingerprint([code])
    (code / "room.py").rename(code / "hall.py")
    assert len({before, changed, dev.fingerprint([code])}) == 3


def test_the_large_lock_file_covers_the_small_one() -> None:
    """After `make test`, `make run` installs nothing; the other way around it does."""
    assert set(dev._covering("run")) == {"run", "test"}
    assert set(dev._covering("test")) == {"test"}


def test_a_chosen_chromium_overrules_the_one_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a machine where it stands elsewhere."""
    monkeypatch.setenv("CHROMIUM", "somewhere/chromium")
    assert dev.find_chromium() == "somewhere/chromium"


def test_caches_and_the_home_of_what_is_started_stay_inside_the_clone() -> None:
    """Only then can the folder be removed without a trace."""
    variables = dev.environment(TMPDIR="given")
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "NUMBA_CACHE_DIR", "MYPY_CACHE_DIR"):
        assert Path(variables[name]).is_relative_to(dev.CACHE), name
    assert variables["TMPDIR"] == "given"


def test_a_failing_step_stops_everything() -> None:
    """And says which step it was."""
    with pytest.raises(dev.StopError, match="exit code 3"):
        dev.call(sys.executable, "-c", "raise SystemExit(3)")


def test_what_coverage_leaves_out_has_its_reason_beside_it(root: Path) -> None:
    """An exception that nobody can explain is a hole in the floor."""
    told = (root / "pyproject.toml").read_text(encoding="utf-8")
    part = told[told.index("[tool.coverage.run]") : told.index("[tool.importlinter]")]
    left_out = [line for line in part.splitlines() if line.startswith('  "')]
    assert len(left_out) > 3
    assert [line for line in left_out if not line.partition("#")[2].strip()] == []
    assert "fail_under" in part
