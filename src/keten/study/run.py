# SPDX-License-Identifier: EUPL-1.2
"""Run a study and write its folder, whole or not at all; verify a folder by doing it again."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from errno import ENOTDIR
from pathlib import Path
from typing import Any

import polars as pl

from keten.domain.digest import hash_of
from keten.domain.errors import Problem, ScenarioError, UsageError
from keten.indicators import Tables
from keten.indicators.documents import indicators_document, measures_document
from keten.indicators.measures import measures
from keten.observations import Observations, snapshot
from keten.observations.store import figures, with_deliveries
from keten.observations.stream import Stream
from keten.study.folder import read_document, read_receipt, scenario_of
from keten.study.inputs import Inputs, prepare
from keten.study.precision import Precision, precision_of
from keten.study.receipt import RECEIPT, canonical, input_hashes, make_receipt
from keten.study.replicate import Progress, Replication, concatenated, replicate_all
from keten.study.sustain import sustainability
from keten.study.workers import workers_for


@dataclass(frozen=True)
class Settings:
    """How a study is run: what decides the outcome (seed, replications, events) and what does not (who runs it).

    With a precision, `replications` is where counting starts, and more are added until the precision is reached.
    """

    seed: int = 7
    replications: int = 200
    workers: int = 1
    scheduler: str | None = None
    with_events: bool = False
    precision: Precision | None = None


def run_study(inputs: Inputs, settings: Settings, folder: Path, progress: Progress = lambda _done: None) -> None:
    """Run all replications and write the folder of the study.

    Raises
    ------
    UsageError
        When fewer than one replication is asked for, the scheduler cannot be used, or the folder cannot be written.
    RunError
        When workers keep being lost.
    """
    if settings.replications < 1 or settings.workers < 1:
        raise UsageError(
            "keten study run",
            [Problem("--replications, --workers", "both must be at least 1.", "Ask for 1 or more.")],
        )
    with _writing(folder):
        _try_to_write(folder.resolve())
    done = _replications(inputs, settings, progress)
    outputs = _files(inputs, done)
    receipt = make_receipt(
        inputs,
        seed=settings.seed,
        replications=len(done),
        with_events=settings.with_events,
        outputs=outputs,
    )
    if settings.precision:
        reached = precision_of(_measures(inputs, done), settings.precision)
        receipt["precision"] = settings.precision.as_document(reached)
    write_whole(folder, {**outputs, RECEIPT: canonical(receipt)})


def outputs_of(inputs: Inputs, settings: Settings, progress: Progress) -> dict[str, bytes]:
    """Run all replications and give the content of every file of the study, the receipt excepted."""
    return _files(inputs, _replications(inputs, settings, progress))


def _replications(inputs: Inputs, settings: Settings, progress: Progress) -> list[Replication]:
    """Run the replications asked for, and more until the precision is reached or the maximum is."""
    done: list[Replication] = []
    wanted = settings.replications
    with workers_for(settings.workers, wanted, settings.scheduler) as workers:
        while len(done) < wanted:
            done += replicate_all(
                inputs,
                seed=settings.seed,
                replications=wanted,
                workers=workers,
                with_events=settings.with_events,
                progress=progress,
                after=len(done),
            )
            if settings.precision:
                wanted = settings.precision.next_number(_measures(inputs, done), len(done))
    return done


def _measures(inputs: Inputs, done: Sequence[Replication]) -> pl.DataFrame:
    return measures(Tables(**concatenated(done), complete=True), inputs.chain)


def _files(inputs: Inputs, done: Sequence[Replication]) -> dict[str, bytes]:
    frames = concatenated(done)
    tables = Tables(**frames, complete=True)
    known = inputs.figures
    files = {f"{name}.parquet": _parquet(frame) for name, frame in frames.items()}
    if done[0].events is not None:
        files["events.parquet"] = _parquet(done[0].events.rechunk())
    summary = {
        "scenario": inputs.scenario.name,
        "title": inputs.scenario.title.model_dump(),
        "reference_date": inputs.span.reference_date.isoformat(),
        "measures": measures_document(tables, inputs.chain, known, inputs.span.reference_date),
        "sustainability": sustainability(tables, inputs).as_document(),
    }
    files["summary.json"] = canonical(summary)
    files["indicators.json"] = canonical(indicators_document(tables, inputs.chain, known))
    if inputs.observations is not None:  # those that ship need not be kept
        files[snapshot.FILE] = snapshot.as_parquet(known)
    return files


def _parquet(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", compression_level=3)
    return buffer.getvalue()


def write_whole(folder: Path, files: dict[str, bytes]) -> None:
    """Write the files of a study next to where they belong and put them in place at the end.

    An earlier study in the folder is replaced; other files stay. The receipt comes last, so a folder with a receipt
    is complete.

    Raises
    ------
    UsageError
        When the folder cannot be written; nothing half-written is left behind.
    """
    with _writing(folder):
        folder = folder.resolve()
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _beside(folder) as made:
            for name, content in files.items():
                (made / name).write_bytes(content)
            _put_in_place(made, folder, list(files))


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """Make a folder that is gone afterwards, beside one that will be."""
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as made:
        yield Path(made)


def _try_to_write(folder: Path) -> None:
    """Make and remove something where the study will come, so that nobody waits for what cannot be kept."""
    nearest = next(parent for parent in folder.parents if parent.exists())
    with _beside(nearest / folder.name):
        if folder.exists() and not folder.is_dir():
            raise NotADirectoryError(ENOTDIR, "there is a file of that name", str(folder))


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(
            f"Folder {folder}",
            [
                Problem(
                    str(error.filename or folder),
                    f"cannot be written: {error.strerror}.",
                    "Free space or choose another folder with --out; nothing half-written was left behind.",
                )
            ],
        ) from error


def _put_in_place(made: Path, folder: Path, names: Sequence[str]) -> None:
    if not folder.exists():
        shutil.copymode(folder.parent, made)
        made.rename(folder)
        made.mkdir()
        return
    earlier = _earlier_files(folder)
    (folder / RECEIPT).unlink(missing_ok=True)
    for name in earlier - set(names):
        (folder / name).unlink(missing_ok=True)
    for name in sorted(names, key=lambda name: name == RECEIPT):
        os.replace(made / name, folder / name)


def _earlier_files(folder: Path) -> set[str]:
    """Name the files of the study that is replaced; one without events must not keep those of another."""
    try:
        return {Path(name).name for name in read_document(folder, RECEIPT)["files"]}
    except (UsageError, KeyError, TypeError):
        return set()


@dataclass(frozen=True)
class Verdict:
    """What came of a verification: inputs that changed, and files whose bytes differ."""

    changed_inputs: tuple[str, ...]
    tampered_files: tuple[str, ...]
    different_files: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """True when the study could be made again to the last byte."""
        return not (self.tampered_files or self.different_files)


def verify(
    folder: Path,
    *,
    workers: int = 1,
    scheduler: str | None = None,
    progress: Progress = lambda _done: None,
    store: Path | None = None,
) -> Verdict:
    """Run a study again from its receipt and compare it byte for byte.

    Raises
    ------
    ScenarioError
        When it was made with deliveries, and neither the folder nor a store that is named holds them.
    """
    receipt = read_receipt(folder)
    inputs = inputs_again(folder, store)
    now = input_hashes(inputs)
    settings = Settings(
        seed=receipt["seed"],
        replications=receipt["replications"],
        workers=workers,
        scheduler=scheduler,
        with_events=receipt["events"],
    )
    again = outputs_of(inputs, settings, progress)
    there = {name: _bytes(folder / name) for name in receipt["files"]}
    return Verdict(
        changed_inputs=tuple(name for name, digest in receipt["inputs"].items() if now.get(name) != digest),
        tampered_files=_unlike(receipt, there),
        different_files=_unlike(receipt, again),
    )


def figures_of(folder: Path, receipt: Mapping[str, Any], store: Path | None = None) -> Observations | None:
    """Give the figures that a study was made with: the snapshot in its folder, or the deliveries of a store.

    None for those that ship.

    Raises
    ------
    ScenarioError, DeliveryError
        When they are not there any more.
    """
    names = receipt.get("deliveries")
    if store is None and snapshot.FILE in receipt.get("files", {}):
        return snapshot.read_snapshot(folder / snapshot.FILE, str(receipt.get("snapshot")))
    if names is None:
        return None
    used = with_deliveries(store, names) if store is not None else figures().with_stream(Stream())
    there = {one.identifier for one, _ in used.stream.parts} if used.stream is not None else set()
    missing = [name for name in names if name not in there]
    if missing:
        what = f"the study was made with deliveries that are not there: {', '.join(missing)}."
        raise ScenarioError(receipt["name"], [Problem("store", what, "Name the folder that holds them (--store).")])
    return used


def inputs_again(folder: Path, store: Path | None = None) -> Inputs:
    """Put the inputs of a study together once more, from its receipt and the figures it was made with.

    Raises
    ------
    UsageError, ScenarioError, DeliveryError
        When this version cannot read it, or the figures are not there any more.
    """
    receipt = read_receipt(folder)
    return prepare(scenario_of(folder, receipt), observations=figures_of(folder, receipt, store))


def _unlike(receipt: dict[str, Any], contents: dict[str, bytes]) -> tuple[str, ...]:
    return tuple(name for name, digest in receipt["files"].items() if hash_of(contents.get(name, b"")) != digest)


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""
