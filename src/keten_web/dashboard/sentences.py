# SPDX-License-Identifier: EUPL-1.2
"""A chart's title is a sentence that says what one sees; it is computed from the figures, never typed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from keten.domain.figures import Range
from keten.domain.words import SignalState
from keten_web.words import wording

SMALL_CHANGE = 0.03
"""A difference below this share of the start is called no change."""


def state_word(state: str) -> str:
    """Name the state of an indicator in a word."""
    words = {
        SignalState.ON_COURSE: _("on course"),
        SignalState.ATTENTION: _("attention"),
        SignalState.SIGNAL: _("signal"),
    }
    return words.get(SignalState(state), _("unknown"))


class Course(StrEnum):
    """What a quantity does between the reference date and the horizon."""

    STAYS = "stays"
    EITHER_WAY = "either way"
    GROWS = "grows"
    PEAKS = "grows and then falls"
    FALLS = "falls"


def shape(start: float, months: Mapping[date, Range]) -> Course:
    """Compare the start with where the outcomes lie at the horizon."""
    last = list(months.values())[-1]
    top = max(spread.p50 for spread in months.values())
    room = SMALL_CHANGE * abs(start)
    if max(abs(outcome - start) for outcome in (last.p10, last.p50, last.p90)) <= 2 * room:
        return Course.STAYS
    if last.p10 < start - room and start + room < last.p90:
        return Course.EITHER_WAY
    if last.p50 < start:
        return Course.FALLS
    return Course.PEAKS if top - last.p50 > SMALL_CHANGE * top else Course.GROWS


def course(name: str, unit: str, start: float | None, months: Mapping[date, Range]) -> str:
    """Say where a quantity goes from the reference date to the horizon."""
    if not months:
        return _("%(name)s: no forecast in this study") % {"name": name}
    horizon, last = list(months.items())[-1]
    top_month, top = max(months.items(), key=lambda row: row[1].p50)
    words = {
        "name": name,
        "end": wording.about(last, unit) + _beside(unit),
        "band": wording.band(last, unit) + _beside(unit),
        "when": wording.month(horizon),
        "top": wording.about(top, unit) + _beside(unit),
        "top_when": wording.month(top_month),
    }
    if start is None:
        return _("%(name)s: %(end)s expected in %(when)s") % words
    sentences = {
        Course.STAYS: _("%(name)s stays at %(end)s until %(when)s"),
        Course.EITHER_WAY: _("%(name)s may rise or fall: %(band)s in %(when)s"),
        Course.GROWS: _("%(name)s grows to %(end)s in %(when)s"),
        Course.PEAKS: _("%(name)s grows to %(top)s in %(top_when)s and then falls to %(end)s in %(when)s"),
        Course.FALLS: _("%(name)s falls to %(end)s in %(when)s"),
    }
    return sentences[shape(start, months)] % words


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
