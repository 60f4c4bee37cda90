# SPDX-License-Identifier: EUPL-1.2
"""And then? What comes of a goal after its month: the outcome at the horizon, the worst month, and the load.

A goal is met on one day. Where a resource is asked for more than there is, the queue grows on, and what was reached in
that month is lost again. So an answer to "what does it take" always says how it goes on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import polars as pl

from keten.domain.figures import Range, summarise
from keten.domain.language import Words
from keten.study.inputs import Inputs
from keten.study.replicate import Replication
from keten.study.sustain import WINDOW, Load, load_ranges, loads_of
from keten.study.variants import measures_of, tables_of

Statistic = Literal["p10", "p50", "p90", "mean"]

_LOAD = "load_at_the_end."
"""How a load at the end of a study is named among the measures of a replication."""


class Aim(Protocol):
    """What is asked of a measure in a month."""

    @property
    def measure(self) -> str:
        """The measure."""
        ...

    @property
    def at_most(self) -> bool:
        """True when less is better."""
        ...

    @property
    def month(self) -> str:
        """The month, as `2024-12`."""
        ...

    def is_met(self, reached: float) -> bool:
        """Say whether an outcome is good enough."""
        ...


@dataclass(frozen=True)
class InMonth:
    """What a measure comes to in a month (`2024-12`)."""

    month: str
    outcome: Range


@dataclass(frozen=True)
class Afterwards:
    """How it goes on after the month of a goal.

    Parameters
    ----------
    after
        The month of the goal.
    at_horizon
        The measure in the last month of the study; None when that is the month of the goal.
    worst
        The month after that of the goal in which the measure is furthest from it.
    missed_from
        The first month after in which the goal is not met any more; None when it stays met, or was not met.
    months
        Over how many months, the last of the study, the loads are taken.
    loads
        Hours asked over hours available of every resource that there is something of.
    """

    after: str
    at_horizon: InMonth | None
    worst: InMonth | None
    missed_from: str | None
    months: int
    loads: tuple[Load, ...]

    @property
    def above_one(self) -> tuple[Load, ...]:
        """The loads that cannot be sustained, surely or in most outcomes; the highest first."""
        return tuple(sorted((row for row in self.loads if row.sentence), key=lambda row: -row.load.p50))

    @property
    def is_sustained(self) -> bool:
        """True when no resource is asked for more than there is in most outcomes."""
        return not self.above_one

    def as_document(self) -> dict[str, Any]:
        """Write out, as JSON keeps it."""
        said = self.words
        return {
            "after": self.after,
            "at_horizon": _in_month(self.at_horizon),
            "worst": _in_month(self.worst),
            "missed_from": self.missed_from,
            "months_of_load": self.months,
            "sustained": self.is_sustained,
            "loads": {
                row.resource: {
                    "nl": row.nl,
                    "en": row.en,
                    **_range(row.load),
                    "stays_above_one": row.stays_above_one,
                    "says": row.sentence,
                }
                for row in self.loads
            },
            "says": {"nl": said.nl, "en": said.en},
        }

    @property
    def words(self) -> Words:
        """Say how it goes on, and whether the load can be sustained."""
        parts = [self._course, self._load]
        return Words(nl=" ".join(part.nl for part in parts), en=" ".join(part.en for part in parts))

    @property
    def _course(self) -> Words:
        if self.at_horizon is None or self.worst is None:
            return Words(
                nl=f"De studie eindigt met {self.after}; hoe het daarna gaat, is alleen aan de belasting te zien.",
                en=f"The study ends with {self.after}; how it goes on shows in the load only.",
            )
        end, worst = self.at_horizon, self.worst
        nl = f"Daarna: {_dutch(end.outcome)} in {end.month}; de slechtste maand is {worst.month}"
        en = f"Afterwards: {_figures(end.outcome)} in {end.month}; the worst month is {worst.month}"
        if worst.month != end.month:
            nl, en = f"{nl}, met {_dutch(worst.outcome)}", f"{en}, with {_figures(worst.outcome)}"
        if self.missed_from is not None:
            nl = f"{nl}. Vanaf {self.missed_from} wordt het doel niet meer gehaald"
            en = f"{en}. From {self.missed_from} on the target is not met any more"
        return Words(nl=f"{nl}.", en=f"{en}.")

    @property
    def _load(self) -> Words:
        if self.is_sustained:
            return Words(
                nl=f"Dit is vol te houden: in de laatste {self.months} maanden wordt nergens meer gevraagd dan er is.",
                en=f"This can be sustained: in the last {self.months} months nothing is asked for more than there is.",
            )
        said = [row.sentence for row in self.above_one if row.sentence]
        return Words(
            nl=f"Niet vol te houden (laatste {self.months} maanden): {' '.join(row['nl'] for row in said)}",
            en=f"This cannot be sustained (last {self.months} months): {' '.join(row['en'] for row in said)}",
        )


def measures_and_loads(inputs: Inputs, replication: Replication) -> pl.DataFrame:
    """Compute the measures of a replication, and the loads at the end; a look for `run_variants`."""
    values = measures_of(inputs, replication)
    loads = loads_of(tables_of(replication), inputs).select(
        measure=pl.lit(_LOAD) + pl.col("resource"),
        unit=pl.lit("ratio"),
        replication=pl.col("replication"),
        period_end=pl.lit(inputs.span.horizon),
        value=pl.col("load"),
    )
    return pl.concat([values, loads.cast(values.schema)])


def outcome_in(values: pl.DataFrame, measure: str, month: str) -> Range | None:
    """Summarise a measure in a month; None when it is not known then."""
    rows = values.filter((pl.col("measure") == measure) & (pl.col("period_end").dt.strftime("%Y-%m") == month))
    return summarise(rows["value"].to_list()) if rows.height else None


def afterwards(values: pl.DataFrame, inputs: Inputs, aim: Aim, statistic: Statistic) -> Afterwards:
    """See how it goes on after the month of a goal, in what `measures_and_loads` gave of every replication."""
    rows = values.filter(pl.col("measure") == aim.measure).with_columns(month=pl.col("period_end").dt.strftime("%Y-%m"))
    months = rows.filter(pl.col("month") >= aim.month)["month"].unique().sort().to_list()
    course = [InMonth(month, summarise(rows.filter(pl.col("month") == month)["value"].to_list())) for month in months]
    later = [row for row in course if row.month > aim.month]

    def reached(row: InMonth) -> float:
        return float(getattr(row.outcome, statistic))

    was_met = any(aim.is_met(reached(row)) for row in course if row.month == aim.month)
    missed = [row.month for row in later if was_met and not aim.is_met(reached(row))]
    worst = max if aim.at_most else min
    loads = values.filter(pl.col("measure").str.starts_with(_LOAD)).select(
        resource=pl.col("measure").str.strip_prefix(_LOAD), load=pl.col("value")
    )
    return Afterwards(
        after=aim.month,
        at_horizon=later[-1] if later else None,
        worst=worst(later, key=reached) if later else None,
        missed_from=missed[0] if missed else None,
        months=min(WINDOW, len(inputs.calendar.month_end)),
        loads=load_ranges(inputs, loads),
    )


def _range(values: Range) -> dict[str, float]:
    return {name: getattr(values, name) for name in ("p10", "p50", "p90", "mean")}


def _in_month(row: InMonth | None) -> dict[str, Any] | None:
    return None if row is None else {"month": row.month, **_range(row.outcome)}


def _figures(outcome: Range) -> str:
    return f"{outcome.p50:,.0f} (10% to 90%: {outcome.p10:,.0f} to {outcome.p90:,.0f})"


def _dutch(outcome: Range) -> str:
    said = f"{outcome.p50:,.0f} (10% tot 90%: {outcome.p10:,.0f} tot {outcome.p90:,.0f})"
    return said.replace(",", ".")
