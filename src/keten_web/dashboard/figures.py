# SPDX-License-Identifier: EUPL-1.2
"""What a page shows of one indicator: the figure now, the forecast, the signal, and where each comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keten.domain.figures import Range
from keten.domain.words import SignalState
from keten.indicators.registry import Indicator, IndicatorKind
from keten.indicators.signals import signal_state
from keten.parameters.values import Quantity
from keten.study.results import Outlook, Results
from keten_web.accounts import protection
from keten_web.words import marks, wording


class Kind(StrEnum):
    """Where the figure of now comes from."""

    COUNTED = "counted"
    COMPUTED = "computed"
    FORECAST = "forecast"


@dataclass(frozen=True)
class Now:
    """The figure that holds on the reference date."""

    value: float
    on: date
    kind: Kind
    figure: str
    source: str
    is_rounded: bool = False

    @property
    def text(self) -> str:
        return _("about %(figure)s") % {"figure": self.figure} if self.is_rounded else self.figure

    def age_in_days(self, reference_date: date) -> int:
        return (reference_date - self.on).days


@dataclass(frozen=True)
class IndicatorFigures:
    """One indicator in one study."""

    indicator: Indicator
    outlook: Outlook
    reference_date: date
    horizon: date
    now: Now | None
    state: SignalState
    horizon_range: Range | None
    horizon_state: SignalState
    signal_value: Quantity | None
    horizon_signal_value: Quantity | None

    @property
    def name(self) -> str:
        return self.indicator.name_en if get_language() == "en" else self.indicator.name_nl

    @property
    def definition(self) -> str:
        return self.indicator.definition_en if get_language() == "en" else self.indicator.definition_nl

    @property
    def is_key_figure(self) -> bool:
        return self.indicator.kind is IndicatorKind.KEY_FIGURE

    @property
    def unit(self) -> str:
        return self.indicator.unit

    @property
    def unit_beside(self) -> str:
        return wording.unit_beside(self.unit)

    @property
    def unit_words(self) -> str:
        return wording.unit_words(self.unit)

    @property
    def is_stale(self) -> bool:
        return self.now is not None and self.now.age_in_days(self.reference_date) > self.indicator.stale_after_days

    @property
    def age_in_months(self) -> int:
        return round(self.now.age_in_days(self.reference_date) / 30.4) if self.now else 0

    @property
    def horizon_text(self) -> str:
        if self.horizon_range is None:
            return ""
        return marks.forecast(self.indicator.id, self.horizon, self.horizon_range, self.unit)

    @property
    def now_marked(self) -> str:
        """The figure of now without “about”, marked."""
        if self.now is None:
            return ""
        way = marks.COUNTED if self.now.kind is Kind.COUNTED else ""
        return marks.mark(self.now.figure, self.indicator.id, self.now.on, self.now.value, way=way)

    @property
    def signal_text(self) -> str:
        """The signal value with its sense: at least 90%, at most 26 weeks."""
        return self._norm(self.signal_value)

    @property
    def horizon_signal_text(self) -> str:
        return self._norm(self.horizon_signal_value)

    def _norm(self, quantity: Quantity | None) -> str:
        if quantity is None:
            return ""
        words = _("at least %(value)s") if self.indicator.direction == "higher_is_better" else _("at most %(value)s")
        value = wording.plain(quantity.central, self.unit)
        unit = wording.unit_beside(self.unit)
        return (words % {"value": value}) + (f" {unit}" if unit else "")


def read(indicator: Indicator, results: Results) -> IndicatorFigures:
    """Put together what a study says of an indicator."""
    on, horizon = results.reference_date, results.horizon
    outlook = results.indicators.get(indicator.id) or Outlook(indicator.id, indicator.unit, {})
    now = _now(outlook, indicator.unit, on, indicator.stale_after_days)
    fresh = now is not None and 0 <= now.age_in_days(on) <= indicator.stale_after_days
    history = [row.value for row in outlook.observed_until(on)]
    if now is not None and now.kind is Kind.COUNTED:
        history = history[:-1]
    last = outlook.at(horizon)
    path = [spread.p50 for month, spread in outlook.months.items() if month < horizon]
    rule = indicator.rule
    return IndicatorFigures(
        indicator=indicator,
        outlook=protection.outlook(outlook),
        reference_date=on,
        horizon=horizon,
        now=_shown(now, indicator.unit),
        state=signal_state(indicator, now.value if now and fresh else None, history, on=on),
        horizon_range=last,
        horizon_state=signal_state(indicator, last.p50 if last else None, path, on=horizon),
        # A forecast of a later month stands beside what holds in that month.
        signal_value=rule.at(max(on, now.on) if now else on) if rule else None,
        horizon_signal_value=rule.at(horizon) if rule else None,
    )


def _shown(now: Now | None, unit: str) -> Now | None:
    """Give the figure of now as who asks may see it; it is judged as it is."""
    if now is None or now.kind is not Kind.COUNTED:
        return now
    value = protection.count(now.value, unit)
    return replace(now, value=value, figure=wording.exact(value, unit))


def _now(outlook: Outlook, unit: str, on: date, stale_after_days: int) -> Now | None:
    """Prefer what was counted lately; else what the study computes for the reference date; else an old count.

    A quantity of which nothing is known yet shows the first month of its forecast; that is not judged.
    """
    counted = outlook.observed_until(on)
    last = counted[-1] if counted else None
    computed = outlook.at(on)
    if last is not None and ((on - last.on).days <= stale_after_days or computed is None):
        return Now(last.value, last.on, Kind.COUNTED, wording.exact(last.value, unit), last.source)
    if computed is not None:
        figure, sure = wording.middle(computed, unit), wording.is_sure(computed, unit)
        return Now(computed.p50, on, Kind.COMPUTED, figure, "", is_rounded=not sure)
    return next((_ahead(month, spread, unit) for month, spread in outlook.months.items()), None)


def _ahead(month: date, spread: Range, unit: str) -> Now:
    return Now(
        spread.p50, month, Kind.FORECAST, wording.middle(spread, unit), "", is_rounded=not wording.is_sure(spread, unit)
    )


def worst_first(rows: Sequence[IndicatorFigures]) -> dict[SignalState, int]:
    """Count the indicators with a norm per state, worst first."""
    order = (SignalState.SIGNAL, SignalState.ATTENTION, SignalState.ON_COURSE, SignalState.UNKNOWN)
    judged = [row for row in rows if not row.is_key_figure]
    return {state: sum(row.state is state for row in judged) for state in order}
