# SPDX-License-Identifier: EUPL-1.2
"""The shape of the past and of the future.

What partners delivered and what a simulation produced are rows of these same tables, so that one piece of code
computes indicators, signals and reports from either.
"""

from __future__ import annotations

from datetime import date

from keten.domain.tables import Column, Table

_REPLICATION = Column("replication", int, "-", "Number of the replication; 0 for observed rows", minimum=0)
_PERIOD_END = Column("period_end", date, "date", "Last day of the month")


def _cases(name: str, meaning: str) -> Column:
    return Column(name, int, "cases", meaning, minimum=0)


LEDGER = Table(
    name="ledger",
    meaning="Cases per stage, case class and month; opening + inflow - outflow = closing in every row",
    columns=(
        _REPLICATION,
        _PERIOD_END,
        Column("stage", str, "-", "Stage of the chain tables"),
        Column("case_class", str, "-", "Case class of the chain tables"),
        _cases("opening", "In the stage at the start of the month"),
        _cases("inflow", "Entered the stage in the month"),
        _cases("outflow", "Left the stage in the month"),
        _cases("closing", "In the stage at the end of the month"),
        _cases("overdue", "Of closing: not decided while the decision deadline has passed"),
    ),
    key=("replication", "period_end", "stage", "case_class"),
)

DEADLINES = Table(
    name="deadlines",
    meaning="What the statutory clock did to each track in a month",
    columns=(
        _REPLICATION,
        _PERIOD_END,
        Column("track", str, "-", "track_1, track_2, track_4, subsequent or family_reunification"),
        _cases("overdue", "Pending at the end of the month while the decision deadline has passed"),
        _cases("notices", "Notices of default received in the month"),
        _cases("late_decision_appeals", "Appeals against not deciding in time lodged in the month"),
        _cases("judgments", "Judgments in such appeals in the month"),
        Column("penalties_accrued_eur", float, "eur", "Penalty payments that accrued in the month", minimum=0),
        Column("penalties_paid_eur", float, "eur", "Penalty payments paid in the month", minimum=0),
    ),
    key=("replication", "period_end", "track"),
)

RESOURCES = Table(
    name="resources",
    meaning="Staff hours (or places) of each resource in a month",
    columns=(
        _REPLICATION,
        _PERIOD_END,
        Column("resource", str, "-", "Resource of the chain tables"),
        Column("location", str, "-", "Location; 'national' where the resource is not split"),
        Column("hours_available", float, "hours", "Hours that could be worked", minimum=0),
        Column("hours_used", float, "hours", "Hours that were worked on cases", minimum=0),
    ),
    key=("replication", "period_end", "resource", "location"),
)

INTERVIEWS = Table(
    name="interviews",
    meaning="Appointments with applicants per stage and month, and what missed appointments cost",
    columns=(
        _REPLICATION,
        _PERIOD_END,
        Column("stage", str, "-", "Stage of the chain tables"),
        Column("appointments", int, "appointments", "Appointments in the month, kept or missed", minimum=0),
        Column("missed", int, "appointments", "Of appointments: the applicant did not appear", minimum=0),
        Column("interpreter_hours", float, "hours", "Hours of interpreters for all appointments", minimum=0),
        Column("interpreter_hours_lost", float, "hours", "Of these: for missed appointments", minimum=0),
    ),
    key=("replication", "period_end", "stage"),
)

AGES = Table(
    name="ages",
    meaning="How long the oldest tenth of the undecided cases of a track has waited at the end of a month",
    columns=(
        _REPLICATION,
        _PERIOD_END,
        Column("track", str, "-", "track_1, track_2, track_4, subsequent or family_reunification"),
        Column("undecided", int, "cases", "Cases that wait for a decision", minimum=0),
        Column(
            "oldest_tenth_weeks",
            int,
            "weeks",
            "A tenth of them was lodged at least so many weeks ago; to the week",
            minimum=0,
        ),
        _cases("over_15_months", "Of undecided: lodged at least 65 weeks ago, some 15 months; to the week"),
    ),
    key=("replication", "period_end", "track"),
)

PLACES = Table(
    name="places",
    meaning="Persons in reception at the end of a month by the kind of place they have",
    columns=(
        _REPLICATION,
        _PERIOD_END,
        Column("kind", str, "-", "regular or emergency"),
        Column("persons", int, "persons", "Persons in such a place", minimum=0),
    ),
    key=("replication", "period_end", "kind"),
)

RECEPTION = Table(
    name="reception",
    meaning="Persons in reception at the end of a month",
    columns=(
        _REPLICATION,
        _PERIOD_END,
        Column("group", str, "-", "Reception group of the chain tables"),
        Column("persons", int, "persons", "Persons in reception", minimum=0),
    ),
    key=("replication", "period_end", "group"),
)

DECISIONS = Table(
    name="decisions",
    meaning="First-instance decisions of each track in a month, with the time they took",
    columns=(
        _REPLICATION,
        _PERIOD_END,
        Column("track", str, "-", "track_1, track_2, track_4, subsequent or family_reunification"),
        _cases("decisions", "First-instance decisions taken in the month; withdrawals do not count"),
        _cases("in_time", "Of decisions: taken on or before the decision deadline"),
        Column("lead_time_days", int, "days", "Sum over the decisions of the days since lodging", minimum=0),
        _cases("grants", "Of decisions: the application was granted"),
    ),
    key=("replication", "period_end", "track"),
)

EVENTS = Table(
    name="events",
    meaning="Who handed which case to whom, when; the case is a number that means nothing outside the run",
    columns=(
        Column("case", int, "-", "Number of the case within the run", minimum=0),
        Column("case_class", str, "-", "Case class after the event"),
        Column("event", str, "-", "arrive, enter or leave"),
        Column("stage", str, "-", "Stage entered or left"),
        Column("from_partner", str, "-", "Partner that hands over; empty on arrival", required=False),
        Column("to_partner", str, "-", "Partner that receives; empty on leaving the chain", required=False),
        Column("at", date, "date", "Day of the event"),
    ),
)
