# SPDX-License-Identifier: EUPL-1.2
"""Ask the core one question and give its answer in the words and the order of the page. Nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keten.deadlines import (
    Answer,
    LateDecision,
    LateDecisionCost,
    RuleUsed,
    Suspension,
    code_of,
    deadline_for_notice,
    decision_deadline,
    late_decision_cost,
)
from keten.deadlines.citation import in_full
from keten.domain.words import Reading
from keten.parameters.law import Law
from keten_web.clock import timeline
from keten_web.clock.forms import Question
from keten_web.clock.story import Story, story
from keten_web.clock.wording import days, euros, full_day, length, named, said
from keten_web.config.today import today
from keten_web.words.wording import day, short_day


@dataclass(frozen=True)
class Reply:
    """The answer of the core, with what it was asked."""

    answer: Answer
    law: Law
    late: LateDecision | None
    cost: LateDecisionCost | None


def ask(question: Question) -> Reply:
    """Let the core answer a question that is in order.

    Raises
    ------
    UsageError
        When no rule holds, or the facts cannot be.
    """
    law, case = question.law, question.case()
    asked = {"known_on": question.known_on, "reading": question.reading}
    answer = decision_deadline(case, law, **asked)
    late = question.late(answer.deadline)
    if late is not None and late.notice_received_on is not None:
        late = question.late(deadline_for_notice(case, late.notice_received_on, law, **asked))
    cost = None if late is None else late_decision_cost(late, law, counted_to=question.known_on, **asked)
    return Reply(answer, law, late, cost)


# --- the page ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RuleRow:
    """A rule in the table, each cell as it is read."""

    name: str
    value: str
    article: str
    instrument: str
    valid: str
    known: str
    known_by: str
    source: str
    site: str
    unverified: str
    elsewhere: bool


@dataclass(frozen=True)
class Opened:
    """An open question as it is read: the days or amounts on its sides, and what would settle it."""

    text: str
    days: str
    settled_by: str


@dataclass(frozen=True)
class Side:
    """A second date beside the deadline: what it is, the date, and how it differs."""

    name: str
    day: str
    about: str


@dataclass(frozen=True)
class Amount:
    """A row of the penalty table."""

    name: str
    days: str
    euros: str


@dataclass(frozen=True)
class Shown:
    """The whole answer as the page shows it."""

    deadline: str
    passed: str
    sides: tuple[Side, ...]
    title: str
    subtitle: str
    summary: str
    lying: timeline.Drawing
    standing: timeline.Drawing
    events: tuple[tuple[str, str, str], ...]
    steps: tuple[str, ...]
    rules: tuple[RuleRow, ...]
    because: tuple[str, ...]
    doubts: tuple[str, ...]
    amounts: tuple[Amount, ...]
    total: str
    notes: tuple[str, ...]
    verdict: str
    facts: tuple[tuple[str, str], ...]
    questions: tuple[Opened, ...]
    contesting: tuple[str, ...]
    account: tuple[tuple[str, str], ...]


def shown(reply: Reply, question: Question) -> Shown:
    """Put the answer in the words of the page."""
    answer, cost, law = reply.answer, reply.cost, reply.law
    told = story(answer, law, reply.late, cost)
    asked = {said(row.question) for row in answer.open_questions}
    doubts = [said(text) for text in (*answer.not_verified, *(cost.not_verified if cost else ()))]
    return Shown(
        deadline=full_day(answer.deadline),
        passed=_passed(reply),
        sides=tuple(_sides(answer)),
        title=_title(reply),
        subtitle=_subtitle(reply),
        summary=summary_of(told),
        lying=timeline.lying(told),
        standing=timeline.standing(told),
        events=tuple(_events(reply)),
        steps=tuple(said(step) for step in answer.steps),
        rules=tuple(_rule_row(used) for used in answer.rules),
        because=tuple(said(text) for text in answer.other_reading.because),
        doubts=tuple(dict.fromkeys(text for text in doubts if text not in asked)),
        amounts=tuple(amounts_of(cost)) if cost else (),
        total=euros(cost.administrative_eur + cost.judicial_eur) if cost else "",
        notes=tuple(said(text) for text in cost.notes) if cost else (),
        verdict=_verdict(reply),
        facts=tuple(facts(question)),
        questions=tuple(_questions(reply)),
        contesting=tuple(contesting(answer)),
        account=tuple(account(law, question, answer.known_on, answer.reading)),
    )


def _questions(reply: Reply) -> Iterator[Opened]:
    for row in reply.answer.open_questions:
        sides = _(" or ").join(day(each) for each in row.days) if len(row.days) > 1 else ""
        yield Opened(said(row.question), sides, named(row.settled_by) if row.settled_by else "")
    for amount in reply.cost.open_questions if reply.cost else ():
        sides = _(" or ").join(euros(each) for each in amount.amounts_eur)
        yield Opened(said(amount.question), sides, named(amount.settled_by))


def contesting(answer: Answer) -> Iterator[str]:
    for row in answer.readings:
        if row.contests:
            yield _("%(day)s, by %(ruling)s: %(says)s") % {
                "day": day(row.deadline), "ruling": named(row.by), "says": named(row.says),
            }  # fmt: skip


def account(law: Law, question: Question, known_on: date, reading: Reading) -> Iterator[tuple[str, str]]:
    """Say by which text of the law something was worked out, and the code that does it again."""
    yield _("Calculated on"), day(today())
    edition = day(law.edition) if law.edition else ""
    yield _("Law data"), _("edition %(day)s, SHA-256 %(digest)s") % {"day": edition, "digest": law.digest[:16]}
    yield _("Knowledge date"), day(known_on)
    readings = {Reading.AUTHORITY: _("reading of the authority"), Reading.COURTS: _("reading of the courts")}
    yield _("Reading"), readings[reading]
    kept = {name: value for name, value in question.sent.items() if name not in {"csrfmiddlewaretoken", "as", "code"}}
    yield _("Code that repeats it"), code_of(kept)


def _title(reply: Reply) -> str:
    """Say in one sentence what the line of time shows."""
    answer, late = reply.answer, reply.late
    if late is not None and late.decided_on is not None:
        count = (late.decided_on - late.deadline).days
        if count <= 0:
            return _("The decision came in time")
        return _("The decision came %(days)s after the deadline") % {"days": days(count)}
    if answer.deadline > answer.statutory_deadline:
        return _("The end of the period moved from %(statutory)s to %(deadline)s") % {
            "statutory": day(answer.statutory_deadline), "deadline": day(answer.deadline),
        }  # fmt: skip
    return _("A decision is in time up to and including %(day)s") % {"day": day(answer.deadline)}


def _passed(reply: Reply) -> str:
    known_on, deadline = reply.answer.known_on, reply.answer.deadline
    left = (deadline - known_on).days
    if left > 0:
        return _("%(days)s left on the knowledge date, %(day)s") % {"days": days(left), "day": day(known_on)}
    if left == 0:
        return _("the knowledge date is the last day")
    return _("%(days)s passed on the knowledge date, %(day)s") % {"days": days(-left), "day": day(known_on)}


def _sides(answer: Answer) -> Iterator[Side]:
    extended = (answer.deadline - answer.statutory_deadline).days
    yield Side(
        _("By statute alone"),
        day(answer.statutory_deadline),
        _("%(days)s earlier: no extension, no moratorium") % {"days": days(extended)}
        if extended > 0
        else _("nothing was added to it"),
    )
    other = answer.other_reading
    name = _("Reading of the courts") if other.reading == Reading.COURTS else _("Reading of the authority")
    yield Side(name, day(other.deadline), _differs(other.differs_by_days))
    effects = {
        "extra_term": _("Moratorium as an extra period"),
        "suspension": _("Moratorium as a suspension"),
    }
    for limit in answer.limits:
        yield Side(said(limit.rule.name), day(limit.last_day), article_of(limit.rule.article, limit.rule.article_nl))
    for effect, on in answer.moratorium_readings.items():
        yield Side(effects[effect], day(on), _differs((on - answer.deadline).days))


def _differs(count: int) -> str:
    if count == 0:
        return _("the same day")
    words = _("%(days)s later") if count > 0 else _("%(days)s earlier")
    return words % {"days": days(abs(count))}


def _subtitle(reply: Reply) -> str:
    readings = {Reading.AUTHORITY: _("reading of the authority"), Reading.COURTS: _("reading of the courts")}
    words = _("By the law as known on %(day)s, %(reading)s.") % {
        "day": day(reply.answer.known_on), "reading": readings[reply.answer.reading],
    }  # fmt: skip
    if reply.cost is None or reply.late is None or reply.late.decided_on is not None:
        return words
    return words + " " + _("No decision yet; counted to %(day)s.") % {"day": day(reply.cost.counted_to)}


def summary_of(told: Story) -> str:
    moments = sorted(told.moments, key=lambda moment: moment.on)
    return "; ".join(f"{short_day(moment.on)}: {moment.words}" for moment in moments)


def _events(reply: Reply) -> Iterator[tuple[str, str, str]]:
    """Everything on the line of time in words, with the article that gives a day its meaning."""
    answer = reply.answer
    term = [(moment.on, moment.words, "") for moment in story(answer, reply.law).moments if moment.kind != "deadline"]
    articles = ", ".join(dict.fromkeys(article_of(used.article, used.article_nl) for used in answer.rules))
    if reply.cost is None:
        rest = [(answer.deadline, _("last day on which a decision is in time"), articles)]
    else:
        rest = [
            (event.on, said(event.what), article_of(event.article, event.article_nl)) for event in reply.cost.timeline
        ]
    for on, words, article in sorted([*term, *rest], key=lambda row: row[0]):
        yield day(on), words[:1].upper() + words[1:], article


def _rule_row(used: RuleUsed) -> RuleRow:
    effects = {"extra_term": _("as an extra period"), "suspension": _("as a suspension")}
    value = length(used.value, used.unit)
    return RuleRow(
        name=said(used.name),
        value=f"{value}, {effects[used.effect]}" if used.effect else value,
        article=article_of(used.article, used.article_nl),
        instrument=in_full(used.instrument) if get_language() == "en" else used.instrument_nl,
        valid=_period(used.valid_from, used.valid_until),
        known="" if used.known_from is None or used.known_from == date.min else short_day(used.known_from),
        known_by=in_full((used.known_by if get_language() == "en" else used.known_by_nl) or ""),
        source=used.address,
        site=(urlsplit(used.address).hostname or used.address).removeprefix("www."),
        elsewhere=used.read_elsewhere,
        unverified=said(used.unverified) if used.unverified else "",
    )


def article_of(english: str, dutch: str) -> str:
    return english if get_language() == "en" else dutch or english


def _period(start: date, end: date | None) -> str:
    if end is None:
        return _("from %(day)s") % {"day": short_day(start)}
    return _("from %(day)s until %(until)s") % {"day": short_day(start), "until": short_day(end)}


def amounts_of(cost: LateDecisionCost) -> Iterator[Amount]:
    yield Amount(_("Administrative penalty"), days(cost.administrative_days), euros(cost.administrative_eur))
    counted = sum(outcome.days_in_default for outcome in cost.judgments)
    yield Amount(_("Judicial penalty"), days(counted), euros(cost.judicial_eur))


def _verdict(reply: Reply) -> str:
    """Say in one sentence what the late decision comes to."""
    cost, late = reply.cost, reply.late
    if cost is None or late is None:
        return ""
    if late.decided_on is not None and late.decided_on <= late.deadline:
        return _("The decision was in time. Nothing is owed.")
    if cost.premature:
        return _("The notice of default came too early and has no effect. Nothing is owed.")
    total = cost.administrative_eur + cost.judicial_eur
    if not total:
        return _("No penalty is owed up to %(day)s.") % {"day": day(cost.counted_to)}
    owed = _("%(amount)s is owed up to %(day)s.") % {"amount": euros(total), "day": day(cost.counted_to)}
    if cost.applicants == 1:
        return owed
    each = _("Each of the %(count)s applicants gets %(amount)s.") % {
        "count": cost.applicants, "amount": euros(cost.each_eur),
    }  # fmt: skip
    return f"{owed} {each}"


def facts(question: Question) -> Iterator[tuple[str, str]]:
    """Repeat what was asked, for a print without the form."""
    form = question.case_form
    for name, answer in form.cleaned_data.items():
        if answer in (None, ""):
            continue
        choices = dict(getattr(form.fields[name], "choices", ()))
        text = day(answer) if isinstance(answer, date) else str(choices.get(answer, answer))
        yield str(form[name].label), text
    grounds = {ground.id: named(ground) for ground in question.law.suspension_grounds}
    for number, suspension in enumerate(question.case().suspensions, start=1):
        yield _("Suspension %(number)s") % {"number": number}, f"{still(suspension)}: {grounds[suspension.ground]}"


def still(suspension: Suspension) -> str:
    """Say how long the clock stood still."""
    if suspension.until_day is None:
        return _("from %(day)s") % {"day": day(suspension.from_day)}
    return _("from %(day)s until %(until)s") % {"day": day(suspension.from_day), "until": day(suspension.until_day)}
