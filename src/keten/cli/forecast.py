# SPDX-License-Identifier: EUPL-1.2
"""`keten forecast`: what may come in, and what earlier forecasts were worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from keten.cli.output import FEW_REPLICATIONS, MOST_SEED, Json, print_json, print_table
from keten.domain.errors import Problem, UsageError
from keten.domain.figures import Range, summarise
from keten.forecast import (
    METHODS,
    Arrivals,
    Plan,
    backtest_editions,
    backtest_naive,
    make_plan,
    sample_arrivals,
    shares,
    usual_seasonality,
)
from keten.forecast.backtest import EditionError, median
from keten.forecast.ensemble import SUMS, WAYS, Judged, roll, skill
from keten.forecast.methods import Question
from keten.observations import definitions
from keten.observations.store import figures

_DAY = "%Y-%m-%d"

LETTER_REFERENCE = datetime.fromisoformat("2023-04-30")
LETTER_DAY = datetime.fromisoformat("2023-07-13")
LETTER_HORIZON = datetime.fromisoformat("2024-12-31")
"""Defaults: the reference date, the day and the horizon of the letter of 13 July 2023."""


def register(app: typer.Typer) -> None:
    """Add the commands about forecasts."""
    commands = typer.Typer(help="What may come in: scenarios as samples of whole arrivals, and how forecasts did.")
    commands.command("run")(run)
    commands.command("backtest")(backtest)
    app.add_typer(commands, name="forecast", no_args_is_help=True)


def run(
    scenario: Annotated[
        str, typer.Option(help="minimum, medium, maximum or most-likely of the ministries, or own-expectation.")
    ] = "most-likely",
    method: Annotated[
        str | None, typer.Option(help=f"One of {', '.join(METHODS)}; without it the one that knows the scenario.")
    ] = None,
    reference_date: Annotated[datetime, typer.Option(formats=[_DAY], help="Last day of the past.")] = LETTER_REFERENCE,
    known_on: Annotated[datetime, typer.Option(formats=[_DAY], help="Knowledge date.")] = LETTER_DAY,
    until: Annotated[datetime, typer.Option(formats=[_DAY], help="Last day of the forecast.")] = LETTER_HORIZON,
    replications: Annotated[int, typer.Option(callback=FEW_REPLICATIONS, help="Number of samples.")] = 200,
    seed: Annotated[int, typer.Option(min=0, max=MOST_SEED, help="Seed; the same seed gives the same samples.")] = 7,
    edition: Annotated[
        str, typer.Option(help="Edition of the production forecast, to compare; left out: the newest that is known.")
    ] = "",
    store: Annotated[Path | None, typer.Option(help="Use the deliveries of this store too.")] = None,
    as_json: Json = False,
) -> None:
    """Sample the arrivals of a scenario and summarise them per month and per case class.

    Example: `keten forecast run --scenario most-likely --replications 200 --seed 7`
    """
    observations = figures(store)
    start, end, knowledge = _day_after(reference_date.date()), until.date(), known_on.date()
    if end < start:
        what = f"{end} is not after the reference date {reference_date.date()}."
        raise UsageError("Forecast", [Problem("--until", what, "Choose a later last day.")])
    plan = make_plan(
        observations, Question(scenario, reference_date.date(), knowledge, end, edition=edition), method=method
    )
    season, parts = usual_seasonality(observations, knowledge), shares(observations, knowledge)
    samples = [
        sample_arrivals(
            plan=plan, seasonality=season, shares=parts, start=start, end=end, seed=seed, replication=number
        )
        for number in range(replications)
    ]
    months, classes = _by_month(samples), _by_class(samples)
    if as_json:
        print_json(_document(plan, season.note, months, classes, replications, seed))
        return
    unit = definitions()[plan.definition].unit
    years = ", ".join(f"{year.year}: {year.total.central:,.0f}" for year in plan.years)
    print(f"{plan.scenario}, {unit} as {plan.definition} ({years}); {replications} samples, seed {seed}.")
    print_table("Arrivals per month", ("month", "p10", "p50", "p90", "mean"), _lines(months))
    print_table(
        f"Arrivals per case class, {start} to {end}", ("case class", "p10", "p50", "p90", "mean"), _lines(classes)
    )


def _day_after(day: date) -> date:
    return date.fromordinal(day.toordinal() + 1)


def _by_month(samples: Sequence[Arrivals]) -> dict[str, Range]:
    """Summarise the counted arrivals of every month, in persons."""
    labels = np.array([date.fromordinal(int(day)).strftime("%Y-%m") for day in samples[0].days])
    names, place = np.unique(labels, return_inverse=True)
    totals = np.array([np.bincount(place, sample.counted()) for sample in samples])
    return {str(name): summarise(totals[:, column].tolist()) for column, name in enumerate(names)}


def _by_class(samples: Sequence[Arrivals]) -> dict[str, Range]:
    totals = np.array([sample.counts.sum(axis=0) for sample in samples])
    return {name: summarise(totals[:, column].tolist()) for column, name in enumerate(samples[0].case_classes)}


def _lines(ranges: dict[str, Range]) -> list[tuple[str, str, str, str, str]]:
    return [(name, f"{r.p10:,.0f}", f"{r.p50:,.0f}", f"{r.p90:,.0f}", f"{r.mean:,.0f}") for name, r in ranges.items()]


def _document(
    plan: Plan, note: str, months: dict[str, Range], classes: dict[str, Range], replications: int, seed: int
) -> dict[str, object]:
    return {
        "scenario": plan.scenario,
        "definition": plan.definition,
        "unit": definitions()[plan.definition].unit,
        "replications": replications,
        "seed": seed,
        "years": [
            {
                "year": year.year,
                "total": year.total.central,
                "low": year.total.bounds[0],
                "high": year.total.bounds[1],
                "observed": year.observed,
                "observed_until": year.observed_until,
                "owner": year.owner,
                "source": year.total.source,
                "assumption": year.total.assumption,
            }
            for year in plan.years
        ],
        "other_flows": [
            {
                "case_class": flow.case_class,
                "definition": flow.definition,
                "unit": flow.total.unit,
                "total": flow.total.central,
                "low": flow.total.bounds[0],
                "high": flow.total.bounds[1],
                "assumption": flow.total.assumption,
            }
            for flow in plan.other_flows
        ],
        "seasonality": note,
        "months": {name: vars(outcome) for name, outcome in months.items()},
        "case_classes": {name: vars(outcome) for name, outcome in classes.items()},
    }


def backtest(
    known_on: Annotated[datetime, typer.Option(formats=[_DAY], help="Knowledge date.")] = LETTER_DAY,
    origins: Annotated[
        str, typer.Option(help="First and last month after which was forecast, each the last of a quarter.")
    ] = "2015-12:2022-12",
    as_json: Json = False,
) -> None:
    """Compare earlier forecasts with what came: editions of the ministries, and each method at rolling origins.

    At the end of every quarter each method says what it would have said then; the weighted interval score, how often
    the truth fell inside the bands, and the bias are told per number of quarters ahead. The ratio compares with the
    seasonal naive forecast: below 1 is better.

    Example: `keten forecast backtest --origins 2015-12:2022-12`
    """
    first, last = _origins(origins)
    observations = figures().known_on(known_on.date())
    editions, naive = backtest_editions(observations), backtest_naive(observations)
    judged = roll(observations, first, last)
    missed = [abs(quarter.relative_error) for quarter in naive]
    if as_json:
        print_json(
            {
                "editions": [_edition(row) for row in editions],
                "seasonal_naive": {
                    "series": "cbs_asylum_inflow, first, quarters",
                    "quarters": len(naive),
                    "mean_absolute_error": sum(missed) / len(missed) if missed else None,
                    "median_absolute_error": median(missed) if missed else None,
                },
                "origins": origins,
                "methods": {method: _scores(judged, method) for method in WAYS},
            }
        )
        return
    for definition in sorted({row.definition for row in editions}):
        chosen = [_cells(row) for row in editions if row.definition == definition]
        header = ("edition", "scenario", "year", "forecast", "actual", "error", "last full year")
        print_table(f"Forecasts against what happened ({definition})", header, chosen, figures_from=2)
    if missed:
        mean = sum(missed) / len(missed)
        print(f"Seasonal naive, {len(naive)} quarters of first applications (Statistics Netherlands):")
        print(f"mean absolute error {mean:.0%}, median {median(missed):.0%}.")
    header = ("method", "quarters", "ratio", "in 50% band", "in 80% band", "bias", "origins")
    title = f"Rolling origins {origins}, first applications per quarter (ratio to seasonal naive)"
    print_table(title, header, [line for method in WAYS for line in _score_lines(judged, method)], figures_from=2)


def _origins(given: str) -> tuple[date, date]:
    """Read the months of the first and the last origin as first days of their quarters."""
    problem = Problem("--origins", f"{given!r} is not two ends of quarters.", "Give for instance 2015-12:2022-12.")
    try:
        months = [datetime.strptime(part, "%Y-%m").date() for part in given.split(":")]  # noqa: DTZ007 - a month
    except ValueError:
        raise UsageError("Forecast", [problem]) from None
    if len(months) != 2 or any(month.month % 3 for month in months) or months[0] > months[1]:
        raise UsageError("Forecast", [problem])
    first, last = (date(month.year, month.month - 2, 1) for month in months)
    return first, last


def _groups(judged: Sequence[Judged], method: str) -> Iterator[tuple[str, list[Judged]]]:
    """Group the judgements of a method: all quarters, per quarters ahead, the sums, and per year of the origin."""
    own = [row for row in judged if row.method == method]
    single = [row for row in own if row.quarters == 1]
    yield "all", single
    for ahead in sorted({row.ahead for row in single}):
        yield str(ahead), [row for row in single if row.ahead == ahead]
    for ahead, quarters in SUMS:
        yield f"{ahead}-{ahead + quarters - 1}", [row for row in own if (row.ahead, row.quarters) == (ahead, quarters)]
    for year in sorted({row.origin[:4] for row in single}):
        yield f"from {year}", [row for row in single if row.origin.startswith(year)]


def _scores(judged: Sequence[Judged], method: str) -> dict[str, dict[str, float]]:
    return {name: vars(skill(rows)) for name, rows in _groups(judged, method) if rows}


def _score_lines(judged: Sequence[Judged], method: str) -> Iterator[tuple[str, ...]]:
    for name, rows in _groups(judged, method):
        if rows:
            told = skill(rows)
            yield (
                method, name, f"{told.ratio_to_seasonal_naive:.2f}", f"{told.coverage_50:.0%}",
                f"{told.coverage_80:.0%}", f"{told.bias:+.2f}", str(told.origins),
            )  # fmt: skip


def _edition(row: EditionError) -> dict[str, object]:
    return vars(row) | {"relative_error": row.relative_error, "naive_relative_error": row.naive_relative_error}


def _cells(row: EditionError) -> tuple[str, ...]:
    before = "" if row.naive_relative_error is None else f"{row.naive_relative_error:+.0%}"
    error = f"{row.relative_error:+.0%}"
    return row.edition, row.scenario, str(row.year), f"{row.forecast:,.0f}", f"{row.actual:,}", error, before
