# SPDX-License-Identifier: EUPL-1.2
"""The decision deadline of one case, with everything that led to it.

The same selection of rules as the vector (`rules.compose`); the counting is done on dates, step by step, so that each
step can be told (`counting`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from keten.deadlines.calendar import count_term
from keten.deadlines.cases import Case, check_case
from keten.deadlines.counting import work_out
from keten.deadlines.explanation import (
    OTHER,
    RuleUsed,
    differences,
    fallen_for_one,
    rule_used,
    unverified_of,
    with_citation,
)
from keten.deadlines.questions import Asked, OpenQuestion, ReadingOfLaw, open_questions, readings
from keten.deadlines.rules import moratoria_of, select
from keten.deadlines.wording import Text
from keten.domain.words import Reading
from keten.parameters.law import Law, MoratoriumEffect


@dataclass(frozen=True)
class OtherReading:
    """What the answer would have been under the other reading, and which rules make the difference."""

    reading: Reading
    deadline: date
    differs_by_days: int
    because: tuple[Text, ...]


@dataclass(frozen=True)
class Limit:
    """A last day that the law sets beside the deadline: the ceiling from lodging, a whole procedure with its appeal."""

    rule: RuleUsed
    last_day: date


@dataclass(frozen=True)
class Answer:
    """The last day on which a decision is in time, and how that day was found.

    Parameters
    ----------
    deadline
        Last day on which a decision is still in time; default starts the day after.
    statutory_deadline
        The same by the statute alone: without extensions and moratoria, with suspensions.
    starts_on
        The day from which the term is counted; the day itself does not count.
    not_verified
        What is not confirmed about the rules used, and law that is known to exist but is not applied.
    other_reading
        The answer under the other reading.
    moratorium_readings
        Deadline by effect of the moratorium, when one concerns the case.
    readings
        Who reads the law of this case how, with instance and day; rulings that courts do not follow contest it.
    open_questions
        What nobody has answered, with the day on each side of the question.
    limits
        Last days that the law sets beside the deadline, and that do not shorten it.
    """

    case: Case
    known_on: date
    reading: Reading
    deadline: date
    statutory_deadline: date
    starts_on: date
    rules: tuple[RuleUsed, ...]
    steps: tuple[Text, ...]
    not_verified: tuple[Text, ...]
    other_reading: OtherReading
    moratorium_readings: dict[str, date] = field(default_factory=dict)
    readings: tuple[ReadingOfLaw, ...] = ()
    open_questions: tuple[OpenQuestion, ...] = ()
    limits: tuple[Limit, ...] = ()


def decision_deadline(case: Case, law: Law, *, known_on: date, reading: Reading = Reading.AUTHORITY) -> Answer:
    """Last day on which a decision on the application is in time, with its explanation.

    Parameters
    ----------
    known_on
        Knowledge date: decrees and rulings known by then decide.
    reading
        Whose reading of a contested rule is applied.

    Raises
    ------
    UsageError
        When the case cannot exist, or no rule holds for it.
    """
    check_case(case, law)
    reading = Reading(reading)
    own = work_out(case, law, known_on, reading)
    other = work_out(case, law, known_on, OTHER[reading])
    asked = Asked(case, law, known_on, reading)
    limits = tuple(_limits(case, law, known_on, reading, own.starts_on))
    questions = (*open_questions(asked, own), *_beyond(limits, own.deadline))
    return Answer(
        case=case,
        known_on=known_on,
        reading=reading,
        deadline=own.deadline,
        statutory_deadline=own.statutory_deadline,
        starts_on=own.starts_on,
        rules=tuple(with_citation(used, law, case.lodged_on) for used in own.rules),
        steps=own.steps,
        not_verified=(
            *unverified_of(case, law, own.rules, known_on, reading),
            *(question.question for question in questions),
        ),
        other_reading=OtherReading(
            reading=OTHER[reading],
            deadline=other.deadline,
            differs_by_days=(other.deadline - own.deadline).days,
            because=(
                *differences(own.rules, other.rules, law),
                *fallen_for_one(case, law, known_on, reading),
            ),
        ),
        moratorium_readings=_moratorium_readings(case, law, known_on, reading),
        readings=readings(asked, own, other),
        open_questions=questions,
        limits=limits,
    )


def _beyond(limits: tuple[Limit, ...], deadline: date) -> Iterator[OpenQuestion]:
    """Ask what a limit does that the deadline passes, where the law leaves that open."""
    for limit in limits:
        for doubt in limit.rule.row.doubts if limit.rule.row is not None and deadline > limit.last_day else ():
            settled = Text(doubt.settled_by_en, doubt.settled_by_nl)
            yield OpenQuestion(Text(doubt.en, doubt.nl), (deadline, limit.last_day), settled)


def _limits(case: Case, law: Law, known_on: date, reading: Reading, starts_on: date) -> Iterator[Limit]:
    """Give the limits that are told apart: from lodging, or from registration where the term starts there."""
    shown = {
        "always": True,
        "other_start": starts_on > case.lodged_on,
        "extended": bool(case.extension),
        "not_extended": not case.extension,
    }
    for rule in law.of_kind("shown_apart", case.application_type):
        found = select(rule, case.lodged_on, known_on, reading)
        if found is None or not shown[rule.shown_when]:
            continue
        first = min(starts_on, case.lodged_on)
        used = with_citation(rule_used(found), law, case.lodged_on)
        yield Limit(used, count_term(first, found.value.number, found.unit))


def deadline_for_notice(
    case: Case, notice_received_on: date, law: Law, *, known_on: date, reading: Reading = Reading.AUTHORITY
) -> date:
    """Give the deadline against which a notice of default is held.

    A moratorium that began after the notice was received leaves the notice as it was (RBDHA:2025:14982), so such a
    moratorium does not count here. The notice is premature when it was received on or before this day.
    """
    check_case(case, law)
    return work_out(case, law, known_on, Reading(reading), began_by=notice_received_on).deadline


def _moratorium_readings(case: Case, law: Law, known_on: date, reading: Reading) -> dict[str, date]:
    concerned = moratoria_of(
        law, case.application_type, case.nationality, known_on, reading, group=case.group, lodged_on=case.lodged_on
    )
    if not concerned:
        return {}
    return {effect.value: work_out(case, law, known_on, reading, effect=effect).deadline for effect in MoratoriumEffect}
