# SPDX-License-Identifier: EUPL-1.2
"""What may come in per quarter, said by several simple voices together, with spreads learned from their own misses."""

from keten.forecast.ensemble.history import QuarterHistory, quarter_after, quarter_history
from keten.forecast.ensemble.mixture import QuarterForecast, forecast_baseline, forecast_quarters
from keten.forecast.ensemble.paths import draw_paths
from keten.forecast.ensemble.rolling import ENSEMBLE, SUMS, WAYS, WITH_EDITION, roll
from keten.forecast.ensemble.score import Judged, Skill, interval_score, skill
from keten.forecast.ensemble.spread import LEVELS
from keten.forecast.ensemble.voices import VOICES

__all__ = [
    "ENSEMBLE",
    "LEVELS",
    "SUMS",
    "VOICES",
    "WAYS",
    "WITH_EDITION",
    "Judged",
    "QuarterForecast",
    "QuarterHistory",
    "Skill",
    "draw_paths",
    "forecast_baseline",
    "forecast_quarters",
    "interval_score",
    "quarter_after",
    "quarter_history",
    "roll",
    "skill",
]
