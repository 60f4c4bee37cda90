# SPDX-License-Identifier: EUPL-1.2
"""A figure beside the base, as the control tower writes it: all of it to the same step, with sign and interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keten.domain.figures import Range
from keten.parameters.load import load_chain
from keten.study.interval import Interval
from keten_web.dashboard import wording

MINUS = "\N{MINUS SIGN}"
WORD_JOINER = "\N{WORD JOINER}"


@dataclass(frozen=True)
class Line:
    """One figure beside the base: the difference with its sign and interval, and whether it is surely there."""

    name: str
    when: str
    base: str
    variant: str
    difference: str
    interval: str
    certain: bool
    up: bool
    exact: str
    origin: str = ""
    measure: str = ""


def name(measure: str) -> str:
    """Name a figure of the what-if page."""
    return {
        "stock.track_4": _("Stock of track 4"),
        "overdue.track_4": _("of which past the decision deadline"),
        "production.track_4": _("Decisions in track 4"),
        "withdrawn.track_4": _("beside it: withdrawn in track 4"),
        "remitted": _("beside it: to be decided again after appeal"),
        "oldest_tenth.track_4": _("beside it: weeks that the oldest tenth has waited"),
        "penalties.paid": _("Penalties paid"),
        "reception.occupancy": _("People in reception"),
        "reception.emergency": _("of which in emergency places"),
        "permit_holders_waiting": _("of which permit holders waiting for a home"),
        "stock.appeal": _("Stock of appeals"),
        "cost.total": _("Costs of all partners"),
    }[measure]


def whole_name(measure: str) -> str:
    """Name a figure where it does not stand under the one that it is a part of."""
    return {
        "overdue.track_4": _("Cases of track 4 past the decision deadline"),
        "reception.emergency": _("People in emergency places"),
        "oldest_tenth.track_4": _("Weeks that the oldest tenth of track 4 has waited"),
        "permit_holders_waiting": _("Permit holders waiting for a home"),
    }.get(measure) or name(measure)


def name_in_a_file(measure: str) -> str:
    """Name any measure of a study: those of the page, and those that only a file holds."""
    first, _dot, rest = measure.partition(".")
    if first == "load":
        resource = next((row for row in load_chain().resources if row.id == rest), None)
        said = (resource.en if get_language() == "en" else resource.nl) if resource is not None else rest
        return _("Load: %(name)s") % {"name": said}
    others = {
        "departures.forced": _("Forced departure"),
        "departures.independent": _("Independent departure"),
        "departures.unsupervised": _("Departure without supervision"),
        "inflow.total": _("Inflow together"),
        "late_decision_appeals": _("Appeals for late decision"),
        "lead_time.track_4": _("Lead time of track 4"),
        "no_shows": _("Interviews that the applicant did not attend"),
        "no_shows.interpreter_hours": _("Hours of interpreters lost by it"),
        "no_shows.officer_hours": _("Hours of officers lost by it"),
        "notices": _("Notices of default"),
        "penalties.accrued": _("Penalties accrued"),
        "reception.regular": _("People in regular places"),
        "share_in_time.track_4": _("Share of track 4 decided in time"),
        "stock.track_1": _("Stock of track 1"),
        "stock.track_2": _("Stock of track 2"),
        "stock.family_reunification": _("Stock of family reunification"),
    }
    if measure in others:
        return others[measure]
    try:
        return whole_name(measure)
    except KeyError:  # a measure that is newer than its name
        return measure.replace("_", " ").replace(".", ": ")


def line(base: float, change: Interval, unit: str, label: str = "", when: str = "") -> Line:
    """Write a figure, all of it to the same step: about a tenth of the interval, three figures at most."""
    by = step(base, change, unit)
    limits = {"low": signed(change.low, by, unit), "high": signed(change.high, by, unit)} if _limited(change) else None
    return Line(
        name=label,
        when=when,
        base=wording.rounded(base, by, unit),
        variant=wording.rounded(base + change.mean, by, unit),
        difference=signed(change.mean, by, unit),
        interval=_("%(low)s to %(high)s") % limits if limits else "",
        certain=change.excludes_zero,
        up=change.mean > 0,
        exact=repr(change.mean),
    )


def _limited(change: Interval) -> bool:
    return isfinite(change.low)


def step(base: float, change: Interval, unit: str) -> float:
    """Say how coarse a difference is written."""
    spread = change.half_width if _limited(change) else 0.0
    centre = max(abs(change.mean), 1.0)
    found = wording.rounding_step(Range(centre - spread, centre, centre + spread, centre), unit)
    return max(found, 10_000.0 if unit == "eur" and abs(base) >= 1e6 else 0.0)


def signed(value: float, by: float, unit: str) -> str:
    """Write a difference with its sign."""
    near = round(value / by) * by
    sign = "+" if near > 0 else MINUS if near < 0 else ""
    sign += WORD_JOINER if sign and unit == "eur" else ""  # no line ends between + and €
    return sign + wording.rounded(abs(near), by, unit)


def interval_of(document: Mapping[str, float | None]) -> Interval:
    """Read an interval as it is kept; limits that do not exist are endless."""
    low, high, mean = (document[part] for part in ("ci95_low", "ci95_high", "mean"))
    return Interval(float(mean or 0.0), -inf if low is None else low, inf if high is None else high)
