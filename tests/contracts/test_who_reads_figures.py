# SPDX-License-Identifier: EUPL-1.2
"""The figures that ship are read in a few named places; everything else asks what is known at a moment."""

from __future__ import annotations

import re
from pathlib import Path

MAY_READ = {
    "src/keten_web/deliveries/known.py": "where the stream of the site begins; every other room asks it",
    "src/keten/observations/known.py": "the reader itself",
    "src/keten/observations/__init__.py": "its door",
    "src/keten/observations/store.py": "where the stream of a folder begins",
    "src/keten/study/inputs.py": "a study without a store begins with what ships",
    "src/keten/study/run.py": "a study that used a store is done again on top of what ships",
    "src/keten/questions/backtest.py": "looks back over the years that were published, and those alone",
    "src/keten/cli/choice.py": "a command without a store",
    "src/keten/cli/forecast.py": "a command without a store",
    "src/keten/cli/observations.py": "a command without a store",
    "src/keten/study/receipt.py": "the hash of the files that ship",
    "src/keten/study/cluster.py": "machines that work together ship the same files",
    "src/keten/cli/study.py": "the calibration that ships is of the figures that ship",
}
READS = re.compile(r'\bload_published\b|\bhash_of_observations\b|joinpath\("published"\)|/ "published"')


def test_only_named_places_read_the_figures_that_ship(root: Path) -> None:
    """A reader beside the stream would not see what a partner delivers."""
    found = {
        path.relative_to(root).as_posix()
        for path in (root / "src").rglob("*.py")
        if READS.search(path.read_text(encoding="utf-8"))
    }
    assert found - set(MAY_READ) == set(), found - set(MAY_READ)
    assert set(MAY_READ) <= found, set(MAY_READ) - found


def test_in_the_site_there_is_one(root: Path) -> None:
    """Every page, step and job of the site asks `deliveries.known`."""
    assert [name for name in MAY_READ if name.startswith("src/keten_web")] == ["src/keten_web/deliveries/known.py"]
