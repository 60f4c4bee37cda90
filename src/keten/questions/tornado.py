# SPDX-License-Identifier: EUPL-1.2
"""Which assumption matters most: every uncertain parameter at its low and its high end, the others central."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

import polars as pl

from keten.domain.language import Words
from keten.flow.network import central
from keten.forecast import Plan, Shares
from keten.parameters.chain import Chain
from keten.parameters.values import Quantity
from keten.study.inputs import Inputs
from keten.study.interval import Interval, interval_of_mean
from keten.study.replicate import Progress, replicate
from keten.study.variants import Variant, of_variant, paired, run_variants
from keten.study.work import Workers

End = Literal["low", "high"]
CENTRAL = "central"
INFLOW = "inflow/total"
_OTHER_FLOW, _SHARE = "inflow/", "inflow_share/"
_UNIT_COST = "unit_cost/"


@dataclass(frozen=True)
class Pinned:
    """Chooses one parameter at its low or high end, and every other at its central value."""

    parameter: str = ""
    end: End = "low"

    def __call__(self, name: str, quantity: Quantity) -> float:
        """Choose a value, as `keten.flow.network.Choose` asks."""
        return end_of(quantity, self.end) if name == self.parameter else quantity.central


def end_of(quantity: Quantity, end: End) -> float:
    """Give the lowest or the highest value that is thought possible."""
    return quantity.bounds[0] if end == "low" else quantity.bounds[1]


@dataclass(frozen=True)
class Uncertain:
    """An uncertain parameter: its name, and its lowest, central and highest value."""

    name: str
    unit: str
    low: float
    mode: float
    high: float

    @classmethod
    def of(cls, name: str, quantity: Quantity) -> Uncertain:
        """Take the range of a quantity."""
        return cls(name, quantity.unit, quantity.bounds[0], quantity.central, quantity.bounds[1])


@dataclass(frozen=True)
class Bar:
    """What one parameter does to the measure: the difference with the central run at its low and its high end."""

    parameter: Uncertain
    low: Interval
    high: Interval

    @property
    def width(self) -> float:
        """Largest distance between the outcomes at low, central and high."""
        ends = (0.0, self.low.mean, self.high.mean)
        return max(ends) - min(ends)


@dataclass(frozen=True)
class Tornado:
    """The parameters, the one with the largest effect first, around the central outcome."""

    measure: str
    unit: str
    month: str
    central: float
    bars: tuple[Bar, ...]


class _Recorder:
    """Notes every uncertain parameter that a replication asks for, and gives its central value."""

    def __init__(self) -> None:
        self.found: dict[str, Uncertain] = {}

    def __call__(self, name: str, quantity: Quantity) -> float:
        if quantity.value is None and quantity.bounds[0] < quantity.bounds[1]:
            self.found.setdefault(name, Uncertain.of(name, quantity))
        return central(name, quantity)


def uncertain_parameters(inputs: Inputs, seed: int) -> list[Uncertain]:
    """Find every uncertain parameter of a study: those that a run asks for, and those of the arrivals.

    How long a single case waits differs from case to case; that is no uncertain parameter and is drawn in every run.
    """
    recorder = _Recorder()
    replicate(inputs, seed, 0, choose=recorder)
    return [*recorder.found.values(), *_of_arrivals(inputs)]


def _of_arrivals(inputs: Inputs) -> Iterator[Uncertain]:
    year = inputs.plan.years[-1]
    found = [(INFLOW, year.total)]
    found += [(f"{_OTHER_FLOW}{flow.case_class}", flow.total) for flow in inputs.plan.other_flows]
    found += [(f"{_SHARE}{field.name}", getattr(inputs.shares, field.name)) for field in fields(Shares)]
    for name, quantity in found:
        if quantity.bounds[0] < quantity.bounds[1]:
            yield Uncertain.of(name, quantity)


def pinned(inputs: Inputs, parameter: str = "", end: End = "low") -> Variant:
    """Make the variant in which one parameter is at an end and all others are central; without a name all are."""
    plan, shares = inputs.plan, inputs.shares
    fixed = replace(
        inputs,
        plan=Plan(
            plan.scenario,
            plan.definition,
            tuple(replace(year, total=_point(year.total, parameter == INFLOW, end)) for year in plan.years),
            tuple(
                replace(flow, total=_point(flow.total, parameter == f"{_OTHER_FLOW}{flow.case_class}", end))
                for flow in plan.other_flows
            ),
        ),
        shares=Shares(
            **{
                field.name: _point(getattr(shares, field.name), parameter == f"{_SHARE}{field.name}", end)
                for field in fields(Shares)
            }
        ),
    )
    name = f"{parameter}@{end}" if parameter else CENTRAL
    return Variant(name, fixed, Pinned(parameter, end))


def _point(quantity: Quantity, is_pinned: bool, end: End) -> Quantity:  # noqa: FBT001 - reads as a sentence
    chosen = end_of(quantity, end) if is_pinned else quantity.central
    return quantity.model_copy(update={"value": chosen, "low": None, "mode": None, "high": None})


def tornado(
    inputs: Inputs,
    *,
    measure: str,
    month: str,
    replications: int,
    seed: int = 7,
    workers: Workers | None = None,
    progress: Progress = lambda _done: None,
) -> Tornado:
    """Rank the uncertain parameters by what they do to a measure at the end of a month.

    Unit costs multiply what came out and touch no case, so they are run for measures of cost only.
    """
    parameters = [row for row in uncertain_parameters(inputs, seed) if matters(row, measure)]
    variants = [pinned(inputs), *(pinned(inputs, row.name, end) for row in parameters for end in _ENDS)]
    values = run_variants(variants, replications=replications, seed=seed, workers=workers, progress=progress)
    return ranked(values, parameters, measure, month)


_ENDS: tuple[End, End] = ("low", "high")


def matters(parameter: Uncertain, measure: str) -> bool:
    """Say whether a parameter can touch a measure at all."""
    return measure.startswith("cost.") or not parameter.name.startswith(_UNIT_COST)


def ranked(values: pl.DataFrame, parameters: Sequence[Uncertain], measure: str, month: str) -> Tornado:
    """Rank parameters by their effect, from the measures of the pinned variants (see `pinned` for their names)."""
    rows = values.filter((pl.col("measure") == measure) & (pl.col("period_end").dt.strftime("%Y-%m") == month))
    middle = of_variant(rows, CENTRAL)

    def effect(parameter: Uncertain, end: End) -> Interval:
        return interval_of_mean(paired(middle, of_variant(rows, f"{parameter.name}@{end}"))["value"].to_list())

    bars = [Bar(parameter, effect(parameter, "low"), effect(parameter, "high")) for parameter in parameters]
    outcomes = middle["value"].to_list()
    return Tornado(
        measure=measure,
        unit=str(middle["unit"][0]),
        month=month,
        central=sum(outcomes) / len(outcomes),
        bars=tuple(sorted(bars, key=lambda bar: (-bar.width, bar.parameter.name))),
    )


# Words ---------------------------------------------------------------------------------------------------------------

_SHARES = {
    "resettled": Words(nl="aandeel hervestiging in de instroom", en="share of resettlement in the inflow"),
    "subsequent": Words(
        nl="aandeel herhaalde aanvragen in de instroom", en="share of subsequent applications in the inflow"
    ),
    "following_family_member": Words(
        nl="aandeel nareizigers in de instroom", en="share of following family in the inflow"
    ),
    "track_1": Words(nl="aandeel spoor 1 in de eerste aanvragen", en="share of track 1 in first applications"),
    "track_2": Words(nl="aandeel spoor 2 in de eerste aanvragen", en="share of track 2 in first applications"),
    "syr_yem": Words(
        nl="aandeel Syrië en Jemen in de eerste aanvragen", en="share of Syria and Yemen in first applications"
    ),
    "dza_mda": Words(
        nl="aandeel Algerije en Moldavië in de eerste aanvragen",
        en="share of Algeria and Moldova in first applications",
    ),
}
_LATE = {
    "notice_share": Words(nl="aandeel dat de IND in gebreke stelt", en="share that gives notice of default"),
    "appeal_share": Words(
        nl="aandeel dat in beroep gaat wegens niet tijdig beslissen", en="share that appeals for lateness"
    ),
}


_STAFF = {
    "recruitment_months": Words(nl="maanden van vacature tot eerste werkdag", en="months from vacancy to first day"),
    "training_months": Words(nl="maanden opleiding", en="months of training"),
    "training_productivity": Words(nl="werk tijdens de opleiding", en="work done during training"),
    "attrition_per_year": Words(nl="vertrek van personeel per jaar", en="staff that leaves per year"),
    "external_start_months": Words(nl="maanden tot externe inhuur begint", en="months until external hire starts"),
    "external_productivity": Words(nl="werk van externe inhuur", en="work done by external hire"),
    "hours_per_fte": Words(nl="uren per fte", en="hours per FTE"),
}
_RECEPTION = {"regular_places": Words(nl="reguliere opvangplaatsen", en="regular places in reception")}
_TEMPLATES = {
    "capacity": Words(nl="capaciteit: {0}", en="capacity: {0}"),
    "effort": Words(nl="uren per zaak: {1} ({0})", en="hours per case: {1} ({0})"),
    "no_show": Words(nl="niet verschenen: {0}", en="no-show: {0}"),
    "withdrawal": Words(nl="intrekkingen per jaar wachten: {0}", en="withdrawals per year of waiting: {0}"),
    "share": Words(nl="aandeel van {0} naar {1}", en="share from {0} to {1}"),
    "inflow": Words(nl="instroom: {0}", en="inflow: {0}"),
    "unit_cost": Words(nl="kostprijs: {0}", en="unit cost: {0}"),
}


def name_of(parameter: str, chain: Chain) -> Words:
    """Name a parameter in words; its own name where no words are known for it."""
    kind, _, rest = parameter.partition("/")
    if parameter == INFLOW:
        return Words(nl="totale instroom", en="total inflow")
    known = {"inflow_share": _SHARES, "late": _LATE, "staff": _STAFF, "reception": _RECEPTION}.get(kind, {})
    if rest in known:
        return known[rest]
    if kind not in _TEMPLATES:
        return Words(nl=parameter, en=parameter)
    rows = {row.id: row for row in (*chain.resources, *chain.stages, *chain.case_classes)}
    parts = [(rows[part].nl, rows[part].en) if part in rows else (part, part) for part in rest.split("/")]
    template = _TEMPLATES[kind]
    return Words(nl=template.nl.format(*(nl for nl, _ in parts)), en=template.en.format(*(en for _, en in parts)))
