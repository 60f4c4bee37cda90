# SPDX-License-Identifier: EUPL-1.2
"""What is made once for all processes of a run of the tests, and is then only read or copied."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

FOLDER = "KETEN_TESTS_SHARED"
"""The variable in which `conftest` says where it stands; what is in it goes when the tests end."""


def once(name: str, make: Callable[[Path], object]) -> Path:
    """Give the folder of a name; who asks first fills it, and the others wait for that."""
    shared = Path(os.environ[FOLDER])
    made, half = shared / name, shared / f"{name}.half"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(half, ignore_errors=True)  # left by one who failed
            half.mkdir()
            make(half)
            half.rename(made)
    return made


def copy(folder: Path, to: Path) -> None:
    """Copy a folder with its owners: a database belongs to a user of its own where the tests run as root."""
    subprocess.run(["cp", "-a", f"{folder}/.", to], check=True)
