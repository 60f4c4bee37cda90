# SPDX-License-Identifier: EUPL-1.2
"""What the replications of a study say of an indicator ahead; read from its tables, nothing is simulated."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from keten.domain.figures import summarise
from keten.indicators import Indicator, Tables, compute, find
from keten.parameters.load import load_chain
from keten.questions.compare import table_names
from keten.steering.ahead import Ahead, look_ahead, remedy_for
from keten.study.folder import read_table
from keten.study.results import Results
from keten_web.config.today import today
from keten_web.steering import evidence
from keten_web.words import wording


def ahead(indicator: Indicator, results: Results, *, was_raised: bool) -> Ahead | None:
    """Look ahead from the reference date of a study; None for an indicator without norm, measure or forecast."""
    remedy = remedy_for(indicator.id)
    paths = _paths(indicator.id, results)
    if indicator.rule is None or remedy is None or not paths:
        return None
    return look_ahead(
        indicator,
        paths,
        history=_counted(indicator.id, results.reference_date),
        on=results.reference_date,
        remedy=remedy,
        was_raised=was_raised,
    )


def _counted(identifier: str, on: date) -> list[tuple[date, float | None]]:
    """Give the published months up to a day, as known now: what was counted since is not foreseen any more."""
    return [row for row in evidence.months_of(identifier, max(on, today())) if row[0] <= on]


def _paths(identifier: str, results: Results) -> list[list[tuple[date, float | None]]]:
    """Give the months after the reference date, per replication; none when the study cannot say."""
    later = values_of(identifier, results).filter(pl.col("period_end") > results.reference_date)
    if not later["value"].is_not_null().any():
        return []
    parts = later.sort("replication", "period_end").partition_by("replication", maintain_order=True)
    return [list(zip(part["period_end"], part["value"], strict=True)) for part in parts]


def values_of(identifier: str, results: Results) -> pl.DataFrame:
    """Compute an indicator from the tables of a study: replication, period_end, value."""
    written = (results.folder / "receipt.json").stat().st_mtime_ns
    return _values(identifier, results.folder, written)


@lru_cache(maxsize=64)
def _values(identifier: str, folder: Path, _written: int) -> pl.DataFrame:
    return compute(find(identifier), tables_of(folder), load_chain())


def tables_of(folder: Path, replications: int | None = None) -> Tables:
    """Read the tables of a study; with a number only those of its first replications."""
    frames = {}
    for name in table_names():
        if (rows := read_table(folder, name, replications=replications)) is not None:
            frames[name] = rows
    return Tables(**frames, complete=True)


def middle_at(indicator: Indicator, results: Results, on: date | None) -> float | None:
    """Give the median of an indicator in a month, rounded to what a forecast knows; None when the study cannot say."""
    here = values_of(indicator.id, results).filter((pl.col("period_end") == on) & pl.col("value").is_not_null())
    if not here.height:
        return None
    spread = summarise(here["value"].to_list())
    step = wording.rounding_step(spread, indicator.unit)
    return round(round(spread.p50 / step) * step, 9)


def receipt_of(results: Results) -> dict[str, Any]:
    """Give what anyone needs to make the forecast again."""
    written = results.receipt
    names = ("code_version", "seed", "replications", "known_on", "reading", "inputs", "output_hash")
    return {"study": results.name, **{name: written[name] for name in names if name in written}}
