# SPDX-License-Identifier: EUPL-1.2
"""Questions that other rooms ask the observations, each answered from the best known rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from keten.domain.errors import DeliveryError, Problem
from keten.domain.figures import Figure, Provenance
from keten.observations.definitions import definitions
from keten.observations.known import Observations, best_known
from keten.observations.stream import DELIVERED
from keten.observations.tables import TABLES

_FACT = TABLES["inflow"].key


@dataclass(frozen=True)
class StockFigure:
    """Cases that waited at the end of a day, with the origin of the figure."""

    group: str
    reference_date: date
    count: int
    provenance: Provenance


@dataclass(frozen=True)
class AgeBins:
    """The asylum stock by waiting time, in cases; the youngest bin is what remains of the total.

    `total` is the asylum stock (tracks 1, 2 and 4) nearest to `reference_date`; the two older bins are printed
    figures. `note` says what was taken from where.
    """

    reference_date: date
    under_6_months: int
    from_6_to_15_months: int
    over_15_months: int
    total: int
    note: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Scenario:
    """What an edition of the forecast says about one year, under one definition of inflow."""

    edition: str
    scenario: str
    year: int
    definition: str
    persons: int
    provenance: Provenance


def _known_definition(definition: str) -> None:
    if definition not in definitions():
        known = ", ".join(definitions())
        raise DeliveryError(
            "A question about inflow",
            [Problem("definition", f"{definition!r} is not a definition of inflow.", f"Choose from {known}.")],
        )


def _inflow_rows(
    observations: Observations, definition: str, application_type: str, period_type: str, nationality: str
) -> pl.DataFrame:
    _known_definition(definition)
    rows = observations.inflow.filter(
        (pl.col("definition") == definition)
        & (pl.col("application_type") == application_type)
        & (pl.col("period_type") == period_type)
        & (pl.col("nationality") == nationality)
    )
    return best_known(rows, _FACT)


def monthly_inflow(
    observations: Observations,
    definition: str,
    application_type: str,
    start: date,
    end: date,
    *,
    nationality: str = "ALL",
) -> pl.DataFrame:
    """Give the inflow of the whole months between two days, one row per month, best known vintage.

    Months that nobody published are absent: a gap stays a gap.

    Returns
    -------
    pl.DataFrame
        The columns of table `inflow` with provenance, sorted by month.
    """
    rows = _inflow_rows(observations, definition, application_type, "month", nationality)
    return rows.filter((pl.col("period_start") >= start) & (pl.col("period_end") <= end))


def yearly_inflow(observations: Observations, definition: str, application_type: str = "total") -> dict[int, int]:
    """Give the inflow of every calendar year that was published under a definition, best known vintage."""
    rows = _inflow_rows(observations, definition, application_type, "year", "ALL")
    return {row["period_start"].year: row["count"] for row in rows.iter_rows(named=True)}


def quarterly_inflow(
    observations: Observations, definition: str, application_type: str, *, nationality: str = "ALL"
) -> pl.DataFrame:
    """Give the inflow of every published quarter under a definition, best known vintage."""
    return _inflow_rows(observations, definition, application_type, "quarter", nationality)


def stock_on(observations: Observations, day: date, group: str) -> StockFigure:
    """Give the stock of a group at the end of a day.

    Raises
    ------
    DeliveryError
        When nobody counted the group on that day; the message names the days on which it was counted.
    """
    rows = observations.stock.filter(pl.col("group") == group)
    found = best_known(rows.filter(pl.col("reference_date") == day), ["reference_date", "group"])
    if found.is_empty():
        days = ", ".join(str(known) for known in rows["reference_date"].unique().sort()) or "no day"
        raise DeliveryError(
            "A question about the stock",
            [Problem(f"{group} on {day}", f"nobody counted this (known: {days}).", "Ask for one of those days.")],
        )
    row = found.row(0, named=True)
    return StockFigure(group, day, row["count"], _provenance(row, row["counted"] or ""))


_COUNTED_ELSEWHERE = {
    "permit_holders": ("reception", "permit_holders", "persons"),
    "detention": ("detention", "occupancy", "value"),
}
"""Groups that another table than that of stocks counts: table, measure and column."""


def newest_count(observations: Observations, day: date, group: str, *, within_days: int = 0) -> StockFigure | None:
    """Give the newest count of a group up to a day; None when nobody counted it.

    A count that a partner delivered holds however old it is; one that was only published within some days.
    """
    table, measure, column = _COUNTED_ELSEWHERE.get(group, ("stock", "", "count"))
    rows = observations.table(table)
    named = pl.col("measure") == measure if measure else pl.col("group") == group
    on = "reference_date" if "reference_date" in rows.columns else "period_end"
    young = pl.col(on) >= day - timedelta(days=within_days)
    mine = rows.filter(named & (pl.col(on) <= day) & (pl.col("source_type").is_in(DELIVERED) | young))
    if mine.is_empty():
        return None
    row = best_known(mine, [on]).row(-1, named=True)
    return StockFigure(group, row[on], round(row[column]), _provenance(row, str(row.get("counted") or "")))


def monthly_counts(observations: Observations, table: str, where: Mapping[str, Sequence[str]]) -> dict[date, int]:
    """Add up the rows of a table that count one thing, for every month of which there is one.

    Returns
    -------
    dict
        First day of the month -> the count.
    """
    column = next(column.name for column in TABLES[table].figures if column.type is int)
    chosen = pl.all_horizontal(pl.col(name).is_in(list(values)) for name, values in where.items())
    is_month = (pl.col("period_start").dt.month_start() == pl.col("period_start")) & (
        pl.col("period_end") == pl.col("period_start").dt.month_end()
    )
    rows = best_known(
        observations.table(table).filter(chosen & is_month & pl.col(column).is_not_null()), TABLES[table].key
    )
    return {
        row["period_start"]: row[column] for row in rows.group_by("period_start").agg(pl.col(column).sum()).to_dicts()
    }


def has_deliveries(observations: Observations) -> bool:
    """Tell whether partners delivered stocks: then months go on, also where the count of one group stays away."""
    return not observations.stock.filter(pl.col("source_type").is_in(DELIVERED)).is_empty()


def _provenance(row: dict[str, object], definition: str) -> Provenance:
    published = row["published"]
    return Provenance(
        source=str(row["source_url"]),
        published=published if isinstance(published, date) else None,
        definition=definition,
        note=str(row["note"] or ""),
    )


def _nearest(observations: Observations, group: str, day: date) -> dict[str, object]:
    rows = best_known(observations.stock.filter(pl.col("group") == group), ["reference_date", "group"])
    if rows.is_empty():
        raise DeliveryError(
            "A question about the ages of the stock",
            [Problem(group, "nobody counted this group yet.", "Choose a later knowledge date.")],
        )
    return min(
        rows.iter_rows(named=True), key=lambda row: (abs((row["reference_date"] - day).days), row["reference_date"])
    )


def age_bins(observations: Observations, day: date) -> AgeBins:
    """Split the asylum stock by waiting time, from the counts nearest to a day.

    The press report of spring 2023 gives about 14,000 waiting 6 to 15 months and about 3,000 longer, of about 54,000
    asylum and family applications. Read as asylum cases: the statutory period of 15 months exists for asylum only.
    The total is tracks 1, 2 and 4 on their nearest count, so that family reunification is left out.
    """
    older = _nearest(observations, "asylum_over_15_months", day)
    middle = _nearest(observations, "asylum_6_to_15_months", day)
    tracks = [_nearest(observations, group, day) for group in ("track_1", "track_2", "track_4")]
    total = sum(int(str(row["count"])) for row in tracks)
    over, between = int(str(older["count"])), int(str(middle["count"]))
    return AgeBins(
        reference_date=day,
        under_6_months=max(0, total - over - between),
        from_6_to_15_months=between,
        over_15_months=over,
        total=total,
        note=(
            f"Older bins counted around {older['reference_date']}; total of tracks 1, 2 and 4 counted on "
            f"{', '.join(sorted({str(row['reference_date']) for row in tracks}))}; the youngest bin is the remainder. "
            "The report does not say whether family applications are in the older bins; they are read as asylum."
        ),
        sources=tuple(dict.fromkeys(str(row["source_url"]) for row in (older, middle, *tracks))),
    )


def mpp_scenarios(observations: Observations, edition: str) -> tuple[Scenario, ...]:
    """Give the scenarios of an edition of the multi-year production forecast, by year, best known source.

    Raises
    ------
    DeliveryError
        When the edition holds no inflow, or is not known yet.
    """
    rows = observations.forecasts.filter(pl.col("measure") == "inflow")
    found = best_known(rows.filter(pl.col("edition") == edition), TABLES["forecasts"].key)
    if found.is_empty():
        known = ", ".join(rows["edition"].unique().sort())
        raise DeliveryError(
            "A question about the forecast",
            [Problem(edition, "no inflow of this edition is known.", f"Choose from {known}.")],
        )
    return tuple(
        Scenario(
            edition=edition,
            scenario=row["scenario"],
            year=row["period_start"].year,
            definition=row["definition"],
            persons=round(row["value"]),
            provenance=_provenance(row, row["definition"]),
        )
        for row in found.iter_rows(named=True)
    )


def stock_figure(stock: StockFigure) -> Figure:
    """Give a stock as a figure with name, unit, day and origin."""
    return Figure(f"stock.{stock.group}", float(stock.count), "cases", stock.reference_date, stock.provenance)
