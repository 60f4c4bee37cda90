# SPDX-License-Identifier: EUPL-1.2
"""How the chain stands: stock, flow, capacity and what binds, read from a study. No figure is made here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby, pairwise

import polars as pl
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keten.domain.figures import Range, summarise
from keten.indicators.summary import quantile
from keten.parameters.chain import Chain, Named, StageKind
from keten.parameters.load import load_chain
from keten.questions.age import BANDS
from keten.study.figure_values import HELD, STAGE
from keten.study.folder import read_table
from keten.study.results import Outlook, Results, stock_flow
from keten_web.accounts import protection
from keten_web.tower import quick
from keten_web.words import marks, names, wording

TRACKS = ("stock.track_4", "stock.track_1", "stock.track_2", "stock.family_reunification", "stock.appeal")
YEAR = 12


@dataclass(frozen=True)
class Track:
    """One stock: two years ago, now, in a year and at the horizon."""

    id: str
    figure: str
    name: str
    before: str
    before_on: str
    now: str
    later: str
    horizon: str
    overdue_horizon: str


@dataclass(frozen=True)
class Flow:
    """A monthly flow: the coming three months and the last three of the study."""

    figure: str
    name: str
    soon: str
    late: str


@dataclass(frozen=True)
class Capacity:
    """Hours (or places) of a resource in the coming twelve months: there, used, and short."""

    id: str
    name: str
    partner: str
    code: str
    available: str
    used: str
    short: str
    load: str
    unit: str
    binds: bool

    @property
    def figure(self) -> str:
        return f"load.{self.id}"


@dataclass(frozen=True)
class Binding:
    """A stretch of months in which one resource binds most."""

    name: str
    start: str
    end: str
    load: str


@dataclass(frozen=True)
class PartnerRow:
    """The cases a partner holds."""

    code: str
    name: str
    now: str
    later: str
    horizon: str

    @property
    def figure(self) -> str:
        return f"{HELD}.{self.code}"


@dataclass(frozen=True)
class AgeRow:
    """How old a stock is now, and how many deadlines pass soon."""

    name: str
    bands: tuple[str, ...]
    oldest_tenth: str
    overdue: str
    passing: tuple[str, ...]


@dataclass(frozen=True)
class Tower:
    headline: str
    by_age: tuple[AgeRow, ...]
    band_names: tuple[str, ...]
    tracks: tuple[Track, ...]
    flows: tuple[Flow, ...]
    capacities: tuple[Capacity, ...]
    binding: tuple[Binding, ...]
    partners: tuple[PartnerRow, ...]
    later: str
    horizon: str


def tower(results: Results) -> Tower:
    """Put the whole chain on one page."""
    chain = load_chain()
    capacities = tuple(_capacities(results, chain))
    binding = tuple(_binding(results, chain))
    return Tower(
        headline=_headline(binding, results),
        by_age=tuple(_by_age(results)),
        band_names=tuple(_band_names()),
        tracks=tuple(_track(name, results) for name in TRACKS if name in results.measures),
        flows=tuple(_flows(results)),
        capacities=capacities,
        binding=binding,
        partners=tuple(_partners(results, chain)),
        later=wording.short_month(_later(results)),
        horizon=wording.short_month(results.horizon),
    )


def _by_age(results: Results) -> Iterator[AgeRow]:
    """Give the age of every stock now; nothing when the study does not hold its scenario."""
    for row in quick.ages_of(results):
        yield AgeRow(
            name=names.measure(f"stock.{row.group}") if f"stock.{row.group}" in results.measures else _subsequent(),
            bands=tuple(wording.exact(count, "cases") for count in row.bands),
            oldest_tenth=wording.exact(round(row.oldest_tenth), "cases"),
            overdue=wording.exact(row.overdue, "cases"),
            passing=tuple(wording.exact(count, "cases") for count in row.passing),
        )


def _subsequent() -> str:
    return _("Stock of subsequent applications")


def _band_names() -> Iterator[str]:
    """Name the bands of age, in months."""
    for start, end in pairwise(BANDS):
        yield _("%(start)s to %(end)s months") % {"start": start, "end": end}
    yield _("%(start)s months and more") % {"start": BANDS[-1]}


def _later(results: Results) -> date:
    """Give the month end a year on, or the horizon when that is sooner."""
    return results.month_ends[min(YEAR, len(results.month_ends) - 1)]


def _name(row: Named) -> str:
    return row.en if get_language() == "en" else row.nl


def _headline(binding: Sequence[Binding], results: Results) -> str:
    if not binding:
        return _("Nothing binds: every resource has room until %(month)s") % {"month": wording.month(results.horizon)}
    first = binding[0]
    if len(binding) == 1:
        return _("%(name)s binds until %(month)s") % {"name": first.name, "month": wording.month(results.horizon)}
    return _("%(name)s binds now; from %(month)s on it is %(next)s") % {
        "name": first.name,
        "month": binding[1].start,
        "next": binding[1].name[:1].lower() + binding[1].name[1:],
    }


def _track(name: str, results: Results) -> Track:
    outlook = protection.outlook(results.measures[name])
    late = results.measures.get(name.replace("stock.", "overdue."))
    counted = [row for row in outlook.observed if row.on < results.reference_date]
    before = counted[-1] if counted else None
    return Track(
        id=name.removeprefix("stock."),
        figure=name,
        name=names.measure(name),
        before=wording.exact(before.value, "cases") if before else "",
        before_on=wording.short_day(before.on) if before else "",
        now=_now(outlook, results.reference_date),
        later=_expected(outlook, _later(results)),
        horizon=_expected(outlook, results.horizon),
        overdue_horizon=_expected(late, results.horizon),
    )


def _now(outlook: Outlook, on: date) -> str:
    """Write what was counted on a day; else what the study begins with."""
    counted = [row.value for row in outlook.observed if row.on == on]
    if counted:
        return marks.mark(wording.exact(counted[-1], "cases"), outlook.id, on, counted[-1], way=marks.COUNTED)
    spread = outlook.at(on)
    return marks.about(outlook.id, on, spread, "cases") if spread else ""


def _expected(outlook: Outlook | None, on: date) -> str:
    spread = outlook.at(on) if outlook else None
    return marks.forecast(outlook.id, on, spread, outlook.unit or "cases") if outlook and spread else ""


def _flows(results: Results) -> Iterator[Flow]:
    for name, words in (
        ("inflow.total", _("Inflow, all case groups")),
        ("production.track_4", _("Decisions in track 4")),
        ("withdrawn.track_4", _("beside it: withdrawn in track 4")),
        ("remitted", _("beside it: to be decided again after appeal")),
        ("oldest_tenth.track_4", _("beside it: weeks that the oldest tenth has waited")),
        ("late_decision_appeals", _("Appeals for late decision")),
        ("penalties.paid", _("Penalties paid")),
    ):
        outlook = results.measures.get(name)
        if outlook and outlook.months:
            months = list(outlook.months.values())
            soon, late = (_mean_range(part) for part in (months[:3], months[-3:]))
            yield Flow(name, words, wording.forecast(soon, outlook.unit), wording.forecast(late, outlook.unit))


def _mean_range(rows: Sequence[Range]) -> Range:
    """Average ranges of months; the limits are those of a typical month, not of the sum."""
    parts = {name: sum(getattr(row, name) for row in rows) / len(rows) for name in ("p10", "p50", "p90", "mean")}
    return Range(**parts)


# Capacity ------------------------------------------------------------------------------------------------------------


def _resources(results: Results) -> pl.DataFrame | None:
    return read_table(results.folder, "resources")


def _capacities(results: Results, chain: Chain, only: str = "") -> Iterator[Capacity]:
    """Give every resource in the coming twelve months: medians over the replications, per month."""
    table = _resources(results)
    if table is None:
        return
    asked = "hours_asked" if "hours_asked" in table.columns else "hours_used"
    ends = table["period_end"].unique().sort().to_list()[:YEAR]
    rows = table.filter(pl.col("period_end").is_in(ends)).group_by("resource", "replication")
    sums = rows.agg(pl.col("hours_available").sum(), pl.col("hours_used").sum(), asked=pl.col(asked).sum())
    for resource in chain.resources:
        if only and resource.partner != only:
            continue
        found = sums.filter(pl.col("resource") == resource.id)
        if not found.height:
            continue
        there, used = (
            summarise(found[column].to_list()).p50 / len(ends) for column in ("hours_available", "hours_used")
        )
        wanted = summarise(found["asked"].to_list()).p50 / len(ends)
        measured = results.measures.get(f"load.{resource.id}")
        load = _over(measured.months, ends) if measured else 0.0
        yield Capacity(
            id=resource.id,
            name=_name(resource),
            partner=names.partner_short(resource.partner),
            code=resource.partner,
            available=_about(there),
            used=_about(used),
            short=_about(wanted - there) if wanted > there * 1.005 else "",
            load=wording.exact(load, "ratio") if measured and there and (wanted or not used) else "",
            unit=_("hours") if resource.unit == "hours" else _("people"),
            binds=load > 1.005,
        )


def _about(value: float) -> str:
    return wording.rounded(value, 100 if value >= 10_000 else 10 if value >= 100 else 1, "cases")


def _binding(results: Results, chain: Chain) -> Iterator[Binding]:
    """Give the resource with the highest load per quarter, as long as it asks more than there is."""
    loads = {
        resource: results.measures[f"load.{resource.id}"].months
        for resource in chain.resources
        if f"load.{resource.id}" in results.measures
    }
    quarters = _quarters([on for on in results.month_ends if any(on in months for months in loads.values())])
    tops = []
    for quarter in quarters:
        means = {
            resource.id: (_over(months, quarter), resource)
            for resource, months in loads.items()
            if _over(months, quarter)
        }
        if means:
            load, resource = max(means.values(), key=lambda row: row[0])
            tops.append((resource if load > 1.005 else None, load, quarter))
    for resource, stretch in groupby(tops, key=lambda row: row[0]):
        rows = list(stretch)
        if resource is not None:
            yield Binding(
                name=_name(resource),
                start=wording.month(rows[0][2][0]),
                end=wording.month(rows[-1][2][-1]),
                load=wording.exact(sum(row[1] for row in rows) / len(rows), "ratio"),
            )


def _quarters(months: Sequence[date]) -> list[list[date]]:
    return [list(months[start : start + 3]) for start in range(0, len(months), 3)]


def _over(months: Mapping[date, Range], quarter: Sequence[date]) -> float:
    found = [months[on].p50 for on in quarter if on in months]
    return sum(found) / len(found) if found else 0.0


# Partners ------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=128)
def held(results: Results, on: date, by: tuple[str, ...]) -> Mapping[str, Range]:
    """Give the cases that lie with each partner, or in each stage, on a day."""
    holder = {stage.id: stage.partner for stage in load_chain().stages if stage.kind is not StageKind.EXIT}
    ledger = results.ledger.filter(pl.col("stage").is_in(list(holder))).with_columns(
        partner=pl.col("stage").replace_strict(holder, return_dtype=pl.String)
    )
    return {
        str(row[by[0]]): Range(row["closing_p10"], row["closing"], row["closing_p90"], row["closing"])
        for row in stock_flow(ledger, on, by=by).iter_rows(named=True)
    }


def _partners(results: Results, chain: Chain) -> Iterator[PartnerRow]:
    days = (results.reference_date, _later(results), results.horizon)
    now, later, horizon = (held(results, on, ("partner",)) for on in days)
    for partner in chain.partners:
        if partner.id in now or partner.id in horizon:
            yield PartnerRow(
                partner.id,
                names.partner_short(partner.id),
                _cases(f"{HELD}.{partner.id}", days[0], now.get(partner.id)),
                _cases(f"{HELD}.{partner.id}", days[1], later.get(partner.id)),
                _cases(f"{HELD}.{partner.id}", days[2], horizon.get(partner.id)),
            )


def _cases(figure: str, on: date, spread: Range | None) -> str:
    return marks.forecast(figure, on, spread, "cases") if spread else "0"


@dataclass(frozen=True)
class StageRow:
    """A stage of a partner, and what lies there."""

    figure: str
    name: str
    now: str
    later: str
    horizon: str


NATIONAL = "national"
"""How a study marks work that it does not place anywhere."""


@dataclass(frozen=True)
class LocationRow:
    """A resource at a location, with what is used there in the coming month."""

    id: str
    resource: str
    location: str
    name: str
    used: str


@dataclass(frozen=True)
class PartnerPage:
    code: str
    name: str
    stages: tuple[StageRow, ...]
    capacities: tuple[Capacity, ...]
    locations: tuple[LocationRow, ...]
    later: str
    horizon: str


def of_partner(results: Results, code: str) -> PartnerPage | None:
    """Read everything of one partner; None when the chain has no such partner."""
    chain = load_chain()
    if code not in {partner.id for partner in chain.partners}:
        return None
    days = (results.reference_date, _later(results), results.horizon)
    now, later, horizon = (held(results, on, ("stage",)) for on in days)
    stages = [stage for stage in chain.stages if stage.partner == code and (stage.id in now or stage.id in horizon)]
    return PartnerPage(
        code=code,
        name=names.partner(code),
        stages=tuple(
            StageRow(
                f"{STAGE}.{stage.id}",
                _name(stage),
                _cases(f"{STAGE}.{stage.id}", days[0], now.get(stage.id)),
                _cases(f"{STAGE}.{stage.id}", days[1], later.get(stage.id)),
                _cases(f"{STAGE}.{stage.id}", days[2], horizon.get(stage.id)),
            )
            for stage in stages
        ),
        capacities=tuple(_capacities(results, chain, only=code)),
        locations=tuple(_locations(results, chain, code)),
        later=wording.short_month(days[1]),
        horizon=wording.short_month(days[2]),
    )


def _locations(results: Results, chain: Chain, code: str) -> Iterator[LocationRow]:
    """Give the hours used in the coming month at every place of a partner."""
    table = _resources(results)
    if table is None or "location" not in table.columns:
        return
    mine = {resource.id: _name(resource) for resource in chain.resources if resource.partner == code}
    month = table.filter((pl.col("period_end") == pl.col("period_end").min()) & pl.col("resource").is_in(list(mine)))
    medians = (
        month.group_by("resource", "location").agg(quantile(pl.col("hours_used"), 50)).sort("resource", "location")
    )
    for resource, location, used in medians.sort("resource", "location").iter_rows():
        yield LocationRow(resource, mine[resource], location, place_name(location), _about(used))


def place_name(location: str) -> str:
    """Name a location; work that the study does not place anywhere is national."""
    return _("national") if location == NATIONAL else location


# One location --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MonthRow:
    """A month at a location: hours there, used, and asked in the country for the same resource."""

    month: str
    available: str
    used: str
    share: str


@dataclass(frozen=True)
class LocationPage:
    """One resource at one location, month by month."""

    name: str
    resource: str
    code: str
    partner: str
    unit: str
    months: tuple[MonthRow, ...]
    headline: str


def of_location(results: Results, resource: str, location: str) -> LocationPage | None:
    """Read one resource at one location; None when the study does not know it there."""
    table, chain = _resources(results), load_chain()
    found = next((row for row in chain.resources if row.id == resource), None)
    if found is None:
        return None
    months: tuple[MonthRow, ...] = ()
    if table is not None and "location" in table.columns:
        rows = table.filter((pl.col("resource") == resource) & (pl.col("location") == location))
        if not rows.height:
            return None
        months = tuple(_month_rows(rows))
    words = {"place": place_name(location), "resource": _name(found)}
    return LocationPage(
        name=place_name(location),
        resource=_name(found),
        code=found.partner,
        partner=names.partner(found.partner),
        unit=_("hours") if found.unit == "hours" else _("people"),
        months=months,
        headline=_("%(resource)s: %(place)s") % words,
    )


def _month_rows(rows: pl.DataFrame) -> Iterator[MonthRow]:
    for (on,), month in rows.sort("period_end", "replication").group_by("period_end", maintain_order=True):
        there, used = (summarise(month[column].to_list()) for column in ("hours_available", "hours_used"))
        yield MonthRow(
            month=wording.month(on),
            available=_about(there.p50),
            used=wording.forecast(used, "cases"),
            share=wording.exact(used.p50 / there.p50, "share") if there.p50 else "",
        )
