# SPDX-License-Identifier: EUPL-1.2
"""The law desk: what is open in the law, how it changed, and which answers another law would change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from keten.deadlines.amounts import MAXIMUM_DAYS, administrative_amounts
from keten.deadlines.calendar import add_months
from keten.deadlines.cases import Case
from keten.deadlines.counting import work_out
from keten.deadlines.terms import term_end
from keten.deadlines.wording import Text
from keten.domain.errors import UsageError
from keten.domain.words import Reading
from keten.parameters.amendments import law_until
from keten.parameters.law import Law, Sourced, load_law


@dataclass(frozen=True)
class OpenPoint:
    """A piece of law that is unverified, open or contested, and what would settle it where that is known."""

    rule: str
    state: str
    what: Text
    settled_by: Text | None
    source: str


def _rows(law: Law) -> Iterator[tuple[str, Sourced]]:
    yield from ((rule.rule, value) for rule in law.rules for value in rule.values)
    yield from ((row.rule, row) for row in law.moratoria)
    yield from ((row.rule, row) for row in law.temporary_acts)


def open_points(law: Law) -> tuple[OpenPoint, ...]:
    """List what is not certain in the law: unverified values, open questions, contested rulings, law not applied."""
    return tuple(dict.fromkeys(_open_points(law)))


def _open_points(law: Law) -> Iterator[OpenPoint]:
    for name, row in _rows(law):
        if row.unverified:
            yield OpenPoint(name, "unverified", Text(row.unverified, row.unverified_nl or ""), None, row.source)
        for doubt in row.doubts:
            settled = Text(doubt.settled_by_en, doubt.settled_by_nl)
            yield OpenPoint(name, "open", Text(doubt.en, doubt.nl), settled, row.source)
        rulings = getattr(row, "rulings", ())
        if len({(ruling.holds, ruling.effect) for ruling in rulings}) > 1:
            names = "; ".join(ruling.ecli for ruling in rulings)
            yield OpenPoint(name, "contested", Text(names, names), None, row.source)
    for gap in law.gaps:
        known = gap.settled_by_en and gap.settled_by_nl
        settled_by = Text(gap.settled_by_en or "", gap.settled_by_nl or "") if known else None
        yield OpenPoint("not applied", "open", Text(gap.en, gap.nl), settled_by, gap.source)


@dataclass(frozen=True)
class LawChange:
    """A line of the changelog of the law: from when it was known, for which cases it holds, and by what."""

    known_from: date
    valid_from: date
    rule: Text
    instrument: str
    by: Text
    amendment: str | None = None
    """The amendment that brought it, where it was entered at the law desk."""


def law_changes(law: Law, *, since: date = date.min) -> tuple[LawChange, ...]:
    """Tell how the law changed, the newest first: every value and ruling by the day since when it is known."""
    found = _changes(law, since)
    if law.amendments:
        packaged = _changes(load_law(), since)
        brought = {one.amendment.id: _changes(law_until(law, one), since) for one in law.amendments if one.holds}
        first_in = {
            row: next((name for name, rows in brought.items() if row in rows), None) for row in found - packaged
        }
        found = {replace(row, amendment=first_in.get(row)) for row in found}
    return tuple(sorted(found, key=lambda row: (row.known_from, row.instrument, row.rule.en, row.by.en), reverse=True))


def _changes(law: Law, since: date) -> set[LawChange]:
    found = {
        LawChange(
            known.valid_from, value.valid_from, Text(rule.en, rule.nl), value.instrument, _by(known.by, known.by_nl)
        )
        for rule in law.rules
        for value in rule.values
        for known in value.beliefs
        if since <= known.valid_from and known.valid_from > date.min
    }
    found |= {
        LawChange(known.valid_from, row.valid_from, Text(row.en, row.nl), row.instrument, _by(known.by, known.by_nl))
        for row in law.moratoria
        for known in row.beliefs
        if since <= known.valid_from
    }
    return found


def _by(en: str | None, nl: str | None) -> Text:
    return Text(en or "", nl or en or "")


@dataclass(frozen=True)
class Moved:
    """A case of the trial whose last day another law would change; none where that law, or this one, has no rule."""

    application_type: str
    lodged_on: date
    nationality: str | None
    reading: Reading
    before: date | None
    after: date | None

    @property
    def days(self) -> int | None:
        """By how many days; positive is later."""
        return None if self.before is None or self.after is None else (self.after - self.before).days


def impact(before: Law, after: Law, *, known_on: date, first: date, last: date) -> tuple[Moved, ...]:
    """Try both laws on a case of every kind, nationality and month, in both readings, and give those that differ."""
    nationalities = sorted({code for law in (before, after) for row in law.moratoria for code in row.nationalities})
    found = []
    for kind in after.types:
        asylum = any(kind.id in row.types for row in after.moratoria)
        lodged_on = first
        while lodged_on <= last:
            for nationality in (None, *(nationalities if asylum else ())):
                case = Case(kind.id, lodged_on, nationality)
                for reading in Reading:
                    days = [_last_day(case, law, known_on, reading) for law in (before, after)]
                    if days[0] != days[1]:
                        found.append(Moved(kind.id, lodged_on, nationality, reading, days[0], days[1]))
            lodged_on = add_months(lodged_on, 1)
    return tuple(found)


def _last_day(case: Case, law: Law, known_on: date, reading: Reading) -> date | None:
    if case.application_type not in law.type_ids:
        return None
    try:
        return work_out(case, law, known_on, reading).deadline
    except UsageError:
        return None


@dataclass(frozen=True)
class TermMoved:
    """A term whose last day another law would change; none where that law, or this one, has no value."""

    rule: str
    starts_on: date
    before: date | None
    after: date | None

    @property
    def days(self) -> int | None:
        """By how many days; positive is later."""
        return None if self.before is None or self.after is None else (self.after - self.before).days


def impact_on_terms(before: Law, after: Law, *, known_on: date, first: date, last: date) -> tuple[TermMoved, ...]:
    """Try both laws on every term that is no decision period, from each month on, and give the ends that differ."""
    found = []
    for name in dict.fromkeys(rule.rule for law in (before, after) for rule in law.of_kind("term")):
        starts_on = first
        while starts_on <= last:
            ends = [_term_end(name, starts_on, law, known_on) for law in (before, after)]
            if ends[0] != ends[1]:
                found.append(TermMoved(name, starts_on, ends[0], ends[1]))
            starts_on = add_months(starts_on, 1)
    return tuple(found)


def _term_end(name: str, starts_on: date, law: Law, known_on: date) -> date | None:
    try:
        return term_end(name, starts_on, law, known_on=known_on).last_day
    except UsageError:
        return None


@dataclass(frozen=True)
class PenaltyMoved:
    """The largest administrative penalty (eur) for a notice of a day, where another law has another one."""

    application_type: str
    notice_on: date
    before: int | None
    after: int | None


def impact_on_penalties(
    before: Law, after: Law, *, known_on: date, first: date, last: date
) -> tuple[PenaltyMoved, ...]:
    """Try both laws on the administrative penalty of every kind, for a notice in each month."""
    found = []
    for kind in dict.fromkeys(name for law in (before, after) for name in law.type_ids):
        notice_on = first
        while notice_on <= last:
            sums = [_largest(kind, notice_on, law, known_on) for law in (before, after)]
            if sums[0] != sums[1]:
                found.append(PenaltyMoved(kind, notice_on, sums[0], sums[1]))
            notice_on = add_months(notice_on, 1)
    return tuple(found)


def _largest(kind: str, notice_on: date, law: Law, known_on: date) -> int | None:
    if kind not in law.type_ids or not any(law.of_kind("scope", kind)):
        return None
    days = [MAXIMUM_DAYS]
    try:
        return int(administrative_amounts(days, law, kind, notice_received_on=notice_on, known_on=known_on)[0])
    except UsageError:
        return None
