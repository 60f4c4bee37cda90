# SPDX-License-Identifier: EUPL-1.2
"""What a late decision costs: from the deadline by notice of default and judgment to the last day of the penalty.

Days are counted one way everywhere: a term has a last day on which the decision is in time; default starts the day
after; a decision that comes `n` days after that last day is `n` days late. Amounts are euros.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from keten.deadlines.amounts import (
    MAXIMUM_DAYS,
    administrative_penalty_applies,
    administrative_scale,
    administrative_scopes,
    blocking_act,
    days_of_penalty,
    days_to_maximum,
    judicial_amount,
    last_day_of_penalty,
)
from keten.deadlines.calendar import FIRST_DAY, LAST_START
from keten.deadlines.citation import citation
from keten.deadlines.explanation import RuleUsed, rule_used, with_citation
from keten.deadlines.terms import term_end
from keten.deadlines.variants import value_if
from keten.deadlines.wording import Text, dated, span
from keten.domain.errors import Problem, UsageError
from keten.domain.words import Reading
from keten.parameters.law import ForceMajeure, Law, TemporaryAct, Unit

ARTICLE_PREMATURE = "Awb, art. 6:12(2)"
ARTICLE_REPEAT = "Awb, art. 6:12(3)"
ARTICLE_COURT_TERM = "Awb, art. 8:55d(1)"
ARTICLE_JUDICIAL = "Awb, art. 8:55d(2)"
ARTICLE_ADMINISTRATIVE = "Awb, art. 4:17"

MOST_WEEKS = 520
"""Longest term of a court that is believed: ten years."""
MOST_EUROS = 10_000_000
"""Highest penalty that is believed."""


@dataclass(frozen=True)
class Judgment:
    """A judgment in an appeal against a late decision.

    The court gives a term in weeks or a day (`decide_by`), and a penalty per day to a maximum (eur). The term runs from
    the day on which the judgment was sent (Awb 8:55d); without that day the day of the judgment is taken, and told.
    """

    appeal_on: date
    judgment_on: date
    per_day: float
    maximum: float
    term_weeks: int | None = None
    decide_by: date | None = None
    sent_on: date | None = None

    @property
    def term_ends(self) -> date:
        """Last day of the court's term, which runs from the sending. It is not moved off a closed day."""
        if self.decide_by is not None:
            return self.decide_by
        return (self.sent_on or self.judgment_on) + timedelta(weeks=self.term_weeks or 0)


@dataclass(frozen=True)
class LateDecision:
    """The facts of one case that was not decided in time.

    Parameters
    ----------
    deadline
        Last day on which the decision was in time.
    notice_received_on
        Day on which the authority received the notice of default.
    appeal_on
        Day of the appeal against the late decision, where it has not led to a judgment yet.
    judgments
        Judgments in order; a repeated appeal needs no new notice.
    decided_on
        Day on which the decision was made known; none while it is still missing.
    lodged_on
        Day of lodging, where it is known.
    applicants
        Number of applicants who share one amount.
    """

    deadline: date
    notice_received_on: date | None = None
    appeal_on: date | None = None
    judgments: tuple[Judgment, ...] = ()
    decided_on: date | None = None
    application_type: str = "first"
    lodged_on: date | None = None
    applicants: int = 1


@dataclass(frozen=True)
class Event:
    """A moment of the time line, with the article that gives it its meaning."""

    on: date
    what: Text
    article: str
    article_nl: str = ""


@dataclass(frozen=True)
class OpenAmount:
    """A question about an amount that nobody has answered, with the sum (eur) on each side, the answer's first."""

    question: Text
    amounts_eur: tuple[float, ...]
    settled_by: Text


@dataclass(frozen=True)
class JudgmentOutcome:
    """What one judgment cost: the end of its term, the days in default after it, the amount to its maximum (eur)."""

    judgment_on: date
    court_term_ends: date
    days_in_default: int
    amount_eur: float
    maximum_reached_on: date | None


@dataclass(frozen=True)
class LateDecisionCost:
    """What the late decision costs, counted to `counted_to`, with the time line that leads there.

    Parameters
    ----------
    premature
        Whether the notice was received on or before the deadline; then it has no effect.
    appeal_premature
        Whether the first appeal was lodged before the two weeks after the notice had passed.
    administrative_days
        Days for which the administrative penalty is due, at most 42.
    days_in_default, court_term_ends
        Of the last judgment; 0 and none without one.
    each_eur
        What each applicant gets of both amounts together.
    open_questions
        What nobody has answered, with the sum on each side.
    excluded_by
        The rule that excludes the administrative penalty, where one does.
    """

    premature: bool
    appeal_premature: bool
    notice_period_ends: date | None
    administrative_days: int
    administrative_eur: float
    judicial_eur: float
    court_term_ends: date | None
    days_in_default: int
    judgments: tuple[JudgmentOutcome, ...]
    applicants: int
    each_eur: float
    counted_to: date
    timeline: tuple[Event, ...]
    not_verified: tuple[Text, ...]
    notes: tuple[Text, ...]
    open_questions: tuple[OpenAmount, ...] = ()
    excluded_by: RuleUsed | None = None


def late_decision_cost(
    late: LateDecision,
    law: Law,
    *,
    counted_to: date,
    known_on: date | None = None,
    reading: Reading = Reading.AUTHORITY,
) -> LateDecisionCost:
    """Work out what a late decision costs.

    Parameters
    ----------
    counted_to
        The day to which penalties are counted while there is no decision.
    known_on
        Knowledge date; by default `counted_to`.

    Raises
    ------
    UsageError
        When the facts cannot be: a notice before the application, a judgment before the appeal. All at once.
    """
    check_facts(late, law)
    reading, known_on = Reading(reading), known_on or counted_to
    until = counted_to if late.decided_on is None else late.decided_on
    timeline = [_ends_event(late, law, known_on, reading)]
    if late.notice_received_on is None:
        return _cost(late, law, until, timeline, premature=False)
    premature = late.notice_received_on <= late.deadline
    timeline.append(_notice_event(late.notice_received_on, premature=premature))
    notes = _notice_notes(late)
    if premature:
        timeline += [_inadmissible(appeal_on) for appeal_on in _appeals(late)[:1]]
        notes += _judged_all_the_same(late)
        return _cost(late, law, until, timeline, premature=True, notes=notes)
    grace = term_end("notice_period", late.notice_received_on, law, known_on=known_on, reading=reading)
    timeline.append(_grace_event(grace.last_day))
    administrative = _administrative(late, law, grace.last_day, until, known_on, reading, timeline)
    notes += _act_notes(late, law, known_on, reading)
    notes += _late_notice_notes(late) + _excluded_notes(administrative, law, late.notice_received_on)
    notes += _sent_notes(late)
    outcomes: tuple[JudgmentOutcome, ...] = ()
    early = bool(_appeals(late)) and _appeals(late)[0] <= grace.last_day
    if early:
        timeline.append(_inadmissible(_appeals(late)[0]))
        notes += _judged_all_the_same(late)
    else:
        outcomes = tuple(_judicial(late, until, _stopped(late, law), timeline))
    return _cost(
        late, law, until, timeline, premature=False, appeal_premature=early, grace=grace.last_day,
        administrative=administrative, outcomes=outcomes, notes=notes,
        open_questions=(
            *_open_scopes(late, law, grace.last_day, until, known_on, reading, administrative.amount_eur),
            *_open_last_day(late, law, grace.last_day, known_on, reading, administrative, outcomes),
        ),
    )  # fmt: skip


@dataclass(frozen=True)
class AdministrativePenalty:
    """The administrative penalty of a case: days and amount (eur), and what is not confirmed about it."""

    days: int = 0
    amount_eur: float = 0.0
    not_verified: tuple[Text, ...] = ()
    excluded_by: RuleUsed | None = None


def check_facts(late: LateDecision, law: Law) -> None:
    """Refuse facts that cannot be, with everything that is wrong.

    Raises
    ------
    UsageError
        Naming each fact and what to do about it.
    """
    problems = [
        *_type_problems(late, law),
        *_calendar_problems(late),
        *_order_problems(late),
        *_judgment_problems(late),
    ]
    if problems:
        raise UsageError("the late decision", problems)


def _type_problems(late: LateDecision, law: Law) -> Iterator[Problem]:
    with_penalty = [name for name in law.type_ids if any(law.of_kind("scope", name))]
    if late.application_type not in law.type_ids:
        yield Problem(f"type {late.application_type!r}", "does not exist.", f"Choose one of {', '.join(with_penalty)}.")
    elif late.application_type not in with_penalty:
        yield Problem(
            f"type {late.application_type!r}",
            "is a term between states: no applicant can give notice of default.",
            f"Choose one of {', '.join(with_penalty)}.",
        )
    if late.applicants < 1:
        yield Problem(f"{late.applicants} applicants", "is nobody.", "Give the number of applicants, at least 1.")


def _calendar_problems(late: LateDecision) -> Iterator[Problem]:
    days = [
        ("deadline", late.deadline),
        ("application", late.lodged_on),
        ("notice of default", late.notice_received_on),
        ("decision", late.decided_on),
        *(("appeal", day) for day in _appeals(late)),
        *(("judgment", judgment.judgment_on) for judgment in late.judgments),
        *(("day set by the court", judgment.decide_by) for judgment in late.judgments),
    ]
    for name, day in days:
        if day is not None and not FIRST_DAY <= day <= LAST_START:
            yield Problem(f"{name} of {day}", f"lies outside {FIRST_DAY} to {LAST_START}.", "Check the year.")


def _order_problems(late: LateDecision) -> Iterator[Problem]:
    first_appeal = _appeals(late)[0] if _appeals(late) else None
    pairs = [
        ("application", late.lodged_on, "deadline", late.deadline),
        ("application", late.lodged_on, "notice of default", late.notice_received_on),
        ("application", late.lodged_on, "decision", late.decided_on),
        ("notice of default", late.notice_received_on, "appeal", first_appeal),
    ]
    for earlier, before, later, after in pairs:
        if before is not None and after is not None and after < before:
            yield Problem(
                f"{later} of {after}",
                f"lies before the {earlier} of {before}.",
                "Exchange or correct the two dates.",
            )
    if first_appeal is not None and late.notice_received_on is None:
        yield Problem(
            f"appeal of {first_appeal}",
            "has no notice of default before it.",
            "Give the day on which the authority received the notice.",
        )


def _judgment_problems(late: LateDecision) -> Iterator[Problem]:
    previous: Judgment | None = None
    for judgment in late.judgments:
        where = f"judgment of {judgment.judgment_on}"
        if judgment.judgment_on < judgment.appeal_on:
            yield Problem(
                where, f"lies before the appeal of {judgment.appeal_on}.", "Exchange or correct the two dates."
            )
        if (judgment.term_weeks is None) == (judgment.decide_by is None):
            yield Problem(where, "needs one term.", "Give the weeks, or the day by which must be decided; not both.")
        if judgment.term_weeks is not None and not 1 <= judgment.term_weeks <= MOST_WEEKS:
            yield Problem(where, f"gives a term of {judgment.term_weeks} weeks.", f"Give 1 to {MOST_WEEKS} weeks.")
        if judgment.sent_on is not None and judgment.sent_on < judgment.judgment_on:
            yield Problem(where, f"was sent on {judgment.sent_on}, before itself.", "Correct one of the two.")
        if judgment.decide_by is not None and judgment.decide_by < judgment.judgment_on:
            yield Problem(where, f"asks a decision by {judgment.decide_by}, before itself.", "Correct one of the two.")
        if not all(0 <= amount <= MOST_EUROS for amount in (judgment.per_day, judgment.maximum)):
            yield Problem(where, "has a penalty below nothing or beyond belief.", "Give euros per day and a maximum.")
        if previous is not None and judgment.judgment_on < previous.judgment_on:
            yield Problem(where, f"comes before the earlier one of {previous.judgment_on}.", "Give them in order.")
        previous = judgment


def _appeals(late: LateDecision) -> tuple[date, ...]:
    of_judgments = tuple(judgment.appeal_on for judgment in late.judgments)
    return of_judgments or ((late.appeal_on,) if late.appeal_on is not None else ())


def _administrative(
    late: LateDecision, law: Law, grace: date, until: date, known_on: date, reading: Reading, timeline: list[Event]
) -> AdministrativePenalty:
    notice = late.notice_received_on
    assert notice is not None  # the caller has a valid notice
    applies, doubts = administrative_penalty_applies(
        law, late.application_type, notice_received_on=notice, lodged_on=late.lodged_on, known_on=known_on,
        reading=reading,
    )  # fmt: skip
    if not applies:
        scopes = administrative_scopes(
            law, late.application_type, notice_received_on=notice, lodged_on=late.lodged_on, known_on=known_on,
            reading=reading,
        )  # fmt: skip
        shut = next(scope for scope in scopes if not scope.value.number)
        return AdministrativePenalty(not_verified=doubts, excluded_by=with_citation(rule_used(shut), law, notice))
    stopped = _stopped(late, law)
    days = min(days_of_penalty(grace, until, stopped), MAXIMUM_DAYS)
    if days == 0:
        return AdministrativePenalty(not_verified=doubts)
    scale = administrative_scale(law, notice, known_on=known_on, reading=reading)
    timeline.append(
        Event(
            grace + timedelta(days=1),
            Text("first day of the administrative penalty", "eerste dag van de bestuurlijke dwangsom"),
            ARTICLE_ADMINISTRATIVE,
        )
    )
    if days == MAXIMUM_DAYS:
        last = last_day_of_penalty(grace, stopped)
        what = Text("administrative penalty at its maximum", "bestuurlijke dwangsom op haar maximum")
        timeline.append(Event(last, what, ARTICLE_ADMINISTRATIVE))
    return AdministrativePenalty(days, float(scale[days]), doubts)


def _open_scopes(
    late: LateDecision, law: Law, grace: date, until: date, known_on: date, reading: Reading, own: float
) -> Iterator[OpenAmount]:
    """Ask what the administrative penalty is where the boundary of the rule that excludes it may lie elsewhere."""
    notice = late.notice_received_on
    assert notice is not None  # the caller has a valid notice
    for rule in law.of_kind("scope", late.application_type):
        for value in rule.values:
            for doubt in value.doubts:
                other = doubt.valid_from
                if other is None or not min(other, value.valid_from) <= notice < max(other, value.valid_from):
                    continue
                there = value_if(law, rule, value, doubt)
                amount = _administrative(late, there, grace, until, known_on, reading, []).amount_eur
                if amount != own:
                    settled = Text(doubt.settled_by_en, doubt.settled_by_nl)
                    yield OpenAmount(Text(doubt.en, doubt.nl), (own, amount), settled)


def _open_last_day(
    late: LateDecision,
    law: Law,
    grace: date,
    known_on: date,
    reading: Reading,
    administrative: AdministrativePenalty,
    outcomes: tuple[JudgmentOutcome, ...],
) -> Iterator[OpenAmount]:
    """Ask whether the day of the decision itself is a day of the penalty, where that changes the sum."""
    if late.decided_on is None:
        return
    day_before = late.decided_on - timedelta(days=1)
    own = administrative.amount_eur + sum(outcome.amount_eur for outcome in outcomes)
    other = _administrative(late, law, grace, day_before, known_on, reading, []).amount_eur
    stopped = _stopped(late, law)
    judged = {judgment.judgment_on: judgment for judgment in late.judgments}
    for outcome in outcomes:
        other += _judgment_outcome(judged[outcome.judgment_on], day_before, stopped, []).amount_eur
    if own != other:
        yield OpenAmount(
            Text(
                "Whether the day of the decision itself is a day of the penalty: counted here, as the day on which the "
                "applicant learnt of the decision was in RBNNE:2021:5695; no further ruling was found.",
                "Telt de dag van het besluit zelf mee als dag van de dwangsom? Hier wel, zoals in "
                "ECLI:NL:RBNNE:2021:5695 "
                "de dag waarop de aanvrager het besluit kende; een andere uitspraak is niet gevonden.",
            ),
            (own, other),
            Text("a ruling on the last day of the penalty", "een uitspraak over de laatste dag van de dwangsom"),
        )


def _stopped(late: LateDecision, law: Law) -> tuple[ForceMajeure, ...]:
    return tuple(row for row in law.force_majeure if late.application_type in row.types)


def _judicial(
    late: LateDecision, until: date, stopped: tuple[ForceMajeure, ...], timeline: list[Event]
) -> Iterator[JudgmentOutcome]:
    """Follow appeal, judgment and term of each judgment; one judged before the last term passed sets none."""
    previous: Judgment | None = None
    for judgment in late.judgments:
        repeat = previous is not None
        timeline.append(
            Event(
                judgment.appeal_on,
                Text("repeated appeal, no new notice needed", "nieuw beroep, geen nieuwe ingebrekestelling nodig")
                if repeat
                else Text("appeal against the late decision", "beroep tegen niet tijdig beslissen"),
                ARTICLE_REPEAT if repeat else ARTICLE_PREMATURE,
            )
        )
        if previous is not None and judgment.judgment_on <= previous.term_ends:
            timeline.append(_inadmissible(judgment.appeal_on))
            continue
        yield _judgment_outcome(judgment, until, stopped, timeline)
        previous = judgment
    if not late.judgments and late.appeal_on is not None:
        what = Text("appeal against the late decision", "beroep tegen niet tijdig beslissen")
        timeline.append(Event(late.appeal_on, what, ARTICLE_PREMATURE))


def _judgment_outcome(
    judgment: Judgment, until: date, stopped: tuple[ForceMajeure, ...], timeline: list[Event]
) -> JudgmentOutcome:
    ends = judgment.term_ends
    days = days_of_penalty(ends, until, stopped)
    amount = float(judicial_amount(days, judgment.per_day, judgment.maximum))
    if judgment.term_weeks:
        weeks = span(judgment.term_weeks, Unit.WEEKS)
        term = Text(f"within {weeks.en}", f"binnen {weeks.nl}")
    else:
        term = dated("by {day}", "uiterlijk op {day}", day=ends)
    timeline.append(
        Event(
            judgment.judgment_on,
            Text(
                f"judgment: decide {term.en}, {judgment.per_day:g} euro a day, at most {judgment.maximum:g}",
                f"uitspraak: beslissen {term.nl}, {judgment.per_day:g} euro per dag, ten hoogste {judgment.maximum:g}",
            ),
            ARTICLE_COURT_TERM,
        )
    )
    what = Text(
        "last day of the court's term; it is not moved", "laatste dag van de rechterlijke termijn; zij schuift niet"
    )
    timeline.append(Event(ends, what, ARTICLE_COURT_TERM))
    reached = _maximum_reached(judgment, days, stopped)
    if days:
        first = Text("first day of the judicial penalty", "eerste dag van de rechterlijke dwangsom")
        timeline.append(Event(ends + timedelta(days=1), first, ARTICLE_JUDICIAL))
    if reached:
        top = Text("judicial penalty at its maximum", "rechterlijke dwangsom op haar maximum")
        timeline.append(Event(reached, top, ARTICLE_JUDICIAL))
    return JudgmentOutcome(judgment.judgment_on, ends, days, amount, reached)


def _maximum_reached(judgment: Judgment, days: int, stopped: tuple[ForceMajeure, ...]) -> date | None:
    needed = days_to_maximum(judgment.per_day, judgment.maximum)
    return last_day_of_penalty(judgment.term_ends, stopped, needed) if 0 < needed <= days else None


def _ends_event(late: LateDecision, law: Law, known_on: date, reading: Reading) -> Event:
    what = Text("last day on which a decision is in time", "laatste dag waarop een besluit op tijd is")
    rule = next(law.of_kind("decision_period", late.application_type))
    value = rule.select(late.lodged_on, known_on, reading) if late.lodged_on else None
    return Event(late.deadline, what, (value or rule.values[0]).article)


def _notice_event(day: date, *, premature: bool) -> Event:
    if premature:
        en = "notice of default received, premature: the period had not passed; it has no effect"
        nl = "ingebrekestelling ontvangen, prematuur: de termijn was niet verstreken; zij heeft geen gevolg"
        return Event(day, Text(en, nl), ARTICLE_PREMATURE)
    return Event(day, Text("notice of default received", "ingebrekestelling ontvangen"), ARTICLE_PREMATURE)


def _grace_event(day: date) -> Event:
    en, nl = "last day of the two weeks after the notice", "laatste dag van de twee weken na de ingebrekestelling"
    return Event(day, Text(en, nl), "Awb, art. 4:17(3) and 6:12(2); Algemene termijnenwet, art. 1")


def _inadmissible(day: date) -> Event:
    what = Text("appeal too early: inadmissible", "beroep te vroeg: niet-ontvankelijk")
    return Event(day, what, ARTICLE_PREMATURE)


def _notice_notes(late: LateDecision) -> list[Text]:
    if late.notice_received_on != late.deadline:
        return []
    return [
        Text(
            "The notice was received on the last day of the period. RBDHA:2024:10679 and RBDHA:2024:16164 call that "
            "premature; RBDHA:2019:6452 accepted such a notice. The first line is followed.",
            "De ingebrekestelling is ontvangen op de laatste dag van de termijn. RBDHA:2024:10679 en RBDHA:2024:16164 "
            "noemen dat prematuur; RBDHA:2019:6452 aanvaardde zo'n ingebrekestelling. De eerste lijn is gevolgd.",
        )
    ]


WARN_AFTER_DAYS = 182
"""From here on a late notice is warned about. No length is law: rulings with months between gave the full sum."""


def _late_notice_notes(late: LateDecision) -> list[Text]:
    """Warn of a notice that came long after the end of the term (Awb 4:17(6)(a)); how long is too long is not fixed."""
    assert late.notice_received_on is not None  # the caller has a valid notice
    gap = (late.notice_received_on - late.deadline).days
    if gap <= WARN_AFTER_DAYS:
        return []
    return [
        Text(
            f"The notice came {gap} days after the end of the term. When it came unreasonably late no administrative "
            "penalty is due (Awb, art. 4:17(6)(a)). No length is fixed; rulings with a gap of several months set "
            "the full "
            "sum.",
            f"De ingebrekestelling kwam {gap} dagen na het einde van de termijn. Is zij onredelijk laat, dan is geen "
            "bestuurlijke dwangsom verschuldigd (artikel 4:17, zesde lid, onder a, van de Awb). Een vaste duur bestaat "
            "niet; uitspraken met enkele maanden ertussen stelden het volle bedrag vast.",
        )
    ]


def _excluded_notes(administrative: AdministrativePenalty, law: Law, notice: date) -> list[Text]:
    """Name the act that excludes the administrative penalty."""
    shut = administrative.excluded_by
    if shut is None:
        return []
    cited = citation(shut.article, notice, law).text
    return [
        Text(
            f"No administrative penalty: excluded by {cited.en} for a notice received on this day.",
            f"Geen bestuurlijke dwangsom: uitgesloten door {cited.nl} voor een ingebrekestelling van deze dag.",
        )
    ]


def _sent_notes(late: LateDecision) -> list[Text]:
    """Say that the court's term was counted from the judgment where the day of sending is not known."""
    if all(judgment.sent_on or judgment.decide_by for judgment in late.judgments):
        return []
    return [
        Text(
            "The court's term runs from the day on which the judgment was sent (Awb, art. 8:55d). That day was not "
            "given; "
            "the day of the judgment was taken.",
            "De rechterlijke termijn loopt vanaf de verzending van de uitspraak (artikel 8:55d van de Awb). Die dag "
            "is niet "
            "opgegeven; de dag van de uitspraak is genomen.",
        )
    ]


def _judged_all_the_same(late: LateDecision) -> list[Text]:
    if not late.judgments:
        return []
    return [
        Text(
            "A judgment was given although the appeal came too early. What it imposed holds until it is set aside; "
            "it is not counted here.",
            "Er is uitspraak gedaan hoewel het beroep te vroeg kwam. Wat de rechter oplegde geldt tot het is "
            "vernietigd; het is hier niet meegeteld.",
        )
    ]


def _act_notes(late: LateDecision, law: Law, known_on: date, reading: Reading) -> list[Text]:
    """Say when a temporary act closed the way that was taken."""
    notes = []
    for appeal_on in _appeals(late):
        if act := blocking_act(law, late.application_type, "late_decision_appeal", appeal_on, known_on, reading):
            notes.append(_act_note(act, appeal_on, law))
    for judgment in late.judgments:
        day = judgment.judgment_on
        if act := blocking_act(law, late.application_type, "judicial_penalty", day, known_on, reading):
            notes.append(_act_note(act, day, law))
    return notes


def _act_note(act: TemporaryAct, day: date, law: Law) -> Text:
    cited = citation(act.article, day, law).text
    return dated(
        f"{{day}}: {act.en} ({cited.en}). What a court imposed is counted all the same.",
        f"{{day}}: {act.nl} ({cited.nl}). Wat een rechter oplegde telt toch.",
        day=day,
    )


def _cost(
    late: LateDecision,
    law: Law,
    until: date,
    timeline: list[Event],
    *,
    premature: bool,
    appeal_premature: bool = False,
    grace: date | None = None,
    administrative: AdministrativePenalty | None = None,
    outcomes: tuple[JudgmentOutcome, ...] = (),
    notes: Iterable[Text] = (),
    open_questions: tuple[OpenAmount, ...] = (),
) -> LateDecisionCost:
    penalty = administrative or AdministrativePenalty()
    judicial = sum(outcome.amount_eur for outcome in outcomes)
    if late.decided_on is not None:
        in_time = late.decided_on <= late.deadline
        what = Text("decision, in time", "besluit, op tijd") if in_time else Text("decision", "besluit")
        timeline.append(Event(late.decided_on, what, "Awb, art. 3:41"))
    last = outcomes[-1] if outcomes else None
    return LateDecisionCost(
        premature=premature,
        appeal_premature=appeal_premature,
        notice_period_ends=grace,
        administrative_days=penalty.days,
        administrative_eur=penalty.amount_eur,
        judicial_eur=judicial,
        court_term_ends=None if last is None else last.court_term_ends,
        days_in_default=0 if last is None else last.days_in_default,
        judgments=outcomes,
        applicants=late.applicants,
        each_eur=round((penalty.amount_eur + judicial) / late.applicants, 2),
        counted_to=until,
        timeline=tuple(
            replace(event, article_nl=citation(event.article, event.on, law).text.nl)
            for event in sorted(timeline, key=lambda event: event.on)
        ),
        not_verified=penalty.not_verified,
        notes=tuple(notes),
        open_questions=open_questions,
        excluded_by=penalty.excluded_by,
    )
