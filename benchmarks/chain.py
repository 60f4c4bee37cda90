# SPDX-License-Identifier: EUPL-1.2
"""The national chain: seconds per replication and where they go, memory, and growth with the number of cases.

The scenario is the most likely one of the letter of 2023, from its real stock, with its horizon moved five years on.
What the tables hold for that span is enough to measure speed and no more: values that end earlier are held on, and
the inflow of the years without a forecast stays at 70,000. Nothing is said about those years.

Processor time of one core, the best of some runs, without compiling, unless a row says otherwise.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from benchmarks import Row, seconds
from keten.flow.cases import Intake, OpeningStock
from keten.flow.draws import stream
from keten.flow.kernel import run
from keten.flow.network import capacity_per_day, compile_network
from keten.parameters.chain import Chain, Stage
from keten.parameters.load import load_chain
from keten.parameters.values import Quantity
from keten.scenario.model import Number, Scenario
from keten.scenario.read import read_scenario
from keten.study import replicate
from keten.study.inputs import Inputs, prepare
from keten.study.workers import workers_for

SCENARIO = Path(__file__).resolve().parents[1] / "examples" / "letter-2023" / "most-likely.toml"
HORIZON = date(2028, 4, 30)
PERSONS_PER_YEAR = 70_000
SEED = 7
KEY = np.uint64(stream(SEED, 0))
PARTS = {
    "arrivals": ("sample_arrivals",),
    "workload": ("_workload", "withdrawals"),
    "capacity": ("capacity_per_day", "staff_hours"),
    "kernel": ("run",),
    "late decisions": ("schedule_late_decisions", "court_orders", "late_decision_table"),
    "tables and costs": ("tabulate", "cost_table"),
}
"""Functions of a replication, by the part of the table under which their time is shown."""
SIZES = (100_000, 1_000_000, 10_000_000)
REPLICATIONS, WORKERS = 1_000, 2
MEGABYTE = 1e6
MEMORY_STATUS, CLEAR_PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def _held_on(quantities: tuple[Quantity, ...] | None) -> tuple[Quantity, ...] | None:
    """Let the last of some dated values hold on."""
    if not quantities:
        return quantities
    last = max(quantities, key=lambda quantity: quantity.valid_until)
    return tuple(row.model_copy(update={"valid_until": date.max}) if row is last else row for row in quantities)


def _stage_held_on(stage: Stage) -> Stage:
    return stage.model_copy(update={"delay": _held_on(stage.delay), "no_show": _held_on(stage.no_show)})


@cache
def five_years() -> Inputs:
    """Prepare the national chain for five years."""
    return prepare(_scenario(), chain=_chain())


def _chain() -> Chain:
    chain = load_chain()
    return chain.model_copy(update={"stages": tuple(_stage_held_on(stage) for stage in chain.stages)})


def _scenario() -> Scenario:
    scenario = read_scenario(SCENARIO)
    total = Number(
        value=PERSONS_PER_YEAR,
        owner="Keten",
        reason="Only to measure speed over five years.",
        source="benchmarks/chain.py",
    )
    totals = dict.fromkeys(range(scenario.horizon.year + 1, HORIZON.year + 1), total)
    inflow = scenario.inflow.model_copy(update={"years": totals})
    return scenario.model_copy(update={"horizon": HORIZON, "inflow": inflow})


@contextmanager
def timed(module: ModuleType, names: tuple[str, ...]) -> Iterator[dict[str, float]]:
    """Add up the processor time that functions take while they are called through a module."""
    spent: dict[str, float] = defaultdict(float)
    before = {name: getattr(module, name) for name in names}

    def measured(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            start = time.process_time()
            try:
                return work(*arguments, **named)
            finally:
                spent[name] += time.process_time() - start

        return call

    for name, work in before.items():
        setattr(module, name, measured(name, work))
    try:
        yield spent
    finally:
        for name, work in before.items():
            setattr(module, name, work)


def _split(inputs: Inputs, repeat: int = 20) -> dict[str, float]:
    """Give seconds per part of a replication, of each part the best of some runs, and of the whole."""
    names = tuple(name for parts in PARTS.values() for name in parts)
    best: dict[str, float] = {}
    replicate.replicate(inputs, SEED, 0)
    for replication in range(repeat):
        with timed(replicate, names) as spent:
            start = time.process_time()
            replicate.replicate(inputs, SEED, replication)
            whole = time.process_time() - start
        found = {part: sum(spent[name] for name in parts) for part, parts in PARTS.items()}
        found |= {"the rest": whole - sum(found.values()), "all": whole}
        best = {part: min(value, best.get(part, value)) for part, value in found.items()}
    return best


def visits(inputs: Inputs) -> int:
    """Count the stage visits of one replication: every time that a case comes into a stage."""
    ledger = replicate.replicate(inputs, SEED, 0).outcome.ledger
    return int(ledger["inflow"].sum())


def rows() -> Iterator[Row]:
    """Give time per replication and its parts, many replications, memory, growth, and the command line."""
    inputs = five_years()
    yield from _one_replication(inputs)
    yield _thousand_replications(inputs)
    if CLEAR_PEAK.exists():
        memory = _in_own_process("memory")
        note = f"above the {memory['before']:.0f} MB that code, tables and observations took before it"
        used = memory["during"] - memory["before"]
        yield Row("chain, peak memory of one replication of five years", "MB", used, note=note)
    for size in SIZES:
        found = _in_own_process("growth", str(size))
        note = f"{found['nanoseconds']:.0f} ns per stage visit; {found['bytes']:.0f} bytes per case with its inputs"
        yield Row(f"chain, kernel alone, {size:,} cases generated", "s", found["seconds"], note=note)
    yield _command_line()


def _one_replication(inputs: Inputs) -> Iterator[Row]:
    parts, moves = _split(inputs), visits(inputs)
    cases = len(replicate._workload(inputs, replicate._arrivals(inputs, SEED, 0), KEY).cases)
    note = f"{cases:,} cases, {moves:,} stage visits, {len(inputs.span.dates):,} days, opening stock included"
    yield Row("chain, one replication of five years", "s", parts["all"], note=note)
    for part in (*PARTS, "the rest"):
        yield Row(f"chain, one replication: {part}", "s", parts[part], note=f"{parts[part] / parts['all']:.0%} of it")
    yield Row("chain, per stage visit, kernel alone", "ns", 1e9 * parts["kernel"] / moves)
    yield Row("chain, per stage visit, all in", "ns", 1e9 * parts["all"] / moves)


def _thousand_replications(inputs: Inputs) -> Row:
    start = time.perf_counter()
    with workers_for(WORKERS, REPLICATIONS) as workers:
        for _ in replicate.replicate_all(inputs, seed=SEED, replications=REPLICATIONS, workers=workers):
            pass
    spent = time.perf_counter() - start
    note = "wall time, the start of the workers included"
    return Row(f"chain, {REPLICATIONS:,} replications of five years, {WORKERS} processes", "s", spent, note=note)


def _command_line() -> Row:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "keten", "study", "run", str(SCENARIO), "--replications", "20", "--json"]
        # Python keeps what it compiles, as it does for a user, but in a place of our own.
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment = {**kept, "PYTHONPYCACHEPREFIX": str(Path(folder) / "compiled")}

        def study() -> None:
            out = str(Path(folder) / "study")
            subprocess.run([*command, "--out", out], check=True, capture_output=True, env=environment)

        spent = seconds(study, repeat=2)
    return Row(
        "keten study run, 20 replications of the letter's scenario", "s", spent, note="wall time, from second run on"
    )


def _in_own_process(*question: str) -> dict[str, float]:
    """Measure in a fresh interpreter, whose peak memory is that of the question alone."""
    command = [sys.executable, "-m", "benchmarks.chain", *question]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, cwd=SCENARIO.parents[2])
    found: dict[str, float] = json.loads(answer.stdout)
    return found


def _memory() -> dict[str, float]:
    """Give the memory before a replication, when a month has loaded all code, and at its peak."""
    month = _scenario().model_copy(update={"horizon": date(2023, 5, 31)})
    replicate.replicate(prepare(month, chain=_chain()), SEED, 0)
    inputs = five_years()
    gc.collect()
    CLEAR_PEAK.write_text("5")
    before = _peak()
    replicate.replicate(inputs, SEED, 0)
    return {"before": before, "during": _peak()}


def _peak() -> float:
    """Peak of the memory in use, in MB, since it was last cleared; only Linux can clear it."""
    found = next(line for line in MEMORY_STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return int(found.split()[1]) * 1024 / MEGABYTE


def _growth(size: int) -> dict[str, float]:
    """Send a generated number of cases through the kernel, with capacity in step."""
    inputs = five_years()
    base = replicate._arrivals(inputs, SEED, 0)
    stock = inputs.opening.stock
    factor = size / (len(stock.stage) + base.sum())
    counts = np.diff(np.floor(np.cumsum(base) * factor).astype(np.int64), prepend=0).reshape(base.shape)
    chosen = (np.arange(int(len(stock.stage) * factor)) / factor).astype(np.int64)
    opening = OpeningStock(stock.stage[chosen], stock.case_class[chosen], stock.lodged[chosen])
    workload = Intake(inputs.chain, inputs.span, opening, inputs.deadlines).workload(counts, key=KEY)
    network = compile_network(inputs.chain, inputs.span, rules=inputs.rules, opening=opening.places(inputs.chain))
    capacity = capacity_per_day(inputs.chain, inputs.span, inputs.working_day) * factor

    repeat = 3 if size <= 1_000_000 else 1
    copies = [workload._replace(cases=workload.cases.copy()) for _ in range(repeat + 1)]

    def work() -> int:
        return int(run(network, copies.pop(), capacity, inputs.calendar).counts.inflow.sum())

    spent = seconds(work, repeat=repeat, clock=time.process_time)
    tracemalloc.start()
    moves = int(run(network, workload, capacity, inputs.calendar).counts.inflow.sum())
    used = tracemalloc.get_traced_memory()[1] + workload.cases.nbytes
    cases = len(workload.cases)
    return {"seconds": spent, "nanoseconds": 1e9 * spent / moves, "bytes": used / cases}


if __name__ == "__main__":
    answer = _memory() if sys.argv[1] == "memory" else _growth(int(sys.argv[2]))
    sys.stdout.write(json.dumps(answer))
