# SPDX-License-Identifier: EUPL-1.2
"""What the contracts are about: the files of the repository, as they are."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".git", ".venv", ".cache", "out", "var", "build", "dist", "__pycache__"}


@pytest.fixture(scope="session")
def root() -> Path:
    """Root of the repository."""
    return ROOT


@pytest.fixture(scope="session")
def files() -> list[Path]:
    """Every file of the repository, relative to its root; without what is made and what is ignored."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if answer.returncode == 0:
        listed = [Path(name) for name in answer.stdout.decode().split("\0") if name]
    else:  # a copy without its history
        listed = [path.relative_to(ROOT) for path in ROOT.rglob("*")]
    return sorted(path for path in listed if (ROOT / path).is_file() and not NOT_OURS & set(path.parts))


@pytest.fixture(scope="session")
def texts(files: list[Path]) -> dict[Path, str]:
    """Every file that is text, with its content."""
    contents = {}
    for path in files:
        try:
            contents[path] = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return contents


@pytest.fixture(scope="session")
def pages(texts: dict[Path, str]) -> dict[Path, str]:
    """Every Markdown page that people read."""
    return {path: text for path, text in texts.items() if path.suffix == ".md" and "vendor" not in path.parts}
