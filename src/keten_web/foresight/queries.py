# SPDX-License-Identifier: EUPL-1.2
"""What the pages of this room show: choices with their verdict, and signals that were foreseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from keten.parameters.values import Quantity
from keten.steering.ahead import Remedy, load_remedies
from keten.whatif.ledger import Judgement, Prediction, Verdict, hash_of_document, judgement_of, prediction_of
from keten_web.accounts.models import User
from keten_web.config.today import today
from keten_web.foresight import figures, words
from keten_web.foresight.models import SignalForecast, SteeringChoice


@dataclass(frozen=True)
class ChoiceLine:
    """A choice as one line: what was predicted of it, what came out, and the verdict."""

    row: SteeringChoice
    predicted: figures.EffectLine
    came_out: figures.SplitShown | None
    verdict: str
    state: str


def choices() -> list[ChoiceLine]:
    """Give every choice, newest first."""
    rows = SteeringChoice.objects.filter(is_withdrawn=False).select_related("body", "decision", "decision__body")
    return [_line(row) for row in rows]


def _line(row: SteeringChoice) -> ChoiceLine:
    judgement = judged(row)
    verdict = judgement.verdict if judgement else None
    return ChoiceLine(
        row=row,
        predicted=figures.effect_lines(prediction_of(row.prediction))[0],
        came_out=_newest(judgement),
        verdict=str(words.VERDICTS[verdict]),
        state=words.STATES[verdict],
    )


def judged(row: SteeringChoice) -> Judgement | None:
    """Read how a choice was looked back on; None when it was not."""
    return judgement_of(row.judgement) if row.judgement else None


def _newest(judgement: Judgement | None) -> figures.SplitShown | None:
    """Show the figure on which the verdict rests."""
    if judgement is None or not judgement.splits:
        return None
    first = judgement.splits[0].measure
    return figures.split_shown(max((s for s in judgement.splits if s.measure == first), key=lambda s: s.actual.on))


def choice(row: SteeringChoice, _by: User) -> Mapping[str, Any]:
    """Give what the page of a choice needs beside the row."""
    if not row.prediction:  # a form that was refused
        return {}
    prediction, judgement = prediction_of(row.prediction), judged(row)
    verdict = judgement.verdict if judgement else None
    return {
        "prediction": prediction,
        "judgement": judgement,
        "effects": figures.effect_lines(prediction),
        "predicted": figures.in_words(prediction),
        "splits": [figures.split_shown(split) for split in judgement.splits] if judgement else [],
        "not_yet": figures.names_of(judgement.not_yet) if judgement else "",
        "charts": figures.charts(prediction, judgement),
        "verdict": words.VERDICTS[verdict],
        "meaning": words.MEANINGS[verdict],
        "verdict_state": words.STATES[verdict],
        "is_measurable": verdict not in {None, Verdict.NO_MEASURABLE_EFFECT},
        "differs": _differences(prediction),
        "hash_holds": hash_of_document(row.prediction) == row.prediction_hash,
        "shown": set(),
    }


def _differences(prediction: Prediction) -> list[str]:
    """Say in what the choice differs from doing nothing, in words."""
    from keten.parameters.load import load_chain
    from keten.questions.explain import steps_between

    steps = steps_between(prediction.twin, prediction.chosen, load_chain())
    return [figures.said(step.words.nl, step.words.en) for step in steps]


# Signals ahead -------------------------------------------------------------------------------------------------------


LONGEST_MONTH = 31


@dataclass(frozen=True)
class ForecastLine:
    """A signal that was foreseen, with the measure that could stop it."""

    forecast: SignalForecast
    remedy: Remedy

    @property
    def signal(self) -> Any:
        return self.forecast.signal

    @property
    def measure(self) -> str:
        return figures.said(self.remedy.nl, self.remedy.en)

    @property
    def is_now(self) -> bool:
        """Say whether the first month of the forecast is across already, while no count says so."""
        crossing = self.forecast.crossing_on
        return crossing is not None and (crossing - self.forecast.looked_on).days <= LONGEST_MONTH

    @property
    def months(self) -> int:
        return round(self.forecast.lead_months)

    @property
    def percent(self) -> int:
        return round(100 * self.forecast.probability)

    @property
    def parts(self) -> tuple[Quantity, ...]:
        """The lead times with their origin."""
        return self.remedy.parts


def _open() -> QuerySet[SignalForecast]:
    found = SignalForecast.objects.filter(signal__ended_on=None, signal__is_withdrawn=False)
    return found.select_related("signal", "signal__partner")


def _known(rows: QuerySet[SignalForecast]) -> list[ForecastLine]:
    remedies = {row.id: row for row in load_remedies()}
    return [ForecastLine(row, remedies[row.remedy]) for row in rows if row.remedy in remedies]


def foreseen() -> list[ForecastLine]:
    """Give the signals ahead that are open, the one with the least time first."""
    return _known(_open())


def foreseen_of(signal: Any) -> ForecastLine | None:
    """Give what was foreseen of one signal; None when it was raised on published figures."""
    return next(iter(_known(SignalForecast.objects.filter(signal=signal).select_related("signal"))), None)


def known_on() -> Any:
    """Give the day the record speaks of."""
    return today()
