# SPDX-License-Identifier: EUPL-1.2
"""The folders of studies that are done, beside the tables: in the backup, and back, whole or not at all."""

from __future__ import annotations

import json
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from keten.domain.digest import hash_of
from keten.domain.errors import Problem
from keten.study.receipt import RECEIPT, canonical
from keten_web.backups.manifest import Folder, LeftOut

EARLIER = "Put it back from an earlier backup, or ask for the study again; this backup was made without it."


def folder(name: str) -> Path:
    """Give the place of the study of a run."""
    return Path(settings.RUNS) / name


# --- out --------------------------------------------------------------------------------------------------------------


def copy_out(archive: zipfile.ZipFile, done: Sequence[tuple[int, str]]) -> tuple[list[Folder], list[LeftOut]]:
    """Write the folders of runs that are done (number and hash of the outcome), and say which are not what they were.

    A folder that is not whole is left out: what cannot be trusted is not kept under the name of what can.
    """
    kept, left_out = [], []
    for number, output_hash in done:
        name = f"run-{number}"
        found = [LeftOut(where=f"runs/{place}", what=what) for place, what in _faults(folder(name), output_hash)]
        left_out += found
        if not found:
            kept.append(_copied(archive, name))
    return kept, left_out


def problems(left_out: Sequence[Mapping[str, str]]) -> list[Problem]:
    """Tell what was left out, with what to do."""
    return [Problem(row["where"], row["what"], EARLIER) for row in left_out]


def _faults(at: Path, output_hash: str) -> Iterator[tuple[str, str]]:
    """Compare a folder with its receipt, and the receipt with what the database knows of the outcome."""
    if not at.is_dir():
        yield at.name, "is not there."
        return
    receipt = _receipt(at)
    if receipt is None:
        yield f"{at.name}/{RECEIPT}", "is not there, or is no receipt."
        return
    files = receipt["files"]
    if output_hash != receipt.get("output_hash") or output_hash != hash_of(canonical(files)):
        yield f"{at.name}/{RECEIPT}", "is not the receipt of this run."
    for name, written in sorted(files.items()):
        if not (at / name).is_file():
            yield f"{at.name}/{name}", "is not there."
        elif hash_of((at / name).read_bytes()) != written:
            yield f"{at.name}/{name}", "has other bytes than its receipt says."


def _receipt(at: Path) -> dict[str, Any] | None:
    try:
        found: Any = json.loads((at / RECEIPT).read_bytes())
    except (OSError, ValueError):
        return None
    files = found.get("files") if isinstance(found, dict) else None
    is_one = isinstance(files, dict) and all(Path(name).name == name for name in files)
    return found if is_one else None


def _copied(archive: zipfile.ZipFile, name: str) -> Folder:
    receipt = _receipt(folder(name)) or {}
    files = {}
    for file in (*sorted(receipt["files"]), RECEIPT):
        content = (folder(name) / file).read_bytes()
        files[file] = hash_of(content)
        packed = zipfile.ZIP_STORED if file.endswith(".parquet") else zipfile.ZIP_DEFLATED  # Parquet is packed already
        archive.writestr(f"runs/{name}/{file}", content, packed)
    return Folder(name=name, files=files)


# --- back -------------------------------------------------------------------------------------------------------------


def lost_by(kept: Sequence[Folder]) -> list[str]:
    """Name the folders of runs that stand here and are other than those of the backup."""
    receipts = {row.name: row.files.get(RECEIPT) for row in kept}
    return [at.name for at in _here() if not _is_same(at, receipts.get(at.name))]


def _is_same(at: Path, receipt: str | None) -> bool:
    file = at / RECEIPT
    return file.is_file() and hash_of(file.read_bytes()) == receipt


def _here() -> list[Path]:
    return sorted(Path(settings.RUNS).glob("run-*"))


class Unpacked:
    """Folders of a backup that are ready beside their place."""

    def __init__(self, after: Path, before: Path, undo: ExitStack) -> None:
        self.after, self.before, self.undo = after, before, undo

    def take_their_place(self) -> None:
        """Put what stands here aside, and the folders of the backup in its place."""
        for at in _here():
            self._move(at, self.before / at.name)
        for at in sorted(self.after.iterdir()):
            self._move(at, Path(settings.RUNS) / at.name)

    def _move(self, at: Path, to: Path) -> None:
        at.rename(to)
        self.undo.callback(to.rename, at)


@contextmanager
def unpacked(archive: zipfile.ZipFile, kept: Sequence[Folder]) -> Iterator[Unpacked]:
    """Unpack the folders of a backup beside their place; whatever fails before the end, all stands as it stood.

    Unpacking is what takes long and may fail; taking their place is renaming only.
    """
    runs = Path(settings.RUNS)
    runs.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".restore-", dir=runs) as made, ExitStack() as undo:
        after, before = Path(made) / "after", Path(made) / "before"
        after.mkdir()
        before.mkdir()
        for row in kept:
            _unpack(archive, row, after / row.name)
        yield Unpacked(after, before, undo)
        undo.pop_all()


def _unpack(archive: zipfile.ZipFile, row: Folder, to: Path) -> None:
    to.mkdir()
    for name, member in row.members:
        (to / name).write_bytes(archive.read(member))
