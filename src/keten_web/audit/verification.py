# SPDX-License-Identifier: EUPL-1.2
"""Is the audit trail as it was written? Reads the whole chain, and the history of every record beside it.

Everything is computed again from the rows themselves, by other code than the database used to write them; the functions
of the database are not trusted. One snapshot of the database is read, so that people can go on working.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from keten_web.audit import histories, seals

REMEDY = "Compare it with a backup, find out who could write in the database, and report it as an incident."
COLUMNS = """
    number, id, previous, digest, signature, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), actor_id,
    action, subject, result, reason, details::text, host(origin), trace, fsc_transaction, context::text
"""
NAMES = (
    "number", "id", "previous", "digest", "signature", "at", "actor", "action", "subject", "result", "reason",
    "details_text", "origin", "trace", "fsc_transaction", "context",
)  # fmt: skip
AT_ONCE = 5000


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
        that the whole chain was made again, by someone who may do everything in the database.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT number, digest FROM audit_head")
        head = cursor.fetchone() or (0, "")
        chain = _Chain(head, dict(_noted(noted)))
        with connection.chunked_cursor() as rows:
            rows.execute(f"SELECT {COLUMNS} FROM audit_event ORDER BY number NULLS LAST, id")
            while some := rows.fetchmany(AT_ONCE):
                chain.read(dict(zip(NAMES, row, strict=True)) for row in some)
        chain.end()
        versions, outside = histories.outside(cursor)
    faults = [*chain.faults, *(Fault(row.row, row.at, row.what) for row in outside)]
    return Verdict(chain.events, versions, f"{head[0]}:{head[1]}", tuple(faults))


def _noted(links: Iterable[str]) -> Iterator[tuple[int, str]]:
    for link in links:
        number, _, digest = link.partition(":")
        yield int(number), digest


class _Chain:
    """Reads rows in the order of the chain and collects what is wrong."""

    def __init__(self, head: tuple[int, str], noted: Mapping[int, str]) -> None:
        self.head, self.noted = head, dict(noted)
        self.keys = seals.keys()
        self.events = 0
        self.number, self.digest, self.at, self.at_fault = 0, "", "the beginning", False
        self.faults: list[Fault] = []

    def read(self, rows: Iterable[dict[str, Any]]) -> None:
        for row in rows:
            self.events += 1
            found = list(self._outside_the_chain(row) if row["number"] is None else self._of_a_link(row))
            self.faults += found
            if row["number"] is not None:
                self.number, self.digest, self.at = row["number"], row["digest"], row["at"]
                self.at_fault = bool(found)

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
        elif not missing and row["previous"] != self.digest and not self.at_fault:
            yield Fault(
                name, at, "does not follow on the row before it: rows were put in, taken out or made again here."
            )
        if signed is None:
            key = row["signature"].partition(":")[0]
            yield Fault(
                name, at, f"was signed with key {key}, which is not here: name it in {seals.KEY} and ask again."
            )
        if self.noted.pop(row["number"], row["digest"]) != row["digest"]:
            yield Fault(name, at, "is not the link that was written down: the chain was made again.")

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
