# SPDX-License-Identifier: EUPL-1.2
"""The site on the command line: `python -m keten_web migrate | demo | serve | web | worker | month | db | ...`."""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys

from keten.cli import output
from keten.domain.errors import KetenError, Problem, UsageError
from keten_web.accounts import commands as token_commands
from keten_web.backups import commands as database_commands
from keten_web.config import database, home, messages, supervisor
from keten_web.events import commands as event_commands
from keten_web.rounds import commands as round_commands
from keten_web.start import commands as start_commands
from keten_web.studies import worker

SECONDS_TO_FINISH = 5
"""How long a process may go on with the answers it is making when the site is asked to end. A process that is asked
twice at the same moment, as by Ctrl-C in a terminal and by the one that started it, sometimes hears neither."""


def _start_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keten_web.config.settings")
    import django  # settings read the address of the database, which exists only from here on

    django.setup()


def migrate(_: argparse.Namespace) -> None:
    """Bring the database to the shape this version needs; partners and roles follow the chain tables."""
    with database.running():
        _start_django()
        from keten_web.backups import actions

        actions.migrate()
    print("The database is ready.")


def demo(_: argparse.Namespace) -> None:
    """Make the demo log-ins and print them, and fill the record from the letters; only with KETEN_DEMO=1."""
    with database.running():
        _start_django()
        from django.core.exceptions import PermissionDenied

        from keten_web.accounts import actions

        try:
            logins, password = actions.make_demo_logins()
        except PermissionDenied as refusal:
            sys.exit(str(refusal))
        from keten_web.accountability import letters as accountability
        from keten_web.foresight import actions as foresight
        from keten_web.steering import letters

        rows = letters.load_letters() + accountability.load_letters()
        foresight.load_demo()
        print(f"The record holds {rows} rows from the letters of 2007 and 2023.")
    print("\nDemo log-ins (this machine only):")
    for login in logins:
        print(f"  {login.username:<16} {password:<16} {login.name}")
    print()


def serve(chosen: argparse.Namespace) -> None:
    """Serve the site until it is stopped; a part that is killed is started again."""
    address = f"http://{chosen.host}:{chosen.port}"
    embedded = None if os.environ.get(database.URL) else home.folder() / "postgres"
    with supervisor.alone(home.folder(), address):
        _refuse_a_taken_port(chosen.host, chosen.port)
        with database.running():
            print(
                json.dumps({"address": address}, allow_nan=False)
                if chosen.json
                else f"Keten: {address} (stop with Ctrl-C)",
                flush=True,
            )
            itself = (sys.executable, "-m", "keten_web")
            where = ("--host", chosen.host, "--port", str(chosen.port), "--workers", str(chosen.workers))
            programs = [
                supervisor.Program("the web server", (*itself, "web", *where), patience=4 * SECONDS_TO_FINISH),
                supervisor.Program("the study worker", (*itself, "worker"), patience=worker.PATIENCE),
            ]
            watches = [] if embedded is None else [lambda stopping: database.keep_running(embedded, stopping)]
            supervisor.Supervisor(programs, watches).run()


def _refuse_a_taken_port(host: str, port: int) -> None:
    """Say before all work that another program has the port; two servers would share it without a word."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as after a server that just stopped
        try:
            attempt.bind((host, port))
        except OSError as refusal:
            what = f"{host} cannot be used: {refusal.strerror}."
            raise UsageError("--port", [Problem(f"port {port}", what, "Choose another port with --port.")]) from None


def web(chosen: argparse.Namespace) -> None:
    """Answer requests and nothing beside it: for a machine on which something else keeps each program running."""
    _refuse_plain_http(chosen.host)
    if os.environ.get("KETEN_DEMO") and chosen.host in {"0.0.0.0", "::"}:  # the machine's name is not known here
        os.environ.setdefault("KETEN_HOSTS", "*")
    # Each process answers with its own core: more threads under its tables would only stand in each other's way.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    supervisor.follow(last_words=lambda: database.stop_when_unused(home.folder() / "postgres"))
    with database.running():
        _start_django()
        from django.core.management import call_command
        from django.db import connection
        from granian import Granian
        from granian.constants import Interfaces

        from keten_web.start import queries

        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        if where := queries.address(f"http://{chosen.host}:{chosen.port}"):
            supervisor.say(f"there is no administrator yet. Make the first one here; the key works once: {where}")
        connection.close()  # the processes that answer each open their own
        os.environ[supervisor.ABOVE] = str(os.getpid())  # the processes that answer end with this one
        Granian(
            "keten_web.config.wsgi:application",
            address=chosen.host,
            port=chosen.port,
            interface=Interfaces.WSGI,
            workers=chosen.workers,
            blocking_threads=4,
            workers_kill_timeout=SECONDS_TO_FINISH,
            respawn_failed_workers=True,
            log_access=False,
        ).serve()


def _refuse_plain_http(host: str) -> None:
    """Refuse HTTP without encryption for others: passwords would be readable on the way."""
    if os.environ.get("KETEN_PLAIN_HTTP") and host not in {"127.0.0.1", "localhost", "::1"}:
        remedy = "Listen on 127.0.0.1, or leave KETEN_PLAIN_HTTP out and put a proxy with https before the site."
        raise UsageError("--host", [Problem(host, "can be reached by others, without encryption.", remedy)])


def compile_messages(_: argparse.Namespace) -> None:
    """Compile the translations."""
    for path in messages.compile_all():
        print(path)


def _processes(text: str) -> int:
    """Read a number of processes that a machine can hold."""
    if not text.isdecimal() or not 1 <= int(text[:9]) <= output.MOST_WORKERS:
        raise argparse.ArgumentTypeError(f"{text[:20]} is no number of processes from 1 to {output.MOST_WORKERS}")
    return int(text)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m keten_web", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")
    named = {"migrate": migrate, "demo": demo, "serve": serve, "web": web, "messages": compile_messages}
    for name, run in named.items():
        command = commands.add_parser(name, help=run.__doc__, description=run.__doc__)
        command.set_defaults(run=run)
        if run in {serve, web}:
            command.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
            command.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
            about_workers = "processes that answer; by default one per core, four at most"
            command.add_argument("--workers", type=_processes, default=min(os.cpu_count() or 1, 4), help=about_workers)
        if run is serve:
            command.add_argument("--json", action="store_true", help="print the address as JSON")
    about = "The database: shape, backup, and whether the audit trail holds."
    database_commands.add(commands.add_parser("db", help=about, description=about), _start_django)
    about = "The site itself: its first day."
    start_commands.add(commands.add_parser("site", help=about, description=about), _start_django)
    event_commands.add(commands.add_parser("events", help=event_commands.deliver.__doc__), _start_django)
    worker.add(commands.add_parser("worker", help=worker.work.__doc__, description=worker.__doc__), _start_django)
    about = "The round of the month: close a month, or reopen it."
    round_commands.add(commands.add_parser("month", help=about, description=about), _start_django)
    token_commands.add(commands.add_parser("token", help=token_commands.issue.__doc__), _start_django)
    about = token_commands.unlock.__doc__
    token_commands.add_unlock(commands.add_parser("unlock", help=about, description=about), _start_django)
    chosen = parser.parse_args(arguments)
    try:
        chosen.run(chosen)
    except KetenError as error:
        output.error(str(error))
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
