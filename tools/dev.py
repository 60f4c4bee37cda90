#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Everything a developer or a machine does with this repository: run, test, check, fix, coverage, bench and the rest.

Needs Python 3.11 with pip and nothing else: the standard library only, until the environment in `.venv` stands. All
that is made stays inside the clone (`.venv`, `.cache`, `var`, `out`); a temporary folder is removed at the end.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import hashlib
import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = ROOT / "requirements"
STUDIES = ("minimum", "medium", "maximum", "most-likely")
OLDEST_PYTHON = (3, 11)

LOCKED_EXTRAS = {
    "test": ("web", "install", "test", "cluster"),
    "run": ("web", "install"),
}
"""Per lock file the groups of `pyproject.toml` it holds. The largest first: the others follow its versions."""


class StopError(Exception):
    """What went wrong and what to do; printed without a traceback."""


def say(text: str) -> None:
    """Tell on stderr what is being done, so that stdout stays for results."""
    print(text, file=sys.stderr, flush=True)


# --- running things ---------------------------------------------------------------------------------------------------


def environment(**more: str) -> dict[str, str]:
    """Variables for our own programs: their caches and their home stay inside the clone."""
    inside = {
        "HOME": CACHE / "home",
        "XDG_CACHE_HOME": CACHE / "home" / "cache",
        "XDG_CONFIG_HOME": CACHE / "home" / "config",
        "XDG_DATA_HOME": CACHE / "home" / "data",
        "HYPOTHESIS_STORAGE_DIRECTORY": CACHE / "hypothesis",
        "MYPY_CACHE_DIR": CACHE / "mypy",
        "NUMBA_CACHE_DIR": CACHE / "numba",
        "RUFF_CACHE_DIR": CACHE / "ruff",
    }
    for folder in inside.values():
        folder.mkdir(parents=True, exist_ok=True)
    path = os.pathsep.join([str(VENV / "bin"), os.environ.get("PATH", os.defpath)])
    own = {"PATH": path, "VIRTUAL_ENV": str(VENV), "PYTHONUTF8": "1"}
    without = {"PYTHONHOME", "PYTHONPATH", "XDG_RUNTIME_DIR"}
    kept = {name: value for name, value in os.environ.items() if name not in without}
    return {**kept, **own, **{name: str(folder) for name, folder in inside.items()}, **more}


def child(*command: object, env: dict[str, str] | None = None) -> int:
    """Run a program in the root of the clone; asked to stop, it gets the time to end in order.

    A terminal sends Ctrl-C to the program as well, so that is only noted here; a request to end is passed on.
    """
    asked_to_stop = []
    with subprocess.Popen([str(word) for word in command], cwd=ROOT, env=env) as program:

        def note(number: int, _: object) -> None:
            asked_to_stop.append(number)
            if number == signal.SIGTERM:
                program.terminate()

        before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            code = program.wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
    if asked_to_stop:
        raise KeyboardInterrupt
    return code


def call(*command: object, env: dict[str, str] | None = None) -> None:
    """Run a program and stop when it fails."""
    code = child(*command, env=env)
    if code:
        raise StopError(f"This step failed with exit code {code}: {' '.join(map(str, command))}")


def python(*command: object, **more: str) -> None:
    """Run the environment's Python with our variables."""
    call(PYTHON, *command, env=environment(**more))


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """Make a folder for everything temporary of our programs; nothing of it remains.

    It stands in the system's own place because the paths of sockets may not be long, as those of a clone can be.
    """
    with tempfile.TemporaryDirectory(prefix="keten-", ignore_cleanup_errors=True) as name:
        yield Path(name)


def fingerprint(paths: Iterable[Path]) -> str:
    """Hash of the content of files and folders, whatever their age."""
    digest = hashlib.sha256()
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and file.parent.name != "__pycache__":
                digest.update(file.relative_to(ROOT).as_posix().encode())
                digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


# --- setting up -------------------------------------------------------------------------------------------------------


def setup(lock: str) -> None:
    """Bring `.venv` to exactly what the lock file says; quick when it is already so."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "setup.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not _works(PYTHON, "-m", "pip", "--version"):
            _make_environment()
        if not any(_stamp(name).read_text() == _wanted(name) for name in _covering(lock) if _stamp(name).exists()):
            _install(lock)


def _covering(lock: str) -> Iterator[str]:
    """Give the lock files that hold everything `lock` holds."""
    return (name for name, extras in LOCKED_EXTRAS.items() if set(LOCKED_EXTRAS[lock]) <= set(extras))


def _stamp(lock: str) -> Path:
    return VENV / f"installed-{lock}"


def _wanted(lock: str) -> str:
    return fingerprint([REQUIREMENTS / f"{lock}.txt", ROOT / "pyproject.toml"]) + f" {ROOT}"


def _works(*command: object, **how: Any) -> bool:
    try:
        return subprocess.run([str(word) for word in command], capture_output=True, check=False, **how).returncode == 0
    except OSError:
        return False


def _make_environment() -> None:
    """Make `.venv` with the standard library, or with virtualenv where a system leaves that part out."""
    say("Making the environment in .venv ...")
    shutil.rmtree(VENV, ignore_errors=True)
    if _works(sys.executable, "-m", "venv", VENV) and _works(PYTHON, "-m", "pip", "--version"):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    bootstrap = CACHE / "bootstrap"
    if not _works(sys.executable, "-m", "pip", "--version"):
        raise StopError("This Python has no pip. Install it (Debian: apt-get install python3-pip) and try again.")
    pip = (sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--target", bootstrap, "virtualenv")
    call(*pip, env={**os.environ, "PIP_ROOT_USER_ACTION": "ignore"})
    variables = {"PYTHONPATH": str(bootstrap), "VIRTUALENV_OVERRIDE_APP_DATA": str(bootstrap / "data")}
    call(sys.executable, "-m", "virtualenv", "--quiet", VENV, env={**os.environ, **variables})


def _install(lock: str) -> None:
    say(f"Installing what requirements/{lock}.txt lists; the first time takes a few minutes ...")
    for stamp in VENV.glob("installed-*"):
        stamp.unlink()
    pip = (PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    with temporary_folder() as folder:
        env = {**os.environ, "TMPDIR": str(folder), "PIP_ROOT_USER_ACTION": "ignore"}
        call(*pip, "--require-hashes", "--requirement", REQUIREMENTS / f"{lock}.txt", env=env)
        call(*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT, env=env)
    _stamp(lock).write_text(_wanted(lock))


CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_APPS = ("Chromium", "Google Chrome")


def find_chromium() -> str | None:
    """Find the Chromium of the system; `CHROMIUM` in the environment overrules."""
    if chosen := os.environ.get("CHROMIUM"):
        return chosen
    apps = [f"/Applications/{name}.app/Contents/MacOS/{name}" for name in CHROMIUM_APPS]
    return next((found for name in (*CHROMIUM_NAMES, *apps) if (found := shutil.which(name))), None)


def install_chromium() -> None:
    """Install Chromium with the system's package manager where that is possible without asking a password."""
    if find_chromium():
        return
    commands = _chromium_commands()
    if not commands:
        say("Chromium is missing and cannot be installed from here; the browser tests will say what to do.")
    for command in commands:
        say(f"Chromium is missing. Installing it: {' '.join(command)}")
        if subprocess.run(command, check=False).returncode:
            say("That did not work; the browser tests will say what to do.")
            return


def _chromium_commands() -> list[list[str]]:
    if platform.system() == "Darwin":
        return [["brew", "install", "--cask", "chromium"]] if shutil.which("brew") else []
    if not shutil.which("apt-get"):
        return []
    if os.geteuid() == 0:
        prefix = ["env", "DEBIAN_FRONTEND=noninteractive"]
    elif _works("sudo", "-n", "true"):
        prefix = ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"]
    else:
        return []
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", "chromium"]
    return [[*prefix, "apt-get", "update", "-q"], [*prefix, *install]]


# --- the commands -----------------------------------------------------------------------------------------------------


def run(_: list[str]) -> None:
    """Set up, run the studies of the 2023 letter where they are missing or old, and serve the site."""
    with _alone():
        _refuse_a_taken_port()
        _run()


NO_DEMO = {"KETEN_DEMO": "", "KETEN_PLAIN_HTTP": "1"}
"""Variables of a site on one's own machine that is no demonstration: `make run KETEN_DEMO=0`."""


def _run() -> None:
    setup("run")
    with temporary_folder() as folder:
        is_demo = os.environ.get("KETEN_DEMO", "1").lower() in {"1", "true", "yes", "on"}
        variables = {"TMPDIR": str(folder), **({"KETEN_DEMO": "1"} if is_demo else NO_DEMO)}
        _run_studies(variables)
        python("-m", "keten_web", "migrate", **variables)
        if is_demo:
            python("-m", "keten_web", "demo", **variables)
        with contextlib.suppress(KeyboardInterrupt):  # the way to stop it
            _serve(variables)


def _serve(variables: dict[str, str]) -> None:
    """Serve the site; what keeps its parts running is started again when it is killed itself."""
    command = (PYTHON, "-m", "keten_web", "serve")
    while (code := child(*command, env=environment(**variables))) < 0:
        say(f"The site was ended by signal {-code}. It is started again.")
        time.sleep(2)  # what it left behind ends within that time
    if code:
        raise StopError(f"The site ended with exit code {code}.")


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Say before all work that the site runs from this folder already; two would share its database and studies."""
    home = Path(os.environ.get("KETEN_HOME") or ROOT / "var").expanduser().resolve()
    home.mkdir(parents=True, exist_ok=True)
    with (home / "serving.lock").open("a+") as served, (home / "run.lock").open("a+") as runs:
        for held in (served, runs):
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                held.seek(0)
                told = f" ({held.read().strip()})" if held is served else ""
                what = f"The site is served from this folder already{told}: {home}."
                remedy = "Stop that one first (Ctrl-C there), or choose another folder with KETEN_HOME."
                raise StopError(f"{what} {remedy}") from None
        fcntl.flock(served, fcntl.LOCK_UN)  # the server takes it
        yield


def _refuse_a_taken_port() -> None:
    """Say before all work that another program has the port; two servers would share it without a word."""
    host, port = os.environ.get("HOST") or "127.0.0.1", int(os.environ.get("PORT") or "8000")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as after a server that just stopped
        try:
            attempt.bind((host, port))
        except OSError as refusal:
            another = f"Choose another port: make run PORT={port + 1}"
            raise StopError(f"Port {port} on {host} cannot be used: {refusal.strerror}. {another}") from None


def _run_studies(variables: dict[str, str]) -> None:
    """Run each study that is missing, or that other code, parameters or scenarios made."""
    for name in STUDIES:
        scenario = Path("examples") / "letter-2023" / f"{name}.toml"
        out = Path("out") / "studies" / f"letter-2023-{name}"
        made_by = CACHE / "studies" / name
        wanted = fingerprint([*_core_without_commands(), ROOT / scenario.parent])
        if (ROOT / out / "receipt.json").exists() and made_by.exists() and made_by.read_text() == wanted:
            continue
        python("-m", "keten", "study", "run", scenario, "--out", out, **variables)
        made_by.parent.mkdir(exist_ok=True)
        made_by.write_text(wanted)


def _core_without_commands() -> list[Path]:
    return [room for room in sorted((ROOT / "src" / "keten").iterdir()) if room.name != "cli"]


RUNS_WITHOUT = ("--optional-dependencies-dev-groups", "test,install")

LINTERS = {
    "lint": ("ruff", "check"),
    "format": ("ruff", "format", "--check"),
    "types": ("mypy",),
    "types of the site": ("mypy", "--config-file", "src/keten_web/mypy.ini"),
    "names that nobody uses": ("python", "-m", "tools.unused"),
    "what is imported is declared, and the other way round": ("deptry", ".", "tests", "tests/web"),
    "what runs does not lean on tools of the tests": ("deptry", "src", *RUNS_WITHOUT),
    "directions between the rooms": ("lint-imports", "--no-logo", "--cache-dir", ".cache/import_linter"),
}


def _not_in_order() -> list[str]:
    """Run all linters and name those that found something."""
    failed = []
    for title, (program, *options) in LINTERS.items():
        say(f"--- {title}")
        if child(VENV / "bin" / program, *options, env=environment()):
            failed.append(title)
    if failed:
        say(f"Not in order: {', '.join(failed)}. `make fix` mends what a machine can mend.")
    return failed


def check(_: list[str]) -> None:
    """Lint, types, directions between the rooms and the contracts; changes nothing."""
    setup("test")
    failed = _not_in_order()
    if _pytest(["-q", "tests/contracts"]) or failed:
        raise SystemExit(1)


def test(arguments: list[str]) -> None:
    """Run every check and every test, browser tests included; with arguments only pytest with those."""
    setup("test")
    install_chromium()
    if arguments:
        raise SystemExit(_pytest(arguments))
    with ThreadPoolExecutor(1) as beside:
        beside.submit(_compile_the_kernel)
        failed = _not_in_order()
    not_passed = _pytest_measured(["--durations=20", *_side_by_side()])
    if _coverage_is_low("--format=total") or not_passed or failed:
        raise SystemExit(1)


def _compile_the_kernel() -> None:
    """Bring the compiled kernel to its cache: tests that run side by side would each compile it for themselves.

    It happens beside the linters, and whether it runs is for the tests to say.
    """
    scenario = Path("examples") / "letter-2023" / "most-likely.toml"
    with temporary_folder() as folder:
        words = (PYTHON, "-m", "keten", "study", "run", scenario, "--replications", 1, "--out", folder / "study")
        _works(*words, env=environment(TMPDIR=str(folder)), cwd=ROOT)


def _side_by_side() -> list[str]:
    """Ask pytest for a process on each core, four at most: each has a database, a browser and sites of its own."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return [f"--numprocesses={min(cores, 4)}"] if cores > 1 else []


def _pytest(arguments: list[str], **variables: str) -> int:
    """Run pytest; its summary stays the last thing printed on stdout."""
    with temporary_folder() as folder:
        command = (PYTHON, "-m", "pytest", f"--basetemp={folder / 'pytest'}", *arguments)
        return child(*command, env=environment(TMPDIR=str(folder), **variables))


def _pytest_measured(arguments: list[str]) -> int:
    """Run pytest and count what the tests of the core reach: see `tools/measured.py`."""
    shutil.rmtree(CACHE / "coverage", ignore_errors=True)
    (CACHE / "coverage").mkdir(parents=True)
    return _pytest(arguments, PYTEST_PLUGINS="tools.measured")


def _coverage_is_low(*options: str) -> bool:
    """Say how much of the core its own tests reach, and whether that is less than the floor in pyproject.toml."""
    _works(PYTHON, "-m", "coverage", "combine", "-q", cwd=ROOT, env=environment())
    told = subprocess.run(
        [str(PYTHON), "-m", "coverage", "report", *options],
        cwd=ROOT, env=environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    say(f"--- lines and branches of the core that its own tests reach, in percent\n{told.stdout}{told.stderr}".rstrip())
    return told.returncode != 0


def coverage(arguments: list[str]) -> None:
    """Tell which lines and branches of the core its own tests reach, and refuse when it is less than the floor."""
    setup("test")
    only = arguments or ["tests/spec", "tests/properties"]
    failed = _pytest_measured(["-q", *_side_by_side(), *only])
    if _coverage_is_low(*(["--fail-under=0"] if arguments else [])) or failed:
        raise SystemExit(1)


def fix(_: list[str]) -> None:
    """Mend what a machine can mend: lint, format, templates, generated documents."""
    setup("test")
    ruff = VENV / "bin" / "ruff"
    child(ruff, "check", "--fix", env=environment())
    call(ruff, "format", env=environment())
    python("-m", "tools.templates")
    docs([])


def docs(_: list[str]) -> None:
    """Write the generated documents again."""
    setup("test")
    python("-m", "tools.reference")


def goldens(_: list[str]) -> None:
    """Print which golden results moved, and write their tables again."""
    setup("test")
    python("-m", "tools.goldens")


def bench(arguments: list[str]) -> None:
    """Print the benchmark table and write out/bench.json."""
    setup("test")
    with temporary_folder() as folder:
        python("-m", "benchmarks", *arguments, TMPDIR=str(folder))


def letter(_: list[str]) -> None:
    """Play the penalty forecast of the letter of 2023 again and renew the figures of docs/letter-2023.md."""
    setup("test")
    python("-m", "tools.letter")


def lock(_: list[str]) -> None:
    """Resolve the dependencies again into hashed lock files, without the address of any registry."""
    if not (VENV / "bin" / "uv").exists():
        setup("test")
    options = (
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-emit-find-links",
        "--quiet",
        "--upgrade",
        "--custom-compile-command",
        "python3 tools/dev.py lock",
    )
    largest = next(iter(LOCKED_EXTRAS))
    for name, extras in LOCKED_EXTRAS.items():
        chosen = [word for extra in extras for word in ("--extra", extra)]
        follow = [] if name == largest else ["--constraint", f"requirements/{largest}.txt"]
        lock_file = REQUIREMENTS / f"{name}.txt"
        command = (VENV / "bin" / "uv", "pip", "compile", "pyproject.toml", *chosen, *follow, *options, "-o")
        call(*command, lock_file.relative_to(ROOT), env={**os.environ, "UV_CACHE_DIR": str(CACHE / "uv")})


COMMANDS: dict[str, Callable[[list[str]], None]] = {
    "run": run,
    "test": test,
    "check": check,
    "coverage": coverage,
    "fix": fix,
    "bench": bench,
    "goldens": goldens,
    "docs": docs,
    "letter": letter,
    "lock": lock,
}


def _newer_python() -> str | None:
    names = (f"python3.{minor}" for minor in range(20, OLDEST_PYTHON[1] - 1, -1))
    return next((found for name in names if (found := shutil.which(name))), None)


def main() -> int:
    """Run one command; the exit code says whether it succeeded."""
    listing = "\n".join(f"  {name:<8} {command.__doc__}" for name, command in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="tools/dev.py",
        description=__doc__,
        epilog=listing,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=[*COMMANDS, "help"])
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="passed on by test, coverage and bench")
    chosen = parser.parse_args()
    if chosen.command == "help":
        parser.print_help()
        return 0
    if sys.version_info < OLDEST_PYTHON:
        newer = _newer_python()
        if newer is None:
            say("Keten needs Python 3.11 or newer; this is " + platform.python_version() + ".")
            return 1
        os.execv(newer, [newer, *sys.argv])
    try:
        COMMANDS[chosen.command](chosen.arguments)
    except StopError as stop:
        say(str(stop))
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
