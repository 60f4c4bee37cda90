# SPDX-License-Identifier: EUPL-1.2
"""Locations: where the hours of a resource are worked. They add up to the nation; what is left is shown as the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keten.domain.errors import Problem

Hours = NDArray[np.float64]
REST = "rest"
"""Name of what is not at a named location."""
_DIVIDED = ("hours_available", "hours_used", "hours_lost", "hours_asked")


@dataclass(frozen=True)
class AtLocation:
    """Hours of a resource that are worked at a location on every working day of a period (the last day excluded)."""

    name: str
    resource: str
    hours_per_day: float
    start: date
    end: date = date.max

    def holds(self, days: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say on which ordinal days the hours are worked."""
        return (days >= self.start.toordinal()) & (days < self.end.toordinal())


def promised_beyond(
    locations: Sequence[AtLocation], *, resources: Sequence[str], dates: Sequence[date], capacity: Hours
) -> Iterator[Problem]:
    """Find the resources of which locations together hold more hours than there are; one problem per resource."""
    numbers = np.array([day.toordinal() for day in dates])
    for name in dict.fromkeys(row.resource for row in locations):
        here = [row for row in locations if row.resource == name]
        there = capacity[resources.index(name)]
        asked = sum((row.hours_per_day * row.holds(numbers) for row in here), np.zeros(len(dates)))
        short = np.flatnonzero((there > 0) & (asked > there + 1e-9))
        if len(short):
            day = int(short[0])
            yield Problem(
                f"locations of {name}",
                f"{' and '.join(row.name for row in here)} together hold {asked[day]:,.0f} hours a day on "
                f"{dates[day]}, and the nation has {there[day]:,.0f}.",
                "Make a location smaller, or raise the national capacity.",
            )


def per_location(
    resources: pl.DataFrame,
    locations: Sequence[AtLocation],
    *,
    names: Sequence[str],
    dates: Sequence[date],
    capacity: Hours,
) -> pl.DataFrame:
    """Divide the national rows of resources that have locations over these, in proportion to the hours there are.

    Parameters
    ----------
    resources
        National rows (see `keten.domain.ledger.RESOURCES`).
    names, capacity
        The resources, and their hours per resource and day.

    Returns
    -------
    polars.DataFrame
        The same table; the rows of a resource with locations are replaced by one row per location and one for the
        rest, which add up to the nation.
    """
    if not locations:
        return resources
    shares = pl.concat(
        [_shares(name, locations, dates, capacity[names.index(name)]) for name in {row.resource for row in locations}]
    )
    divided = [pl.col(name) * pl.col("share") for name in _DIVIDED if name in resources.columns]
    parts = (
        resources.drop("location")
        .join(shares, on=["resource", "period_end"], how="inner")
        .with_columns(divided)
        .select(resources.columns)
    )
    whole = resources.filter(~pl.col("resource").is_in(sorted({row.resource for row in locations})))
    return pl.concat([whole, parts]).sort("replication", "period_end", "resource", "location")


def _shares(name: str, locations: Sequence[AtLocation], dates: Sequence[date], hours: Hours) -> pl.DataFrame:
    """Share of each location in the hours of a resource, per month."""
    numbers = np.array([day.toordinal() for day in dates])
    months = np.array([day.year * 12 + day.month for day in dates])
    ends = np.append(np.flatnonzero(np.diff(months)), len(dates) - 1)
    month = months - months[0]
    national = np.bincount(month, hours)
    found = {
        row.name: np.bincount(month, row.hours_per_day * (row.holds(numbers) & (hours > 0)))
        for row in locations
        if row.resource == name
    }
    here = sum(found.values(), np.zeros(len(national)))
    # A sampled capacity may be less than the locations were promised: then each gets its part of what there is.
    fits = np.minimum(1.0, np.divide(national, here, out=np.ones(len(national)), where=here > 0))
    parts = {location: part * fits for location, part in found.items()} | {REST: national - here * fits}
    return pl.concat(
        [
            pl.DataFrame(
                {
                    "resource": [name] * len(ends),
                    "period_end": [dates[end] for end in ends],
                    "location": [location] * len(ends),
                    "share": np.divide(part, national, out=np.zeros(len(national)), where=national > 0),
                }
            )
            for location, part in parts.items()
        ]
    )
