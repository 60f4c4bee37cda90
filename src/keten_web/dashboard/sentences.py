# SPDX-License-Identifier: EUPL-1.2
"""A chart's title is a sentence that says what one sees; it is computed from the figures, never typed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from keten.domain.figures import Range
from keten.domain.words import SignalState
from keten_web.dashboard import wording

SMALL_CHANGE = 0.03
"""A difference below this share of the start is called no change."""


def course(name: str, unit: str, start: float | None, months: Mapping[date, Range]) -> str:
    """Say where a quantity goes from the reference date to the horizon."""
    if not months:
        return _("%(name)s: no forecast in this study") % {"name": name}
    horizon, last = list(months.items())[-1]
    words = {
        "name": name,
        "end": wording.about(last, unit) + _beside(unit),
        "when": wording.month(horizon),
    }
    if start is None:
        return _("%(name)s: %(end)s expected in %(when)s") % words
    room = max(SMALL_CHANGE * abs(start), 1e-9)
    top_month, top = max(months.items(), key=lambda row: row[1].p50)
    if last.p10 - start > room or last.p50 - start > room:
        if last.p50 < top.p50 - max(room, SMALL_CHANGE * top.p50):
            words |= {"top": wording.about(top, unit) + _beside(unit), "top_when": wording.month(top_month)}
            return _("%(name)s grows to %(top)s in %(top_when)s and then falls to %(end)s in %(when)s") % words
        return _("%(name)s grows to %(end)s in %(when)s") % words
    if start - last.p50 > room:
        return _("%(name)s falls to %(end)s in %(when)s") % words
    return _("%(name)s stays at %(end)s until %(when)s") % words


def summary(unit: str, start: str, months: Mapping[date, Range]) -> str:
    """Tell a chart in words, for who cannot see it."""
    if not months:
        return start
    horizon, last = list(months.items())[-1]
    return _("%(start)s Forecast for %(when)s: %(forecast)s%(unit)s.") % {
        "start": start,
        "when": wording.month(horizon),
        "forecast": wording.forecast(last, unit),
        "unit": _beside(unit),
    }


def _beside(unit: str) -> str:
    beside = wording.unit_beside(unit)
    return f" {beside}" if beside else ""


def states(counts: Mapping[SignalState, int], on: date) -> str:
    """Say how many indicators signal, ask attention, are on course and are unknown."""
    signal, attention = counts[SignalState.SIGNAL], counts[SignalState.ATTENTION]
    total = sum(counts.values())
    if signal:
        text = ngettext(
            "On %(day)s %(signal)s of %(total)s indicators gives a signal",
            "On %(day)s %(signal)s of %(total)s indicators give a signal",
            signal,
        )
    elif attention:
        text = ngettext(
            "On %(day)s no indicator gives a signal; %(attention)s asks attention",
            "On %(day)s no indicator gives a signal; %(attention)s ask attention",
            attention,
        )
    else:
        text = _("On %(day)s no indicator gives a signal")
    return text % {"day": wording.day(on), "signal": signal, "attention": attention, "total": total}
