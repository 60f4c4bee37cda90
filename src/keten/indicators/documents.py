# SPDX-License-Identifier: EUPL-1.2
"""Measures and indicators of a study in the shape of its JSON files: ranges per month, beside what was observed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl

from keten.indicators.measure_words import words_of
from keten.indicators.measures import measures
from keten.indicators.observed import ObservedPoint, observed_measures, observed_series
from keten.indicators.periods import by_period
from keten.indicators.registry import compute, indicators
from keten.indicators.summary import summarise_replications
from keten.indicators.tables import Tables
from keten.observations.known import Observations
from keten.parameters.chain import Chain

RANGE = ("p10", "p50", "p90", "mean")


def measures_document(tables: Tables, chain: Chain, observations: Observations, reference_date: date) -> dict[str, Any]:
    """Describe every measure: unit, definition, ranges per month and per whole half-year and year, and what was seen.

    `{name: {"unit", "definition": {"nl", "en"}, "months": {"2023-05": {"p10", "p50", "p90", "mean"}},
    "periods": {"2023-H2": {...}, "2024": {...}}, "observed"}}`. Pass the observations known on the knowledge date of
    the study. A month or period in which a measure is unknown is left out.
    """
    document: dict[str, Any] = {}
    published = observed_measures(observations, chain)
    values = measures(tables, chain)
    ranges = summarise_replications(values, ["measure", "unit", "period_end"])
    periods = _periods(values, reference_date)
    for (name, unit), months in ranges.group_by("measure", "unit", maintain_order=True):
        definition = words_of(str(name)).definition
        document[str(name)] = {
            "unit": unit,
            "definition": {"nl": definition.nl, "en": definition.en},
            "months": _months(months),
            "periods": periods.get(str(name), {}),
            "observed": _observed(published.get(str(name), ())),
        }
    return document


def _periods(values: pl.DataFrame, reference_date: date) -> dict[str, dict[str, dict[str, float | None]]]:
    ranges = summarise_replications(by_period(values, reference_date), ["measure", "period"])
    found: dict[str, dict[str, dict[str, float | None]]] = {}
    for row in ranges.sort("measure", "period").iter_rows(named=True):
        found.setdefault(row["measure"], {})[row["period"]] = {name: row[name] for name in RANGE}
    return found


def indicators_document(tables: Tables, chain: Chain, observations: Observations) -> dict[str, Any]:
    """Describe every indicator: `{"indicators": [{"id", "unit", "months", "observed"}]}`.

    Pass the observations known on the knowledge date of the study. A month in which an indicator is unknown has a
    range of nulls, so that nobody takes it for a month that was forgotten.
    """
    rows = []
    for row in indicators():
        ranges = summarise_replications(compute(row, tables, chain), ["period_end"])
        observed = _observed(observed_series(row.id, observations, chain))
        rows.append({"id": row.id, "unit": row.unit, "months": _months(ranges), "observed": observed})
    return {"indicators": rows}


def _months(ranges: pl.DataFrame) -> dict[str, dict[str, float | None]]:
    ordered = ranges.sort("period_end").iter_rows(named=True)
    return {f"{row['period_end']:%Y-%m}": {name: row[name] for name in RANGE} for row in ordered}


def _observed(points: Iterable[ObservedPoint]) -> list[dict[str, Any]]:
    return [
        {
            "on": point.on.isoformat(),
            "value": point.value,
            "source": point.source_url,
            "reported": point.reported,
            "definition_nl": point.definition_nl,
            "definition_en": point.definition_en,
        }
        for point in points
    ]
