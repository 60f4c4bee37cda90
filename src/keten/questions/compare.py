# SPDX-License-Identifier: EUPL-1.2
"""What is different between studies: replication by replication, with an interval on the mean difference."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from itertools import groupby
from math import isfinite
from pathlib import Path
from typing import Any

import polars as pl

from keten.domain.errors import Problem, ScenarioError, UsageError
from keten.domain.figures import Range, summarise
from keten.indicators import Tables
from keten.indicators.measures import measures
from keten.parameters.load import load_chain
from keten.scenario.apply import apply
from keten.scenario.model import Scenario
from keten.study.folder import AGAIN, read_receipt, read_table, scenario_of, table_problems
from keten.study.interval import Interval, interval_of_mean
from keten.study.variants import KEY, paired

_MUST_AGREE: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], object]]] = {
    "seed": ("Run one of the two again with --seed {base}.", lambda receipt: receipt["seed"]),
    "replications": ("Run one of the two again with --replications {base}.", lambda receipt: receipt["replications"]),
    "reference_date": ("Give both scenarios the same reference_date.", lambda receipt: receipt["reference_date"]),
    "horizon": ("Give both scenarios the same horizon.", lambda receipt: receipt["horizon"]),
}
"""What must be the same in two studies before their replications are pairs, and what to do when it is not."""

_MAY_DIFFER = ("code", "parameters", "observations")


@dataclass(frozen=True)
class Study:
    """A study as it was run: its receipt, its scenario, and every measure per replication and month."""

    folder: Path
    receipt: Mapping[str, Any]
    scenario: Scenario
    values: pl.DataFrame

    @property
    def months(self) -> list[str]:
        """Months the study speaks of, as `2024-12`, in order."""
        return [f"{day:%Y-%m}" for day in self.values["period_end"].unique().sort()]


@dataclass(frozen=True)
class Difference:
    """How much a measure of one study is above that of the base in a month, over the paired replications."""

    measure: str
    unit: str
    period_end: date
    base: float
    other: float
    mean: Interval
    spread: Range
    replications: int

    @property
    def distinguishable(self) -> bool:
        """True when the mean difference is not zero with 95% confidence."""
        return self.mean.excludes_zero

    def as_document(self) -> dict[str, Any]:
        """Write out for a machine; limits that do not exist (one replication) are null."""
        return {
            "base_mean": self.base,
            "other_mean": self.other,
            **interval_document(self.mean),
            "p10": self.spread.p10,
            "p50": self.spread.p50,
            "p90": self.spread.p90,
            "distinguishable_from_zero": self.distinguishable,
        }


def interval_document(interval: Interval) -> dict[str, float | None]:
    """Write an interval out for a machine."""
    low, high = (limit if isfinite(limit) else None for limit in (interval.low, interval.high))
    return {"mean": interval.mean, "ci95_low": low, "ci95_high": high}


def read_studies(folders: Sequence[Path]) -> list[Study]:
    """Read studies that are to be compared; the first is the base.

    Raises
    ------
    UsageError
        When a folder holds no complete study.
    ScenarioError
        When there are fewer than two, or their replications are no pairs; every reason is listed.
    """
    if len(folders) < 2:
        remedy = "Give the base first, then one or more others."
        raise ScenarioError("The comparison", [Problem("folders", "one study compares with nothing.", remedy)])
    receipts = [read_receipt(folder) for folder in folders]
    problems = [
        *pairing_problems(folders, receipts),
        *(problem for folder in folders for problem in _missing_tables(folder)),
    ]
    if problems:
        raise ScenarioError("The comparison", problems)
    return [read_study(folder) for folder in folders]


def pairing_problems(folders: Sequence[Path], receipts: Sequence[Mapping[str, Any]]) -> list[Problem]:
    """Say why the replications of studies are no pairs, each with what to do."""
    base = receipts[0]
    return [
        Problem(
            str(folder),
            f"{name} is {read(receipt)}, while that of {folders[0]} is {read(base)}: the replications are no pairs.",
            remedy.format(base=read(base)),
        )
        for folder, receipt in zip(folders[1:], receipts[1:], strict=True)
        for name, (remedy, read) in _MUST_AGREE.items()
        if read(receipt) != read(base)
    ]


def differing_inputs(studies: Sequence[Study]) -> list[str]:
    """Name what else than the scenario changed between the base and another study: code, parameters, observations."""
    base = studies[0].receipt["inputs"]
    return sorted({name for study in studies for name in _MAY_DIFFER if study.receipt["inputs"][name] != base[name]})


def _missing_tables(folder: Path) -> list[Problem]:
    written = read_receipt(folder)["files"]
    named = [f"{name}.parquet" for name in table_names() if f"{name}.parquet" in written]
    return [replace(problem, where=f"{folder}/{problem.where}") for problem in table_problems(folder, named)]


def table_names() -> tuple[str, ...]:
    """Names of the tables that measures are computed from."""
    return tuple(field.name for field in fields(Tables) if field.name != "complete")


def read_study(folder: Path) -> Study:
    """Read one study and compute its measures per replication from its tables."""
    receipt = read_receipt(folder)
    scenario = scenario_of(folder, receipt)
    read = {name: read_table(folder, name) for name in table_names()}
    frames = {name: frame for name, frame in read.items() if frame is not None}
    try:
        values = measures(Tables(**frames, complete=True), apply(scenario, load_chain()))
    except pl.exceptions.PolarsError as error:
        raise UsageError(str(folder), [Problem("a table", f"is not as promised ({error}).", AGAIN)]) from None
    return Study(folder, receipt, scenario, values)


def differences(base: pl.DataFrame, other: pl.DataFrame) -> list[Difference]:
    """Compare two frames of measures per replication, paired; by measure and month.

    Parameters
    ----------
    base, other
        measure, unit, replication, period_end, value.
    """
    before = base.select(*KEY, before="value")
    rows = paired(base, other).rename({"value": "difference"}).join(before, on=KEY)
    ordered = rows.sort("measure", "unit", "period_end", "replication")
    found = []
    for (measure, unit, period_end), group in groupby(
        ordered.select("measure", "unit", "period_end", "difference", "before").iter_rows(), key=lambda row: row[:3]
    ):
        change, start = zip(*(row[3:] for row in group), strict=True)
        mean = interval_of_mean(change)
        level = sum(start) / len(start)
        found.append(
            Difference(
                measure=measure,
                unit=unit,
                period_end=period_end,
                base=level,
                other=level + mean.mean,
                mean=mean,
                spread=summarise(change),
                replications=len(change),
            )
        )
    return sorted(found, key=lambda row: (row.measure, row.period_end))


def by_size(rows: Sequence[Difference]) -> list[Difference]:
    """Sort for reading: what is certainly different first, the largest change relative to the base on top."""

    def key(row: Difference) -> tuple[bool, float, str]:
        relative = abs(row.mean.mean) / max(abs(row.base), abs(row.other), 1e-9)
        return not row.distinguishable, -relative, row.measure

    return sorted(rows, key=key)


def comparison_document(studies: Sequence[Study]) -> dict[str, Any]:
    """Write a comparison of every study with the first out in full, for a machine."""
    base = studies[0]
    return {
        "base": _study_document(base),
        "paired_on": {name: read(base.receipt) for name, (_, read) in _MUST_AGREE.items()},
        "differing_inputs": differing_inputs(studies),
        "others": [
            {**_study_document(other), "measures": _measures_document(differences(base.values, other.values))}
            for other in studies[1:]
        ],
    }


def _study_document(study: Study) -> dict[str, Any]:
    return {"folder": str(study.folder), "scenario": study.scenario.name, "title": study.scenario.title.model_dump()}


def _measures_document(rows: Sequence[Difference]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for row in rows:
        entry = document.setdefault(row.measure, {"unit": row.unit, "months": {}})
        entry["months"][f"{row.period_end:%Y-%m}"] = row.as_document()
    return document
