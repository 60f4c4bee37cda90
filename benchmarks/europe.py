# SPDX-License-Identifier: EUPL-1.2
"""A chain of the size of Europe: 1,000,000 applications a year for five years, as a study through the real kernel.

An exercise in scale and not a model of Europe: it is the chain of the Netherlands with its inflow, its opening stock
and its capacity all multiplied by the same factor, 1,000,000 over the 70,000 of the national benchmark. Stages, routes,
law and shares stay Dutch, so its outcomes say nothing about any other country. A million is a round number.

    .venv/bin/python -m benchmarks.europe        # shows its progress, prints what it took
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks import Row
from benchmarks.chain import MEGABYTE, PERSONS_PER_YEAR, SCENARIO, SEED, five_years
from keten.cli.output import progress_bar
from keten.flow.cases import OpeningStock
from keten.forecast import Plan
from keten.parameters.chain import Chain
from keten.parameters.values import Quantity
from keten.study.inputs import Inputs
from keten.study.opening import Opening
from keten.study.run import Settings, run_study

APPLICATIONS_PER_YEAR = 1_000_000
REPLICATIONS = 2


def scaled(quantity: Quantity, factor: float) -> Quantity:
    """Multiply a quantity, its whole range when it has one."""
    parts = {name: getattr(quantity, name) for name in ("value", "low", "mode", "high")}
    return quantity.model_copy(update={name: None if part is None else part * factor for name, part in parts.items()})


def scaled_plan(plan: Plan, factor: float) -> Plan:
    """Multiply the inflow of every year and of every other flow."""
    years = tuple(
        replace(year, total=scaled(year.total, factor), observed=round(year.observed * factor)) for year in plan.years
    )
    flows = tuple(replace(flow, total=scaled(flow.total, factor)) for flow in plan.other_flows)
    return replace(plan, years=years, other_flows=flows)


def scaled_chain(chain: Chain, factor: float) -> Chain:
    """Multiply the capacity of every resource."""
    resources = tuple(
        row.model_copy(update={"capacity": tuple(scaled(quantity, factor) for quantity in row.capacity)})
        for row in chain.resources
    )
    return chain.model_copy(update={"resources": resources})


def scaled_opening(opening: Opening, factor: float) -> Opening:
    """Repeat the cases of the opening stock, each as often as the factor asks."""
    stock = opening.stock
    chosen = (np.arange(int(len(stock.stage) * factor)) / factor).astype(np.int64)
    repeated = OpeningStock(stock.stage[chosen], stock.case_class[chosen], stock.lodged[chosen])
    figures = tuple(replace(figure, value=round(figure.value * factor)) for figure in opening.figures)
    return replace(opening, stock=repeated, figures=figures)


def european_chain() -> Inputs:
    """Prepare the national chain of five years, made so many times as large."""
    inputs, factor = five_years(), APPLICATIONS_PER_YEAR / PERSONS_PER_YEAR
    return replace(
        inputs,
        chain=scaled_chain(inputs.chain, factor),
        plan=scaled_plan(inputs.plan, factor),
        opening=scaled_opening(inputs.opening, factor),
    )


def measured() -> dict[str, Any]:
    """Run the study in a folder that is thrown away, and say what it took."""
    inputs = european_chain()
    with tempfile.TemporaryDirectory() as folder, progress_bar("European chain", REPLICATIONS, quiet=False) as progress:
        start = time.perf_counter()
        run_study(inputs, Settings(seed=SEED, replications=REPLICATIONS), Path(folder) / "study", progress)
        spent = time.perf_counter() - start
        ledger = pl.read_parquet(Path(folder) / "study" / "ledger.parquet").filter(pl.col("replication") == 0)
        first = ledger.filter(pl.col("period_end") == ledger["period_end"].min())
        written = sum(path.stat().st_size for path in (Path(folder) / "study").iterdir())
    arrived = pl.col("inflow").sum()
    return {
        "seconds": spent / REPLICATIONS,
        "peak": _peak_in_bytes() / MEGABYTE,
        "opening": int(first["closing"].sum()),
        "visits": int(ledger.select(arrived).item()),
        "conserved": bool((ledger["opening"] + ledger["inflow"] - ledger["outflow"] == ledger["closing"]).all()),
        "written": written / MEGABYTE,
    }


def _peak_in_bytes() -> int:
    """Peak of the memory of this process; Linux counts it in kilobytes, macOS in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def rows() -> Iterator[Row]:
    """Give the time and the memory of one replication, measured in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.europe"]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=SCENARIO.parents[2])
    found = json.loads(answer.stdout)
    size = f"{APPLICATIONS_PER_YEAR:,} applications a year, five years"
    note = f"{found['visits']:,} stage visits; wall time of a study of {REPLICATIONS}, its files written, divided"
    yield Row(f"European chain, {size}: one replication", "s", found["seconds"], note=note)
    note = f"peak of the whole process, {found['opening']:,} cases of the opening stock included"
    yield Row(f"European chain, {size}: memory", "MB", found["peak"], note=note)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measured(), indent=1) + "\n")
