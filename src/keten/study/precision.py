# SPDX-License-Identifier: EUPL-1.2
"""How many replications are enough: until the mean of one measure at the horizon is known precisely."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf
from typing import Any

import polars as pl

from keten.domain.errors import Problem, ScenarioError
from keten.study.interval import Interval, interval_of_mean
from keten.study.variants import known_name

BATCH = 20
"""Replications that are added at least; a smaller batch would stop on luck."""


@dataclass(frozen=True)
class Precision:
    """Half the 95% interval of the mean of a measure at the horizon must be at most `share` of that mean.

    Raises
    ------
    ScenarioError
        When the share is not between 0 and 1, or the maximum is not at least one batch.
    """

    measure: str
    share: float
    maximum: int = 2000

    def __post_init__(self) -> None:
        problems = []
        if not 0 < self.share < 1:
            problems.append(
                Problem("--precision", f"{self.share} is not between 0 and 1.", "Give a share, for instance 0.01.")
            )
        if self.maximum < BATCH:
            problems.append(
                Problem("--maximum", f"{self.maximum} is too few.", f"Allow at least {BATCH} replications.")
            )
        if problems:
            raise ScenarioError("The precision", problems)

    def next_number(self, values: pl.DataFrame, done: int) -> int:
        """Say how many replications there must be in all, after `done` of them; `done` when they are enough.

        The half-width shrinks with the square root of the number. As many are added as that asks for, at most as many
        again as there are, so that an unlucky start does not order far too many.
        """
        reached = precision_of(values, self)
        if done >= self.maximum or half_share(reached) <= self.share:
            return done
        ratio = half_share(reached) / self.share
        asked = done + max(BATCH, min(ceil(done * (ratio**2 - 1)), done)) if ratio < inf else done + BATCH
        return min(asked, self.maximum)

    def as_document(self, reached: Interval) -> dict[str, Any]:
        """Write out for the receipt what was asked and what was reached."""
        return {
            "of": self.measure,
            "asked": self.share,
            "reached": half_share(reached),
            "is_reached": half_share(reached) <= self.share,
            "mean": reached.mean,
            "half_width": reached.half_width,
            "maximum": self.maximum,
        }


def half_share(reached: Interval) -> float:
    """Give half the interval as a share of the mean; a mean of zero without any spread is known exactly."""
    if reached.half_width == 0:
        return 0.0
    return reached.half_width / abs(reached.mean) if reached.mean else inf


def precision_of(values: pl.DataFrame, precision: Precision) -> Interval:
    """Work out the interval of the measure at the last month end it is known.

    Raises
    ------
    ScenarioError
        When there is no such measure.
    """
    names = values["measure"].unique().sort().to_list()
    problems = known_name("--of", precision.measure, names, "measure")
    if problems:
        raise ScenarioError("The precision", problems)
    rows = values.filter(pl.col("measure") == precision.measure)
    last = rows.filter(pl.col("period_end") == rows["period_end"].max()).sort("replication")
    return interval_of_mean(last["value"].to_list())
