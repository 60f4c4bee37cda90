# SPDX-License-Identifier: EUPL-1.2
"""The model against what happened: from 1 January 2022 to 30 June 2023, beside the figures that were published.

The inflow of those months is given as it was, so that errors are those of the flow and not of a forecast of inflow. All
else is taken as it could be known at the start, or as it stands in the parameters of today; both are run, because the
second have seen part of the answer. No value is chosen to make an error smaller.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from statistics import fmean
from typing import Any, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from keten.domain.figures import quantile, summarise
from keten.domain.words import ApplicationType, Track
from keten.forecast import Shares, shares
from keten.observations import Observations, monthly_inflow, stock_on
from keten.observations.store import figures
from keten.parameters.chain import Chain, Resource
from keten.parameters.load import load_chain
from keten.parameters.opening_stock import OpeningGroup, load_opening_stock
from keten.parameters.values import Quantity, at
from keten.scenario.model import Scenario
from keten.study.calibrate import (
    DAYS_PER_MONTH,
    RESOURCE,
    WORKING_DAYS_PER_MONTH,
    Identity,
    first_applications_in,
    hours_per_case,
    months_between,
    returned_per_month,
)
from keten.study.inputs import Inputs, prepare
from keten.study.replicate import Progress, Replication
from keten.study.variants import Variant, measures_of, run_variants
from keten.study.work import Workers

START, END = date(2022, 1, 1), date(2023, 6, 30)
REFERENCE = START - timedelta(days=1)
PUBLISHED_BY = date(2023, 7, 13)
"""Figures are taken as they had been published by then; of most, no earlier vintage was kept."""

STAY_IN_TRACK_1, STAY_IN_TRACK_2 = 5, 1
"""Months from which cases of tracks 1 and 2 were still there at the start (assumption: a Dublin case waits two to three
months for the request and two for the reply; track 2 takes about four weeks)."""
SHARE_OVERDUE_AT_START = 0.07
"""Of the first applications on 1 December 2021 93% was within the period
(https://ind.nl/en/news/pressure-on-the-asylum-process-due-to-a-higher-influx)."""

_SOURCE = "https://ind.nl/nl/nieuws/asielinstroom-in-december-2022"
_ASYLUM = "asylum applications without first-instance decision"
"""Of the group `asylum` only this count is compared; Eurostat counts persons."""

Opening = Literal["asylum", "first_applications"]
Knowledge = Literal["then", "today"]


@dataclass(frozen=True)
class Setting:
    """One way to run the backtest: from which published stock, and with which knowledge."""

    opening: Opening
    knowledge: Knowledge

    @property
    def name(self) -> str:
        """The name of the column."""
        return f"{self.knowledge}/{self.opening}"


SETTINGS = tuple(
    Setting(opening, knowledge)
    for knowledge in ("then", "today")
    for opening in ("first_applications", "asylum")  # the order of the columns
)


def nearest_month_end(day: date) -> date:
    """Give the month end nearest to a day; the earlier one when both are as near."""
    before = day.replace(day=1) - timedelta(days=1)
    after = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return before if (day - before) <= (after - day) else after


@dataclass(frozen=True)
class Point:
    """A published figure inside the period, and the measure of the model that stands beside it."""

    on: date
    measure: str
    unit: str
    value: float
    source: str

    @property
    def month_end(self) -> date:
        """The month end nearest to its day: the model counts at month ends."""
        return nearest_month_end(self.on)


@dataclass(frozen=True)
class Compared:
    """A published figure beside the median of the replications, and 10% and 90% of them."""

    point: Point
    setting: Setting
    low: float
    middle: float
    high: float

    @property
    def relative_error(self) -> float:
        """Model less published, as a share of what was published."""
        return self.middle / self.point.value - 1


@dataclass(frozen=True)
class Backtest:
    """All comparisons, and the overdue share per track that nobody published."""

    compared: tuple[Compared, ...]
    overdue: tuple[tuple[Setting, str, date, float], ...]
    capacity_then: Quantity

    def of(self, setting: Setting) -> list[Compared]:
        """Give the comparisons of one setting, by day."""
        return [row for row in self.compared if row.setting == setting]

    def mean_absolute_error(self, setting: Setting) -> float:
        """Average the sizes of the relative errors of the stocks; a small stock weighs as much as a large one."""
        return fmean(abs(row.relative_error) for row in self._stocks(setting))

    def weighted_absolute_error(self, setting: Setting) -> float:
        """Divide the cases by which the stocks of one setting are wrong by the cases that were published."""
        stocks = self._stocks(setting)
        return sum(abs(row.middle - row.point.value) for row in stocks) / sum(row.point.value for row in stocks)

    def _stocks(self, setting: Setting) -> list[Compared]:
        return [row for row in self.of(setting) if row.point.measure.startswith("stock.")]


# What was published --------------------------------------------------------------------------------------------------


def published_points(observations: Observations) -> list[Point]:
    """List the published stocks and shares inside the period with which the model can be compared."""
    groups = {f"track_{track.value}": f"stock.track_{track.value}" for track in Track} | {"asylum": "stock.asylum"}
    stocks = observations.stock.filter(
        pl.col("group").is_in(list(groups))
        & pl.col("reference_date").is_between(START, END, closed="right")
        & ((pl.col("group") != "asylum") | (pl.col("counted") == _ASYLUM))
    )
    found = [
        Point(row["reference_date"], groups[row["group"]], "cases", row["count"], row["source_url"])
        for row in stocks.iter_rows(named=True)
    ]
    in_time = observations.throughput.filter(
        (pl.col("group") == "asylum") & (pl.col("measure") == "share_in_time") & (pl.col("period_end") >= START)
    )
    found += [
        Point(row["period_end"], "share_in_time.track_4", "share", row["value"], row["source_url"])
        for row in in_time.iter_rows(named=True)
    ]
    return sorted(found, key=lambda point: (point.measure, point.on))


# The start -----------------------------------------------------------------------------------------------------------


def _published() -> Observations:
    return figures().known_on(PUBLISHED_BY)


def shares_for(knowledge: Knowledge, observations: Observations) -> Shares:
    """Divide first applications over tracks and classes: as known today, or as could be known at the start.

    Before 2022 one share of track 1 could be worked out, that of 2019: the high end of the range of today. Of
    nationalities no quarter had been published.
    """
    today = shares(observations, PUBLISHED_BY)
    if knowledge == "today":
        return today
    high = today.track_1.bounds[1]
    then = shares(observations, PUBLISHED_BY)
    of_2019 = Quantity(
        value=high, unit=today.track_1.unit, assumption="Dublin decisions of 2019 on first applications."
    )
    return replace(then, track_1=of_2019)


def divided_stock(first_applications: float, share: Shares, observations: Observations) -> dict[str, int]:
    """Divide a stock of first applications over the tracks; nobody published the division before 2023."""
    track_1, track_2 = (
        part * sum(first_applications_in(observations, share, month) for month in _last_months(stay))
        for part, stay in ((share.track_1.central, STAY_IN_TRACK_1), (share.track_2.central, STAY_IN_TRACK_2))
    )
    counts = {"track_1": round(track_1), "track_2": round(track_2)}
    return {**counts, "track_4": round(first_applications) - sum(counts.values())}


def _last_months(count: int) -> list[date]:
    return months_between(date(2021, 1, 1), REFERENCE)[-count:]


def opening_first_applications(opening: Opening, observations: Observations, outflow_per_month: float) -> float:
    """Give the first applications without decision at the start, after one of two counts that do not fit each other.

    12,590 first applications on 1 December 2021, taken one month on with the inflow and the outflow; or the 20,400
    asylum applications of 1 January 2022, less the subsequent ones that the opening stock assumes.
    """
    if opening == "asylum":
        (subsequent,) = (group for group in load_opening_stock() if group.id == "subsequent")
        assert subsequent.count is not None
        return stock_on(observations, START, "asylum").count - subsequent.count.central
    share = shares(observations, PUBLISHED_BY)
    before = stock_on(observations, date(2021, 12, 1), "first_applications").count
    return before + first_applications_in(observations, share, date(2021, 12, 1)) - outflow_per_month


def opening_groups(stock: dict[str, int]) -> tuple[OpeningGroup, ...]:
    """Put the stock of the start in the place of the counts of 2023; the division within a track is that of 2023."""
    groups = []
    for group in load_opening_stock():
        if group.id == "track_4":
            groups += _track_4_by_age(group, stock["track_4"])
        elif group.id in stock:
            groups.append(_counted(group, group.id, stock[group.id]))
        elif group.id == "family_reunification":
            groups.append(_counted(group, group.id, 0))
        else:
            groups.append(group)
    return tuple(groups)


def _counted(group: OpeningGroup, name: str, count: int, **changed: Any) -> OpeningGroup:
    found = Quantity(value=count, unit="cases", assumption="The backtest says how it was worked out.")
    return group.model_copy(update={"id": name, "observed": None, "count": found, **changed})


def _track_4_by_age(group: OpeningGroup, count: int) -> list[OpeningGroup]:
    overdue = round(SHARE_OVERDUE_AT_START * count)
    young = Quantity(
        low=1,
        mode=75,
        high=183,
        unit="days",
        assumption="Within six months; most came in September to November 2021, the busiest months.",
    )
    old = Quantity(low=184, mode=200, high=456, unit="days", assumption="Past six months; how long was not published.")
    return [
        _counted(group, "track_4", count - overdue, waited=young),
        _counted(group, "track_4_overdue", overdue, waited=old),
    ]


# What could be known then --------------------------------------------------------------------------------------------


def outflow_then(chain: Chain, share: Shares, observations: Observations) -> Identity:
    """Work out what left track 4 from 1 March 2020, the last count of the track, until 1 December 2021."""
    start, end = date(2020, 3, 1), date(2021, 12, 1)
    first = sum(
        first_applications_in(observations, share, month) for month in months_between(start, date(2021, 11, 30))
    )
    closing = divided_stock(stock_on(observations, end, "first_applications").count, share, observations)["track_4"]
    into_track_4 = first * (1 - share.track_1.central - share.track_2.central)
    months = (end - start).days / DAYS_PER_MONTH
    everyone = Identity("first applications", start, end, 0, round(first), 0)
    inflow = round(into_track_4 + months * returned_per_month(chain, everyone, share))
    return Identity("track 4", start, end, stock_on(observations, start, "track_4").count, inflow, closing)


def capacity_then(chain: Chain, share: Shares, observations: Observations) -> Quantity:
    """Work the hours of the decision officers of track 4 out from the outflow that was known at the start."""
    outflow = outflow_then(chain, share, observations)
    hours = hours_per_case(chain, share, outflow.end)
    return Quantity(
        value=round(outflow.outflow_per_month * hours / WORKING_DAYS_PER_MONTH),
        unit="hours per working day",
        assumption=(
            f"Outflow of {outflow.outflow_per_month:,.0f} cases of track 4 a month between {outflow.start} and "
            f"{outflow.end}, at {hours:.1f} hours a case."
        ),
    )


def chain_then(chain: Chain, capacity: Quantity) -> Chain:
    """Let every resource keep the capacity it had at the start; what was decided later is not known yet."""

    def kept(resource: Resource) -> Resource:
        now = capacity if resource.id == RESOURCE else _before_2023(resource)
        return resource.model_copy(
            update={"capacity": (now.model_copy(update={"valid_from": date.min, "valid_until": date.max}),)}
        )

    return chain.model_copy(update={"resources": tuple(kept(resource) for resource in chain.resources)})


def _before_2023(resource: Resource) -> Quantity:
    """Take the value of the start; of track 1 that of 2019, because the one of the start rests on figures of 2023."""
    if resource.id == "decision_officers_track_1":
        return max(resource.capacity, key=lambda quantity: quantity.valid_from)
    return at(resource.capacity, START, name=resource.id)


# The inflow as it was ------------------------------------------------------------------------------------------------


PUBLISHED_CLASSES = (
    "first_track_1",
    "first_track_2",
    "first_track_4_syr_yem",
    "first_track_4_dza_mda",
    "first_track_4_other",
    "subsequent",
    "following_family_member",
)
"""Case classes whose inflow follows from what is published per month."""


def realised_arrivals(
    chain: Chain, share: Shares, observations: Observations, start: date = START, end_of_all: date = END
) -> NDArray[np.int32]:
    """Lay the published inflow out over days and case classes, evenly within each month, in whole cases.

    First applications are divided over the classes by the shares. Resettlement, lateral inflow, family reunification
    and supervision are left out (zero): their inflow is not published per month.

    Parameters
    ----------
    start, end_of_all
        First and last day of whole months; of every month the inflow must have been published.
    """
    names = [row.id for row in chain.case_classes]
    expected = np.zeros(((end_of_all - start).days + 1, len(names)))
    for month in months_between(start, end_of_all):
        end = (month + timedelta(days=31)).replace(day=1)
        days = slice((month - start).days, (end - start).days)
        length = (end - month).days
        for name, count in _of_month(month, end - timedelta(days=1), share, observations).items():
            expected[days, names.index(name)] = count / length
    running = np.floor(np.cumsum(expected, axis=0) + 0.5)
    return np.diff(running, axis=0, prepend=0).astype(np.int32)


def _of_month(month: date, end: date, share: Shares, observations: Observations) -> dict[str, float]:
    first = first_applications_in(observations, share, month)
    total = _counted_in(observations, "total", month, end) or first
    again = _counted_in(observations, "subsequent", month, end)
    subsequent = total * share.subsequent.central if again is None else again
    outside_track_1 = first * (1 - share.track_1.central)
    named = {
        "first_track_1": first * share.track_1.central,
        "first_track_2": first * share.track_2.central,
        "first_track_4_syr_yem": outside_track_1 * share.syr_yem.central,
        "first_track_4_dza_mda": outside_track_1 * share.dza_mda.central,
    }
    return {
        **named,
        "first_track_4_other": first - sum(named.values()),
        "subsequent": subsequent,
        "following_family_member": max(0.0, total - first - subsequent),
    }


def _counted_in(observations: Observations, application_type: str, month: date, end: date) -> float | None:
    found = monthly_inflow(observations, "ind_asylum_inflow", application_type, month, end)
    return float(found["count"].sum()) if found.height else None


# The runs ------------------------------------------------------------------------------------------------------------


def inputs_of(setting: Setting) -> Inputs:
    """Put the inputs of one setting together."""
    chain, observations = load_chain(), _published()
    share = shares_for(setting.knowledge, observations)
    capacity = capacity_then(chain, shares_for("then", observations), observations)
    if setting.knowledge == "then":
        chain = chain_then(chain, capacity)
    outflow = outflow_then(chain, share, observations).outflow_per_month
    stock = divided_stock(opening_first_applications(setting.opening, observations, outflow), share, observations)
    arrivals = realised_arrivals(chain, share, observations)
    inputs = prepare(
        _scenario(setting, int(arrivals.sum())),
        chain=chain,
        observations=observations,
        opening_groups=opening_groups(stock),
    )
    return replace(inputs, shares=share, known_arrivals=arrivals)


def _scenario(setting: Setting, arrivals: int) -> Scenario:
    account = {"owner": "Keten", "reason": "The backtest of the model.", "source": _SOURCE}
    law = START if setting.knowledge == "then" else END
    total = {"value": arrivals, **account}  # the realised arrivals take the place of the forecast
    content = {
        "name": "backtest",
        "title": {"nl": "Terugtoets", "en": "Backtest"},
        "reference_date": REFERENCE,
        "horizon": END,
        "law": {
            "known_on": {"value": law, **account},
            "figures_known_on": {"value": PUBLISHED_BY, **account},
            "reading": {"value": "authority", **account},
        },
        "inflow": {
            "definition": "mpp_inflow",
            "forecast": {"value": "most_likely", **account},
            "years": {year: total for year in range(REFERENCE.year, END.year + 1)},
        },
    }
    return Scenario.model_validate(content)


def look(inputs: Inputs, replication: Replication) -> pl.DataFrame:
    """Give the measures, the stock of all asylum applications together, and the overdue share per track."""
    own = pl.concat(_own_measures(inputs.chain, replication.outcome.ledger))
    return pl.concat([measures_of(inputs, replication), own], how="vertical_relaxed")


def _own_measures(chain: Chain, ledger: pl.DataFrame) -> Iterator[pl.DataFrame]:
    undecided = pl.col("stage").is_in([stage.id for stage in chain.stages if stage.undecided])
    tracks = {f"track_{track.value}": [row.id for row in chain.case_classes if row.track is track] for track in Track}
    asylum = [
        row.id
        for row in chain.case_classes
        if row.application_type is not None and row.application_type is not ApplicationType.FAMILY_REUNIFICATION
    ]

    def summed(classes: Sequence[str], name: str, unit: str, value: pl.Expr) -> pl.DataFrame:
        chosen = ledger.filter(undecided & pl.col("case_class").is_in(classes))
        totals = chosen.group_by("replication", "period_end").agg(value=value.cast(pl.Float64))
        return totals.select(
            pl.lit(name).alias("measure"), pl.lit(unit).alias("unit"), "replication", "period_end", "value"
        ).sort("period_end")

    closing, overdue = pl.col("closing").sum(), pl.col("overdue").sum()
    yield summed(asylum, "stock.asylum", "cases", closing)
    for name, classes in tracks.items():
        if classes:
            yield summed(classes, f"overdue_share.{name}", "share", overdue / closing)


def backtest(
    *,
    replications: int,
    seed: int = 7,
    workers: Workers | None = None,
    progress: Progress = lambda _done: None,
) -> Backtest:
    """Run every setting and put the published figures beside it."""
    variants = [Variant(setting.name, inputs_of(setting)) for setting in SETTINGS]
    values = run_variants(variants, replications=replications, seed=seed, workers=workers, progress=progress, look=look)
    observations = _published()
    points = published_points(observations)
    compared: list[Compared] = []
    overdue: list[tuple[Setting, str, date, float]] = []
    for setting in SETTINGS:
        rows = values.filter(pl.col("variant") == setting.name)
        compared += [_compared(point, setting, rows) for point in points]
        overdue += _overdue(setting, rows)
    chain = load_chain()
    capacity = capacity_then(chain, shares_for("then", observations), observations)
    return Backtest(tuple(compared), tuple(overdue), capacity)


def _compared(point: Point, setting: Setting, rows: pl.DataFrame) -> Compared:
    found = _at(rows, point.measure, point.month_end)
    spread = summarise(found)
    return Compared(point, setting, spread.p10, spread.p50, spread.p90)


def _at(rows: pl.DataFrame, measure: str, end: date) -> list[float]:
    chosen = rows.filter((pl.col("measure") == measure) & (pl.col("period_end") == end))
    return [float(value) for value in chosen["value"].to_list() if value is not None]


def _overdue(setting: Setting, rows: pl.DataFrame) -> Iterator[tuple[Setting, str, date, float]]:
    for measure in sorted(name for name in rows["measure"].unique() if name.startswith("overdue_share.")):
        for end in (REFERENCE, date(2022, 6, 30), date(2022, 12, 31), END):
            if found := _at(rows, measure, end):
                yield setting, measure, end, quantile(found, 50)


# As rows of a table --------------------------------------------------------------------------------------------------


def error_rows(found: Backtest) -> list[list[str]]:
    """Write a row per published figure, then the errors of all stocks together; a column per setting."""
    by_setting = [found.of(setting) for setting in SETTINGS]
    rows = [
        [str(same[0].point.on), same[0].point.measure, _figure(same[0].point.value), *map(_with_error, same)]
        for same in zip(*by_setting, strict=True)
    ]
    mean = [f"{found.mean_absolute_error(setting):.0%}" for setting in SETTINGS]
    weighted = [f"{found.weighted_absolute_error(setting):.0%}" for setting in SETTINGS]
    return [
        *rows,
        ["", "mean absolute error of the stocks", "", *mean],
        ["", "the same, weighted by their size", "", *weighted],
    ]


def overdue_rows(found: Backtest) -> list[list[str]]:
    """Write a row per month end and track with the overdue share; a column per setting."""
    keys = dict.fromkeys((day, measure) for _, measure, day, _ in found.overdue)
    shares_by_key = {(setting, measure, day): share for setting, measure, day, share in found.overdue}
    return [
        [
            str(day),
            measure,
            *(
                "-" if (share := shares_by_key.get((setting, measure, day))) is None else f"{share:.0%}"
                for setting in SETTINGS
            ),
        ]
        for day, measure in sorted(keys)
    ]


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value > 1 else f"{value:.2f}"


def _with_error(row: Compared) -> str:
    return f"{_figure(row.middle)} ({row.relative_error:+.0%})"
