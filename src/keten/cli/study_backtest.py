# SPDX-License-Identifier: EUPL-1.2
"""`keten study backtest`: the model against what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from keten.cli import group, output
from keten.cli.study import ALL_CORES, Processes, Scheduler
from keten.study.workers import load_early

if TYPE_CHECKING:
    from keten.questions.backtest import Backtest

RUNS_PER_REPLICATION = 4


def register(app: typer.Typer) -> None:
    """Add the backtest to the commands of `keten study`."""
    group(app, "study", about="Run a scenario and look at what it does.").command("backtest")(backtest)


def backtest(
    replications: Annotated[
        int, typer.Option(callback=output.FEW_REPLICATIONS, help="Replications of each of the four settings.")
    ] = 20,
    seed: output.Seed = 7,
    workers: Processes = ALL_CORES,
    scheduler: Scheduler = None,
    as_json: output.Json = False,
) -> None:
    """Run 1 January 2022 to 30 June 2023 with the inflow as it was, beside the published stocks.

    Four settings: with what could be known at the start or with the parameters of today, from each of two published
    opening stocks that do not fit each other.

    Example: `keten study backtest --replications 20`
    """
    runs = RUNS_PER_REPLICATION * replications
    load_early(workers, runs, scheduler)
    from keten.questions.backtest import backtest as run
    from keten.study.workers import workers_for

    with (
        workers_for(workers, runs, scheduler) as hands,
        output.progress_bar("Backtest", runs, quiet=as_json) as progress,
    ):
        found = run(replications=replications, seed=seed, workers=hands, progress=progress)
    if as_json:
        output.print_json(_document(found, replications, seed))
    else:
        _print(found, replications)


def _document(found: Backtest, replications: int, seed: int) -> dict[str, Any]:
    from keten.questions.backtest import SETTINGS

    return {
        "replications": replications,
        "seed": seed,
        "capacity_known_at_the_start": found.capacity_then.model_dump(mode="json", exclude_none=True),
        "settings": [
            {
                "id": setting.name,
                "knowledge": setting.knowledge,
                "opening": setting.opening,
                "mean_absolute_error": found.mean_absolute_error(setting),
                "weighted_absolute_error": found.weighted_absolute_error(setting),
                "points": [
                    {
                        "on": row.point.on,
                        "measure": row.point.measure,
                        "unit": row.point.unit,
                        "published": row.point.value,
                        "source": row.point.source,
                        "month_end": row.point.month_end,
                        "p10": row.low,
                        "p50": row.middle,
                        "p90": row.high,
                        "relative_error": row.relative_error,
                    }
                    for row in found.of(setting)
                ],
                "overdue_share": [
                    {"measure": measure, "on": day, "p50": share}
                    for of, measure, day, share in found.overdue
                    if of == setting
                ],
            }
            for setting in SETTINGS
        ],
    }


def _print(found: Backtest, replications: int) -> None:
    from keten.questions.backtest import SETTINGS, error_rows, overdue_rows

    names = [setting.name for setting in SETTINGS]
    title = f"Published figures beside the model: median of {replications} replications, and its error"
    output.print_table(title, ["day", "measure", "published", *names], error_rows(found), figures_from=2)
    output.print_table(
        "Share of the stock past its deadline, by the model; nobody published it after 1 December 2021 (7%)",
        ["month end", "measure", *names],
        overdue_rows(found),
        figures_from=2,
    )
    print(f"Known at the start: {found.capacity_then.assumption}")
