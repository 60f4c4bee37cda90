# SPDX-License-Identifier: EUPL-1.2
"""The figures on which a decision is taken, as they are at that moment."""

from __future__ import annotations

import json
from calendar import monthrange
from datetime import date
from functools import lru_cache
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from keten.domain.digest import hash_of
from keten.indicators.observed import ObservedPoint, observed_production, observed_series
from keten.indicators.registry import by_identifier
from keten.observations import Observations
from keten.parameters.load import load_chain
from keten.steering import agreements as core
from keten.steering.signals import Watched, watch_indicator
from keten_web.accounts import exact_counts
from keten_web.config.today import today
from keten_web.dashboard import figures
from keten_web.deliveries import known as stream
from keten_web.steering import judging, models
from keten_web.studies import queries as studies


def is_known(name: str) -> bool:
    """Tell whether there is an indicator of this name."""
    return name in by_identifier()


@exact_counts.exactly()
def of_decision(row: models.SteeringDecision) -> dict[str, Any]:
    """Collect the figures of the indicators and of the agreement that a decision rests on."""
    results = studies.choose(None, None)
    frozen: dict[str, Any] = {"frozen_at": timezone.now().isoformat(timespec="seconds"), "figures": []}
    if results is not None:
        frozen["study"] = {"name": results.name, "output_hash": str(results.receipt.get("output_hash", ""))}
        frozen["figures"] = [_figure(figures.read(by_identifier()[name], results)) for name in row.indicators]
    if row.agreement_id:
        actuals = row.agreement.actuals.filter(is_withdrawn=False)
        frozen["agreement"] = row.agreement.code
        frozen["figures"] += [of_actual(row.agreement, actual) for actual in actuals]
    return frozen


def _figure(read: figures.IndicatorFigures) -> dict[str, Any]:
    now = read.now
    return {
        "indicator": read.indicator.id,
        "value": now.value if now else None,
        "on": now.on.isoformat() if now else None,
        "unit": read.unit,
        "state": read.state.value,
        "source": now.source if now else "",
    }


def of_actual(agreement: Any, actual: Any) -> dict[str, Any]:
    """Freeze an actual of an agreement, with what it says about it."""
    verdict = core.judge_period(judging.as_agreement(agreement), judging.as_actual(actual)).verdict
    return {
        "agreement": agreement.code,
        "value": actual.value,
        "on": actual.period_end.isoformat(),
        "unit": agreement.unit,
        "state": verdict.value,
        "source": actual.source,
    }


def name_of(identifier: str) -> str:
    """Name an indicator, or an agreement, as a reader knows it; what is neither keeps its code."""
    found = by_identifier().get(identifier)
    if found is not None:
        return found.name_en if get_language() == "en" else found.name_nl
    row = models.PerformanceAgreement.objects.filter(code=identifier).first()
    return row.name if row is not None else identifier


def known(identifier: str, on: date) -> tuple[ObservedPoint, ...]:
    """Give what was known of an indicator on a day, published or delivered, oldest first."""
    return _series(identifier, stream.known_on(on))


def counted(agreement: Any, on: date) -> tuple[ObservedPoint, ...]:
    """Give what was known on a day of exactly what an agreement counts: of its indicator, or of its own definition.

    One that counts a part of its indicator has only its own figures, so that no figure counts twice.
    """
    indicator, counts = by_identifier().get(agreement.indicator), judging.counts_of(agreement)
    if indicator is not None and counts == indicator.counts:
        return known(indicator.id, on)
    return _production(counts, stream.known_on(on))


@lru_cache(maxsize=64)
def _production(definition: str, figures: Observations) -> tuple[ObservedPoint, ...]:
    return observed_production(definition, figures)


@lru_cache(maxsize=256)
def _series(identifier: str, figures: Observations) -> tuple[ObservedPoint, ...]:
    return observed_series(identifier, figures, load_chain())


def months_of(identifier: str, on: date) -> list[tuple[date, float | None]]:
    """Give the published values as known on a day, a row per month end; None where nothing was published."""
    found = {month_end(point.on): point.value for point in known(identifier, on)}
    if not found:
        return []
    return [(end, found.get(end)) for end in month_ends(min(found), on)]


def watched(identifier: str, on: date | None = None) -> tuple[Watched, ...]:
    """Settle the published values of an indicator into states, with persistence and dead band."""
    indicator = by_identifier()[identifier]
    if indicator.rule is None:
        return ()
    return watch_indicator(indicator, months_of(identifier, on or today()))


def month_end(on: date) -> date:
    return date(on.year, on.month, monthrange(on.year, on.month)[1])


def month_ends(first: date, last: date) -> list[date]:
    """Give the month ends from the month of the first day up to the last month that is over."""
    ends, on = [], month_end(first)
    while on <= last:
        ends.append(on)
        on = month_end(date(on.year + on.month // 12, on.month % 12 + 1, 1))
    return ends


def digest(frozen: object) -> str:
    """Give the hash of figures that were frozen; anyone can count it again from the figures."""
    return hash_of(json.dumps(frozen, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False))


def judge_framework(row: models.PolicyFramework, on: date) -> list[judging.Judged]:
    """Judge every agreement of a framework over its year."""
    found = models.PerformanceAgreement.objects.filter(framework=row, is_withdrawn=False)
    return judge_all(found, row.year, on)


def judge_all(agreements: Any, year: int, on: date) -> list[judging.Judged]:
    """Judge agreements over a year, reading their actuals at once."""
    rows = list(agreements.select_related("partner", "handover_point", "goal").prefetch_related("actuals"))
    return [
        judging.judge(row, [actual for actual in row.actuals.all() if not actual.is_withdrawn], year, on)
        for row in rows
    ]
