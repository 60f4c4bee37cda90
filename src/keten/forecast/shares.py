# SPDX-License-Identifier: EUPL-1.2
"""Which part of the arrivals belongs to which case class, each share taken within one definition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.random import Generator

from keten.domain.errors import DeliveryError, Problem
from keten.forecast.assumptions import assumptions
from keten.forecast.classes import COUNTED_CLASSES
from keten.forecast.draws import triangular
from keten.observations import Observations, monthly_inflow, yearly_inflow
from keten.observations.queries import quarterly_inflow
from keten.parameters.values import Quantity

_RECENT_QUARTERS = 4
_RECENT_MONTHS = 12
_YEARS_WITH_RESETTLEMENT = 3
_CBS = "cbs_asylum_inflow"


@dataclass(frozen=True)
class Shares:
    """Shares as ranges, with their origin.

    Parameters
    ----------
    resettled
        Of all persons in the count.
    subsequent
        Of the count without resettlement.
    following_family_member
        Of first applications and following family members together.
    track_1, track_2, syr_yem, dza_mda
        Of first applications. Track 1 takes the same share of every nationality, track 2 takes nobody from Syria,
        Yemen, Algeria or Moldova (assumption: the letter of 13 July 2023 handles these four in tracks 1 and 4).
    """

    resettled: Quantity
    subsequent: Quantity
    following_family_member: Quantity
    track_1: Quantity
    track_2: Quantity
    syr_yem: Quantity
    dza_mda: Quantity

    def central(self) -> np.ndarray:
        """Give the share of every counted class at the central values; adds up to 1."""
        return _by_class({field.name: getattr(self, field.name).central for field in fields(self)})

    def draw(self, rng: Generator) -> np.ndarray:
        """Draw the share of every counted class for one replication; adds up to 1."""
        uniforms = rng.random(len(fields(self)))
        drawn = {}
        for field, uniform in zip(fields(self), uniforms, strict=True):
            quantity: Quantity = getattr(self, field.name)
            drawn[field.name] = triangular(uniform, quantity.bounds[0], quantity.central, quantity.bounds[1])
        return _by_class(drawn)


def first_share(by_class: np.ndarray) -> float:
    """Share of first applications in the count, from the share of every counted class."""
    return float(by_class[[name.startswith("first_") for name in COUNTED_CLASSES]].sum())


def _by_class(share: dict[str, float]) -> np.ndarray:
    rest = 1.0 - share["resettled"]
    subsequent = rest * share["subsequent"]
    family = (rest - subsequent) * share["following_family_member"]
    first = rest - subsequent - family
    outside_track_1 = 1.0 - share["track_1"]
    named = (share["syr_yem"] + share["dza_mda"]) * outside_track_1
    track_2 = min(share["track_2"], outside_track_1 - min(named, outside_track_1))
    of_first = {
        "first_track_1": share["track_1"],
        "first_track_2": track_2,
        "first_track_4_syr_yem": share["syr_yem"] * outside_track_1,
        "first_track_4_dza_mda": share["dza_mda"] * outside_track_1,
        "first_track_4_other": max(0.0, outside_track_1 - track_2 - named),
    }
    whole = {name: first * part for name, part in of_first.items()} | {
        "subsequent": subsequent,
        "resettled": share["resettled"],
        "following_family_member": family,
    }
    by_class = np.array([whole[name] for name in COUNTED_CLASSES])
    return np.asarray(by_class / by_class.sum())


@lru_cache(maxsize=8)
def shares(observations: Observations, known_on: date) -> Shares:
    """Derive the shares from the most recent figures known on a day; the rest is assumed, with a reason."""
    known = observations.known_on(known_on)
    assumed = assumptions().shares
    return Shares(
        resettled=_resettled(known),
        subsequent=_subsequent(known),
        following_family_member=_following_family_member(known),
        track_1=assumed.track_1,
        track_2=assumed.track_2,
        syr_yem=_syria_and_yemen(known),
        dza_mda=_algeria_and_moldova(known),
    )


def _needed(rows: object, what: str) -> None:
    if not rows:
        raise DeliveryError(
            "Shares of the forecast",
            [Problem(what, "nothing was published yet on this knowledge date.", "Choose a later knowledge date.")],
        )


def _resettled(known: Observations) -> Quantity:
    with_resettlement = yearly_inflow(known, "mpp_inflow")
    without = yearly_inflow(known, "ind_asylum_inflow")
    both = sorted(set(with_resettlement) & set(without))[-_YEARS_WITH_RESETTLEMENT:]
    _needed(both, "resettlement")
    part = {year: 1 - without[year] / with_resettlement[year] for year in both}
    return Quantity(
        low=min(part.values()), mode=part[both[-1]], high=max(part.values()), unit="share of the count",
        assumption="The two yearly counts differ by resettlement; the last year with both, and the range of: "
        + ", ".join(f"{year} {share:.3f}" for year, share in part.items()) + ".",
    )  # fmt: skip


def _subsequent(known: Observations) -> Quantity:
    part = monthly_inflow(known, "ind_asylum_inflow", "subsequent", date.min, date.max)
    whole = _counts(monthly_inflow(known, "ind_asylum_inflow", "total", date.min, date.max))
    pairs = [(month, count, whole[month]) for month, count in _counts(part).items() if month in whole]
    _needed(pairs, "subsequent applications")
    last = pairs[-1][0]
    recent = [pair for pair in pairs if (last.year - pair[0].year) * 12 + last.month - pair[0].month < _RECENT_MONTHS]
    reason = f"IND, the {len(recent)} months with both counts of the twelve up to {last:%Y-%m}; range of the months."
    return _range([pair[1:] for pair in recent], "share of the count without resettlement", reason)


def _following_family_member(known: Observations) -> Quantity:
    family = _counts(quarterly_inflow(known, _CBS, "following_family_member"))
    first = _counts(quarterly_inflow(known, _CBS, "first"))
    quarters = sorted(set(family) & set(first))[-_RECENT_QUARTERS:]
    _needed(quarters, "following family members")
    pairs = [(family[quarter], family[quarter] + first[quarter]) for quarter in quarters]
    return _range(pairs, "share of first applications and family members", _quarters_reason(quarters))


def _syria_and_yemen(known: Observations) -> Quantity:
    first = _counts(quarterly_inflow(known, _CBS, "first"))
    syria = _counts(quarterly_inflow(known, _CBS, "first", nationality="SYR"))
    yemen = _counts(quarterly_inflow(known, _CBS, "first", nationality="YEM"))
    quarters = sorted(set(first) & set(syria) & set(yemen))[-_RECENT_QUARTERS:]
    if not quarters:
        return assumptions().shares.syr_yem_otherwise
    pairs = [(syria[quarter] + yemen[quarter], first[quarter]) for quarter in quarters]
    return _range(pairs, "share of first applications", _quarters_reason(quarters))


def _counts(rows: pl.DataFrame) -> dict[date, int]:
    return dict(zip(rows["period_start"].to_list(), rows["count"].to_list(), strict=True))


def _quarters_reason(quarters: Sequence[date]) -> str:
    return f"Statistics Netherlands, the {len(quarters)} quarters from {quarters[0]}; range of the quarters."


def _range(pairs: Sequence[tuple[int, int]], unit: str, reason: str) -> Quantity:
    """Share over all periods together, with the lowest and highest single period as its range."""
    parts = [part / whole for part, whole in pairs]
    mode = sum(part for part, _ in pairs) / sum(whole for _, whole in pairs)
    return Quantity(low=min(parts), mode=mode, high=max(parts), unit=unit, assumption=reason)


def _algeria_and_moldova(known: Observations) -> Quantity:
    """Algeria as published, or as assumed before it was; Moldova as assumed."""
    algeria, moldova = _algeria(known), assumptions().shares.moldova
    return Quantity(
        low=algeria.bounds[0] + moldova.bounds[0],
        mode=algeria.central + moldova.central,
        high=algeria.bounds[1] + moldova.bounds[1],
        unit="share of first applications",
        assumption=f"Algeria: {algeria.assumption} Moldova: {moldova.assumption}",
    )


def _algeria(known: Observations) -> Quantity:
    rows = known.inflow.filter((pl.col("definition") == "eurostat_applicants") & (pl.col("nationality") == "DZA"))
    first = yearly_inflow(known, "ind_asylum_inflow", "first")
    counted = {start.year: count for start, count in _counts(rows).items() if start.year in first}
    if not counted:
        return assumptions().shares.algeria_otherwise
    year = max(counted)
    reason = (
        f"{counted[year]:,} persons in {year} (Eurostat) on {first[year]:,} first applications (IND): two counts, near "
        "enough for a share of a few per cent."
    )
    return Quantity(value=counted[year] / first[year], unit="share of first applications", assumption=reason)
