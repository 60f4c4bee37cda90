# SPDX-License-Identifier: EUPL-1.2
"""Counts which lines and branches of the core its own tests reach, in the same run as all other tests.

A plugin of pytest, loaded by `PYTEST_PLUGINS` before anything of ours is imported. The tracer takes two thirds of the
time of what it follows on top, so it follows the core under its own tests (`tests/spec` and `tests/properties`, a tenth
of the suite) and stands still during the rest. Programs that a test starts are not followed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator

import pytest
from coverage import Coverage

OWN_TESTS = ("tests/spec/", "tests/properties/")


class Measured:
    """Follows what is imported, and then the tests of the core."""

    def __init__(self) -> None:
        self.coverage = Coverage(data_suffix=True)
        self.follows = False
        self.follow(True)

    def follow(self, wanted: bool) -> None:
        """Start or stop, where that changes anything."""
        if wanted is not self.follows:
            (self.coverage.start if wanted else self.coverage.stop)()
            self.follows = wanted

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        """Follow a test of the core."""
        self.follow(item.nodeid.startswith(OWN_TESTS))
        return (yield)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Write down what was seen; `tools/dev.py` lays the files of all processes together."""
        self.follow(False)
        self.coverage.save()


_IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
_HANDS_OUT = not _IS_WORKER and any(word.startswith(("-n", "--numprocesses")) for word in sys.argv)
_started = None if _HANDS_OUT else Measured()
"""From the first import on, as lines that define things count too; who only hands out the tests has nothing to see."""
if _started:
    os.environ.pop("PYTEST_PLUGINS", None)  # a pytest that a test starts elsewhere is not followed


@pytest.hookimpl
def pytest_configure(config: pytest.Config) -> None:
    """Follow the tests of this process."""
    if _started:
        config.pluginmanager.register(_started)
