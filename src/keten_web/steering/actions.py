# SPDX-License-Identifier: EUPL-1.2
"""What the site itself writes: actuals and signals from published figures, and next year's framework from this one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from keten.indicators.registry import Indicator, indicators
from keten.steering import agreements as core
from keten.steering import frameworks
from keten.steering.signals import Episode, episodes
from keten_web.config.today import today
from keten_web.record import actions as record
from keten_web.record.kinds import kind_of
from keten_web.record.models import Record
from keten_web.steering import evidence, judging, models

FIGURES = "Uit de gepubliceerde cijfers."
GONE = "Het cijfer is ingetrokken."
FROM_FIGURES = "-cijfer"
"""End of the code of an actual that the site brought in."""
TAKEN_OVER = "Overgenomen uit het kader van het jaar ervoor."
OPENED = "Voorgesteld bij het openen van het kader."
JUDGED = "Beoordeeld bij de maandronde."
ENDS = frozenset({"ended_on"})
"""What the figures go on telling of a signal that people answered."""


def open_next(row: models.PolicyFramework) -> Any:
    """Open the framework of the next year, with a line for everything this year leaves behind."""
    code = f"framework_{row.year + 1}"
    values = {
        "year": row.year + 1,
        "title": f"Beleidskader {row.year + 1}",
        "title_en": f"Policy framework {row.year + 1}",
        "partner_id": row.partner_id,
        "partners_bound": row.partners_bound,
    }
    opened = record.load(kind_of(models.PolicyFramework), code, values, reason=OPENED)
    propose_lines(row, opened, on=today())
    return opened


def propose_lines(row: models.PolicyFramework, opened: Any, *, on: date) -> int:
    """Propose the lines of a framework from the year before; lines that people changed stay as they are."""
    judged = [(found.agreement, found.year) for found in evidence.judge_framework(row, on)]
    signals = models.Signal.objects.filter(raised_on__lt=date(opened.year, 1, 1), is_withdrawn=False)
    still = [signal for signal in signals if signal.ended_on is None or signal.ended_on.year >= row.year]
    lines = frameworks.propose_next(
        agreements=judged,
        signals=[judging.as_signal(signal) for signal in still],
        lessons=_told("lessons"),
        uncovered_risks=_told("uncovered_risks"),
        open_matters=_told("open_matters"),
    )
    titles = _titles(line.about for line in lines)
    for line in lines:
        named = titles.get(line.about, (line.about, line.about))
        record.load(
            kind_of(models.FrameworkLine),
            f"{opened.code}-{line.about}"[:80],
            {
                "framework_id": opened.pk,
                "partner_id": opened.partner_id,
                "title": named[0],
                "title_en": named[1],
                "text": line.reason_nl,
                "text_en": line.reason_en,
                "proposal": line.proposal.value,
                "evidence": line.evidence.value,
                "about": line.about,
            },
            reason=OPENED,
        )
    return len(lines)


CARRIED = (
    "partner_id", "handover_point", "goal", "parties", "nature", "subject", "counterparts", "duties", "duties_en",
    "indicator", "counts", "unit", "direction", "counting", "error_budget_unit", "error_budget_share", "covers",
    "is_exercise", "text", "text_en",
)  # fmt: skip
"""What an agreement of the next year takes from the one before it; its norm and its term move on a year."""
NO_NORM_YET = ("Nog af te spreken voor het nieuwe jaar.", "Still to be agreed for the new year.")


def carry_over(before: Any, framework: Any) -> Any:
    """Make the draft of an agreement in the framework of the next year; both sides still have to consent to it."""
    after = core.carried_over(judging.as_agreement(before), before.framework.year if before.framework_id
                                      else framework.year - 1)  # fmt: skip
    without = after.nature is core.Nature.QUANTITATIVE and not after.norms
    values = {name: getattr(before, name) for name in CARRIED}
    values |= {
        "title": _of_year(before.title, framework.year),
        "title_en": _of_year(before.title_en, framework.year),
        "framework": framework,
        "norms": judging.series_of(after.norms),
        "norm_per": after.norm_per.value,
        "term_start": after.term[0] if after.term else None,
        "term_end": after.term[1] if after.term else None,
        "still_to_be_agreed": (before.still_to_be_agreed or NO_NORM_YET[0]) if without else "",
        "still_to_be_agreed_en": (before.still_to_be_agreed_en or NO_NORM_YET[1]) if without else "",
        "continues": before,
        "state": "draft",
    }
    return record.load(
        kind_of(models.PerformanceAgreement), f"{before.code[:74]}-{framework.year}", values, reason=TAKEN_OVER
    )


def _of_year(title: str, year: int) -> str:
    """Say of which year a title is, so that it is not taken for the one before; an empty title stays empty."""
    return f"{title[:290]} ({year})" if title else ""


def _told(name: str) -> list[Any]:
    """Give what other parts of the record leave to the next framework; a kind says so with a function on its model."""
    from keten_web.record.kinds import kinds as every

    return [matter for kind in every() for matter in getattr(kind.model, name, list)()]


def _titles(codes: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Name what lines are about, in both languages; a row of steering comes before one elsewhere."""
    from keten_web.record.kinds import kinds as every

    wanted, named = list(codes), {}
    every_model: tuple[type[Record], ...] = (
        *(kind.model for kind in every()),
        models.Signal,
        models.PerformanceAgreement,
    )
    for model in every_model:
        for code, title, title_en in model.objects.filter(code__in=wanted).values_list("code", "title", "title_en"):
            named[code] = (title, title_en)
    return named


# --- signals ----------------------------------------------------------------------------------------------------------


def raise_signals(on: date) -> int:
    """Raise a signal for every crossing that persisted in the published figures, as they were known on a day."""
    raised = 0
    for indicator in indicators():
        if indicator.rule is None:
            continue
        for episode in episodes(evidence.watched(indicator.id, on)):
            _raise(indicator, episode, on)
            raised += 1
    return raised


def _raise(indicator: Indicator, episode: Episode, on: date) -> None:
    goals = models.ChainGoal.objects.filter(code=f"goal_{indicator.goal.value.lower()}")
    agreement = agreement_of(indicator)
    norm = indicator.rule.at(episode.raised_on) if indicator.rule else None
    points = [[point.on.isoformat(), point.value] for point in evidence.known(indicator.id, on)]
    values = {
        "partner_id": indicator.owner,
        "title": indicator.name_nl,
        "title_en": indicator.name_en,
        "indicator": indicator.id,
        "agreement": agreement,
        "handover_point": agreement.handover_point if agreement else None,
        "goal": goals.first(),
        "first_seen_on": episode.first_seen_on,
        "raised_on": episode.raised_on,
        "ended_on": episode.ended_on,
        "is_frozen": episode.frozen,
        "figure": episode.value,
        "signal_value": norm.central if norm else None,
        "unit": indicator.unit,
        "receipt": evidence.digest(points),
        "source": _source_of(indicator.id, episode.raised_on, on),
    }
    code = f"signaal-{indicator.id}-{episode.raised_on:%Y-%m}"
    record.load(
        kind_of(models.Signal), code, values, reason=FIGURES, followed=ENDS if episode.ended_on else frozenset()
    )


def signal_broken_agreements(year: int, on: date) -> tuple[int, int]:
    """Raise a signal for every agreement that is broken over its own period, and end those of agreements that are not.

    Returns
    -------
    How many agreements were judged, and how many of them are broken.
    """
    found = models.PerformanceAgreement.objects.filter(is_withdrawn=False).exclude(state__in=("draft", "offered"))
    judged = [one for one in evidence.judge_all(found, year, on) if one.verdict is not core.Verdict.NOT_AGREED]
    for one in judged:
        signal = models.Signal.objects.filter(code__startswith=_of_agreement(one.row), ended_on=None).first()
        if one.verdict is core.Verdict.BROKEN:
            _signal_broken(one, on, signal)
        elif signal is not None and one.verdict is not core.Verdict.UNKNOWN:
            record.load(kind_of(models.Signal), signal.code, {"ended_on": on}, reason=JUDGED, followed=ENDS)
    return len(judged), sum(one.verdict is core.Verdict.BROKEN for one in judged)


def _of_agreement(row: models.PerformanceAgreement) -> str:
    return f"signaal-afspraak-{row.code[:50]}-"


def _signal_broken(judged: judging.Judged, on: date, there: Any | None) -> None:
    row, last = judged.row, judged.last
    figure = judged.year.realised if judged.year.realised is not None else last.actual.value if last else None
    start, end = judging.term_of(row, on.year)
    norm = judged.agreement.norm_at(min(on, end))
    values = {
        "partner_id": row.partner_id,
        "title": f"Afspraak niet gehaald: {row.title}"[:300],
        "title_en": f"Agreement not kept: {row.title_en or row.title}"[:300],
        "indicator": row.indicator or row.code,
        "agreement": row,
        "handover_point": row.handover_point,
        "goal": row.goal,
        "first_seen_on": there.first_seen_on if there else on,
        "raised_on": there.raised_on if there else on,
        "figure": figure,
        "signal_value": judged.total if judged.total is not None else norm.value if norm else None,
        "unit": row.unit,
        "receipt": evidence.digest([row.code, start.isoformat(), end.isoformat(), figure]),
    }
    code = there.code if there else f"{_of_agreement(row)}{on:%Y-%m}"
    record.load(kind_of(models.Signal), code, values, reason=JUDGED)


def agreement_of(indicator: Indicator) -> Any | None:
    """Give the agreement that an indicator shows: one that counts the same, else the first that hangs on it."""
    hanging = list(models.PerformanceAgreement.objects.filter(indicator=indicator.id, is_withdrawn=False))
    same = [row for row in hanging if judging.counts_of(row) == indicator.counts]
    return next(iter(same or hanging), None)


def _source_of(identifier: str, month: date, on: date) -> str:
    said = [point.source_url for point in evidence.known(identifier, on) if evidence.month_end(point.on) == month]
    return said[-1] if said else ""


# --- actuals ----------------------------------------------------------------------------------------------------------


def bring_in_actuals(on: date) -> int:
    """Bring in the actual of each month that is known of what an agreement counts, as known on a day.

    A figure counts for the agreement that counts exactly the same; one that counts a part of it waits for its own
    figure, so that no figure counts twice.
    """
    brought = 0
    for agreement in models.PerformanceAgreement.objects.filter(is_withdrawn=False):
        points = _newest_per_month(evidence.counted(agreement, on))
        _leave_out_what_is_gone(agreement, points, on)
        for point in points:
            if _is_recorded(agreement, point):
                continue
            if judging.as_agreement(agreement).norm_at(_month_start(point.on)):
                _bring_in(agreement, point)
                brought += 1
    return brought


def _newest_per_month(points: Iterable[Any]) -> list[Any]:
    """Keep the last count of each month: a month has one actual, whatever days of it were counted."""
    return list({_month_start(point.on): point for point in sorted(points, key=lambda point: point.on)}.values())


def _leave_out_what_is_gone(agreement: Any, points: Iterable[Any], on: date) -> None:
    """Leave out the actuals whose figure is not known any more, because it was withdrawn."""
    known = {_code(agreement, point) for point in points}
    ours = models.Actual.objects.filter(agreement=agreement, code__endswith=FROM_FIGURES, is_withdrawn=False)
    for row in ours.filter(recorded_on__lte=on).exclude(code__in=known):
        record.load(kind_of(models.Actual), row.code, {"is_withdrawn": True}, reason=GONE)


def _is_recorded(agreement: Any, point: Any) -> bool:
    """Tell whether the period has an actual of another origin already."""
    start = _month_start(point.on)
    return (
        models.Actual.objects.filter(agreement=agreement, period_start=start)
        .exclude(code=_code(agreement, point))
        .exists()
    )


def _code(agreement: Any, point: Any) -> str:
    return f"{agreement.code[:60]}-{point.on:%Y-%m}{FROM_FIGURES}"


def _month_start(on: date) -> date:
    return on.replace(day=1)


def _bring_in(agreement: Any, point: Any) -> None:
    values = {
        "agreement": agreement,
        "partner_id": agreement.partner_id,
        "title": agreement.title,
        "title_en": agreement.title_en,
        "period_start": _month_start(point.on),
        "period_end": evidence.month_end(point.on),
        "recorded_on": max(point.published, point.on),
        "value": point.value,
        "text": point.definition_nl,
        "text_en": point.definition_en,
        "source": point.source_url,
        "state": "locked",
        "is_withdrawn": False,
    }
    record.load(kind_of(models.Actual), _code(agreement, point), values, reason=FIGURES)
