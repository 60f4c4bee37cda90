# SPDX-License-Identifier: EUPL-1.2
"""What happened to a case, as bars and moments on a line of time; how it is drawn is `timeline`'s."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from keten.deadlines import Answer, LateDecision, LateDecisionCost, Suspension
from keten.deadlines.amounts import MAXIMUM_DAYS, last_day_of_penalty
from keten.parameters.law import Law
from keten_web.clock.wording import days, euros
from keten_web.words.wording import short_day


class Lane(StrEnum):
    """Where a bar lies: the term itself, the other reading, the two weeks and what follows, the court."""

    TERM = "term"
    OTHER = "other"
    NOTICE = "notice"
    COURT = "court"


@dataclass(frozen=True)
class Span:
    """A bar from the end of day `after` to the end of day `until`; `words` from long to short."""

    kind: str
    lane: Lane
    after: date
    until: date
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Moment:
    """A day with a name."""

    kind: str
    lane: Lane
    on: date
    words: str


@dataclass(frozen=True)
class Story:
    """Everything there is to draw."""

    spans: tuple[Span, ...]
    moments: tuple[Moment, ...]
    known_on: date

    @property
    def first(self) -> date:
        return min([self.known_on, *(moment.on for moment in self.moments)])

    @property
    def last(self) -> date:
        return max([self.known_on, *(moment.on for moment in self.moments)])

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The lanes that hold something, from top to bottom."""
        used = {part.lane for part in (*self.spans, *self.moments)}
        return tuple(lane for lane in Lane if lane in used)


def story(answer: Answer, law: Law, late: LateDecision | None = None, cost: LateDecisionCost | None = None) -> Story:
    """Tell the case from its start to its end."""
    spans, moments = list(_term_spans(answer, law)), list(_term_moments(answer))
    if late is not None and cost is not None:
        spans += _late_spans(late, cost, law)
        moments += _late_moments(late, cost, law)
    return Story(tuple(spans), tuple(moments), answer.known_on)


def _term_spans(answer: Answer, law: Law) -> Iterator[Span]:
    statute_ends = min(answer.statutory_deadline, answer.deadline)
    yield Span(
        "statutory", Lane.TERM, answer.starts_on, statute_ends,
        (_("statutory period"), _("statutory")),
    )  # fmt: skip
    if answer.deadline > statute_ends:
        kinds = {rule.rule for kind in ("extension", "individual_extension") for rule in law.of_kind(kind)}
        kinds |= {moratorium.rule for moratorium in law.moratoria}
        dutch = get_language() != "en"
        added = [used for used in answer.rules if used.rule in kinds]
        instruments = " + ".join((dutch and used.instrument_nl) or used.instrument for used in added)
        words = (_("extension: %(instrument)s") % {"instrument": instruments}, _("extension"))
        yield Span("extension", Lane.TERM, statute_ends, answer.deadline, words)
    for suspension in answer.case.suspensions:
        if suspension.from_day <= answer.deadline:
            before = suspension.from_day - timedelta(days=1)
            yield Span("suspended", Lane.TERM, before, _last_still(suspension, answer.known_on))
    if answer.other_reading.differs_by_days:
        yield Span("other", Lane.OTHER, answer.starts_on, answer.other_reading.deadline)


def _last_still(suspension: Suspension, known_on: date) -> date:
    """Give the last day on which the clock stands still; for one without an end that is the day that is asked."""
    if suspension.until_day is None:
        return max(known_on, suspension.from_day)
    return suspension.until_day - timedelta(days=1)


def _term_moments(answer: Answer) -> Iterator[Moment]:
    case = answer.case
    if answer.starts_on != case.lodged_on:
        yield Moment("lodged", Lane.TERM, answer.starts_on, _("registration document: the period starts"))
        yield Moment("lodged", Lane.TERM, case.lodged_on, _("application signed"))
    else:
        yield Moment("lodged", Lane.TERM, case.lodged_on, _("application received"))
    for suspension in case.suspensions:
        words = _("stands still")
        if suspension.until_day is not None:
            words = _("stands still until %(day)s") % {"day": short_day(suspension.until_day)}
        yield Moment("suspended", Lane.TERM, suspension.from_day, words)
    if answer.statutory_deadline != answer.deadline:
        yield Moment("statutory", Lane.TERM, answer.statutory_deadline, _("statutory period ends"))
    yield Moment("deadline", Lane.TERM, answer.deadline, _("decision deadline"))
    if answer.other_reading.differs_by_days:
        yield Moment("other", Lane.OTHER, answer.other_reading.deadline, _("deadline in the other reading"))


def _late_spans(late: LateDecision, cost: LateDecisionCost, law: Law) -> Iterator[Span]:
    if cost.counted_to > late.deadline:
        count = (cost.counted_to - late.deadline).days
        words = (
            _("%(days)s late") % {"days": days(count)},
            _("late"),
        )
        yield Span("late", Lane.TERM, late.deadline, cost.counted_to, words)
    if cost.notice_period_ends is not None and late.notice_received_on is not None:
        yield Span("two_weeks", Lane.NOTICE, late.notice_received_on, cost.notice_period_ends, (_("two weeks"),))
        if cost.administrative_days:
            until = _administrative_until(late, cost, law)
            yield Span("penalty", Lane.NOTICE, cost.notice_period_ends, until, (euros(cost.administrative_eur),))
    weeks_of = {judgment.judgment_on: judgment.term_weeks for judgment in late.judgments}
    for outcome in cost.judgments:
        weeks = weeks_of[outcome.judgment_on]
        words = (_term_words(weeks),)
        yield Span("court_term", Lane.COURT, outcome.judgment_on, outcome.court_term_ends, words)
        if outcome.amount_eur:
            until = outcome.maximum_reached_on or cost.counted_to
            yield Span("penalty", Lane.COURT, outcome.court_term_ends, until, (euros(outcome.amount_eur),))


def _term_words(weeks: int | None) -> str:
    if weeks is None:
        return _("day set by the court")
    return ngettext("%(count)s week", "%(count)s weeks", weeks) % {"count": weeks}


def _administrative_until(late: LateDecision, cost: LateDecisionCost, law: Law) -> date:
    if cost.administrative_days < MAXIMUM_DAYS or cost.notice_period_ends is None:
        return cost.counted_to
    stopped = tuple(row for row in law.force_majeure if late.application_type in row.types)
    return last_day_of_penalty(cost.notice_period_ends, stopped)


def _late_moments(late: LateDecision, cost: LateDecisionCost, law: Law) -> Iterator[Moment]:
    if late.notice_received_on is not None:
        words = _("notice of default, premature") if cost.premature else _("notice of default received")
        yield Moment("notice", Lane.NOTICE, late.notice_received_on, words)
    if cost.notice_period_ends is not None:
        yield Moment("two_weeks", Lane.NOTICE, cost.notice_period_ends, _("the two weeks end"))
    if cost.administrative_days:
        words = _("administrative penalty: %(days)s, %(amount)s") % {
            "days": days(cost.administrative_days), "amount": euros(cost.administrative_eur),
        }  # fmt: skip
        yield Moment("penalty", Lane.NOTICE, _administrative_until(late, cost, law), words)
    if late.appeal_on is not None and not late.judgments:
        yield Moment("appeal", Lane.NOTICE, late.appeal_on, _appeal_words(cost))
    for judgment in late.judgments:
        yield Moment("appeal", Lane.NOTICE, judgment.appeal_on, _appeal_words(cost))
    for outcome in cost.judgments:
        yield Moment("judgment", Lane.COURT, outcome.judgment_on, _("judgment"))
        yield Moment("court_term", Lane.COURT, outcome.court_term_ends, _("term of the court ends"))
        if outcome.amount_eur:
            until = outcome.maximum_reached_on or cost.counted_to
            words = _("judicial penalty: %(days)s, %(amount)s") % {
                "days": days((until - outcome.court_term_ends).days), "amount": euros(outcome.amount_eur),
            }  # fmt: skip
            yield Moment("penalty", Lane.COURT, until, words)
    if late.decided_on is not None:
        in_time = late.decided_on <= late.deadline
        yield Moment("decided", Lane.TERM, late.decided_on, _("decision, in time") if in_time else _("decision"))


def _appeal_words(cost: LateDecisionCost) -> str:
    return _("appeal, too early") if cost.premature or cost.appeal_premature else _("appeal")
