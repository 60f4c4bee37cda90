# SPDX-License-Identifier: EUPL-1.2
"""The figures that ship are read by the seeding of a store; everything else asks what is known at a moment."""

from __future__ import annotations

import re
from pathlib import Path

MAY_READ = {
    "src/keten/observations/known.py": "the reader itself",
    "src/keten/observations/__init__.py": "its door",
    "src/keten/observations/store.py": "seeds the store of a folder; where none is named it hands out what ships",
    "src/keten_web/deliveries/actions.py": "seeds the store of a site",
}
READS = re.compile(r'\bload_published\b|joinpath\("published"\)|/ "published"')


def test_only_named_places_read_the_figures_that_ship(root: Path) -> None:
    """A reader beside the stream would not see what a partner delivers."""
    found = {
        path.relative_to(root).as_posix()
        for path in (root / "src").rglob("*.py")
        if READS.search(path.read_text(encoding="utf-8"))
    }
    assert found - set(MAY_READ) == set(), found - set(MAY_READ)
    assert set(MAY_READ) <= found, set(MAY_READ) - found


def test_in_the_site_the_seeding_alone_reads_them(root: Path) -> None:
    """Every page, step and job of the site asks `deliveries.known`, which reads the database."""
    found = (root / "src" / "keten_web" / "deliveries" / "actions.py").read_text(encoding="utf-8")
    assert len(re.findall(r"load_published\(\)", found)) == 1
    assert [name for name in MAY_READ if name.startswith("src/keten_web")] == ["src/keten_web/deliveries/actions.py"]
