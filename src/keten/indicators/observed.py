# SPDX-License-Identifier: EUPL-1.2
"""What indicators and measures were in reality, as far as it was published.

Published counts become rows of the same tables as a simulation, and the same formulas compute from them. A share or an
average that was printed as such cannot be recomputed: it is carried as it was printed, and marked `reported`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from keten.domain.ledger import DEADLINES, LEDGER, RECEPTION
from keten.domain.tables import Table
from keten.domain.words import Track
from keten.indicators import selections
from keten.indicators.measures import measures
from keten.indicators.registry import compute, find
from keten.indicators.sums import WEEKS_PER_MONTH
from keten.indicators.tables import Tables
from keten.observations.known import Observations, best_known
from keten.observations.tables import TABLES
from keten.parameters.chain import Chain

_POLARS = {int: pl.Int64, float: pl.Float64, str: pl.String, date: pl.Date}
_WEEKS = {"weeks": 1.0, "months": WEEKS_PER_MONTH, "days": 1 / 7}


@dataclass(frozen=True)
class ObservedPoint:
    """One published value.

    Parameters
    ----------
    on
        The day counted, or the last day of the period counted.
    definition_nl, definition_en
        What exactly was counted, where that differs from the definition of the indicator; else empty.
    published
        First day on which it could be known.
    reported
        True when the value was printed as such; False when it was computed from published counts.
    """

    on: date
    value: float
    source_url: str
    definition_nl: str
    definition_en: str
    published: date
    reported: bool
    counted: str = ""
    """What the sender said was counted; where it changes, the series breaks."""


@dataclass(frozen=True)
class _Published:
    """Where the rows of one indicator or measure stand among the observations."""

    table: str
    chosen: pl.Expr
    definition: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class _Reported(_Published):
    """A value that is carried as printed, after a change of unit or of viewpoint."""

    carried: Callable[[float, str], float] = lambda value, _unit: value
    column: str = "value"


def _is(**values: str) -> pl.Expr:
    return pl.all_horizontal(pl.col(name) == value for name, value in values.items())


_A_MONTH = (pl.col("period_end").dt.month_start() == pl.col("period_start")) & (
    pl.col("period_end") == pl.col("period_end").dt.month_end()
)


def _handled(*groups: str) -> _Reported:
    """Cases handled in a month, of all nationalities together."""
    chosen = pl.col("group").is_in(groups) & (pl.col("nationality") == "ALL") & _A_MONTH
    return _Reported("decisions", chosen & pl.col("decisions").is_not_null(), column="decisions")


_ALL_ASYLUM = ("Alle asielaanvragen, niet alleen spoor 4.", "All asylum applications, not only track 4.")
_OCCUPANCY = _Published("reception", _is(measure="occupancy"))
_PERMIT_HOLDERS = _Published("reception", _is(measure="permit_holders"))

_COMPUTED: Mapping[str, _Published] = {
    "reception_occupancy": _OCCUPANCY,
    "permit_holders_waiting": _PERMIT_HOLDERS,
    "demonstrable_departure_share": _Published(
        "departures",
        _is(scope="DTV") & pl.col("kind").is_in(list(selections.DEPARTURES)),
        (
            "Vertrek uit de dossiers van DT&V, over een jaar of halfjaar.",
            "Departures from DT&V files, of a (half-)year.",
        ),
    ),
}

_PRODUCTION: Mapping[str, _Reported] = {
    "handled.track_4": _handled("handled.track_4", "track_4"),
    **{name: _handled(name) for name in ("decided.track_4", "handled.track_4.annual_plan", "handled.baa")},
}
"""Per definition of production the rows that count it; a delivered group has the name of its definition."""

_REPORTED: Mapping[str, _Reported] = {
    "production_track_4": _PRODUCTION["handled.track_4"],
    "share_decided_in_time": _Reported("throughput", _is(group="asylum", measure="share_in_time"), _ALL_ASYLUM),
    "lead_time_track_4": _Reported(
        "throughput",
        _is(group="asylum", measure="lead_time"),
        _ALL_ASYLUM,
        carried=lambda value, unit: value * _WEEKS[unit],
    ),
    "overdue_share": _Reported(
        "throughput",
        _is(group="first_applications", measure="share_of_stock_in_time"),
        (
            "Openstaande eerste aanvragen; gepubliceerd is het deel binnen de termijn.",
            "Open first applications; published is the share within the period.",
        ),
        carried=lambda value, _unit: 1 - value,
    ),
    "dublin_transfer_share": _Reported(
        "key_figures",
        _is(measure="share_of_dublin_requests_transferred"),
        ("Dublinclaims uit 2014 tot en met 2016.", "Dublin requests of 2014 up to and including 2016."),
    ),
}

_MEASURED: Mapping[str, _Published] = {
    **{f"stock.track_{track.value}": _Published("stock", _is(group=f"track_{track.value}")) for track in Track},
    "stock.family_reunification": _Published("stock", _is(group="family_reunification")),
    "reception.occupancy": _OCCUPANCY,
    "permit_holders_waiting": _PERMIT_HOLDERS,
    "notices": _Published(
        "penalties",
        _is(measure="notices_of_default") & _A_MONTH,
        ("Alle soorten aanvragen, ook regulier.", "All kinds of applications, regular ones included."),
    ),
}


def observed_series(identifier: str, observations: Observations, chain: Chain) -> tuple[ObservedPoint, ...]:
    """Give the published values of an indicator, oldest first; none when nothing was published.

    Raises
    ------
    UsageError
        When there is no indicator of that name.
    """
    chosen = find(identifier)
    if identifier in _REPORTED:
        return _as_printed(_REPORTED[identifier], observations)
    if identifier not in _COMPUTED:
        return ()
    return _with_sources(
        compute(chosen, observed_tables(observations, chain), chain), _COMPUTED[identifier], observations
    )


def observed_production(definition: str, observations: Observations) -> tuple[ObservedPoint, ...]:
    """Give what was counted per month under a definition of production, oldest first; none for another definition."""
    return _as_printed(_PRODUCTION[definition], observations) if definition in _PRODUCTION else ()


def observed_measures(observations: Observations, chain: Chain) -> dict[str, tuple[ObservedPoint, ...]]:
    """Give the published values of the measures of a study, oldest first; only measures that were published."""
    values = measures(observed_tables(observations, chain), chain)
    found = {
        name: _with_sources(values.filter(pl.col("measure") == name), published, observations)
        for name, published in _MEASURED.items()
    }
    return {name: points for name, points in found.items() if points}


def observed_measure(name: str, observations: Observations, chain: Chain) -> tuple[ObservedPoint, ...]:
    """Give the published values of one measure of a study, oldest first; none when nothing was published."""
    return observed_measures(observations, chain).get(name, ())


def observed_tables(observations: Observations, chain: Chain) -> Tables:
    """Put published counts in the tables that formulas read.

    A published stock is not split by stage and class: it stands in one stage and one class of those it is about. What
    was not published is an empty cell or no row, so that whatever needs it stays unknown.
    """
    return Tables(
        ledger=pl.concat([_stock_rows(observations, chain), _departure_rows(observations, chain)]),
        reception=_reception_rows(observations),
        deadlines=_notice_rows(observations),
    )


def _stock_rows(observations: Observations, chain: Chain) -> pl.DataFrame:
    classes = {f"track_{track.value}": selections.track_classes(chain, track) for track in Track}
    classes["family_reunification"] = selections.family_reunification_classes(chain)
    stages = selections.undecided_stages(chain)
    carrier = {group: names[0] for group, names in classes.items() if names and stages}
    rows = _best(observations, _Published("stock", pl.col("group").is_in(list(carrier))))
    return _rows_of(
        LEDGER,
        rows.rename({"reference_date": "period_end"}),
        stage=pl.lit(stages[0] if stages else None),
        case_class=pl.col("group").replace(carrier),
        opening=pl.col("count"),
        closing=pl.col("count"),
        inflow=pl.lit(0),
        outflow=pl.lit(0),
    )


def _departure_rows(observations: Observations, chain: Chain) -> pl.DataFrame:
    rows = _best(observations, _COMPUTED["demonstrable_departure_share"])
    return _rows_of(
        LEDGER,
        rows,
        stage=pl.col("kind").replace(selections.DEPARTURES),
        case_class=pl.lit(chain.case_classes[0].id),
        opening=pl.lit(0),
        inflow=pl.col("persons"),
        outflow=pl.lit(0),
        closing=pl.col("persons"),
    )


def _reception_rows(observations: Observations) -> pl.DataFrame:
    """Permit holders, and everyone else as AZC; an empty cell when only the permit holders are known."""
    holders = _best(observations, _PERMIT_HOLDERS).select("reference_date", holders="persons")
    everyone = _best(observations, _OCCUPANCY).select("reference_date", everyone="persons")
    both = everyone.join(holders, on="reference_date", how="full", coalesce=True).rename(
        {"reference_date": "period_end"}
    )
    others = pl.col("everyone") - pl.col("holders").fill_null(0)
    known_holders = both.filter(pl.col("holders").is_not_null())
    return pl.concat(
        [
            _rows_of(RECEPTION, both, group=pl.lit("AZC"), persons=others),
            _rows_of(RECEPTION, known_holders, group=pl.lit("PERMIT_HOLDERS"), persons=pl.col("holders")),
        ]
    )


def _notice_rows(observations: Observations) -> pl.DataFrame:
    return _rows_of(DEADLINES, _best(observations, _MEASURED["notices"]), track=pl.lit("all"), notices=pl.col("value"))


def _rows_of(table: Table, rows: pl.DataFrame, **filled: pl.Expr) -> pl.DataFrame:
    """Rows of a declared table; what is not filled is an empty cell."""
    cells = {"replication": pl.lit(0), "period_end": pl.col("period_end"), **filled}
    return rows.select(
        cells.get(column.name, pl.lit(None)).cast(_POLARS[column.type]).alias(column.name) for column in table.columns
    )


def _best(observations: Observations, published: _Published) -> pl.DataFrame:
    rows = observations.table(published.table).filter(published.chosen)
    return best_known(rows, TABLES[published.table].key)


def _day(published: _Published) -> str:
    return "reference_date" if "reference_date" in TABLES[published.table].column_names else "period_end"


def _as_printed(reported: _Reported, observations: Observations) -> tuple[ObservedPoint, ...]:
    return tuple(
        ObservedPoint(
            on=row["period_end"],
            value=reported.carried(float(row[reported.column]), row.get("unit", "")),
            source_url=row["source_url"],
            definition_nl=reported.definition[0],
            definition_en=reported.definition[1],
            published=row["published"],
            reported=True,
            counted=row.get("counted") or "",
        )
        for row in _best(observations, reported).sort("period_end").iter_rows(named=True)
    )


def _with_sources(values: pl.DataFrame, published: _Published, observations: Observations) -> tuple[ObservedPoint, ...]:
    """Join the addresses from which each computed value was computed; a value without one is not observed."""
    best = _best(observations, published)
    said = [pl.col("counted").drop_nulls().first()] if "counted" in best.columns else []
    sources = best.group_by(pl.col(_day(published)).alias("period_end")).agg(
        pl.col("source_url").unique().sort().str.join(" ; "), pl.col("published").max(), *said
    )
    known = values.filter(pl.col("value").is_not_null()).join(sources, on="period_end").sort("period_end")
    return tuple(
        ObservedPoint(
            on=row["period_end"],
            value=row["value"],
            source_url=row["source_url"],
            definition_nl=published.definition[0],
            definition_en=published.definition[1],
            published=row["published"],
            reported=False,
            counted=row.get("counted") or "",
        )
        for row in known.iter_rows(named=True)
    )
