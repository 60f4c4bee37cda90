# SPDX-License-Identifier: EUPL-1.2
"""Where the site keeps what it makes: one folder, `var` in the project, or where `KETEN_HOME` says."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
from pathlib import Path


def project() -> Path:
    """Give the clone this package was installed from, or the working folder when there is no clone."""
    clone = Path(__file__).resolve().parents[3]
    return clone if (clone / "pyproject.toml").exists() else Path.cwd()


def folder() -> Path:
    """Give the home of the site; made on first use."""
    home = Path(os.environ.get("KETEN_HOME") or project() / "var").expanduser().resolve()
    home.mkdir(parents=True, exist_ok=True)
    return home


def studies() -> Path:
    """Give the folder in which each study has a folder of its own."""
    return Path(os.environ.get("KETEN_STUDIES") or project() / "out" / "studies").expanduser().resolve()


def secret(name: str, *, length: int) -> str:
    """Read a secret of this installation; drawn once, and readable only by the user who runs the site."""
    path = folder() / name
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{name}-") as file:  # 0600 from the start
            file.write(secrets.token_urlsafe(length))
            file.flush()
            with contextlib.suppress(FileExistsError):  # another program was first; nobody ever reads half a secret
                os.link(file.name, path)
    return path.read_text().strip()


def forget(name: str) -> None:
    """Take a secret away that was used; the next time one is asked for, another is drawn."""
    (folder() / name).unlink(missing_ok=True)
