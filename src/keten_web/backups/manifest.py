# SPDX-License-Identifier: EUPL-1.2
"""What a backup says of itself, and whether the file is what it says."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from keten.domain.errors import DeliveryError, Problem

FORMAT = "keten-backup/1"
MANIFEST = "manifest.json"
AT_ONCE = 1 << 20
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


class Manifest(Strict):
    """Everything needed to put the tables back, and to see that it is them."""

    format: Literal["keten-backup/1"]
    keten: str
    postgresql: str
    made_at: datetime
    head: str
    migrations: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    sequences: tuple[Sequence, ...]

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
    except (zipfile.BadZipFile, KeyError, OSError, EOFError) as error:
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
    for name in sorted(here - {table.file for table in manifest.tables}):
        yield Problem(name, "is in the file and not in its manifest.", ANOTHER)
    for table in manifest.tables:
        if table.file not in here:
            yield Problem(table.file, "is missing.", ANOTHER)
        elif not _is_whole(archive, table):
            yield Problem(table.file, "is not what the manifest says: it was damaged or changed.", ANOTHER)


def _is_whole(archive: zipfile.ZipFile, table: Table) -> bool:
    try:
        with archive.open(table.file) as file:
            hashed = Hashed(file)
            for _some in hashed.read_all():
                continue
    except (zipfile.BadZipFile, zipfile.zlib.error, EOFError):  # type: ignore[attr-defined]
        return False
    return (hashed.rows, hashed.sha256.hexdigest()) == (table.rows, table.sha256)
