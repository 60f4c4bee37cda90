# SPDX-License-Identifier: EUPL-1.2
"""Keep the programs of the site running: what ends without being asked to is started again.

One small program, `serve`, stands above the web server, the worker and the embedded database. It loads nothing of the
site, so that it is the last to run out of memory. When it is killed itself, the programs below notice within a second
and end, and whatever started it (`make run`, systemd, a container) starts it again.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread

from keten.domain.errors import Problem, UsageError

ABOVE = "KETEN_SUPERVISOR"
"""Holds the number of the program that keeps this one running."""
LOCK = "serving.lock"
SOUND = 30.0
"""Seconds after which a program that ended was in order: the next one is started at once."""
LONGEST_PAUSE = 30.0
LAST_PATIENCE = 10.0
"""Seconds in which a program may end whose supervisor is gone: its database may be gone as well."""
TOGETHER = 0.2
"""Seconds in which a request to end reaches all of us: a terminal sends Ctrl-C to each program by itself."""


@dataclass(frozen=True)
class Program:
    """Something that has to run as long as the site: its name for people, its words, the seconds it may take to end."""

    name: str
    command: tuple[str, ...]
    patience: float


def say(text: str) -> None:
    """Tell the one who keeps the site what happened."""
    print(f"keten: {text}", file=sys.stderr, flush=True)


def pause_after(failures: int) -> float:
    """Seconds to wait before the next start, after so many short lives in a row: 0, 1, 2, 4, ... at most 30."""
    return min(LONGEST_PAUSE, 2.0 ** (failures - 2)) if failures > 1 else 0.0


def how(code: int) -> str:
    """Say in words how a program ended."""
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


class Supervisor:
    """Runs programs until it is asked to end, and then ends them."""

    def __init__(self, programs: Sequence[Program], watches: Sequence[Callable[[Event], None]] = ()) -> None:
        self._stopping = Event()
        self._running: dict[str, tuple[Program, subprocess.Popen[bytes]]] = {}
        self._lock = Lock()
        keepers = [Thread(target=self._keep, args=(program,), daemon=True) for program in programs]
        watchers = [Thread(target=watch, args=(self._stopping,), daemon=True) for watch in watches]
        self._threads = keepers + watchers

    def run(self) -> None:
        """Start everything, wait for a request to end (SIGTERM or Ctrl-C), and end everything."""
        with _asked_to_end() as wait:
            for thread in self._threads:
                thread.start()
            wait()
            self._stop()

    def _keep(self, program: Program) -> None:
        failures = 0
        while True:
            with self._lock:  # nothing is started once the others are being ended
                if self._stopping.is_set():
                    return
                started, child = time.monotonic(), subprocess.Popen(program.command, env=_below_us())
                self._running[program.name] = program, child
            code = child.wait()
            if self._stopping.wait(TOGETHER):
                return
            failures = 1 if time.monotonic() - started >= SOUND else failures + 1
            pause = pause_after(failures)
            when = f"in {pause:.0f} seconds" if pause else "now"
            say(f"{program.name} (process {child.pid}) {how(code)}. It is started again {when}.")
            self._stopping.wait(pause)

    def _stop(self) -> None:
        with self._lock:
            self._stopping.set()
            running = list(self._running.values())
        for _program, child in running:
            child.terminate()
        for program, child in running:
            try:
                child.wait(timeout=program.patience)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        for thread in self._threads:
            thread.join()


@contextmanager
def _asked_to_end() -> Iterator[Callable[[], None]]:
    """Give what waits for SIGTERM or Ctrl-C; a byte in a pipe is all that a handler of signals may safely do."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, lambda *_: os.write(writing, b".")) for number in numbers}
    try:
        yield lambda: void(os.read(reading, 1))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)


def void(_: object) -> None:
    """Take a value and give none."""


def _below_us() -> dict[str, str]:
    return {**os.environ, ABOVE: str(os.getpid())}


def end_now() -> None:
    """End this program from a thread: in order, or without when that takes too long."""
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LAST_PATIENCE)
    os._exit(1)


def follow(*, last_words: Callable[[], None] = lambda: None) -> None:
    """End this program when the one that keeps it running is gone; does nothing for a program that runs by itself.

    A program whose parent was killed would go on unseen, with the port and the database of the next one.
    """
    above = os.environ.get(ABOVE)
    if above is None:
        return

    def look() -> None:
        while os.getppid() == int(above):
            time.sleep(1)
        last_words()
        end_now()

    Thread(target=look, daemon=True).start()


@contextmanager
def alone(home: Path, address: str) -> Iterator[None]:
    """Hold the home of the site: two servers with one home would share its database, secrets and studies.

    Raises
    ------
    UsageError
        When the site is served from this folder already; says by whom and where.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / LOCK).open("a+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(str(home), [_served_already(home / LOCK)]) from None
        held.truncate(0)
        held.write(json.dumps({"process": os.getpid(), "address": address}, allow_nan=False) + "\n")
        held.flush()
        yield


def _served_already(lock: Path) -> Problem:
    try:
        told = json.loads(lock.read_text())
        what = f"the site is served from this folder already, at {told['address']} (process {told['process']})."
    except (ValueError, KeyError, TypeError):  # it is just starting
        what = "the site is served from this folder already."
    return Problem("KETEN_HOME", what, "Stop that one first (Ctrl-C there), or choose another folder with KETEN_HOME.")
