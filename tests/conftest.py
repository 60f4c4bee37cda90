# SPDX-License-Identifier: EUPL-1.2
"""What holds for every test: caches stay inside the clone, and in continuous integration nothing is skipped."""

from __future__ import annotations

import os
from collections.abc import Generator
from pathlib import Path

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
