# SPDX-License-Identifier: EUPL-1.2
"""Everything a page shows, read from a study. No figure is made here; only chosen, named and put in order."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
from django.utils.text import capfirst, slugify
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from keten.domain.figures import PERCENTS, Range
from keten.domain.words import ChainGoal, CoreProcess, SignalState
from keten.indicators.disclosure import NotShown
from keten.indicators.registry import by_identifier, indicators
from keten.indicators.summary import quantile
from keten.parameters.chain import Chain
from keten.parameters.load import load_chain
from keten.study.results import Observation, Outlook, Results
from keten_web.accounts import protection
from keten_web.charts import chain_map as picture
from keten_web.charts import outlook as outlook_chart
from keten_web.charts.sparkline import Sparkline, sparkline
from keten_web.config import home
from keten_web.dashboard import chain_flows, figures, sentences
from keten_web.sheets.writing import Cell, Sheet
from keten_web.words import marks, names, wording

# --- overview ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tile:
    """One indicator on the overview."""

    figures: figures.IndicatorFigures
    owner: str
    sparkline: Sparkline
    description: str
    twins: tuple[figures.IndicatorFigures, ...]


@dataclass(frozen=True)
class Goal:
    """A chain goal with its indicators."""

    id: str
    name: str
    sentence: str
    tiles: tuple[Tile, ...]


@dataclass(frozen=True)
class Overview:
    goals: tuple[Goal, ...]
    states: Mapping[SignalState, int]
    headline: str


def overview(results: Results) -> Overview:
    """Put every indicator under its chain goal."""
    read = {row.id: figures.read(row, results) for row in indicators()}
    goals = tuple(
        Goal(
            id=goal.value.lower(),
            name=names.goal(goal),
            sentence=names.goal_sentence(goal),
            tiles=tuple(_tile(row, read) for row in read.values() if row.indicator.goal is goal),
        )
        for goal in ChainGoal
    )
    states = figures.worst_first(list(read.values()))
    return Overview(goals, states, sentences.states(states, results.reference_date))


def _tile(row: figures.IndicatorFigures, read: Mapping[str, figures.IndicatorFigures]) -> Tile:
    return Tile(
        figures=row,
        owner=names.partner_short(row.indicator.owner),
        sparkline=sparkline(
            drawable(row.outlook.observed),
            row.outlook.months,
            norms(row),
            reference_date=row.reference_date,
            horizon=row.horizon,
        ),
        description=describe(row),
        twins=tuple(read[name] for name in row.indicator.twins if name in read),
    )


def norms(row: figures.IndicatorFigures) -> list[tuple[date, date, float]]:
    """Give the stretches of time over which each signal value of an indicator holds."""
    if row.indicator.rule is None:
        return []
    first, last = date(row.reference_date.year - 2, 1, 1), row.horizon
    stretches = [
        (max(value.valid_from, first), min(value.valid_until, last), value.central)
        for value in row.indicator.rule.signal_value
    ]
    return [stretch for stretch in stretches if stretch[0] < stretch[1]]


def describe(row: figures.IndicatorFigures) -> str:
    """Tell the course of an indicator in words."""
    if row.now is None:
        start = _("No figure on the reference date.")
    else:
        start = _("%(name)s: %(figure)s on %(day)s.") % {
            "name": row.name,
            "figure": f"{row.now.text} {row.unit_beside}".strip(),
            "day": wording.day(row.now.on),
        }
    return sentences.summary(row.unit, start, row.outlook.months)


# --- one indicator ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChartTable:
    """The figures of a chart, for who reads tables."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class ChartFigure:
    """A chart with everything that belongs to it."""

    id: str
    title: str
    subtitle: str
    summary: str
    spec: dict[str, Any]
    table: ChartTable
    file: str
    has_past: bool
    norm: str = ""
    """What the dashed line of the signal value stands for; empty without one."""
    swatch: str = ""

    @property
    def element(self) -> str:
        """Where in the page the specification stands."""
        return f"spec-{slugify(self.id)}"


@dataclass(frozen=True)
class ObservedRow:
    """A counted value as a row of a table, with what exactly was counted."""

    day: str
    figure: str
    definition: str
    source: str


@dataclass(frozen=True)
class IndicatorPage:
    figures: figures.IndicatorFigures
    chart: ChartFigure
    owner: str
    goal: str
    twins: tuple[figures.IndicatorFigures, ...]
    observed: tuple[ObservedRow, ...]
    receipt: Receipt


def indicator(identifier: str, results: Results) -> IndicatorPage | None:
    """Read one indicator with its chart and its origin; None when there is no such indicator."""
    found = by_identifier().get(identifier)
    if found is None:
        return None
    row = figures.read(found, results)
    return IndicatorPage(
        figures=row,
        chart=_indicator_chart(row),
        owner=names.partner(found.owner),
        goal=names.goal(found.goal),
        twins=tuple(figures.read(by_identifier()[name], results) for name in found.twins),
        observed=tuple(_observed_row(point, row.unit) for point in reversed(row.outlook.observed)),
        receipt=receipt(results),
    )


def _observed_row(point: Observation, unit: str) -> ObservedRow:
    return ObservedRow(
        day=wording.short_day(point.on),
        figure=wording.exact(point.value, unit),
        definition=point.definition_en if get_language() == "en" else point.definition_nl,
        source=point.source,
    )


def _indicator_chart(row: figures.IndicatorFigures) -> ChartFigure:
    line = outlook_chart.Line(row.name, row.outlook.months, drawable(row.outlook.observed))
    drawn = [outlook_chart.Norm(*stretch) for stretch in norms(row)]
    start = row.now.value if row.now and not isinstance(row.now.value, NotShown) else None
    spec = outlook_chart.chart(
        [line],
        labels(row.reference_date),
        reference_date=row.reference_date,
        number_format=number_format(row.unit),
        norms=drawn,
    )
    return ChartFigure(
        id=row.indicator.id,
        title=sentences.course(row.name, row.unit, start, row.outlook.months),
        subtitle=f"{capfirst(wording.unit_words(row.unit))}. {row.definition}",
        summary=describe(row),
        spec=spec,
        table=table([(row.name, row.outlook)], row.unit),
        file="indicator-file",
        has_past=bool(row.outlook.observed),
        norm=_norm_words(row) if drawn else "",
    )


def _norm_words(row: figures.IndicatorFigures) -> str:
    said = _("signal value: %(value)s") % {"value": row.signal_text}
    if row.horizon_signal_text == row.signal_text:
        return said
    later = {"value": row.horizon_signal_text, "month": wording.month(row.horizon)}
    return f"{said}; " + _("%(value)s in %(month)s") % later


def drawable(observed: Iterable[Observation]) -> list[tuple[date, float]]:
    """Give what can be drawn: a value that is not shown has no place on a scale."""
    return [(point.on, point.value) for point in observed if not isinstance(point.value, NotShown)]


def labels(reference_date: date) -> outlook_chart.Labels:
    return outlook_chart.Labels(
        day=_("Date"),
        counted=_("Counted"),
        middle=_("Forecast (median)"),
        low=_("Forecast, 10%"),
        high=_("Forecast, 90%"),
        reference_date=_("As of %(day)s") % {"day": wording.short_day(reference_date)},
    )


def number_format(unit: str) -> str:
    """Say how an axis writes its figures (d3 format)."""
    return {"share": ".0%", "ratio": ".1~f", "per 100 cases": ".1~f"}.get(unit, ",.0f")


def table(lines: Sequence[tuple[str, Outlook]], unit: str, *, marked: bool = True) -> ChartTable:
    """Write counted figures exactly and forecasts rounded, newest last; marked when they are those of the study."""
    many = len(lines) > 1
    columns = [_("Date")]
    for name, _outlook in lines:
        of = f"{name}: " if many else ""
        columns += [of + word for word in (_("counted"), _("forecast (median)"), "10%", "90%")]
    days = sorted({day for _, outlook in lines for day in (*outlook.months, *(row.on for row in outlook.observed))})
    rows = tuple(
        (wording.day(on), *(cell for _, outlook in lines for cell in _cells(outlook, on, unit, marked))) for on in days
    )
    return ChartTable(tuple(columns), rows)


def _cells(outlook: Outlook, on: date, unit: str, marked: bool) -> tuple[str, str, str, str]:
    counted = next((wording.exact(row.value, unit) for row in reversed(outlook.observed) if row.on == on), "")
    spread = outlook.at(on)
    if spread is None:
        return counted, "", "", ""
    low, middle, high = wording.limits(spread, unit)
    return counted, marks.mark(middle, outlook.id, on, spread.p50) if marked else middle, low, high


def figure_sheets(lines: Sequence[tuple[str, str, Outlook]]) -> tuple[Sheet, Sheet]:
    """Give the figures behind a chart unrounded, with their source, and a sheet that says what machines call them.

    Each line is its name on the screen, its name in a study, and its figures.
    """
    head = (_("Quantity"), _("Unit"), _("Date"), _("Kind"), _("Value"), _("10% lies below"), _("90% lies below"),
            _("Mean"), _("Source"))  # fmt: skip
    rows: list[tuple[Cell, ...]] = [head]
    for name, _identifier, outlook in lines:
        unit = wording.unit_words(outlook.unit)
        rows += [
            (name, unit, point.on, _("counted"), wording.cell(point.value), None, None, None, point.source)
            for point in outlook.observed
        ]
        rows += [
            (name, unit, on, _("forecast"), spread.p50, spread.p10, spread.p90, spread.mean, _("study"))
            for on, spread in outlook.months.items()
        ]
    told = [(name, identifier, outlook.unit) for name, identifier, outlook in lines]
    return Sheet(_("Figures"), rows), _names_for_machines(told)


def _names_for_machines(told: Sequence[tuple[str, str, str]]) -> Sheet:
    head = (_("Quantity"), _("Name in a study"), _("Unit in a study"))
    return Sheet(_("What the names are"), [head, *dict.fromkeys(told)])


@dataclass(frozen=True)
class Receipt:
    """What anyone needs to make the figures of a study again."""

    command: str
    facts: tuple[tuple[str, str], ...]
    opening: tuple[Mapping[str, Any], ...]
    inflow: tuple[Mapping[str, Any], ...]
    whole: str


def receipt(results: Results) -> Receipt:
    """Put the parts of the receipt first that a reader asks for; the whole is there too."""
    written = results.receipt
    facts = {
        _("Study"): results.name,
        _("Reference date"): wording.day(results.reference_date),
        _("Horizon"): wording.day(results.horizon),
        _("Law as known on"): _day_or_text(written.get("known_on")),
        _("Reading of contested rules"): wording.reading(written.get("reading")),
        _("Version of Keten"): written.get("code_version"),
        _("Seed and replications"): f"{written.get('seed', '?')}, {written.get('replications', '?')}",
        **{
            _("Hash of %(part)s") % {"part": wording.input_part(part)}: digest
            for part, digest in (written.get("inputs") or {}).items()
        },
        _("Hash of the outcome"): written.get("output_hash"),
        _("Calibration"): written.get("calibration"),
    }
    return Receipt(
        command=f"keten study verify {_from_here(results.folder)}",
        facts=tuple((name, str(value)) for name, value in facts.items() if value),
        opening=tuple(_opening_part(part) for part in written.get("opening_stock") or ()),
        inflow=tuple(written.get("inflow") or ()),
        whole=json.dumps(written, ensure_ascii=False, indent=2, allow_nan=False),
    )


def _opening_part(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Name a part of the opening stock, and take an assumption apart from a source."""
    source, marker = str(part["source"]), "assumption: "
    return {
        **part,
        "name": names.opening_group(str(part["name"]).removeprefix("opening.")),
        "value": wording.exact(part["value"], part["unit"]),
        "assumption": source.removeprefix(marker) if source.startswith(marker) else "",
    }


def _from_here(folder: Path) -> Path:
    """Name a folder as one would type it in the project, and never where the server keeps it."""
    return folder.relative_to(home.project()) if folder.is_relative_to(home.project()) else Path(folder.name)


def _day_or_text(written: object) -> str:
    try:
        return wording.day(date.fromisoformat(str(written)))
    except ValueError:
        return str(written or "")


# --- stock ------------------------------------------------------------------------------------------------------------

STOCKS = (
    ("stock.track_4", "overdue.track_4"),
    ("stock.track_1", None),
    ("stock.track_2", None),
    ("stock.family_reunification", None),
    ("stock.appeal", None),
)
"""Measures of stock on the page, each with the measure of the part past its deadline, where the study has it."""


def stocks(results: Results) -> tuple[ChartFigure, ...]:
    """Give a chart per stock that the study speaks of."""
    return tuple(_stock_chart(name, overdue, results) for name, overdue in STOCKS if name in results.measures)


def stock_chart(name: str, results: Results) -> ChartFigure | None:
    """Give the chart of one stock; None when the study does not speak of it."""
    known = dict(STOCKS)
    return _stock_chart(name, known[name], results) if name in known and name in results.measures else None


def stock_lines(name: str, results: Results) -> list[tuple[str, Outlook]] | None:
    """Give the quantities of one stock chart; None when the page has no such chart."""
    overdue = dict(STOCKS).get(name, name)
    if overdue == name or name not in results.measures:
        return None
    lines = [(names.measure(name), protection.outlook(results.measures[name]))]
    if overdue in results.measures:
        lines.append((names.measure(str(overdue)), protection.outlook(results.measures[str(overdue)])))
    return lines


def _stock_chart(name: str, overdue: str | None, results: Results) -> ChartFigure:
    lines = stock_lines(name, results) or []
    outlook = lines[0][1]
    label, on = names.measure(name), results.reference_date
    start = _stock_on(outlook, on)
    drawn = [outlook_chart.Line(label, outlook.months, drawable(outlook.observed))]
    if len(lines) > 1:
        late = lines[1][1]
        drawn.append(
            outlook_chart.Line(
                names.measure(str(overdue)), late.months, drawable(late.observed), "--overdue", "--overdue-band"
            )
        )
    now = _("%(name)s: %(figure)s cases on %(day)s.") % {
        "name": label,
        "figure": wording.exact(start, "cases") if start is not None else "?",
        "day": wording.day(on),
    }
    return ChartFigure(
        id=name,
        title=sentences.course(label, "cases", None if isinstance(start, NotShown) else start, outlook.months),
        subtitle=names.measure_definition(name),
        summary=sentences.summary("cases", now, outlook.months),
        spec=outlook_chart.chart(drawn, labels(on), reference_date=on, number_format=number_format("cases")),
        table=table(lines, "cases"),
        file="stock-file",
        has_past=any(line.observed for _name, line in lines),
        swatch=name.removeprefix("stock."),
    )


def _stock_on(outlook: Outlook, on: date) -> float | None:
    counted = [point.value for point in outlook.observed if point.on == on]
    spread = outlook.at(on)
    return counted[-1] if counted else (spread.p50 if spread else None)


# --- chain map --------------------------------------------------------------------------------------------------------

LANE_SHARES = (1.0, 1.0, 0.95, 1.0, 1.0, 0.95, 1.4)
LANES = {
    CoreProcess.ENTRY: 0,
    CoreProcess.ADMISSION: 1,
    CoreProcess.RECEPTION: 3,
    CoreProcess.SUPERVISION: 4,
    CoreProcess.RETURN: 5,
    CoreProcess.DETENTION: 6,
}
"""Columns of the map. Admission is two wide: the decision, and then the courts."""


@dataclass(frozen=True)
class MapDate:
    on: date
    label: str
    chosen: bool


@dataclass(frozen=True)
class Column:
    """A core process on the map."""

    name: str
    x: float
    text_x: float
    width: float


@dataclass(frozen=True)
class Yardstick:
    """A square of a known number of cases in an empty corner."""

    x: float
    y: float
    text_y: float
    label: str


@dataclass(frozen=True)
class MapRow:
    """One group of the map as a row of its table."""

    core_process: str
    name: str
    partner: str
    stock: str
    overdue: str
    inflow: str
    outflow: str
    waiting: str
    stages: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ChainMap:
    title: str
    description: str
    dates: tuple[MapDate, ...]
    on: date
    flow_month: date
    is_forecast: bool
    drawing: picture.Drawing
    headings: tuple[Column, ...]
    yardstick: Yardstick
    waiting_key: tuple[tuple[int, str], ...]
    flow_key: str
    some_go_back: bool
    rows: tuple[MapRow, ...]
    people: tuple[tuple[str, str], ...]
    people_total: str


def map_dates(results: Results) -> dict[date, str]:
    """Offer the reference date, three, six and twelve months later, and the horizon."""
    ends = results.month_ends
    offered = {ends[0]: wording.short_day(ends[0])}
    for months in (3, 6, 12):
        if months < len(ends) - 1:
            words = {"day": wording.short_day(ends[months]), "months": months}
            offered[ends[months]] = _("%(day)s (+%(months)s months)") % words
    offered[ends[-1]] = _("%(day)s (horizon)") % {"day": wording.short_day(ends[-1])}
    return offered


def _group_name(which: chain_flows.Group, chain: Chain) -> str:
    """Name a group of the map: a track, a kind of application, or the stage it is."""
    if which.id.startswith("track_"):
        return _("Track %(number)s") % {"number": which.id.removeprefix("track_")}
    if which.id == "appeal":
        return _("Appeal and new decision")
    found = next((row for row in chain.case_classes if row.id == which.id), None)
    return names.own_name(found) if found and which.undecided else names.stage(which.id, chain)


def chain_map(results: Results, on: date) -> ChainMap:
    """Draw the chain at a month end of the study."""
    chain = load_chain()
    ends = results.month_ends
    flow_month = on if on > ends[0] or len(ends) == 1 else ends[1]
    moving = _moving(results, flow_month)
    found = [group for group in _groups(results, on, flow_month) if _is_alive(group)]
    stocks_shown = [group.stock for day in {ends[0], on, ends[-1]} for group in _groups(results, day, flow_month)]
    largest = max([_most_people(results), *stocks_shown])
    certain = on == ends[0]
    blocks = [_block(group, chain) for group in found] + _people_block(results, on)
    titles = {group.id: _group_name(group, chain) for group in found}
    drawing = picture.draw(blocks, _links(moving, titles, chain), lane_shares=LANE_SHARES, largest_stock=largest)
    return ChainMap(
        title=_map_title(found, titles, on),
        description=_map_description(found, titles),
        dates=tuple(MapDate(day, label, day == on) for day, label in map_dates(results).items()),
        on=on,
        flow_month=flow_month,
        is_forecast=not certain,
        drawing=drawing,
        headings=_headings(drawing),
        yardstick=_yardstick(drawing),
        waiting_key=_waiting_key(),
        flow_key=_flow_key(drawing),
        some_go_back=any(row.goes_back for row in drawing.links),
        rows=tuple(_map_row(group, chain, titles, on) for group in _in_process_order(found)),
        people=tuple((names.reception_group(name, chain), figure) for name, figure in _people(results, on)),
        people_total=_people_total(results, on),
    )


@lru_cache(maxsize=64)
def _moving(results: Results, month: date) -> tuple[chain_flows.Flow, ...]:
    return chain_flows.flows(results.ledger, load_chain(), month)


@lru_cache(maxsize=128)
def _groups(results: Results, on: date, flow_month: date) -> tuple[chain_flows.Group, ...]:
    return chain_flows.groups(results.ledger, load_chain(), on, _moving(results, flow_month))


def _is_alive(group: chain_flows.Group) -> bool:
    return group.stock > 0 or group.inflow_week > 0 or group.outflow_week > 0


def _in_process_order(found: Sequence[chain_flows.Group]) -> list[chain_flows.Group]:
    order = list(CoreProcess)
    return sorted(found, key=lambda group: order.index(group.core_process))


def _figure(group: chain_flows.Group) -> str:
    return wording.about(group.spread, "cases")


def _marked(group: chain_flows.Group, on: date) -> str:
    """Mark the stock of a group; where it is undecided, a measure of the study counts the same cases."""
    return marks.about(f"{'stock' if group.undecided else 'group'}.{group.id}", on, group.spread, "cases")


def _waiting(group: chain_flows.Group) -> str:
    weeks = group.waiting_weeks
    if weeks is None:
        return _("nothing leaves") if group.stock else ""
    words = {"weeks": "<1" if weeks < 1 else wording.exact(weeks, "cases")}
    return ngettext("%(weeks)s week of work", "%(weeks)s weeks of work", max(1, round(weeks))) % words


def _block(group: chain_flows.Group, chain: Chain) -> picture.Block:
    name = _group_name(group, chain)
    lane = LANES[group.core_process] + (group.core_process is CoreProcess.ADMISSION and not group.undecided)
    partner, waiting, figure = names.partner_short(group.partner), _waiting(group), _figure(group)
    return picture.Block(
        id=group.id,
        lane=lane,
        stock=group.stock,
        step=group.waiting_step,
        labels=names.wrapped(name),
        figure=wording.middle(group.spread, "cases"),
        details=(partner, waiting) if waiting else (partner,),
        title=f"{name} ({partner}): {figure} {wording.unit_words('cases')}; {waiting}",
        partner=group.partner,
    )


def _links(moving: Sequence[chain_flows.Flow], titles: Mapping[str, str], chain: Chain) -> list[picture.Link]:
    links = []
    for flow in moving:
        if flow.week < 0.5 or (not flow.leaves and flow.destination not in titles):
            continue
        start = titles.get(flow.source or "", _("from outside"))
        end = names.stage(flow.destination, chain) if flow.leaves else titles[flow.destination]
        words = {"from": start, "to": end, "cases": wording.exact(flow.week, "cases")}
        title = _("%(from)s to %(to)s: %(cases)s cases a week") % words
        links.append(picture.Link(flow.source, None if flow.leaves else flow.destination, flow.week, title))
    return links


def _waiting_key() -> tuple[tuple[int, str], ...]:
    return (
        (0, _("under a month of work")),
        (1, _("a month or more")),
        (2, _("a quarter or more")),
        (3, _("half a year or more")),
        (4, _("a year or more, or nothing leaves")),
    )


def _yardstick(drawing: picture.Drawing) -> Yardstick:
    left = drawing.lanes[LANES[CoreProcess.DETENTION]][0] + picture.STUB
    y = drawing.height - drawing.yardstick - picture.GAP
    label = _("%(cases)s cases") % {"cases": wording.exact(picture.YARDSTICK, "cases")}
    return Yardstick(left, round(y, 1), round(y - 8, 1), label)


def _flow_key(drawing: picture.Drawing) -> str:
    widest = max((row.link.week for row in drawing.links), default=0.0)
    return _("flow; the widest is %(cases)s cases a week") % {"cases": wording.exact(widest, "cases")}


def _headings(drawing: picture.Drawing) -> tuple[Column, ...]:
    starts = sorted((lane, core_process) for core_process, lane in LANES.items())
    following = [lane for lane, _ in starts[1:]] + [len(drawing.lanes)]
    return tuple(
        Column(
            names.core_process(core_process),
            drawing.lanes[lane][0],
            drawing.lanes[lane][0] + picture.STUB,
            round(sum(width for _left, width in drawing.lanes[lane:after]) - 6, 1),
        )
        for (lane, core_process), after in zip(starts, following, strict=True)
    )


def _map_title(found: Sequence[chain_flows.Group], titles: Mapping[str, str], on: date) -> str:
    if not found:
        return _("No cases on %(day)s") % {"day": wording.day(on)}
    largest = max(found, key=lambda group: group.stock)
    words = {
        "group": titles[largest.id],
        "figure": _figure(largest),
        "day": wording.day(on),
        "waiting": _waiting(largest),
    }
    if largest.waiting_weeks is None:
        return _("%(group)s holds most cases: %(figure)s on %(day)s") % words
    return _("%(group)s holds most cases: %(figure)s on %(day)s, %(waiting)s at this pace") % words


def _map_description(found: Sequence[chain_flows.Group], titles: Mapping[str, str]) -> str:
    parts = [f"{titles[group.id]}: {_figure(group)}" for group in sorted(found, key=lambda group: -group.stock)]
    return "; ".join(parts)


def _map_row(group: chain_flows.Group, chain: Chain, titles: Mapping[str, str], on: date) -> MapRow:
    held = sorted(group.stage_stock.items(), key=lambda row: -row[1].p50)
    return MapRow(
        core_process=names.core_process(group.core_process),
        name=titles[group.id],
        partner=names.partner_short(group.partner),
        stock=_marked(group, on),
        overdue=marks.about(f"overdue.{group.id}", on, group.late, "cases") if group.undecided else "",
        inflow=wording.exact(group.inflow_week, "cases"),
        outflow=wording.exact(group.outflow_week, "cases"),
        waiting=_waiting(group),
        stages=tuple((names.stage(name, chain), wording.about(spread, "cases")) for name, spread in held if spread.p50)
        if len(group.stages) > 1
        else (),
    )


def chain_map_sheets(results: Results, on: date) -> tuple[Sheet, Sheet]:
    """Give the figures of the map unrounded: stock per group, then flow per pair of groups."""
    chain = load_chain()
    flow_month = on if on > results.month_ends[0] or len(results.month_ends) == 1 else results.month_ends[1]
    moving = chain_flows.flows(results.ledger, chain, flow_month)
    groups = chain_flows.groups(results.ledger, chain, on, moving)
    called = {group.id: _group_name(group, chain) for group in groups}
    head = (_("Quantity"), _("From"), _("To"), _("Date"), _("Unit"), _("Middle"), _("10% lies below"),
            _("90% lies below"), _("Mean"))  # fmt: skip
    cases, per_week = wording.unit_words("cases"), _("cases per week")
    rows: list[tuple[Cell, ...]] = [head]
    rows += [
        (_("stock"), called[group.id], None, on, cases, group.stock, group.low, group.high, None) for group in groups
    ]
    rows += [
        (_("flow"), _end(flow.source, called, chain), _end(flow.destination, called, chain), flow_month, per_week,
         None, None, None, flow.week)
        for flow in moving
    ]  # fmt: skip
    told = [(name, identifier, "cases") for identifier, name in called.items()]
    return Sheet(_("Chain map"), rows), _names_for_machines(told)


def _end(identifier: str | None, called: Mapping[str, str], chain: Chain) -> str:
    """Name one end of a flow: a group of the map, or the stage it is."""
    if not identifier:
        return ""
    found = next((stage for stage in chain.stages if stage.id == identifier), None)
    return called.get(identifier) or (names.stage(identifier, chain) if found else identifier)


def _people(results: Results, on: date) -> list[tuple[str, str]]:
    """Persons in reception per group: middle of the replications."""
    if results.reception is None:
        return []
    month = results.reception.filter((pl.col("period_end") == on) & (pl.col("group") != "NONE"))
    middles = month.group_by(pl.col("group").cast(pl.String)).agg(
        quantile(pl.col("persons"), percent).alias(f"p{percent}") for percent in PERCENTS
    )
    order = [group.id for group in load_chain().reception_groups]
    ranked = sorted(
        middles.iter_rows(named=True),
        key=lambda row: order.index(row["group"]) if row["group"] in order else len(order),
    )
    written = [(str(row["group"]), Range(row["p10"], row["p50"], row["p90"], row["p50"])) for row in ranked]
    return [(name, wording.about(spread, "persons")) for name, spread in written]


def _most_people(results: Results) -> float:
    outlook = results.measures.get("reception.occupancy")
    return max((spread.p50 for spread in outlook.months.values()), default=0.0) if outlook else 0.0


def _people_block(results: Results, on: date) -> list[picture.Block]:
    """Draw the people in reception to the scale of the cases, but as an outline: they are never added up."""
    outlook = results.measures.get("reception.occupancy")
    spread = outlook.at(on) if outlook else None
    if spread is None:
        return []
    figure = wording.about(spread, "persons")
    return [
        picture.Block(
            id="people-in-reception",
            lane=LANES[CoreProcess.RECEPTION],
            stock=spread.p50,
            step=0,
            labels=names.wrapped(_("People in reception")),
            figure=wording.middle(spread, "persons"),
            details=(names.partner_short("COA"),),
            title=_("People in reception: %(figure)s") % {"figure": figure},
            partner="COA",
            counts_people=True,
        )
    ]


def _people_total(results: Results, on: date) -> str:
    outlook = results.measures.get("reception.occupancy")
    spread = outlook.at(on) if outlook else None
    return marks.forecast("reception.occupancy", on, spread, "persons") if spread else ""
