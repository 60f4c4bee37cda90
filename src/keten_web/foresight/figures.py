# SPDX-License-Identifier: EUPL-1.2
"""The figures of a choice in words and drawings; nothing is computed here but what rounding asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keten.domain.figures import Range
from keten.indicators.disclosure import NotShown
from keten.indicators.observed import ObservedPoint, observed_measures
from keten.observations import Observations
from keten.parameters.load import load_chain
from keten.study.results import Observation, Outlook
from keten.whatif.ledger import Cause, Judgement, Predicted, Prediction, Split
from keten_web.accounts import protection
from keten_web.charts import outlook as outlook_chart
from keten_web.dashboard import queries
from keten_web.deliveries import known
from keten_web.foresight import words
from keten_web.foresight.definitions import name_of
from keten_web.words import wording

MINUS = "\N{MINUS SIGN}"
CHARTED = ("stock.track_4", "reception.occupancy")


@dataclass(frozen=True)
class EffectLine:
    """What was predicted of one measure at one month end."""

    measure: str
    name: str
    on: date
    twin: str
    chosen: str
    effect: str
    interval: str
    sure: bool
    exact: str


@dataclass(frozen=True)
class PartLine:
    """One part of an outcome, with where its bar stands in a drawing of 200 wide."""

    name: str
    amount: str
    interval: str
    sure: bool
    kind: str
    x: float
    width: float
    exact: str


@dataclass(frozen=True)
class SplitShown:
    """One published figure in parts."""

    measure: str
    name: str
    on: date
    actual: str
    unit: str
    source: str
    without: str
    lines: tuple[PartLine, ...]
    verdict: str
    meaning: str
    state: str


def signed(value: float, step: float, unit: str) -> str:
    """Write a difference with its sign, rounded to a step."""
    near = round(value / step) * step
    sign = "+" if near > 0 else MINUS if near < 0 else ""
    return sign + wording.rounded(abs(near), step, unit)


def _step(low: float, middle: float, high: float, unit: str) -> float:
    spread = max(high - low, 0.0) / 2
    centre = max(abs(middle), 1.0)
    return wording.rounding_step(Range(centre - spread, centre, centre + spread, centre), unit)


def _between(low: float, high: float, step: float, unit: str) -> str:
    return _("%(low)s to %(high)s") % {"low": signed(low, step, unit), "high": signed(high, step, unit)}


def effect_line(row: Predicted) -> EffectLine:
    """Write a prediction: both sides as levels, from their own bands, and the difference to a step of its own."""
    step = _step(row.low, row.effect, row.high, row.unit)
    return EffectLine(
        measure=row.measure,
        name=name_of(row.measure),
        on=row.period_end,
        twin=wording.about(row.twin, row.unit),
        chosen=wording.about(row.chosen, row.unit),
        effect=signed(row.effect, step, row.unit),
        interval=_between(row.low, row.high, step, row.unit),
        sure=row.is_sure,
        exact=repr(row.effect),
    )


def effect_lines(prediction: Prediction) -> tuple[EffectLine, ...]:
    """Give every measure at the horizon."""
    return tuple(effect_line(prediction.of(measure)[-1]) for measure in prediction.measures)


def in_words(prediction: Prediction) -> list[str]:
    """Say what was predicted of the first measure: at the end, whether that is sure, and where it is largest."""
    rows = prediction.of(prediction.measures[0])
    last, widest = rows[-1], max(rows, key=lambda row: abs(row.effect))
    line = effect_line(last)
    said = {
        "name": line.name,
        "when": wording.month(last.period_end),
        "with": line.chosen,
        "without": line.twin,
        "effect": line.effect,
        "interval": line.interval,
        "month": wording.month(widest.period_end),
        "widest": effect_line(widest).effect,
    }
    found = [_("%(name)s: predicted for %(when)s %(with)s with the choice and %(without)s without it.") % said]
    if last.is_sure:
        found.append(_("The choice makes a difference of %(effect)s (95%% interval: %(interval)s).") % said)
    else:
        found.append(
            _("The difference cannot be told from none: %(effect)s, with a 95%% interval of %(interval)s.") % said
        )
    if widest is not last:
        found.append(_("The difference is largest in %(month)s: %(widest)s.") % said)
    return found


def split_shown(split: Split) -> SplitShown:
    """Write the parts of an outcome to one step; the remainder closes, so that what is printed adds up too."""
    step = 10.0 if abs(split.actual.value) >= 1_000 else 1.0
    shown = {part.cause: round(part.amount / step) * step for part in split.parts}
    without = round(split.without / step) * step
    explained = sum(amount for cause, amount in shown.items() if cause is not Cause.REMAINDER)
    shown[Cause.REMAINDER] = split.actual.value - without - explained
    actual = protection.count(split.actual.value, split.unit)
    return SplitShown(
        measure=split.measure,
        name=name_of(split.measure),
        on=split.actual.on,
        actual=wording.exact(actual, split.unit),
        unit=wording.unit_beside(split.unit),
        source=split.actual.source,
        without=wording.rounded(without, step, split.unit),
        lines=() if isinstance(actual, NotShown) else tuple(_part_lines(split, shown, without, step)),
        verdict=str(words.VERDICTS[split.verdict]),
        meaning=str(words.MEANINGS[split.verdict]),
        state=words.STATES[split.verdict],
    )


def _part_lines(split: Split, shown: dict[Cause, float], without: float, step: float) -> Iterator[PartLine]:
    stands = [without]
    for cause in Cause:
        stands.append(stands[-1] + shown[cause])
    low, high = min(stands), max(stands)
    scale = 196 / (high - low) if high > low else 0.0
    for number, part in enumerate(split.parts):
        before, after = stands[number], stands[number + 1]
        untouched = part.amount == 0 and part.low == part.high == 0
        yield PartLine(
            name=str(words.CAUSES[part.cause]),
            amount=signed(shown[part.cause], 1.0, split.unit),
            interval="" if untouched else _between(part.low, part.high, step, split.unit),
            sure=part.is_sure,
            kind=part.cause.value,
            x=round(2 + (min(before, after) - low) * scale, 1),
            width=round(max(abs(after - before) * scale, 1.0), 1),
            exact=repr(part.amount),
        )


# The picture ---------------------------------------------------------------------------------------------------------


def charts(prediction: Prediction, judgement: Judgement | None) -> tuple[queries.ChartFigure, ...]:
    """Draw the predicted range beside what was published, for each measure that is easily read."""
    return tuple(_chart(measure, prediction, judgement) for measure in CHARTED if prediction.of(measure))


def _chart(measure: str, prediction: Prediction, judgement: Judgement | None) -> queries.ChartFigure:
    rows = prediction.of(measure)
    unit, label = rows[0].unit, name_of(measure)
    reference_date = prediction.chosen.reference_date
    points = _published(measure, unit, judgement.known_on if judgement else None)
    with_it = {row.period_end: row.chosen for row in rows}
    without = {row.period_end: row.twin for row in rows}
    middles = {on: Range(spread.p50, spread.p50, spread.p50, spread.mean) for on, spread in without.items()}
    drawn = [
        outlook_chart.Line(_("with the choice"), with_it, queries.drawable(points)),
        outlook_chart.Line(_("without the choice"), middles, (), "--past", "--line"),
    ]
    last, after = rows[-1], [point for point in points if point.on > reference_date]
    said = {
        "name": label,
        "when": wording.month(last.period_end),
        "with": wording.about(last.chosen, unit),
        "without": wording.about(last.twin, unit),
        "counted": "; ".join(f"{wording.day(row.on)}: {wording.exact(row.value, unit)}" for row in after),
    }
    summary = _("%(name)s: predicted for %(when)s %(with)s with the choice and %(without)s without it.") % said
    if after:
        summary += " " + _("Published since: %(counted)s.") % said
    outlooks = [
        (_("with the choice"), Outlook(measure, unit, with_it, points)),
        (_("without the choice"), Outlook(measure, unit, without)),
    ]
    return queries.ChartFigure(
        id=f"choice-{measure}",
        title=_("%(name)s: predicted with and without the choice, and what was published") % said,
        subtitle=wording.unit_words(unit).capitalize(),
        summary=summary,
        spec=outlook_chart.names_apart(
            outlook_chart.chart(
                drawn,
                queries.labels(reference_date),
                reference_date=reference_date,
                number_format=queries.number_format(unit),
            )
        ),
        table=queries.table(outlooks, unit),
        file="",
        has_past=bool(points),
    )


def _published(measure: str, unit: str, known_on: date | None) -> tuple[Observation, ...]:
    if known_on is None:
        return ()
    found = tuple(
        Observation(point.on, point.value, point.source_url, point.definition_nl, point.definition_en, point.reported)
        for point in _points(known.known_on(known_on)).get(measure, ())
    )
    return protection.outlook(Outlook(measure, unit, {}, found)).observed


@lru_cache(maxsize=16)
def _points(figures: Observations) -> Mapping[str, tuple[ObservedPoint, ...]]:
    return observed_measures(figures, load_chain())


def names_of(measures: Sequence[str]) -> str:
    """Name measures in one sentence."""
    found = [name_of(measure) for measure in measures]
    return ", ".join([found[0], *(name[:1].lower() + name[1:] for name in found[1:])]) if found else ""


def said(words_nl: str, words_en: str) -> str:
    """Choose the language of the page."""
    return words_en if get_language() == "en" else words_nl
