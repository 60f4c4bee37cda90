# SPDX-License-Identifier: EUPL-1.2
"""What a backup says of itself, and whether the file is what it says."""

from __future__ import annotations

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from keten.domain.errors import DeliveryError, Problem

FORMAT = "keten-backup/1"
MANIFEST = "manifest.json"
FILE = "^[A-Za-z0-9_][A-Za-z0-9_.-]*$"
"""Names of files that stand in the folder of a run and nowhere else."""

AT_ONCE = 1 << 20
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError)
"""What reading a damaged zip may end with."""

ANOTHER = "Take another backup; this one was cut off or changed after it was made."


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Table(Strict):
    """One table: its columns in order, how many rows, and the hash of those rows as PostgreSQL writes them."""

    name: str
    columns: tuple[str, ...]
    rows: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")

    @property
    def file(self) -> str:
        return f"tables/{self.name}.copy"


class Sequence(Strict):
    """The last number that was handed out."""

    name: str
    last: int
    is_called: bool


class Folder(Strict):
    """The study of a run that is done: its files, each with the hash of its bytes."""

    name: str = Field(pattern="^run-[1-9][0-9]*$")
    files: dict[Annotated[str, Field(pattern=FILE)], Annotated[str, Field(pattern="^[0-9a-f]{64}$")]]

    @property
    def members(self) -> tuple[tuple[str, str], ...]:
        """Name each file and where it stands in the backup."""
        return tuple((name, f"runs/{self.name}/{name}") for name in self.files)


class LeftOut(Strict):
    """Something of a run that was not as its receipt says, so that its folder is not in the backup."""

    where: str
    what: str


class Manifest(Strict):
    """Everything needed to put tables and studies back, and to see that it is them."""

    format: Literal["keten-backup/1"]
    keten: str
    postgresql: str
    made_at: datetime
    head: str
    migrations: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    sequences: tuple[Sequence, ...]
    runs: tuple[Folder, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    def told(self) -> dict[str, Any]:
        """Give the manifest as JSON values."""
        return self.model_dump(mode="json")


class Hashed:
    """Writes or reads through, and keeps the hash and the number of lines."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.sha256 = hashlib.sha256()
        self.rows = 0

    def write(self, some: bytes) -> None:
        self.sha256.update(some)
        self.rows += some.count(b"\n")  # a line end inside a value is written as two characters
        self.file.write(some)

    def read_all(self) -> Iterator[bytes]:
        while some := self.file.read(AT_ONCE):
            self.sha256.update(some)
            self.rows += some.count(b"\n")
            yield some


def read(path: Path) -> Manifest:
    """Read and check the whole file before anything is done with it.

    Raises
    ------
    DeliveryError
        With everything that is wrong with the file.
    """
    if not path.is_file():
        raise DeliveryError(str(path), [Problem(str(path), "is not there.", "Check the name.")])
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _manifest(path, archive.read(MANIFEST))
            problems = list(_damage(archive, manifest))
    except (*DAMAGED, KeyError, OSError) as error:
        raise DeliveryError(str(path), [Problem(path.name, f"is not a whole backup ({error}).", ANOTHER)]) from None
    if problems:
        raise DeliveryError(str(path), problems)
    return manifest


def _manifest(path: Path, text: bytes) -> Manifest:
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        problems = [_told(row) for row in error.errors(include_url=False)]
        raise DeliveryError(str(path), problems) from None


def _told(row: Any) -> Problem:
    where = ".".join([MANIFEST, *map(str, row["loc"])])
    if row["loc"] == ("format",):
        newer = f"Restore it with the version of Keten that made it; this one reads {FORMAT}."
        return Problem(where, f"is {row['input']!r}, which this version does not know.", newer)
    return Problem(where, f"is wrong: {row['msg']}.", ANOTHER)


def _damage(archive: zipfile.ZipFile, manifest: Manifest) -> Iterator[Problem]:
    here = set(archive.namelist()) - {MANIFEST}
    expected = dict(_expected(manifest))
    for name in sorted(here - expected.keys()):
        yield Problem(name, "is in the file and not in its manifest.", ANOTHER)
    for name, (sha256, rows) in expected.items():
        if name not in here:
            yield Problem(name, "is missing.", ANOTHER)
        elif not _is_whole(archive, name, sha256, rows):
            yield Problem(name, "is not what the manifest says: it was damaged or changed.", ANOTHER)


def _expected(manifest: Manifest) -> Iterator[tuple[str, tuple[str, int | None]]]:
    """Name every part with its hash, and the number of rows of a table."""
    for table in manifest.tables:
        yield table.file, (table.sha256, table.rows)
    for folder in manifest.runs:
        for name, member in folder.members:
            yield member, (folder.files[name], None)


def _is_whole(archive: zipfile.ZipFile, name: str, sha256: str, rows: int | None) -> bool:
    try:
        with archive.open(name) as file:
            hashed = Hashed(file)
            for _some in hashed.read_all():
                continue
    except DAMAGED:
        return False
    return hashed.sha256.hexdigest() == sha256 and rows in {None, hashed.rows}
