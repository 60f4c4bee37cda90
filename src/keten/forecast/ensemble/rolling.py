# SPDX-License-Identifier: EUPL-1.2
"""Rolling origins: what each method would have said at the end of every quarter, against what came."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from keten.forecast.assumptions import assumptions
from keten.forecast.draws import stream
from keten.forecast.ensemble.edition import edition_says
from keten.forecast.ensemble.history import QuarterHistory, quarter_after, quarter_history
from keten.forecast.ensemble.mixture import QuarterForecast, forecast_baseline, forecast_quarters
from keten.forecast.ensemble.paths import draw_paths
from keten.forecast.ensemble.score import Judged, inside, interval_score
from keten.forecast.ensemble.spread import LEVELS
from keten.forecast.ensemble.voices import VOICES
from keten.observations import Observations

ENSEMBLE, WITH_EDITION = "ensemble", "ensemble_with_edition"

SUMS: Sequence[tuple[int, int]] = ((1, 4), (5, 4), (1, 8))
"""Sums that are judged: first quarter ahead and number of quarters (the first year, the second, both)."""

PUBLISHED_AFTER = timedelta(days=31)
"""A quarter is printed about a month after its end; an origin knows what was printed by then."""

_SEED = 7

Way = Callable[[QuarterHistory, Observations, int], QuarterForecast]


def _by_ensemble(history: QuarterHistory, _known: Observations, ahead: int) -> QuarterForecast:
    return forecast_quarters(history, ahead)


def _with_edition(history: QuarterHistory, known: Observations, ahead: int) -> QuarterForecast:
    return forecast_quarters(history, ahead, edition=edition_says(known, history, ahead))


def _by_one(name: str) -> Way:
    return lambda history, _known, ahead: forecast_quarters(history, ahead, voices=(name,))


WAYS: Mapping[str, Way] = {
    ENSEMBLE: _by_ensemble,
    WITH_EDITION: _with_edition,
    **{name: _by_one(name) for name in VOICES},
}
"""Every method that is judged, by name."""


def roll(
    observations: Observations, first: date, last: date, *, methods: Sequence[str] = tuple(WAYS)
) -> tuple[Judged, ...]:
    """Judge methods at every origin, a quarter whose end is the last that is known, from `first` to `last`.

    Parameters
    ----------
    observations
        Figures as known on the day of asking; what came is read from them.
    first, last
        First days of the first and the last quarter that serve as origin.
    methods
        Names of `WAYS`.
    """
    whole = quarter_history(observations)
    judged: list[Judged] = []
    origin = max(first, quarter_after(whole.first, int(assumptions().ensemble.fewest_quarters.central)))
    while origin <= last and len(whole.up_to(origin)) < len(whole):
        judged.extend(_at_origin(whole, origin, observations, methods))
        origin = quarter_after(origin, 1)
    return tuple(judged)


def _at_origin(
    whole: QuarterHistory, origin: date, observations: Observations, methods: Sequence[str]
) -> Iterator[Judged]:
    history = whole.up_to(origin)
    came = np.array(whole.counts[len(history) :], dtype=float)
    ahead = min(len(came), int(assumptions().ensemble.quarters_ahead.central))
    known = observations.known_on(quarter_after(origin, 1) + PUBLISHED_AFTER)
    baseline = forecast_baseline(history, ahead)
    for method in methods:
        forecast = WAYS[method](history, known, ahead)
        for step in range(ahead):
            told = (forecast.persons[step], baseline.persons[step], float(came[step]))
            yield _judged(method, step + 1, 1, origin, *told)
        yield from _sums(method, origin, forecast, baseline, came)


def _sums(
    method: str, origin: date, forecast: QuarterForecast, baseline: QuarterForecast, came: NDArray[np.float64]
) -> Iterator[Judged]:
    """Judge sums of quarters; the baseline adds its quarters up as if they hung together wholly."""
    rng = stream(_SEED, origin.toordinal(), "backtest_paths")
    paths = draw_paths(forecast, rng, int(assumptions().ensemble.paths.central))
    for begin, quarters in SUMS:
        part = slice(begin - 1, begin - 1 + quarters)
        if part.stop <= len(forecast):
            told = np.quantile(paths[:, part].sum(axis=1), LEVELS)
            yield _judged(
                method, begin, quarters, origin, told, baseline.persons[part].sum(axis=0), float(came[part].sum())
            )


def _judged(
    method: str,
    ahead: int,
    quarters: int,
    origin: date,
    told: NDArray[np.float64],
    baseline: NDArray[np.float64],
    outcome: float,
) -> Judged:
    return Judged(
        method=method,
        ahead=ahead,
        quarters=quarters,
        origin=origin.strftime("%Y-%m"),
        score=interval_score(told, outcome),
        baseline=interval_score(baseline, outcome),
        inside_50=inside(told, outcome, 0.5),
        inside_80=inside(told, outcome, 0.8),
        above=float((told < outcome).mean()),
    )
