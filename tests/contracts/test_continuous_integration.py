# SPDX-License-Identifier: EUPL-1.2
"""With CI=true every test runs: what is skipped or expected to fail has failed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# What is skipped or expected to fail in this text is what CI must refuse: it is run as a project of its own below.
TESTS = """
import pytest

def test_runs(): ...

@pytest.mark.skip(reason="not today")  # justified: no test of ours; CI must refuse it, and the test below sees to that
def test_is_skipped(): ...

def test_skips_itself():
    pytest.skip("not here")  # justified: no test of ours; CI must refuse it, and the test below sees to that

@pytest.mark.xfail(reason="known")  # justified: no test of ours; CI must refuse it, and the test below sees to that
def test_is_expected_to_fail():
    raise AssertionError

@pytest.mark.xfail(reason="known")  # justified: no test of ours; CI must refuse it also when it passes, see below
def test_is_expected_to_fail_but_does_not(): ...
"""
SKIPPED_FILE = "import pytest\npytest.importorskip('a_module_that_does_not_exist')\n"


@pytest.mark.parametrize(
    ("continuous_integration", "code", "summary"),
    [
        ("true", 1, "3 failed, 1 passed, 2 errors"),
        ("", 0, "1 passed, 3 skipped, 1 xfailed, 1 xpassed"),
    ],
)
def test_nothing_is_skipped(root: Path, tmp_path: Path, continuous_integration: str, code: int, summary: str) -> None:
    """The last line is the summary of pytest itself, and it tells the truth."""
    folder = tmp_path / "tests"
    folder.mkdir()
    shutil.copy(root / "tests" / "conftest.py", folder)
    (folder / "test_some.py").write_text(TESTS, encoding="utf-8")
    (folder / "test_skipped.py").write_text(SKIPPED_FILE, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--continue-on-collection-errors", "tests"]
    environment = {**os.environ, "CI": continuous_integration, "DJANGO_SETTINGS_MODULE": ""}
    answer = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == code, answer.stdout + answer.stderr
    assert summary in answer.stdout.splitlines()[-1]
