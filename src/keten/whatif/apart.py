# SPDX-License-Identifier: EUPL-1.2
"""A chain that is simulated apart, to practise with: what partners would deliver of it, month by month.

One course of events is drawn by seed: its parameters within their ranges, its inflow around the forecast. Nobody who
practises knows it. Its figures come as in life: some late, some provisional first and corrected a month later.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from keten.observations import Observations
from keten.scenario.model import Scenario
from keten.scenario.read import as_scenario
from keten.study.inputs import moved, prepare
from keten.study.variants import Variant, run_variants

Values = Mapping[str, float]
"""Measure -> its value in a month."""
FILE = "oefening-{partner}-{table}-{month:%Y-%m}{turn}.csv"
"""How a file of the exercise is called: nobody takes it for a real one."""
USUAL_DAY, LATE_DAY = 10, 24
"""Day of the next month on which a partner delivers, and when it is late."""
LATE = 0.2
"""Share of the deliveries that are late."""
NOISE = 0.02
"""How far a provisional figure lies from the final one, as a share (standard deviation)."""
DETAINED = "detention.occupancy"
INFLOW = (0.85, 1.15)
"""Between which shares of the forecast the inflow of the course of events lies."""


@dataclass(frozen=True)
class HandedIn:
    """A file that a partner of the exercise hands in on a day; a month's file is corrected by that of the next."""

    partner: str
    table: str
    name: str
    content: bytes
    on: date


@dataclass(frozen=True)
class Course:
    """One course of events: what each measure was, month by month, and the seed that drew it."""

    seed: int
    months: Mapping[date, Values]

    def handed_in(self, end: date) -> tuple[HandedIn, ...]:
        """Give what partners hand in about a month, and the corrections of the month before, by day.

        Raises
        ------
        KeyError
            When the month lies outside the course of events.
        """
        found = [made for partner, table in OF_MONTH for made in self._files(partner, table, end)]
        edition = self.edition(end)
        found += [edition] if edition is not None else []
        return tuple(sorted(found, key=lambda made: (made.on, made.partner, made.table)))

    def edition(self, end: date) -> HandedIn | None:
        """Give the edition of the production forecast that the ministry hands in after a month; two in a year."""
        if end.month not in EDITIONS or end not in self.months:
            return None
        name, on = f"mpp-{end:%Y-%m}", (end + timedelta(days=1)).replace(day=USUAL_DAY)
        drawn = np.random.default_rng([self.seed, end.toordinal()])
        year = 12 * self.months[end]["inflow.total"] * float(drawn.normal(1, NOISE))
        head = "edition,made_on,period_start,period_end,scenario,measure,definition,value,unit"
        lines = [
            f"{name},{end},{number}-01-01,{number}-12-31,{scenario},inflow,mpp_inflow,{year * factor:.0f},persons"
            for number in (end.year, end.year + 1)
            for scenario, factor in (("minimum", 0.85), ("medium", 1.0), ("maximum", 1.15))
        ]
        content = "\n".join((head, *lines, "")).encode()
        return HandedIn("MINISTRY", "forecasts", _name("MINISTRY", "forecasts", end, ""), content, on)

    def _files(self, partner: str, table: str, end: date) -> Iterator[HandedIn]:
        rows = OF_MONTH[partner, table]
        draws = np.random.default_rng([self.seed, end.toordinal(), _number(f"{partner}{table}")])
        late = draws.random() < LATE
        on = (end + timedelta(days=1)).replace(day=LATE_DAY if late else USUAL_DAY)
        is_provisional = partner in PROVISIONAL
        blur = {name: 1 + NOISE * draws.standard_normal() if is_provisional else 1.0 for name in self.months[end]}
        seen = {name: value * blur[name] for name, value in self.months[end].items()}
        state = "provisional" if is_provisional else "final"
        yield HandedIn(partner, table, _name(partner, table, end, ""), _file(rows, seen, end, state), on)
        before = end.replace(day=1) - timedelta(days=1)
        if is_provisional and "inflow.total" in self.months.get(before, {}):  # the first month only begins
            content = _file(rows, self.months[before], before, "final")
            yield HandedIn(partner, table, _name(partner, table, before, "-definitief"), content, on)


def draw(scenario: Scenario, start: date, known_on: date, *, seed: int, figures: Observations | None = None) -> Course:
    """Draw one course of events from a day to the horizon of a scenario.

    Raises
    ------
    ScenarioError
        When the scenario cannot start on that day.
    """
    begun = moved(scenario, start, known_on)
    inputs = prepare(_other_inflow(begun, seed, figures), observations=figures)
    values = run_variants([Variant("apart", inputs)], replications=1, seed=seed)
    places = sum(part.central for part in inputs.chain.resource("detention_places").capacity)
    months = {}
    for (end,), rows in values.group_by("period_end"):
        assert isinstance(end, date)
        known = rows.filter(pl.col("value").is_not_null())
        months[end] = dict(zip(known["measure"].to_list(), known["value"].to_list(), strict=True))
        months[end][DETAINED] = places * months[end].get("load.detention_places", 0.0)
    return Course(seed, dict(sorted(months.items())))


def _other_inflow(scenario: Scenario, seed: int, figures: Observations | None) -> Scenario:
    """Let the years of the forecast come out otherwise than expected, never below what came in already."""
    factor = float(np.random.default_rng(seed).uniform(*INFLOW))
    document = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    years = {}
    for year in prepare(scenario, observations=figures).plan.years:
        persons = max(round(year.total.central * factor), year.observed)
        years[str(year.year)] = {
            "value": persons,
            "owner": "exercise",
            "reason": "Drawn for a chain that is simulated apart.",
            "source": "Drawn by seed.",
        }
    document["inflow"]["years"] = years
    return as_scenario(document, scenario.name)


Rows = Callable[[Values, date, date], str]


def _stock(values: Values, _start: date, end: date) -> str:
    groups = ("track_1", "track_2", "track_4", "family_reunification")
    rows = (f"{end},{group},{round(values[f'stock.{group}'])}" for group in groups)
    return "\n".join(("reference_date,group,count", *rows))


def _inflow(values: Values, start: date, end: date) -> str:
    head = "period_start,period_end,period_type,definition,application_type,nationality,count"
    return f"{head}\n{start},{end},month,ind_asylum_inflow,total,ALL,{round(values['inflow.total'])}"


def _production(values: Values, start: date, end: date) -> str:
    head = "period_start,period_end,group,nationality,decisions"
    handled = round(values["production.track_4"])
    groups = ("handled.track_4", "handled.track_4.annual_plan")
    return "\n".join((head, *(f"{start},{end},{group},ALL,{handled}" for group in groups)))


def _reception(values: Values, _start: date, end: date) -> str:
    rows = (
        f"{end},{name},{round(values[measure])}"
        for name, measure in (("occupancy", "reception.occupancy"), ("permit_holders", "permit_holders_waiting"))
    )
    return "\n".join(("reference_date,measure,persons", *rows))


def _departures(values: Values, start: date, end: date) -> str:
    kinds = ("independent", "forced", "unsupervised")
    rows = (f"{start},{end},DTV,{kind},{round(values[f'departures.{kind}'])}" for kind in kinds)
    return "\n".join(("period_start,period_end,scope,kind,persons", *rows))


def _detention(values: Values, _start: date, end: date) -> str:
    return f"period_start,period_end,measure,value,unit\n{end},{end},occupancy,{values[DETAINED]:.0f},persons"


OF_MONTH: Mapping[tuple[str, str], Rows] = {
    ("IND", "stock"): _stock,
    ("IND", "inflow"): _inflow,
    ("IND", "decisions"): _production,
    ("COA", "reception"): _reception,
    ("DTV", "departures"): _departures,
    ("DJI", "detention"): _detention,
}
"""Partner and table -> how its rows of a month are written."""
EDITIONS = (3, 8)
"""Months after which the ministry hands in a new edition of the production forecast."""
PROVISIONAL = frozenset({"IND"})
"""Partners whose figures come provisional first."""


def _file(rows: Rows, values: Values, end: date, state: str) -> bytes:
    head, *lines = rows(values, end.replace(day=1), end).splitlines()
    return "\n".join((f"{head},state", *(f"{line},{state}" for line in lines), "")).encode()


def _name(partner: str, table: str, end: date, turn: str) -> str:
    return FILE.format(partner=partner, table=table, month=end, turn=turn)


def _number(text: str) -> int:
    return int.from_bytes(text.encode(), "big") % 2**32


def month_after(end: date) -> date:
    """Give the end of the month after a month end."""
    first = end + timedelta(days=1)
    return first.replace(day=monthrange(first.year, first.month)[1])
