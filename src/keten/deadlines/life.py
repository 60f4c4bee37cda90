# SPDX-License-Identifier: EUPL-1.2
"""A case for life: what happened in it, and every term that runs, will run or has passed, with who may do what.

Which event sets which term in motion is data of the law; here stands only the decision period itself, the late decision
and what a court set. The days are those of the other modules of this room.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from keten.deadlines.answer import Answer, deadline_for_notice, decision_deadline
from keten.deadlines.cases import Case
from keten.deadlines.citation import address_of, citation
from keten.deadlines.penalties import ARTICLE_REPEAT, Judgment, LateDecision, LateDecisionCost, late_decision_cost
from keten.deadlines.rules import known_intervals
from keten.deadlines.terms import holds_on, term_end, term_questions
from keten.deadlines.wording import Text, dated
from keten.domain.errors import Problem, UsageError
from keten.domain.words import Reading
from keten.parameters.law import Law, SetInMotion


class State(StrEnum):
    """Where a term stands on the day that is asked."""

    FUTURE = "future"
    RUNNING = "running"
    PASSED = "passed"


@dataclass(frozen=True)
class Happened:
    """An event of a case: what, by the name the law gives it, and on which day."""

    what: str
    on: date


@dataclass(frozen=True)
class Life:
    """A case with its events, as it is asked.

    Parameters
    ----------
    happened
        Events of the law, for instance `rejected` or `detained`.
    notice_on, appeal_on, judgments, decided_on
        What is about the late decision; see `keten.deadlines.LateDecision`.
    repeat_appeal_on
        Day of a new appeal after the last judgment, that has not been judged yet.
    """

    case: Case
    happened: tuple[Happened, ...] = ()
    notice_on: date | None = None
    appeal_on: date | None = None
    judgments: tuple[Judgment, ...] = ()
    decided_on: date | None = None
    repeat_appeal_on: date | None = None


@dataclass(frozen=True)
class TermOfLife:
    """One term: from which day to which last day, by which rule, who keeps it, and what is open about it.

    `last_day` is none for what may be done from a day on without an end.
    """

    term: Text
    starts_on: date
    last_day: date | None
    rule: str
    article: str
    article_nl: str
    address: str
    reading: Reading
    who: str
    state: State
    says: Text = field(default_factory=lambda: Text("", ""))
    open_question: Text | None = None


@dataclass(frozen=True)
class Change:
    """A day on which the last day of the decision period became another, because something became known."""

    on: date
    before: date
    after: date
    because: Text


@dataclass(frozen=True)
class Timeline:
    """Everything there is to tell of a case on a day."""

    answer: Answer
    late: LateDecision | None
    cost: LateDecisionCost | None
    terms: tuple[TermOfLife, ...]
    changes: tuple[Change, ...]
    later: tuple[Change, ...] = ()
    """Changes that become known only after the day that is asked."""


def timeline(life: Life, law: Law, *, known_on: date, reading: Reading = Reading.AUTHORITY) -> Timeline:
    """Work out every running and future term of a case, and those that have passed.

    Raises
    ------
    UsageError
        When the case or an event cannot be; all that is wrong with the events at once.
    """
    _check(life, law)
    life, reading = _with_decision(life, law), Reading(reading)
    answer = decision_deadline(life.case, law, known_on=known_on, reading=reading)
    late = _late(life, answer, law)
    cost = None
    if late is not None and any(law.of_kind("scope", life.case.application_type)):
        cost = late_decision_cost(late, law, counted_to=known_on, known_on=known_on, reading=reading)
    found = [
        *_decision_terms(life, answer),
        *_late_terms(life, answer, cost, law, known_on),
        *_set_in_motion(life, law, known_on, reading),
    ]
    changes = tuple(_changes(life, law, reading))
    return Timeline(
        answer=answer,
        late=late if cost is not None else None,
        cost=cost,
        terms=tuple(sorted(found, key=lambda row: (row.starts_on, row.last_day or date.max))),
        changes=tuple(row for row in changes if row.on <= known_on),
        later=tuple(row for row in changes if row.on > known_on),
    )


def _check(life: Life, law: Law) -> None:
    known = {event.id for event in law.events}
    problems = [
        Problem(f"event {row.what!r}", "does not exist.", f"Choose one of {', '.join(sorted(known))}.")
        for row in life.happened
        if row.what not in known
    ]
    problems += [
        Problem(f"{row.what} on {row.on}", f"lies before the lodging on {life.case.lodged_on}.", "Correct the day.")
        for row in life.happened
        if row.on < life.case.lodged_on and life.case.decision_on is None
    ]
    if life.judgments and life.notice_on is None:
        problems.append(
            Problem("judgment", "has no notice of default before it.", "Add the event notice with its day.")
        )
    if problems:
        raise UsageError("the events of the case", problems)


def _with_decision(life: Life, law: Law) -> Life:
    """Take the first event that decides on the application for the decision, where none is given itself."""
    if life.decided_on is not None:
        return life
    decides = {event.id for event in law.events if event.decides}
    after = life.case.lodged_on  # of an objection: the decision that it is about came before
    days = (row.on for row in life.happened if row.what in decides and row.on >= after)
    return replace(life, decided_on=min((on for on in days if on != life.case.decision_on), default=None))


def _late(life: Life, answer: Answer, law: Law) -> LateDecision | None:
    """Give the late decision of a case; a moratorium that began after the notice does not undo the notice."""
    if life.notice_on is None:
        return None
    held = deadline_for_notice(life.case, life.notice_on, law, known_on=answer.known_on, reading=answer.reading)
    return LateDecision(
        deadline=held,
        notice_received_on=life.notice_on,
        appeal_on=life.appeal_on,
        judgments=life.judgments,
        decided_on=life.decided_on,
        application_type=life.case.application_type,
        lodged_on=life.case.lodged_on,
    )


def _state(first: date, last: date | None, on: date) -> State:
    if on < first:
        return State.FUTURE
    return State.PASSED if last is not None and last < on else State.RUNNING


def _decision_terms(life: Life, answer: Answer) -> Iterator[TermOfLife]:
    """Give the decision period, under every reading that gives another day, and the limits that are told apart."""
    period = next(rule for rule in answer.rules if rule.rule.endswith(("_period", "_period_after_eurodac_hit")))
    questions = answer.open_questions
    asked = (
        Text("; ".join(each.question.en for each in questions), "; ".join(each.question.nl for each in questions))
        if questions
        else None
    )
    ended = life.decided_on
    for side in _sides(answer):
        reading, last_day = side
        yield TermOfLife(
            term=Text("decision on the application", "besluit op de aanvraag"),
            starts_on=answer.starts_on,
            last_day=last_day,
            rule=period.rule,
            article=period.article,
            article_nl=period.article_nl,
            address=period.address,
            reading=reading,
            who="authority",
            state=State.PASSED if ended else _state(answer.starts_on, last_day, answer.known_on),
            says=_decided(ended),
            open_question=asked,
        )
    for limit in answer.limits:
        yield TermOfLife(
            term=limit.rule.name,
            starts_on=min(answer.starts_on, life.case.lodged_on),
            last_day=limit.last_day,
            rule=limit.rule.rule,
            article=limit.rule.article,
            article_nl=limit.rule.article_nl,
            address=limit.rule.address,
            reading=answer.reading,
            who="authority",
            state=_state(life.case.lodged_on, limit.last_day, answer.known_on),
        )


def _decided(on: date | None) -> Text:
    if on is None:
        return Text(
            "The authority decides at the latest on the last day.", "De IND beslist uiterlijk op de laatste dag."
        )
    return dated("Decided on {day}.", "Besloten op {day}.", day=on)


def _sides(answer: Answer) -> Iterator[tuple[Reading, date]]:
    yield answer.reading, answer.deadline
    if answer.other_reading.differs_by_days:
        yield answer.other_reading.reading, answer.other_reading.deadline


def _late_terms(
    life: Life, answer: Answer, cost: LateDecisionCost | None, law: Law, known_on: date
) -> Iterator[TermOfLife]:
    """Give what may be done once the decision is late: notice, the two weeks, appeal, the term of a court."""
    if not any(law.of_kind("scope", life.case.application_type)):
        return
    may = answer.deadline + timedelta(days=1)
    if life.decided_on is not None and life.decided_on <= answer.deadline:
        return
    last = life.notice_on or life.decided_on
    yield _late_term(
        Text("notice of default",
            "ingebrekestelling"), may, last, "notice_of_default", "Awb, art. 6:12(2)", law, known_on,
        "applicant", Text("The applicant may give notice of default from this day on.",
                          "De aanvrager kan vanaf deze dag in gebreke stellen."), answer.reading,
    )  # fmt: skip
    if cost is None or cost.notice_period_ends is None or life.notice_on is None:
        return
    yield _late_term(
        Text("two weeks after the notice",
            "twee weken na de ingebrekestelling"), life.notice_on, cost.notice_period_ends,
        "notice_period", "Awb, art. 4:17(3) and 6:12(2)", law, known_on, "authority",
        Text("A decision within these two weeks costs nothing.", "Een besluit binnen deze twee weken kost niets."),
        answer.reading,
    )  # fmt: skip
    yield _late_term(
        Text("appeal against the late decision", "beroep tegen niet tijdig beslissen"),
        cost.notice_period_ends + timedelta(days=1), life.appeal_on or life.decided_on, "late_decision_appeal",
        "Awb, art. 6:12(2)", law, known_on, "applicant",
        Text("The applicant may appeal from this day on; there is no last day.",
             "De aanvrager kan vanaf deze dag beroep instellen; een laatste dag is er niet."), answer.reading,
    )  # fmt: skip
    for outcome in cost.judgments:
        yield _late_term(
            Text("decision within the term of the court", "besluit binnen de termijn van de rechter"),
            outcome.judgment_on, outcome.court_term_ends, "court_term",
                "Awb, art. 8:55d(1)", law, known_on, "authority",
            Text("After it the judicial penalty runs, and a new appeal needs no new notice.",
                 "Daarna loopt de rechterlijke dwangsom; een nieuw beroep kan zonder nieuwe ingebrekestelling."),
            answer.reading,
        )  # fmt: skip
        appeal_on = life.repeat_appeal_on if outcome is cost.judgments[-1] else None
        if life.decided_on is not None and life.decided_on <= outcome.court_term_ends:
            continue
        yield _late_term(
            Text("new appeal against the late decision", "nieuw beroep tegen niet tijdig beslissen"),
            outcome.court_term_ends + timedelta(days=1), appeal_on or life.decided_on,
            "late_decision_appeal", ARTICLE_REPEAT, law, known_on, "applicant",
            _about_repeat(appeal_on, outcome.court_term_ends), answer.reading,
        )  # fmt: skip


def _about_repeat(lodged_on: date | None, term_ends: date) -> Text:
    """Say when a new appeal is possible, or that one came too early (RBDHA:2025:4834)."""
    if lodged_on is None or lodged_on > term_ends:
        return Text(
            "Without a decision the applicant may appeal again from this day on, without a new notice.",
            "Zonder besluit kan de aanvrager vanaf deze dag opnieuw beroep instellen, zonder nieuwe ingebrekestelling.",
        )
    return dated(
        "The new appeal of {lodged} came before the term of the court had passed on {ends}: it is not admissible when "
        "it is judged by then.",
        "Het nieuwe beroep van {lodged} kwam voordat de termijn van de rechter op {ends} was verstreken: het is niet-"
        "ontvankelijk als de rechter uiterlijk die dag uitspraak doet.",
        lodged=lodged_on,
        ends=term_ends,
    )


def _late_term(
    term: Text,
    first: date,
    last: date | None,
    rule: str,
    article: str,
    law: Law,
    known_on: date,
    who: str,
    says: Text,
    reading: Reading,
) -> TermOfLife:
    cited = citation(article, first, law)
    state = _state(first, last, known_on)
    return TermOfLife(term, first, last, rule, article, cited.text.nl, cited.address, reading, who, state, says)


_MUST = {
    "applicant": Text(
        "The applicant may act up to and including the last day.", "De aanvrager kan tot en met de laatste dag."
    ),
    "authority": Text(
        "The authority acts at the latest on the last day.", "De overheid handelt uiterlijk op de laatste dag."
    ),
    "court": Text(
        "The court rules at the latest on the last day.", "De rechter doet uiterlijk op de laatste dag uitspraak."
    ),
    "other_state": Text(
        "The other state answers at the latest on the last day.",
        "De andere lidstaat antwoordt uiterlijk op de laatste dag.",
    ),
    "both": Text(
        "Both parties may act up to and including the last day.", "Beide partijen kunnen tot en met de laatste dag."
    ),
}


def _set_in_motion(life: Life, law: Law, known_on: date, reading: Reading) -> Iterator[TermOfLife]:
    events = {event.id: event for event in law.events}
    for row in life.happened:
        for part in events[row.what].terms:
            if holds_on(law.rule(part.rule), row.on) is not None:
                yield _term(part, row.on, law, known_on, reading)


def _term(part: SetInMotion, on: date, law: Law, known_on: date, reading: Reading) -> TermOfLife:
    found = term_end(part.rule, on, law, known_on=max(known_on, on), reading=reading)
    value = found.applied.value
    doubts = [Text(row.question.en, row.question.nl) for row in term_questions(found, law)]
    if value.unverified:
        doubts.append(Text(value.unverified, value.unverified_nl or value.unverified))
    asked = Text("; ".join(each.en for each in doubts), "; ".join(each.nl for each in doubts)) if doubts else None
    return TermOfLife(
        term=Text(found.applied.rule.en, found.applied.rule.nl),
        starts_on=on,
        last_day=found.last_day,
        rule=part.rule,
        article=value.article,
        article_nl=citation(value.article, on, law).text.nl,
        address=address_of(value, on, law),
        reading=reading,
        who=part.who,
        state=_state(on, found.last_day, known_on),
        says=_MUST[part.who],
        open_question=asked,
    )


def _changes(life: Life, law: Law, reading: Reading) -> Iterator[Change]:
    """Tell on which days the last day became another, from the lodging on."""
    before = None
    for day in known_intervals(law):
        asked = max(day, life.case.lodged_on)
        try:
            answer = decision_deadline(life.case, law, known_on=asked, reading=reading)
        except UsageError:
            continue
        if before is not None and day >= life.case.lodged_on and answer.deadline != before.deadline:
            yield Change(day, before.deadline, answer.deadline, _because(before, answer))
        before = answer


def _because(before: Answer, after: Answer) -> Text:
    """Name the instruments that came into the answer, or that left it."""
    old = {(used.rule, used.instrument): used for used in before.rules}
    new = {(used.rule, used.instrument): used for used in after.rules}
    came = [new[key] for key in new if key not in old]
    went = [old[key] for key in old if key not in new]
    en = [f"{used.name.en} ({used.instrument})" for used in came]
    nl = [f"{used.name.nl} ({used.instrument_nl})" for used in came]
    en += [f"no longer {used.name.en} ({used.instrument})" for used in went]
    nl += [f"niet langer {used.name.nl} ({used.instrument_nl})" for used in went]
    return Text("; ".join(en) or "another reading", "; ".join(nl) or "een andere lezing")
