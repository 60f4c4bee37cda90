# SPDX-License-Identifier: EUPL-1.2
"""From rows to the values of the core and back: the rules themselves stand in `keten.steering`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from keten.domain.words import Direction
from keten.indicators.definitions import are_related, definitions
from keten.indicators.disclosure import WITHHELD
from keten.indicators.registry import by_identifier
from keten.steering import agreements as core
from keten.steering import meeting_load as load
from keten.steering import outcomes as ends
from keten.steering.bodies import GovernanceBody as Body
from keten.steering.bodies import GovernanceLevel, Mandate
from keten_web.config.telling import reasons
from keten_web.record import values
from keten_web.steering import words


def seats_of(lines: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Read seats: `IND 2`, one per line.

    Raises
    ------
    ValueError
        When a line is not a partner and a number.
    """
    pairs = [line.split() for line in lines]
    return tuple((partner, int(count)) for partner, count in pairs)


def _duties(row: Any) -> tuple[core.Duty, ...]:
    english = dict(line.split(":", 1) for line in row.duties_en if ":" in line)
    found = []
    for line in row.duties:
        partner, _colon, what = line.partition(":")
        found.append(core.Duty(partner.strip(), what.strip(), english.get(partner, what).strip()))
    return tuple(found)


def as_agreement(row: Any) -> core.Agreement:
    """Give an agreement as the rules know it."""
    budget = None
    if row.error_budget_unit and row.error_budget_share is not None:
        budget = core.ErrorBudget(core.BudgetUnit(row.error_budget_unit), row.error_budget_share)
    return core.Agreement(
        id=row.code,
        parties=core.Parties(row.parties),
        nature=core.Nature(row.nature),
        subject=core.Subject(row.subject),
        partners=(row.partner_id, *row.counterparts),
        duties=_duties(row),
        direction=Direction(row.direction),
        counting=core.Counting(row.counting),
        unit=row.unit,
        norms=tuple(
            core.Norm(norm["value"], date.fromisoformat(norm["from"]), date.fromisoformat(norm["until"]))
            for norm in row.norms
        ),
        error_budget=budget,
        handover_point=row.handover_point.code if row.handover_point_id else None,
        covers=tuple(row.covers),
        still_to_be_agreed=row.still_to_be_agreed,
        norm_per=core.NormPer(row.norm_per),
        term=(row.term_start, row.term_end) if row.term_start and row.term_end else None,
        counts=counts_of(row),
    )


def series_of(norms: Iterable[core.Norm]) -> list[dict[str, Any]]:
    """Write norms as a row keeps them."""
    return [
        {"from": norm.valid_from.isoformat(), "until": norm.valid_until.isoformat(), "value": norm.value}
        for norm in norms
    ]


def counts_of(row: Any) -> str:
    """Name the definition of what an agreement counts: its own, else that of its indicator; empty when it has none."""
    indicator = by_identifier().get(row.indicator)
    return row.counts or (indicator.counts if indicator is not None else "")


def other_definition(one: str, other: str) -> str:
    """Say that two definitions differ, and with what the difference is bridged when there is a bridge."""
    said = _("This counts %(one)s; agreed is %(other)s. Two figures that count different things are not compared.") % {
        "one": words.counted(one),
        "other": words.counted(other),
    }
    parts = next((parts for parts in _bridges(other) if one in parts), ())
    if not parts:
        return said
    rest = " + ".join(words.counted(part) for part in parts if part != one)
    return f"{said} " + _("Add what is missing and give the sum: %(rest)s.") % {"rest": rest}


def _bridges(identifier: str) -> tuple[tuple[str, ...], ...]:
    found = definitions().get(identifier)
    return found.bridges if found is not None else ()


def definition_problems(row: Any) -> dict[str, str]:
    """Say why an agreement cannot count what it says: its indicator counts something else, or another counts it too."""
    indicator, counts = by_identifier().get(row.indicator), counts_of(row)
    if indicator is not None and not are_related(counts, indicator.counts):
        return {"counts": other_definition(indicator.counts, counts)}
    others = type(row).objects.filter(is_withdrawn=False).exclude(pk=row.pk).exclude(state="ended")
    adding = [as_agreement(other) for other in others if counts and counts_of(other) == counts]
    twice = core.counted_twice([as_agreement(row), *adding]) if adding else []
    if any(problem.where == row.code for problem in twice):
        return {
            "counts": _(
                "Another agreement counts this in the same time, so that one figure would count twice. "
                "Give each its own definition of what is counted."
            )
        }
    return {}


def problem_texts(agreement: core.Agreement) -> dict[str, str]:
    """Tell what makes a row no agreement, as one text for the whole row."""
    problems = core.problems_of(agreement)
    return {"": " ".join(reasons(problems, words.in_full))} if problems else {}


def as_actual(row: Any) -> core.Actual:
    return core.Actual(
        row.period_start, row.period_end, row.recorded_on, row.value, row.kept, row.cases, row.missed, row.counts
    )


def actual_problems(row: Any) -> dict[str, str]:
    """Tell what makes a row no actual of its agreement, as one text for the whole row."""
    others = [
        as_actual(other) for other in row.agreement.actuals.filter(is_withdrawn=False, corrects=None).exclude(pk=row.pk)
    ]
    corrects = as_actual(row.corrects) if row.corrects is not None else None
    problems = core.problems_of_actual(as_agreement(row.agreement), as_actual(row), others, corrects=corrects)
    return {"": " ".join(reasons(problems, words.in_full))} if problems else {}


def term_of(row: Any, year: int) -> tuple[date, date]:
    """Give first and last day over which a row is judged: its own term, else a calendar year."""
    return as_agreement(row).term_in(year)


@dataclass(frozen=True)
class Judged:
    """An agreement with what a year says of it."""

    row: Any
    agreement: core.Agreement
    year: core.YearVerdict
    last: core.PeriodVerdict | None
    total: float | None
    """The norm of the whole year when periods add up."""

    @property
    def verdict(self) -> core.Verdict:
        return self.year.verdict


def judge(row: Any, actuals: Sequence[Any], year: int, on: date) -> Judged:
    """Judge a row over a year, as known on a day."""
    agreement = as_agreement(row)
    months = core.months_between(*agreement.term_in(year)) or core.months_of(year)
    verdict = core.judge_year(agreement, map(as_actual, actuals), months, on=on)
    total = None if verdict.still_needed is None else (verdict.realised or 0.0) + verdict.still_needed
    return Judged(row, agreement, verdict, verdict.periods[-1] if verdict.periods else None, total)


def shown(judged: Judged, actuals: Sequence[Any]) -> Judged:
    """Give what was judged as who asks may see it: judged on exact figures, without the small counts among them.

    A total is withheld with a part of it: beside the other parts it would tell the one that is not shown.
    """
    hidden = {as_actual(row): values.value_of(row, "value") for row in actuals if values.not_shown(row)}
    periods = tuple(_period_shown(period, hidden) for period in judged.year.periods)
    if not hidden:
        return judged
    year = judged.year
    budget = None if year.budget is not None and year.budget.unit is core.BudgetUnit.CASES else year.budget
    year = replace(
        year,
        periods=periods,
        budget=budget,
        realised=None if year.realised is None else WITHHELD,
        still_needed=None if year.still_needed is None else WITHHELD,
    )
    return replace(judged, year=year, last=periods[-1] if periods else None)


def _period_shown(period: core.PeriodVerdict, hidden: Mapping[core.Actual, float | None]) -> core.PeriodVerdict:
    if period.actual not in hidden:
        return period
    actual = replace(period.actual, value=hidden[period.actual], cases=None, missed=None)
    return replace(period, actual=actual, shortfall=None)


def as_body(row: Any) -> Body:
    """Give a governance body as the rules know it."""
    return Body(
        id=row.code,
        level=GovernanceLevel(row.level),
        mandates=frozenset(Mandate(word) for word in row.mandates),
        seats=seats_of(row.seats),
        meetings_per_year=row.meetings_per_year,
        minutes=row.minutes,
        preparation_minutes=row.preparation_minutes,
    )


def as_meeting(row: Any) -> load.Meeting:
    """Give a meeting as the rules know it; what is not known of it is that of its body."""
    seats = seats_of(row.seats or row.body.seats)
    return load.Meeting(
        row.body.code, row.on, row.minutes or row.body.minutes or 0, seats, row.body.preparation_minutes
    )


def as_outcome(said: Mapping[str, Any]) -> ends.Outcome:
    return ends.Outcome(
        kind=ends.OutcomeKind(said["kind"]),
        on=date.fromisoformat(said["on"]),
        body=said["body"],
        reason=said["reason"],
        steering_decision=said.get("steering_decision"),
        needs=Mandate(said.get("needs") or Mandate.ACKNOWLEDGE_SIGNAL),
        escalated_to=said.get("escalated_to"),
    )


def as_signal(row: Any) -> ends.AnsweredSignal:
    """Give a signal with its outcomes as the rules know it."""
    return ends.AnsweredSignal(
        id=row.code,
        raised_on=row.raised_on,
        owner=row.partner_id,
        acknowledged_on=row.acknowledged_on,
        ended_on=row.ended_on,
        outcomes=tuple(as_outcome(said) for said in row.outcomes),
    )
