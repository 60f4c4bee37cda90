# SPDX-License-Identifier: EUPL-1.2
"""How much time steering itself takes ("ketendrukte"): hours and seats per body, per partner and per month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from keten.steering.bodies import GovernanceBody, GovernanceLevel

_MINUTES_PER_HOUR = 60


@dataclass(frozen=True)
class Meeting:
    """One meeting that took place: who was there (partner and seats) and how long; preparation is per seat."""

    body: str
    on: date
    minutes: int
    seats: tuple[tuple[str, int], ...]
    preparation_minutes: int = 0


@dataclass(frozen=True)
class Load:
    """Meetings, seats taken (a person in two meetings counts twice) and hours of all those seats together."""

    meetings: int
    seats: int
    hours: float

    def __add__(self, other: Load) -> Load:
        return Load(self.meetings + other.meetings, self.seats + other.seats, round(self.hours + other.hours, 6))


NOTHING = Load(0, 0, 0.0)


@dataclass(frozen=True)
class MeetingLoad:
    """The load of a period, whole and in parts. Per partner and per month a meeting counts once for each of them."""

    total: Load
    per_body: Mapping[str, Load]
    per_partner: Mapping[str, Load]
    per_month: Mapping[str, Load]


def meeting_load(meetings: Iterable[Meeting], *, first: date = date.min, last: date = date.max) -> MeetingLoad:
    """Add up the meetings from the first to the last day, both included."""
    per_body: dict[str, Load] = defaultdict(lambda: NOTHING)
    per_partner: dict[str, Load] = defaultdict(lambda: NOTHING)
    per_month: dict[str, Load] = defaultdict(lambda: NOTHING)
    total = NOTHING
    for meeting in meetings:
        if not first <= meeting.on <= last:
            continue
        whole = _load(meeting, sum(seats for _, seats in meeting.seats))
        total += whole
        per_body[meeting.body] += whole
        per_month[f"{meeting.on:%Y-%m}"] += whole
        for partner, seats in meeting.seats:
            per_partner[partner] += _load(meeting, seats)
    return MeetingLoad(total, *(dict(sorted(part.items())) for part in (per_body, per_partner, per_month)))


def agreed_hours_per_year(body: GovernanceBody) -> float | None:
    """Give the hours a year that the rhythm of a body asks of all its seats; None when the rhythm is not known."""
    if body.meetings_per_year is None or body.minutes is None or not body.seats:
        return None
    seats = sum(count for _, count in body.seats)
    minutes = body.minutes + body.preparation_minutes
    return round(body.meetings_per_year * seats * minutes / _MINUTES_PER_HOUR, 6)


def bodies_per_level(bodies: Iterable[GovernanceBody]) -> dict[GovernanceLevel, int]:
    """Count the bodies of each level: fewer bodies around the main structure is what the renewal was about."""
    counted = {level: 0 for level in GovernanceLevel}
    for body in bodies:
        counted[body.level] += 1
    return counted


def _load(meeting: Meeting, seats: int) -> Load:
    minutes = seats * (meeting.minutes + meeting.preparation_minutes)
    return Load(1, seats, minutes / _MINUTES_PER_HOUR)
