# SPDX-License-Identifier: EUPL-1.2
"""What holds for every test: caches stay inside the clone, and in continuous integration nothing is skipped.

At the end stands how long the tests of each folder took.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Generator
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import hypothesis
import hypothesis.configuration
import pytest

ROOT = Path(__file__).resolve().parent.parent
CONTINUOUS_INTEGRATION = os.environ.get("CI", "").lower() in {"1", "true", "yes"}

os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".cache" / "numba"))
hypothesis.configuration.set_hypothesis_home_dir(ROOT / ".cache" / "hypothesis")
# The clock decides nothing here: generated cases may take as long as they need, on any machine. In continuous
# integration the same cases are generated every time.
hypothesis.settings.register_profile("keten", deadline=None, derandomize=CONTINUOUS_INTEGRATION)
hypothesis.settings.load_profile("keten")


def _as_failure(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn 'skipped' and 'expected to fail' into a failure that says so."""
    expected_to_fail = getattr(report, "wasxfail", None)
    if report.outcome != "skipped" and expected_to_fail is None:
        return
    reason = expected_to_fail if expected_to_fail is not None else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"With CI=true every test runs and none is expected to fail: {reason}"
    if expected_to_fail is not None:
        del report.wasxfail  # type: ignore[union-attr]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skipped test is a failed test in continuous integration."""
    report = yield
    if CONTINUOUS_INTEGRATION:
        _as_failure(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A skipped file or folder is a failure in continuous integration."""
    report = yield
    if CONTINUOUS_INTEGRATION:
        _as_failure(report)
    return report


@dataclass
class Spent:
    """What the tests of a folder took: seconds on the clock, and of processors, ours and of programs that ended."""

    tests: int = 0
    clock: float = 0.0
    processor: float = 0.0


SHARED = "KETEN_TESTS_SHARED"
"""The variable that says where stands what is made once for all processes of a run: see `sharing`."""

SPENT = pytest.StashKey[dict[str, Spent]]()


def _processor() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def pytest_configure(config: pytest.Config) -> None:
    """Nothing was spent yet. What several processes share has a folder, made by the one that starts the others."""
    config.stash[SPENT] = {}
    if not hasattr(config, "workerinput"):
        shared = tempfile.mkdtemp(prefix="keten-")
        os.environ[SHARED] = shared
        config.add_cleanup(lambda: shutil.rmtree(shared, ignore_errors=True))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Count what a test takes, with what it sets up and takes down."""
    clock, processor = time.perf_counter(), _processor()
    ended = yield
    spent = item.config.stash[SPENT].setdefault(item.nodeid.partition("::")[0].rpartition("/")[0], Spent())
    spent.tests += 1
    spent.clock += time.perf_counter() - clock
    spent.processor += _processor() - processor
    return ended


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand over what was spent to the process that started this one."""
    if hasattr(session.config, "workeroutput"):
        spent = session.config.stash[SPENT]
        session.config.workeroutput["spent"] = {name: astuple(folder) for name, folder in spent.items()}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a process spent that ended in order."""
    spent = node.config.stash[SPENT]
    for name, told in getattr(node, "workeroutput", {}).get("spent", {}).items():
        before = astuple(spent.get(name, Spent()))
        spent[name] = Spent(*(had + more for had, more in zip(before, told, strict=True)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give whole files to processes that run side by side, in the order in which they were found.

    Tests of one file share what they set up; tests in a browser come last in each process (see `web/conftest`).
    """
    from xdist.scheduler import LoadFileScheduling

    config.option.loadscopereorder = False
    return LoadFileScheduling(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell what each folder took, longest first."""
    folders = sorted(config.stash[SPENT].items(), key=lambda folder: -folder[1].clock)
    if len(folders) < 2:
        return
    terminalreporter.section("time per folder")
    for name, spent in folders:
        told = f"{spent.clock:7.1f}s on the clock {spent.processor:7.1f}s of processor {spent.tests:5} tests  {name}"
        terminalreporter.write_line(told)
