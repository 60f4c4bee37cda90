# SPDX-License-Identifier: EUPL-1.2
"""Is the audit trail as it was written? Reads the whole chain, and every row and every history of the site beside it.

Everything is computed again from the rows themselves, by other code than the database used to write them; the functions
of the database are not trusted. One snapshot of the database is read, so that people can go on working.
What this promises, and what not, stands in `docs/audit.md`, each line with its test.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper

from keten.domain.errors import Problem, UsageError
from keten_web.audit import anchors, histories, rows, seals
from keten_web.audit.rows import Signed, Strange

REMEDY = "Compare it with a backup, find out who could write in the database, and report it as an incident."
COLUMNS = """
    number, id, previous, digest, signature, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), actor_id,
    action, subject, result, reason, details::text, host(origin), trace, fsc_transaction, context::text,
    place, sealed::text
"""
NAMES = (
    "number", "id", "previous", "digest", "signature", "at", "actor", "action", "subject", "result", "reason",
    "details_text", "origin", "trace", "fsc_transaction", "context", "place", "sealed_text",
)  # fmt: skip
AT_ONCE = 5000
PLACE = re.compile(r"([0-9]+)/([0-9]+)/([0-9]+):([0-9a-f]*)")
MIGRATE = "Run `keten db migrate` first."


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was written: which row, when, and what is wrong with it."""

    row: str
    at: str
    what: str


@dataclass(frozen=True)
class Verdict:
    """What was read, the last link (to be kept elsewhere), and everything that is wrong."""

    events: int
    versions: int
    head: str
    faults: tuple[Fault, ...]

    @property
    def holds(self) -> bool:
        return not self.faults


def verify(noted: Iterable[str] = ()) -> Verdict:
    """Read the whole trail and say whether it holds.

    Parameters
    ----------
    noted
        Links that were written down before, as `NUMBER:DIGEST`: the only thing that shows that the end was cut off, or
        that the whole chain was made again, by someone who may do everything in the database. The one that the site
        keeps in its home (see `anchors`) is always among them.

    Raises
    ------
    UsageError
        When there is nothing to read: the database is empty, or has the shape of another version.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        refuse_another_shape(cursor)
        cursor.execute("SET LOCAL row_security = off")  # rows that are hidden are an error, not absent
        return examine(cursor, [*noted, *anchors.kept()])


def examine(cursor: CursorWrapper, noted: Iterable[str] = ()) -> Verdict:
    """Read chain, histories and rows as this transaction sees them."""
    chain = read_chain(cursor, noted)
    versions, outside = histories.outside(cursor)
    strange = list(_told_once(rows.compare(cursor, chain.signed), {row.row for row in outside}))
    changed_before = [_changed_before(cursor, *broken) for broken in chain.broken]
    faults = [
        *chain.faults,
        *(Fault(row.row, row.at, row.what) for row in outside),
        *(Fault(row.name, row.at, row.what) for row in strange),
        *changed_before,
    ]
    return Verdict(chain.events, versions, f"{chain.head[0]}:{chain.head[1]}", tuple(dict.fromkeys(faults)))


def read_chain(cursor: CursorWrapper, noted: Iterable[str] = ()) -> _Chain:
    """Read every link; the chain then knows what is wrong with it, and which rows it vouches for."""
    cursor.execute("SELECT number, digest FROM audit_head")
    chain = _Chain(cursor.fetchone() or (0, ""), _noted(noted))
    with connection.chunked_cursor() as links:
        links.execute(f"SELECT {COLUMNS} FROM audit_event ORDER BY number NULLS LAST, id")
        while some := links.fetchmany(AT_ONCE):
            chain.read(dict(zip(NAMES, row, strict=True)) for row in some)
    chain.end()
    return chain


def refuse_another_shape(cursor: CursorWrapper, asked: str = "The audit trail") -> None:
    """Refuse a database without tables, and one whose tables are not those of this version.

    Raises
    ------
    UsageError
        With what to do.
    """
    cursor.execute("SELECT to_regclass('audit_event') IS NULL")
    if cursor.fetchone()[0]:
        problem = Problem("audit_event", "is not there: the database is empty, or is not that of this site.", MIGRATE)
        raise UsageError(asked, [problem])
    try:
        with transaction.atomic():
            cursor.execute(f"SELECT {COLUMNS} FROM audit_event LIMIT 0")
    except DatabaseError:
        problem = Problem("audit_event", "has the shape of another version of Keten.", MIGRATE)
        raise UsageError(asked, [problem]) from None


def _told_once(strange: Iterable[Strange], told: set[str]) -> Iterator[Strange]:
    """Leave out what the histories tell already, in better words: that a row, or a new version, is nobody's."""
    for row in strange:
        if row.is_old_version or row.name not in told:
            yield row


def _changed_before(cursor: CursorWrapper, table: str, key: str, number: int, at: str) -> Fault:
    what = f"was changed behind the back of the application before event {number}, which changed it again."
    return Fault(rows.name_of(cursor, table, key), f"before {at}", what)


def _noted(links: Iterable[str]) -> Iterator[tuple[int, str]]:
    for link in links:
        number, _, digest = link.partition(":")
        yield int(number), digest


class _Chain:
    """Reads rows in the order of the chain and collects what is wrong."""

    def __init__(self, head: tuple[int, str], noted: Iterable[tuple[int, str]]) -> None:
        self.head = head
        self.noted: dict[int, set[str]] = {}
        for number, digest in noted:
            self.noted.setdefault(number, set()).add(digest)
        self.keys = seals.keys()
        self.events = 0
        self.number, self.digest, self.at, self.at_fault = 0, "", "the beginning", False
        self.faults: list[Fault] = []
        self.signed: dict[tuple[str, str], Signed] = {}
        """Every row that an event signed, with the last event that did."""
        self.broken: list[tuple[str, str, int, str]] = []
        """Rows that did not stand there as they were signed when an event changed them: table, key, event, moment."""
        self.digests: dict[int, bytes] = {}
        self.ids: set[int] = set()
        self.wrong: set[int] = set()
        self.is_placed = False
        self.written_in, self.id = "", 0

    def read(self, links: Iterable[dict[str, Any]]) -> None:
        for row in links:
            self.events += 1
            found = list(self._outside_the_chain(row) if row["number"] is None else self._of_a_link(row))
            self.faults += found
            self._note_seals(row)
            self.ids.add(row["id"])
            if row["number"] is not None:
                self.digests[row["number"]] = row["digest"].encode()
                self.number, self.digest, self.at = row["number"], row["digest"], row["at"]
                self.at_fault = bool(found)
                self.wrong |= {row["number"]} if found else set()

    def _outside_the_chain(self, row: Mapping[str, Any]) -> Iterator[Fault]:
        yield Fault(f"event id {row['id']}", row["at"], "was inserted with the triggers of the database switched off.")

    def _of_a_link(self, row: Mapping[str, Any]) -> Iterator[Fault]:
        name, at = f"event {row['number']}", row["at"]
        missing = row["number"] - self.number - 1
        if missing:
            yield self._missing(self.number + 1, row["number"] - 1, f"between {self.at} and {at}")
        fits, signed = seals.link(row) == row["digest"], seals.signature_fits(row, self.keys)
        if not fits:
            yield Fault(name, at, f"was changed after it was written ({_told(row)}).")
        elif signed is False:
            yield Fault(name, at, f"was inserted or changed by something else than this application ({_told(row)}).")
        elif row["id"] in self.ids or (wrong := self._wrong_place(row)):
            yield Fault(name, at, "is a copy of another row." if row["id"] in self.ids else wrong)
        elif not missing and row["previous"] != self.digest and not self.at_fault:
            yield Fault(
                name, at, "does not follow on the row before it: rows were put in, taken out or made again here."
            )
        if signed is None:
            key = row["signature"].partition(":")[0]
            yield Fault(
                name, at, f"was signed with key {key}, which is not here: name it in {seals.KEY} and ask again."
            )
        if self.noted.pop(row["number"], {row["digest"]}) != {row["digest"]}:
            yield Fault(name, at, "is not the link that was written down: the chain was made again.")

    def _wrong_place(self, row: Mapping[str, Any]) -> str:
        """Say what is wrong with the place of a row, by what stands under its signature; nothing when it fits."""
        if not row["place"]:
            return "does not say where it belongs: it is a row of before, or a copy of one." if self.is_placed else ""
        place = PLACE.fullmatch(row["place"])
        if place is None:
            return "does not say where it belongs."
        own, written_in, after, digest = place.groups()
        before, self.written_in, self.id, self.is_placed = (self.written_in, self.id), written_in, int(own), True
        if int(own) != row["id"]:
            return f"is a copy of the row with id {own}."
        is_another = self.digests.get(int(after), digest.encode()) != digest.encode()
        if int(after) >= row["number"] or (is_another and int(after) not in self.wrong):  # that one is told already
            return f"stands elsewhere than where it was written: after link {after}, which was another one then."
        if before[0] == written_in and int(own) < before[1]:
            return "changed places with a row of the same action."
        return ""

    def _note_seals(self, row: Mapping[str, Any]) -> None:
        """Take over what an event signed, and see whether each row stood there as the event before had left it."""
        for table, key, before, after in json.loads(row["sealed_text"]):
            then = self.signed.get((table, key))
            if (then.digest if then else None) != before:
                self.broken.append((table, key, row["number"] or 0, row["at"]))
            told = f"{row['action']} {row['subject']}"
            self.signed[table, key] = Signed(after, row["number"] or 0, row["at"], told)

    def _missing(self, first: int, last: int, when: str) -> Fault:
        if first == last:
            return Fault(f"event {first}", when, "is missing: it was deleted.")
        return Fault(f"events {first} to {last}", when, f"are missing: {last - first + 1} rows were deleted.")

    def end(self) -> None:
        """Compare the last row with what the chain should end with."""
        if self.head[0] > self.number:
            self.faults.append(self._missing(self.number + 1, self.head[0], f"after {self.at}"))
        elif self.head != (self.number, self.digest) and not self.at_fault:
            what = f"is not the last link that the database kept ({self.head[0]}): one of the two was changed."
            self.faults.append(Fault(f"event {self.number}", self.at, what))
        for number in sorted(self.noted):
            self.faults.append(
                Fault(f"event {number}", f"after {self.at}", "was written down and is gone: the end was cut off.")
            )


def _told(row: Mapping[str, Any]) -> str:
    return f"it says now: {row['action']} {row['subject']}, {row['result']}"
