# SPDX-License-Identifier: EUPL-1.2
"""The ledger of steering choices: what a choice was predicted to do, and what of the outcome is its doing.

A choice is two scenarios: the chosen one, and its do-nothing twin, which differs from it in the choice alone. Both run
over the same replications, so that the prediction is a paired difference.

Once figures are published, the distance between the outcome and the twin is divided in a fixed order: the twin is run
again with the inflow as it was, then also with the staff as it was, then also with the rules as they were known, and
then with the choice. Each step is a part; what the model does not explain is the remainder. So the parts add up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from math import fsum, isfinite
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

import keten
from keten.domain.digest import hash_of
from keten.domain.errors import Problem, ScenarioError
from keten.domain.figures import Range, summarise
from keten.indicators.observed import observed_measures
from keten.observations import Observations, monthly_inflow
from keten.parameters.chain import Chain
from keten.parameters.load import load_chain
from keten.questions.backtest import PUBLISHED_CLASSES, nearest_month_end, realised_arrivals
from keten.questions.compare import Difference, differences
from keten.scenario.apply import changed
from keten.scenario.effect import cut_off
from keten.scenario.model import Dated, Scenario
from keten.study.inputs import Inputs, prepare
from keten.study.interval import interval_of_outcome
from keten.study.receipt import canonical, input_hashes
from keten.study.replicate import Progress
from keten.study.variants import KEY, Variant, of_variant, paired, run_variants
from keten.study.work import Workers

MEASURES = (
    "stock.track_4",
    "overdue.track_4",
    "production.track_4",
    "withdrawn.track_4",
    "remitted",
    "penalties.paid",
    "reception.occupancy",
    "reception.emergency",
    "permit_holders_waiting",
    "stock.appeal",
    "cost.total",
)
"""What a choice is judged on."""

CHOSEN, TWIN = "chosen", "twin"
DECIMALS = 6
"""Figures are kept to this many decimals, so that the parts of an outcome add up to it without a last bit left over."""


# The prediction ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Predicted:
    """One measure at one month end: without the choice, with it, and the paired difference.

    `low` and `high` hold the mean difference with 95% confidence; `spread` holds 80% of the differences themselves.
    """

    measure: str
    unit: str
    period_end: date
    twin: Range
    chosen: Range
    effect: float
    low: float
    high: float
    spread: Range

    @property
    def is_sure(self) -> bool:
        """True when the mean difference is not zero with 95% confidence."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True)
class Prediction:
    """What a choice was predicted to do, with everything that is needed to predict it again."""

    chosen: Scenario
    twin: Scenario
    seed: int
    replications: int
    receipt: Mapping[str, Any]
    rows: tuple[Predicted, ...]

    def at(self, measure: str, on: date) -> Predicted | None:
        """Give the prediction of a measure at a month end; None when it was not predicted."""
        return next((row for row in self.rows if (row.measure, row.period_end) == (measure, on)), None)

    def of(self, measure: str) -> tuple[Predicted, ...]:
        """Give the predictions of a measure, by month."""
        return tuple(row for row in self.rows if row.measure == measure)

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that were predicted, in their usual order."""
        there = {row.measure for row in self.rows}
        return tuple(name for name in MEASURES if name in there)

    def as_document(self) -> dict[str, Any]:
        """Write out in full, for keeping."""
        return {
            "chosen": _scenario_document(self.chosen),
            "twin": _scenario_document(self.twin),
            "seed": self.seed,
            "replications": self.replications,
            "receipt": dict(self.receipt),
            "rows": [_predicted_document(row) for row in self.rows],
        }


def prediction_of(document: Mapping[str, Any]) -> Prediction:
    """Read a prediction that was kept.

    Raises
    ------
    KeyError, ValueError
        When it is not what `Prediction.as_document` writes.
    """
    return Prediction(
        chosen=Scenario.model_validate(document["chosen"]),
        twin=Scenario.model_validate(document["twin"]),
        seed=int(document["seed"]),
        replications=int(document["replications"]),
        receipt=dict(document["receipt"]),
        rows=tuple(_predicted(row) for row in document["rows"]),
    )


def predict(
    chosen: Scenario,
    twin: Scenario,
    *,
    replications: int,
    seed: int,
    workers: Workers | None = None,
    progress: Progress = lambda _done: None,
    observations: Observations | None = None,
) -> Prediction:
    """Run a choice and its do-nothing twin over the same replications; from the figures that ship or from others.

    Raises
    ------
    ScenarioError
        When the two do not speak of the same days, or do not differ.
    """
    _check_pair(chosen, twin)
    variants = [
        Variant(name, prepare(row, observations=observations)) for name, row in ((TWIN, twin), (CHOSEN, chosen))
    ]
    values = run_variants(variants, replications=replications, seed=seed, workers=workers, progress=progress)
    of_each = (of_variant(values, TWIN), of_variant(values, CHOSEN))
    return prediction_from(chosen, twin, *of_each, seed=seed, observations=observations)


def prediction_from(
    chosen: Scenario,
    twin: Scenario,
    twin_values: pl.DataFrame,
    chosen_values: pl.DataFrame,
    *,
    seed: int,
    observations: Observations | None = None,
) -> Prediction:
    """Make a prediction of two runs that were done already; the replications that both have are the pairs.

    Parameters
    ----------
    twin_values, chosen_values
        measure, unit, replication, period_end, value; both run with `seed`.

    Raises
    ------
    ScenarioError
        When the scenarios do not speak of the same days or do not differ, or there are no pairs.
    """
    _check_pair(chosen, twin)
    common = set(twin_values["replication"].unique()) & set(chosen_values["replication"].unique())
    if not common:
        remedy = "Run both with the same seed from replication 0 on."
        raise ScenarioError("The choice", [Problem("replications", "the two runs have none in common.", remedy)])
    mine = pl.col("measure").is_in(MEASURES) & pl.col("replication").is_in(sorted(common))
    before, after = twin_values.filter(mine), chosen_values.filter(mine)
    spreads = [_ranges(frame) for frame in (before, after)]
    rows = tuple(
        _row(found, *(spread[found.measure, found.period_end] for spread in spreads))
        for found in differences(before, after)
    )
    return Prediction(chosen, twin, seed, len(common), _receipt(chosen, twin, observations), rows)


def _check_pair(chosen: Scenario, twin: Scenario) -> None:
    problems = [
        Problem(name, "differs between the choice and its twin.", "Give both the same days; only the choice differs.")
        for name in ("reference_date", "horizon")
        if getattr(chosen, name) != getattr(twin, name)
    ]
    if _content(chosen) == _content(twin):
        problems.append(Problem("choice", "differs in nothing from doing nothing.", "Change at least one value."))
    if problems:
        raise ScenarioError("The choice", problems)


def _content(scenario: Scenario) -> dict[str, Any]:
    return {
        name: part
        for name, part in _scenario_document(scenario).items()
        if name not in {"name", "title", "description"}
    }


def _scenario_document(scenario: Scenario) -> dict[str, Any]:
    document: dict[str, Any] = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return document


def _receipt(chosen: Scenario, twin: Scenario, observations: Observations | None) -> dict[str, Any]:
    hashes = [input_hashes(prepare(scenario, observations=observations)) for scenario in (chosen, twin)]
    return {
        "code_version": keten.__version__,
        "inputs": {**hashes[0], "twin": hashes[1]["scenario"]},
        "known_on": chosen.law.figures_date.isoformat(),
        "law_known_on": chosen.law.known_on.value.isoformat(),
        "reading": chosen.law.reading.value.value,
    }


def _ranges(values: pl.DataFrame) -> dict[tuple[str, date], Range]:
    grouped = values.sort(KEY).group_by("measure", "period_end", maintain_order=True)
    return {(str(measure), on): summarise(group["value"].to_list()) for (measure, on), group in grouped}


def _row(found: Difference, twin: Range, chosen: Range) -> Predicted:
    low, high = (limit if isfinite(limit) else found.mean.mean for limit in (found.mean.low, found.mean.high))
    return Predicted(
        measure=found.measure,
        unit=found.unit,
        period_end=found.period_end,
        twin=_rounded(twin),
        chosen=_rounded(chosen),
        effect=round(found.mean.mean, DECIMALS),
        low=round(low, DECIMALS),
        high=round(high, DECIMALS),
        spread=_rounded(found.spread),
    )


def _rounded(spread: Range) -> Range:
    parts = (spread.p10, spread.p50, spread.p90, spread.mean)
    return Range(*(round(part, DECIMALS) for part in parts))


def _range_document(spread: Range) -> list[float]:
    return [spread.p10, spread.p50, spread.p90, spread.mean]


def _predicted_document(row: Predicted) -> dict[str, Any]:
    return {
        "measure": row.measure,
        "unit": row.unit,
        "on": row.period_end.isoformat(),
        "twin": _range_document(row.twin),
        "chosen": _range_document(row.chosen),
        "effect": [row.effect, row.low, row.high],
        "spread": _range_document(row.spread),
    }


def _predicted(document: Mapping[str, Any]) -> Predicted:
    effect, low, high = document["effect"]
    return Predicted(
        measure=document["measure"],
        unit=document["unit"],
        period_end=date.fromisoformat(document["on"]),
        twin=Range(*document["twin"]),
        chosen=Range(*document["chosen"]),
        effect=effect,
        low=low,
        high=high,
        spread=Range(*document["spread"]),
    )


# What happened -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Actual:
    """A published value after the choice, with the month end of the model that stands beside it."""

    measure: str
    on: date
    value: float
    source: str

    @property
    def month_end(self) -> date:
        """The month end nearest to its day: the model counts at month ends."""
        return nearest_month_end(self.on)


@dataclass(frozen=True)
class Worked:
    """Hours per working day that a resource really had, from one day until another, and where that was published."""

    resource: str
    valid_from: date
    valid_until: date
    hours: float
    source: str


@dataclass(frozen=True)
class Happened:
    """What is known of what happened after a choice.

    Parameters
    ----------
    observations
        The published figures, as known on the day of judging.
    known_on
        That day; the law is read as it was known then.
    worked
        Staff as it was; empty when nothing was published, and then staff stays as predicted.
    """

    observations: Observations
    known_on: date
    worked: tuple[Worked, ...] = ()
    predicted_from: Observations | None = None
    """The figures on which the prediction was made; None for those that ship."""


def actuals_after(prediction: Prediction, happened: Happened) -> tuple[Actual, ...]:
    """List the published values of the predicted measures after the reference date, by measure and day."""
    published = observed_measures(happened.observations, load_chain())
    first, last = prediction.chosen.reference_date, prediction.chosen.horizon
    return tuple(
        Actual(measure, point.on, round(point.value, DECIMALS), point.source_url)
        for measure in prediction.measures
        for point in published.get(measure, ())
        if first < point.on <= last and point.published <= happened.known_on
        if prediction.at(measure, Actual(measure, point.on, point.value, "").month_end)
    )


def inflow_known_until(inputs: Inputs, observations: Observations) -> date | None:
    """Give the last day of the unbroken months after the reference date whose inflow was published; None for none."""
    day, known = _first_whole_month(inputs), None
    while day <= inputs.span.horizon:
        end = (day + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        if end > inputs.span.horizon or not monthly_inflow(observations, "ind_asylum_inflow", "total", day, end).height:
            break
        day, known = end + timedelta(days=1), end
    return known


def _first_whole_month(inputs: Inputs) -> date:
    first = inputs.span.day(0)
    return first if first.day == 1 else (first.replace(day=1) + timedelta(days=31)).replace(day=1)


def arrivals_as_they_were(inputs: Inputs, observations: Observations) -> NDArray[np.int32] | None:
    """Lay out the published inflow; what was not published is -1, and stays as predicted."""
    until = inflow_known_until(inputs, observations)
    if until is None:
        return None
    start = _first_whole_month(inputs)
    counted = realised_arrivals(inputs.chain, inputs.shares, observations, start, until)
    arrivals = np.full((inputs.span.days, len(inputs.chain.case_classes)), -1, dtype=np.int32)
    columns = [n for n, row in enumerate(inputs.chain.case_classes) if row.id in PUBLISHED_CLASSES]
    rows = slice(inputs.span.number(start), inputs.span.number(until) + 1)
    arrivals[rows, columns] = counted[:, columns]
    return arrivals


# The outcome in parts ------------------------------------------------------------------------------------------------


class Cause(StrEnum):
    """What made an outcome differ from doing nothing, in the order in which it is worked out."""

    INFLOW = "inflow"
    STAFF = "staff"
    RULES = "rules"
    CHOICE = "choice"
    REMAINDER = "remainder"


@dataclass(frozen=True)
class Part:
    """How much of an outcome one cause explains.

    `low` and `high` hold it with 95% probability for the one course of events that happened: they hold the luck of that
    course and the doubt about the parameters, and stay wide however many replications there are.
    """

    cause: Cause
    amount: float
    low: float
    high: float

    @property
    def is_sure(self) -> bool:
        """True when the interval leaves zero out."""
        return self.low > 0 or self.high < 0


class Verdict(StrEnum):
    """What can be said of a choice on a published figure.

    `NO_MEASURABLE_EFFECT`: by the model itself the effect cannot be told from none. `DROWNED`: there is an effect in
    the model, but what the model does not explain is larger. `AS_PREDICTED` and `OTHERWISE`: the effect can be told,
    and the outcome lay within the predicted range of 80%, or outside it.
    """

    NO_MEASURABLE_EFFECT = "no_measurable_effect"
    DROWNED = "drowned"
    AS_PREDICTED = "as_predicted"
    OTHERWISE = "otherwise"


@dataclass(frozen=True)
class Split:
    """One published figure, divided over its causes.

    `without` is what the do-nothing twin was predicted to bring, on average; with the parts added it is `actual`.
    """

    measure: str
    unit: str
    actual: Actual
    without: float
    predicted: Range
    parts: tuple[Part, ...]

    def part(self, cause: Cause) -> Part:
        """Give the part of one cause."""
        return next(part for part in self.parts if part.cause is cause)

    @property
    def adds_up(self) -> bool:
        """True when the twin and the parts make the published figure, to the last decimal that is kept."""
        return round(fsum([self.without, *(part.amount for part in self.parts)]), DECIMALS) == self.actual.value

    @property
    def verdict(self) -> Verdict:
        """Say what this figure tells about the choice."""
        choice, rest = self.part(Cause.CHOICE), self.part(Cause.REMAINDER)
        if not choice.is_sure:
            return Verdict.NO_MEASURABLE_EFFECT
        if abs(rest.amount) >= abs(choice.amount):
            return Verdict.DROWNED
        inside = self.predicted.p10 <= self.actual.value <= self.predicted.p90
        return Verdict.AS_PREDICTED if inside else Verdict.OTHERWISE


@dataclass(frozen=True)
class Judgement:
    """A choice looked back on: every published figure in parts, and what could not be judged yet."""

    known_on: date
    inflow_until: date | None
    worked: tuple[Worked, ...]
    rules_changed: bool
    splits: tuple[Split, ...]
    not_yet: tuple[str, ...] = field(default=())

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the newest figure of the measure that comes first; None when nothing was published yet."""
        if not self.splits:
            return None
        first = min((split.measure for split in self.splits), key=MEASURES.index)
        return max((row for row in self.splits if row.measure == first), key=lambda row: row.actual.on).verdict

    def as_document(self) -> dict[str, Any]:
        """Write out in full, for keeping."""
        return {
            "known_on": self.known_on.isoformat(),
            "inflow_until": self.inflow_until.isoformat() if self.inflow_until else None,
            "worked": [
                [row.resource, row.valid_from.isoformat(), row.valid_until.isoformat(), row.hours, row.source]
                for row in self.worked
            ],
            "rules_changed": self.rules_changed,
            "not_yet": list(self.not_yet),
            "splits": [_split_document(split) for split in self.splits],
        }


def judgement_of(document: Mapping[str, Any]) -> Judgement:
    """Read a judgement that was kept."""
    until = document["inflow_until"]
    return Judgement(
        known_on=date.fromisoformat(document["known_on"]),
        inflow_until=date.fromisoformat(until) if until else None,
        worked=tuple(
            Worked(name, date.fromisoformat(start), date.fromisoformat(end), hours, source)
            for name, start, end, hours, source in document["worked"]
        ),
        rules_changed=bool(document["rules_changed"]),
        splits=tuple(_split(row) for row in document["splits"]),
        not_yet=tuple(document["not_yet"]),
    )


def _split_document(split: Split) -> dict[str, Any]:
    return {
        "measure": split.measure,
        "unit": split.unit,
        "on": split.actual.on.isoformat(),
        "actual": split.actual.value,
        "source": split.actual.source,
        "without": split.without,
        "predicted": _range_document(split.predicted),
        "parts": {part.cause.value: [part.amount, part.low, part.high] for part in split.parts},
        "verdict": split.verdict.value,
    }


def _split(document: Mapping[str, Any]) -> Split:
    return Split(
        measure=document["measure"],
        unit=document["unit"],
        actual=Actual(document["measure"], date.fromisoformat(document["on"]), document["actual"], document["source"]),
        without=document["without"],
        predicted=Range(*document["predicted"]),
        parts=tuple(Part(cause, *document["parts"][cause.value]) for cause in Cause),
    )


def judge(
    prediction: Prediction,
    happened: Happened,
    *,
    workers: Workers | None = None,
    progress: Progress = lambda _done: None,
) -> Judgement:
    """Divide what came out over inflow, staff, rules, the choice and what the model does not explain.

    Runs again with the seed and the replications of the prediction, until the last published figure.
    """
    actuals = actuals_after(prediction, happened)
    not_yet = tuple(name for name in prediction.measures if name not in {row.measure for row in actuals})
    runs = _Runs(prediction, happened, last=max((row.month_end for row in actuals), default=None))
    splits: tuple[Split, ...] = ()
    if actuals:
        values = run_variants(
            runs.variants,
            replications=prediction.replications,
            seed=prediction.seed,
            workers=workers,
            progress=progress,
        )
        splits = tuple(_divided(prediction, row, values, runs.names) for row in actuals)
    return Judgement(
        known_on=happened.known_on,
        inflow_until=inflow_known_until(_inputs(prediction.twin, happened), happened.observations),
        worked=happened.worked,
        rules_changed=runs.rules_changed,
        splits=splits,
        not_yet=not_yet,
    )


class _Runs:
    """The runs of a judgement: the twin, then each step, and which of them are the same run."""

    def __init__(self, prediction: Prediction, happened: Happened, *, last: date | None) -> None:
        self.happened = happened
        self.chosen, self.twin = (_until(part, last) for part in (prediction.chosen, prediction.twin))
        self.governed = _governed(self.chosen, self.twin)
        self.rules_changed = happened.known_on > self.twin.law.known_on.value
        known = _inputs(self.twin, happened)
        self.arrivals = arrivals_as_they_were(known, happened.observations)
        steps = [
            (TWIN, known, True),
            (Cause.INFLOW.value, self._as_it_was(self.twin), self.arrivals is not None),
            (Cause.STAFF.value, self._as_it_was(self.twin, staff=True), bool(self._worked(governed=False))),
            (Cause.RULES.value, self._as_it_was(self.twin, staff=True, rules=True), self.rules_changed),
            (Cause.CHOICE.value, self._as_it_was(self.chosen, staff=True, rules=True, governed=True), True),
        ]
        self.variants: list[Variant] = []
        self.names: dict[str, str] = {}
        """Per step the variant that was run for it; a step in which nothing changed is the run before it."""
        for name, inputs, changes in steps:
            if changes:
                self.variants.append(Variant(name, inputs))
            self.names[name] = self.variants[-1].name

    def _worked(self, *, governed: bool) -> list[Worked]:
        """Take the staff that the choice does not govern; with `governed` all of it, for the run with the choice."""
        return [row for row in self.happened.worked if governed or row.resource not in self.governed]

    def _as_it_was(
        self, scenario: Scenario, *, staff: bool = False, rules: bool = False, governed: bool = False
    ) -> Inputs:
        inputs = _inputs(with_rules(scenario, self.happened.known_on) if rules else scenario, self.happened)
        if staff:
            inputs = replace(inputs, chain=_with_worked(inputs.chain, self._worked(governed=governed)))
        return replace(inputs, known_arrivals=self.arrivals)


def _inputs(scenario: Scenario, happened: Happened) -> Inputs:
    return prepare(scenario, observations=happened.predicted_from)


def _until(scenario: Scenario, last: date | None) -> Scenario:
    """Let a scenario end with the last published figure: what comes after does not change what came before."""
    return scenario if last is None else cut_off(scenario, min(last, scenario.horizon))


def _governed(chosen: Scenario, twin: Scenario) -> frozenset[str]:
    """Name the resources whose hours the choice itself sets: how it was carried out is part of the choice."""
    capacity = {
        name
        for name in {*chosen.capacity, *twin.capacity}
        if chosen.capacity.get(name, ()) != twin.capacity.get(name, ())
    }
    hired = {name for _where, name in (*chosen.staff.resources(), *twin.staff.resources())}
    return frozenset(capacity | (hired if chosen.staff != twin.staff else set()))


def with_rules(scenario: Scenario, known_on: date) -> Scenario:
    """Apply the law as it was known on a later day, to the figures of then."""
    law = scenario.law
    if known_on <= law.known_on.value:
        return scenario
    later = law.known_on.model_copy(update={"value": known_on})
    figures = law.figures_known_on or law.known_on
    changed_law = law.model_copy(update={"known_on": later, "figures_known_on": figures})
    return scenario.model_copy(update={"law": changed_law})


def _with_worked(chain: Chain, worked: Iterable[Worked]) -> Chain:
    rows = list(worked)
    resources = tuple(
        resource.model_copy(
            update={
                "capacity": changed(resource.capacity, [_period(row) for row in rows if row.resource == resource.id])
            }
        )
        if any(row.resource == resource.id for row in rows)
        else resource
        for resource in chain.resources
    )
    return chain.model_copy(update={"resources": resources})


def _period(row: Worked) -> Dated:
    return Dated.model_validate(
        {
            "value": row.hours,
            "from": row.valid_from,
            "until": row.valid_until,
            "owner": "Keten",
            "reason": "The hours that were really worked.",
            "source": row.source,
        }
    )


def _divided(prediction: Prediction, actual: Actual, values: pl.DataFrame, names: Mapping[str, str]) -> Split:
    """Divide one figure: each part is the paired difference of a step with the one before it."""
    here = values.filter((pl.col("measure") == actual.measure) & (pl.col("period_end") == actual.month_end))
    runs = {step: of_variant(here, variant) for step, variant in names.items()}
    steps = [TWIN, *(cause.value for cause in Cause if cause is not Cause.REMAINDER)]
    parts = [
        _part(Cause(step), paired(runs[before], runs[step])["value"].to_list())
        for before, step in zip(steps, steps[1:], strict=False)
    ]
    found = prediction.at(actual.measure, actual.month_end)
    assert found is not None  # `actuals_after` leaves out what was not predicted
    without = found.twin.mean
    rest = _part(Cause.REMAINDER, [actual.value - value for value in runs[Cause.CHOICE.value]["value"].to_list()])
    amount = round(actual.value - fsum([without, *(part.amount for part in parts)]), DECIMALS)
    parts.append(replace(rest, amount=amount))
    return Split(actual.measure, found.unit, actual, without, found.chosen, tuple(parts))


def _part(cause: Cause, outcomes: Sequence[float]) -> Part:
    interval = interval_of_outcome(outcomes)
    low, high = (limit if isfinite(limit) else interval.mean for limit in (interval.low, interval.high))
    return Part(cause, *(round(number, DECIMALS) for number in (interval.mean, low, high)))


def hash_of_document(document: Mapping[str, Any]) -> str:
    """Hash what was kept, so that a reader sees that it was not changed since."""
    return hash_of(canonical(document))
