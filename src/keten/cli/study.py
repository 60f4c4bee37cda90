# SPDX-License-Identifier: EUPL-1.2
"""`keten study`: run, show and verify a study.

Commands load the core when they are called: while this process loads it, so does the one from which workers come.
"""

from __future__ import annotations

import os
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from keten.cli import group, output
from keten.domain.errors import Problem, ScenarioError
from keten.study.workers import load_early

if TYPE_CHECKING:
    from keten.study.results import Observation, Outlook, Results
    from keten.study.run import Verdict

Folder = Annotated[Path, typer.Argument(help="Folder of a study, as written by `keten study run`.")]
Processes = Annotated[
    int,
    typer.Option(
        callback=output.FEW_WORKERS,
        help="Processes to use; the result does not depend on it.",
        show_default="all cores",
    ),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="ADDRESS",
        help="Run on the workers of a Dask cluster instead: the address of its scheduler, tcp://HOST:PORT.",
    ),
]
Store = Annotated[
    Path | None, typer.Option(help="Folder of deliveries (keten observations load); default: the figures that ship.")
]
ALL_CORES = os.cpu_count() or 1


def register(app: typer.Typer) -> None:
    """Add the commands of `keten study`."""
    study = group(app, "study", about="Run a scenario and look at what it does.")
    study.command("run")(run)
    study.command("show")(show)
    study.command("verify")(verify)
    study.command("calibrate")(calibrate)


def run(
    scenario: Annotated[Path, typer.Argument(help="Scenario file (TOML).")],
    out: Annotated[Path, typer.Option(help="Folder to write; whole or not at all.")],
    store: Store = None,
    reference_date: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day on which the study starts; default: that of the scenario."),
    ] = None,
    known_on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Day on which figures are taken as known; default: with --store all it holds, else the scenario's.",
        ),
    ] = None,
    replications: Annotated[int, typer.Option(callback=output.FEW_REPLICATIONS, help="Number of replications.")] = 200,
    seed: output.Seed = 7,
    workers: Processes = ALL_CORES,
    scheduler: Scheduler = None,
    events: Annotated[bool, typer.Option("--events", help="Write the moves of every case of replication 0.")] = False,
    precision: Annotated[
        float | None,
        typer.Option(help="Add replications until half the 95% interval of the mean is below this share of the mean."),
    ] = None,
    of: Annotated[str, typer.Option(help="Measure whose mean must be that precise at the horizon.")] = "stock.track_4",
    maximum: Annotated[
        int,
        typer.Option(
            callback=output.at_most("maximum", 10_000, "what a run keeps of each replication fills the memory"),
            help="Replications at most, when a precision is asked.",
        ),
    ] = 2000,
    as_json: output.Json = False,
) -> None:
    """Run a scenario and write its study folder with a receipt.

    With --precision, counting starts at 20 replications (or at --replications when fewer) and stops when it is
    reached.

    Example: `keten study run examples/letter-2023/most-likely.toml --out out/most-likely`

    Example: `keten study run examples/letter-2023/most-likely.toml --store store --reference-date 2023-08-31 --out out`
    """
    load_early(workers, replications, scheduler)
    from keten.study.folder import read_receipt
    from keten.study.inputs import read_inputs
    from keten.study.precision import BATCH, Precision
    from keten.study.run import Settings, run_study

    asked = None if precision is None else Precision(of, precision, maximum)
    inputs = read_inputs(
        scenario,
        store=store,
        reference_date=reference_date.date() if reference_date else None,
        known_on=known_on.date() if known_on else None,
    )
    if asked is not None:
        replications = min(replications, BATCH)
    settings = Settings(
        seed=seed,
        replications=replications,
        workers=workers,
        scheduler=scheduler,
        with_events=events,
        precision=asked,
    )
    with output.progress_bar(inputs.scenario.title.en, replications, quiet=as_json) as progress:
        run_study(inputs, settings, out, progress)
    receipt = read_receipt(out)
    if as_json:
        reached: dict[str, Any] = {name: receipt[name] for name in ("replications", "precision") if name in receipt}
        output.print_json({"folder": str(out), "output_hash": receipt["output_hash"], **reached})
        return
    if asked is not None:
        print(_precision_sentence(receipt))
    print(f"Written: {out} (output hash {receipt['output_hash'][:12]}). Show it with: keten study show {out}")


def _precision_sentence(receipt: Mapping[str, Any]) -> str:
    reached = receipt["precision"]
    told = f"half the 95% interval of the mean of {reached['of']} is {reached['reached']:.2%} of it"
    if reached["is_reached"]:
        return f"After {receipt['replications']} replications {told}."
    return f"Stopped at the maximum of {receipt['replications']} replications: {told}, not {reached['asked']:.2%}."


def show(folder: Folder, as_json: output.Json = False) -> None:
    """Show the measures of a study, beside the figures that were published.

    Example: `keten study show out/most-likely`
    """
    from keten.study.folder import read_document
    from keten.study.results import read_results

    results = read_results(folder)
    if as_json:
        print((folder / "summary.json").read_text(encoding="utf-8"), end="")
        return
    months = _shown_months(results)
    output.print_table(
        f"{results.scenario}: median per month (10% to 90%), reference date {results.reference_date}",
        ["measure", "unit", *(f"{month:%b %Y}" for month in months)],
        (
            [name, outlook.unit, *(_cell(outlook, month) for month in months)]
            for name, outlook in results.measures.items()
        ),
        figures_from=2,
    )
    points = [(name, point) for name, outlook in results.measures.items() for point in outlook.observed]
    letter = [(name, point) for name, point in points if abs((point.on - results.reference_date).days) <= 62]
    output.print_table(
        "Published figures around the reference date, beside the model",
        ["measure", "published", "model", "difference", "on", "source"],
        (
            [
                name,
                f"{point.value:,.0f}",
                *_beside(results.measures[name], point),
                point.on,
                point.source,
            ]
            for name, point in letter
        ),
    )

    summary = read_document(folder, "summary.json")
    if "sustainability" in summary:
        _show_sustainability(summary["sustainability"])


def _show_sustainability(found: Mapping[str, Any]) -> None:
    """Print load, sustainable stock and relief, and say in words which stock grows without limit."""
    output.print_table(
        f"Needed to keep the stock level, in the last {found['months']} months: hours (or places) over what is there",
        ["resource", "times what is there", "10% to 90%"],
        ([name, f"{row['p50']:.2f}", f"{row['p10']:.2f}-{row['p90']:.2f}"] for name, row in found["loads"].items()),
    )
    output.print_table(
        "Sustainable stock at the horizon: throughput times the norm period (medians)",
        ["stock of", "norm (days)", "stock", "throughput a month", "sustainable stock", "relief per working day"],
        (
            [
                row["en"],
                f"{row['norm_days']:,.0f}",
                *(f"{row[name]['p50']:,.0f}" for name in ("stock", "throughput_per_month", "sustainable_stock")),
                ", ".join(_relief(row["relief_per_working_day"].items())) or "none needed",
            ]
            for row in found["stocks"].values()
        ),
    )
    for said in found.get("closed", {}).values():
        print(f"{said['nl']}\n{said['en']}")
    for row in found["loads"].values():
        if row["says"] is not None:
            print(f"{row['says']['nl']}\n{row['says']['en']}")


def _relief(relief: Iterable[tuple[str, Mapping[str, float]]]) -> list[str]:
    return [f"{value['p50']:,.0f} {name}" for name, value in relief if value["p50"] >= 0.5]


def _shown_months(results: Results) -> list[date]:
    """Choose the reference month, then the ends of June and December, and the horizon."""
    ends = results.month_ends
    return list(dict.fromkeys([ends[0], *(end for end in ends if end.month in (6, 12)), ends[-1]]))


def _cell(outlook: Outlook, month: date) -> str:
    found = outlook.at(month)
    if found is None:
        return "-"
    digits = 2 if abs(found.p50) < 10 and outlook.unit not in ("cases", "persons") else 0
    middle = f"{found.p50:,.{digits}f}"
    return middle if found.p10 == found.p90 else f"{middle} ({found.p10:,.{digits}f}-{found.p90:,.{digits}f})"


def _beside(outlook: Outlook, point: Observation) -> tuple[str, str]:
    found = outlook.at(point.on.replace(day=monthrange(point.on.year, point.on.month)[1]))
    if found is None:
        return "-", "-"
    return f"{found.p50:,.0f} ({found.p10:,.0f}-{found.p90:,.0f})", f"{found.p50 - point.value:+,.0f}"


def verify(
    folder: Folder,
    workers: Processes = ALL_CORES,
    scheduler: Scheduler = None,
    store: Store = None,
    as_json: output.Json = False,
) -> None:
    """Run a study again from its receipt and compare byte for byte.

    Example: `keten study verify out/most-likely`
    """
    from keten.study.folder import read_receipt
    from keten.study.run import verify as verify_study

    receipt = read_receipt(folder)
    load_early(workers, receipt["replications"], scheduler)
    with output.progress_bar(f"Again: {receipt['name']}", receipt["replications"], quiet=as_json) as progress:
        verdict = verify_study(folder, workers=workers, scheduler=scheduler, progress=progress, store=store)
    if as_json:
        output.print_json(
            {
                "holds": verdict.holds,
                "changed_inputs": verdict.changed_inputs,
                "tampered_files": verdict.tampered_files,
                "different_files": verdict.different_files,
            }
        )
    if not verdict.holds:
        raise ScenarioError(str(folder), _problems(verdict))
    if not as_json:
        print(f"{folder} holds: every file could be made again to the last byte ({receipt['output_hash'][:12]}).")


def _problems(verdict: Verdict) -> list[Problem]:
    changed = " and ".join(verdict.changed_inputs)
    why = f"the {changed} changed since" if changed else "the inputs are the same as then"
    tampered = [
        Problem(name, "is not the file that the receipt describes.", "Restore it, or run the study again.")
        for name in verdict.tampered_files
    ]
    return tampered + [
        Problem(name, f"comes out differently now; {why}.", "Run the study again with this version and compare.")
        for name in verdict.different_files
    ]


def calibrate(
    known_on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="Use what was known on this date.")],
    as_json: output.Json = False,
) -> None:
    """Work the capacity for track 4 out from published stocks and inflow, and print the sum.

    Example: `keten study calibrate --known-on 2023-07-13`
    """
    from keten.observations.store import figures
    from keten.parameters.load import load_chain
    from keten.study import calibrate as calibration

    found = calibration.calibrate(load_chain(), figures(), known_on.date())
    identities = (found.first_applications, found.track_4)
    low, high = found.capacity.bounds
    if as_json:
        output.print_json(
            {
                "identities": [
                    {**asdict(identity), "outflow": identity.outflow, "outflow_per_month": identity.outflow_per_month}
                    for identity in identities
                ],
                "outflow_per_month": {"low": found.outflow_per_month.low, "mode": found.outflow_per_month.mode}
                | {"high": found.outflow_per_month.high},
                "hours_per_case": found.hours_per_case,
                "capacity_hours_per_working_day": {"low": low, "mode": found.capacity.central, "high": high},
            }
        )
        return
    output.print_table(
        "Opening + inflow - closing = outflow",
        ["group", "from", "until", "opening", "inflow", "closing", "outflow", "per month"],
        (
            [
                row.group,
                row.start,
                row.end,
                f"{row.opening:,}",
                f"{row.inflow:,}",
                f"{row.closing:,}",
                f"{row.outflow:,}",
                f"{row.outflow_per_month:,.0f}",
            ]
            for row in identities
        ),
        figures_from=3,
    )
    print(f"{found.outflow_per_month.assumption}")
    print(f"{found.capacity.assumption}")
    print(
        f"Capacity for {calibration.RESOURCE}: {low:,.0f} to {high:,.0f}, "
        f"most likely {found.capacity.central:,.0f} hours"
    )
