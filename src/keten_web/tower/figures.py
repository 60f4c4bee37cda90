# SPDX-License-Identifier: EUPL-1.2
"""A figure beside the base, as the control tower writes it: the base as the study says it, the difference by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import inf, isfinite

import polars as pl
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keten.domain.figures import Range
from keten.domain.language import said
from keten.indicators.measure_words import words_of
from keten.study.figure_values import SPENT
from keten.study.folder import read_table
from keten.study.interval import Interval
from keten.study.results import Results
from keten_web.words import marks, wording

MINUS = "\N{MINUS SIGN}"
WORD_JOINER = "\N{WORD JOINER}"


@dataclass(frozen=True)
class Own:
    """The base as the study itself says it, over all its replications; a flow added up has a mean and no band."""

    figure: str
    on: date
    spread: Range
    added_up: bool = False


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
    """Name any measure of a study, those of the page and those that only a file holds."""
    try:
        return said(words_of(measure).name, get_language())
    except KeyError:  # a measure that is newer than its name
        return measure.replace("_", " ").replace(".", ": ")


def line(
    base: float, change: Interval, unit: str, label: str = "", when: str = "", *, own: Own | None = None, runs: int = 0
) -> Line:
    """Write a base, a difference and their sum.

    The base is a level and written as every level of the study: from its own band, and the figure of the study itself
    where that is known. Where it comes from other replications, their number stands beside it. A difference is much
    surer than a level, as both sides had the same luck, so it has a step of its own: about a tenth of its interval.
    """
    by = step(base, change, unit)
    limits = {"low": signed(change.low, by, unit), "high": signed(change.high, by, unit)} if _limited(change) else None
    return Line(
        name=label,
        when=when,
        base=_base(base, unit, own, runs),
        variant=_variant(base, change, unit, own),
        difference=signed(change.mean, by, unit),
        interval=_("%(low)s to %(high)s") % limits if limits else "",
        certain=change.excludes_zero,
        up=change.mean > 0,
        exact=repr(change.mean),
    )


def _base(base: float, unit: str, own: Own | None, runs: int) -> str:
    if own is not None and not own.added_up:
        return marks.middle(own.figure, own.on, own.spread, unit)
    written = _level(own.spread.p50 if own else base, own, unit)
    return with_runs(written, runs) if own is None and runs else written


def _variant(base: float, change: Interval, unit: str, own: Own | None) -> str:
    return _level(max(0.0, (own.spread.p50 if own else base) + change.mean), own, unit)


def _level(value: float, own: Own | None, unit: str) -> str:
    """Write a level to the step of the band of the study; without a band to three figures."""
    spread = own.spread if own and not own.added_up else Range(value, value, value, value)
    return wording.rounded(value, wording.rounding_step(spread, unit), unit)


def with_runs(written: str, runs: int) -> str:
    """Say beside a figure from how many replications it comes."""
    return _("%(figure)s (%(number)s replications)") % {"figure": written, "number": runs}


def own_level(results: Results, figure: str, on: date) -> Own | None:
    """Give a level as the study says it; None when the study does not."""
    outlook = results.measures.get(figure)
    spread = outlook.at(on) if outlook else None
    return Own(figure, on, spread) if spread else None


def own_total(results: Results, figure: str, on: date) -> Own | None:
    """Add a flow of the study up until a month: the mean of a sum is the sum of the means."""
    outlook = results.measures.get(figure)
    if outlook is None or outlook.at(on) is None:
        return None
    total = sum(spread.mean for month, spread in outlook.months.items() if results.reference_date < month <= on)
    return Own(figure, on, Range(total, total, total, total), added_up=True)


def own_costs(results: Results, partner: str) -> Own | None:
    """Add up what a partner spends in the study, on average over its replications; None when it kept no costs."""
    costs = read_table(results.folder, "costs")
    if costs is None or not costs.height:
        return None
    spent = costs.filter(pl.col("partner") == partner)["cost_eur"].sum() / costs["replication"].n_unique()
    return Own(f"{SPENT}.{partner}", results.horizon, Range(spent, spent, spent, spent), added_up=True)


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
