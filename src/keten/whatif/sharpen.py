# SPDX-License-Identifier: EUPL-1.2
"""A comparison that sharpens: more and more replications of one scenario, kept on disk between the steps.

What is kept depends on code, parameters, observations, scenario and seed only, and is called after their hashes. So
whoever asks the same later, in another program too, goes on where the last one stopped.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import polars as pl

from keten.domain.digest import hash_of
from keten.study.inputs import Inputs
from keten.study.receipt import canonical, input_hashes, library_versions
from keten.study.replicate import Progress
from keten.whatif.look import Simulated, joined, simulate

FRAMES = ("values", "cases", "costs", "loads")
STEPS = (12, 25, 50, 100, 200, 500, 1000)
"""Numbers of replications at which the figures are shown again; each about twice as many as the one before."""


def steps_until(replications: int) -> tuple[int, ...]:
    """List the numbers at which the figures are shown again, the full number last."""
    return (*(step for step in STEPS if step < replications), replications)


def key_of(inputs: Inputs, seed: int) -> str:
    """Name everything that decides the outcome of a replication but its number."""
    what = {**input_hashes(inputs), **library_versions(), "seed": seed}
    return hash_of(canonical(what))


def kept_numbers(folder: Path, key: str) -> tuple[int, ...]:
    """List with how many replications a scenario is kept, the fewest first."""
    place = folder / key
    return tuple(sorted(int(found.name) for found in place.iterdir())) if place.is_dir() else ()


def read_kept(folder: Path, key: str, inputs: Inputs, *, seed: int, replications: int) -> Simulated | None:
    """Read what is kept with so many replications; None when it is not, or was taken away just now."""
    place = folder / key / str(replications)
    try:
        frames = {name: pl.read_parquet(place / f"{name}.parquet") for name in FRAMES}
    except OSError:
        return None
    return Simulated(inputs, seed, replications, **frames)


def keep(run: Simulated, folder: Path, key: str) -> None:
    """Keep replications, whole or not at all; of what was kept before only the step that came just before stays."""
    (folder / key).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".", dir=folder) as made:
        beside = Path(made) / "frames"
        beside.mkdir()
        for name in FRAMES:
            getattr(run, name).write_parquet(beside / f"{name}.parquet", compression="zstd")
        with suppress(OSError):  # another program kept the same just now
            beside.rename(folder / key / str(run.replications))
    for number in [row for row in kept_numbers(folder, key) if row < run.replications][:-1]:
        shutil.rmtree(folder / key / str(number), ignore_errors=True)


def grown(
    inputs: Inputs, *, seed: int, replications: int, folder: Path, progress: Progress = lambda _done: None
) -> Simulated:
    """Give so many replications of a scenario; only those that are not kept yet are run, and then kept.

    Parameters
    ----------
    progress
        Is told after every replication how many there are.
    """
    key = key_of(inputs, seed)
    there = None
    for number in reversed([row for row in kept_numbers(folder, key) if row <= replications]):
        there = read_kept(folder, key, inputs, seed=seed, replications=number)
        if there is not None:
            break
    if there is not None and there.replications == replications:
        return there
    after = there.replications if there else 0
    more = simulate(inputs, seed=seed, replications=replications, after=after, progress=progress)
    run = joined(there, more) if there else more
    keep(run, folder, key)
    return run


def common_number(folder: Path, keys: Sequence[str]) -> int:
    """Give the largest number of replications with which all scenarios are kept; zero when there is none."""
    return max(set.intersection(*(set(kept_numbers(folder, key)) for key in keys)), default=0)


def forget_oldest(folder: Path, most: int) -> None:
    """Take away what was kept longest ago, until at most so many scenarios are kept."""
    if not folder.is_dir():
        return
    places = sorted(
        (place for place in folder.iterdir() if not place.name.startswith(".")), key=lambda row: row.stat().st_mtime
    )
    for place in places[: max(0, len(places) - most)]:
        shutil.rmtree(place, ignore_errors=True)
