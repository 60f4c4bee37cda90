# SPDX-License-Identifier: EUPL-1.2
"""What this room writes: choices with their prediction, and signals before a crossing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from keten.indicators.registry import Indicator, indicators
from keten.steering.ahead import Ahead, Outlook
from keten.study.results import Results
from keten.whatif import exercises
from keten.whatif import ledger as choices
from keten_web.accounts.models import User
from keten_web.config.today import today
from keten_web.foresight import kinds, looking
from keten_web.foresight import steps as looking_back
from keten_web.foresight.models import SignalForecast, SteeringChoice
from keten_web.record import actions as record
from keten_web.steering import evidence, models
from keten_web.steering import kinds as steering
from keten_web.steering.actions import agreement_of
from keten_web.studies import queries as studies

FORESEEN = "Uit een doorrekening: voorzien voordat het is geteld."
COUNTED = "Er is meer geteld van wat deze keuze voorspelde."
JUDGEMENT = frozenset({"judgement", "judgement_hash", "state"})
EXERCISE = "Oefening met de brief van 13 juli 2023."


def lay_down(prediction: choices.Prediction, values: Mapping[str, Any], *, by: User, request: Any = None) -> Any:
    """Lay a choice down with its prediction.

    Raises
    ------
    NotAllowedError, InvalidError
        And then nothing was stored.
    """
    document = prediction.as_document()
    kept = {"prediction": document, "prediction_hash": choices.hash_of_document(document)}
    return record.create(kinds.CHOICES, {**values, **kept}, by=by, reason=str(values.get("text", "")), request=request)


@transaction.atomic
def load_exercise() -> Any:
    """Put the exercise with the letter of 2023 in the record; again is the same."""
    prediction, judgement = exercises.load_exercise(exercises.START_BAA)
    decision = models.SteeringDecision.objects.filter(code=exercises.START_BAA).first()
    predicted, judged = prediction.as_document(), judgement.as_document()
    values = {
        "partner_id": "IND",
        "title": "Project BAA: 13.000 extra zaken in het eerste jaar, vanaf 1 mei 2023",
        "title_en": "Project BAA: 13,000 extra cases in the first year, from 1 May 2023",
        "text": (
            "Oefening. De brief van 13 juli 2023 noemt het besluit, maar geen voorspelling van het gevolg. Hier is "
            "alsnog doorgerekend wat het project doet naast niets doen, met het scenario van die brief; daarna is "
            "teruggekeken met de cijfers die op die dag waren gepubliceerd."
        ),
        "text_en": (
            "An exercise. The letter of 13 July 2023 names the decision, but no prediction of what it does. Here the "
            "project is run beside doing nothing after all, with the scenario of that letter; then it is looked back "
            "on with the figures that were published by that day."
        ),
        "source": "https://zoek.officielebekendmakingen.nl/kst-19637-3156.html",
        "chosen_on": date(2023, 5, 1),
        "decision": decision,
        "is_exercise": True,
        "prediction": predicted,
        "prediction_hash": choices.hash_of_document(predicted),
        "judgement": judged,
        "judgement_hash": choices.hash_of_document(judged),
        "state": "judged",
    }
    return record.load(kinds.CHOICES, exercises.START_BAA.replace("_", "-"), values, reason=EXERCISE)


def look_back(on: date) -> tuple[int, tuple[str, ...]]:
    """Judge every choice of which more is counted than when it was judged last, as known on a day.

    The site does it by itself, so that it happens also when nobody closed the month by hand; who typed the choice
    stays its owner.

    Returns
    -------
    How many were judged, and the codes of those that cannot be.
    """
    judged, left = 0, []
    rows = SteeringChoice.objects.filter(is_withdrawn=False, state__in=("predicted", "judged"))
    for row in rows.order_by("code"):
        if not looking_back.has_news(row, on):
            continue
        if looking_back.obstacles_to_judging(row, None):
            left.append(row.code)
            continue
        record.load(kinds.CHOICES, row.code, looking_back.judgement_of(row, on), reason=COUNTED, followed=JUDGEMENT)
        judged += 1
    return judged, tuple(left)


def load_demo() -> None:
    """Put the exercise in the record, and raise what the study that is shown first foresees."""
    load_exercise()
    results = studies.choose(None, None)
    if results is not None:
        look_ahead(results)


# Signals ahead -------------------------------------------------------------------------------------------------------


@transaction.atomic
def look_ahead(results: Results) -> int:
    """Raise, refresh or end the signals ahead of a study; give how many are open.

    A signal that people answered is theirs: its figures stay as they were when it was raised.
    """
    on, still_open = results.reference_date, 0
    for indicator in indicators():
        earlier = SignalForecast.objects.filter(indicator=indicator.id, signal__ended_on=None).first()
        found = looking.ahead(indicator, results, was_raised=earlier is not None)
        if found is None:
            continue
        if found.outlook is Outlook.AHEAD:
            _raise(indicator, found, results, earlier)
            still_open += 1
        elif earlier is not None:
            _end(earlier, on)
    return still_open


def _raise(indicator: Indicator, found: Ahead, results: Results, earlier: SignalForecast | None) -> None:
    code = earlier.signal.code if earlier else f"signaal-vooruit-{indicator.id}-{found.on:%Y-%m}"
    norm = indicator.rule.at(found.crossing or found.on) if indicator.rule else None
    agreement = agreement_of(indicator)
    receipt = looking.receipt_of(results)
    values = {
        "partner_id": indicator.owner,
        "title": f"Voorzien: {indicator.name_nl}",
        "title_en": f"Foreseen: {indicator.name_en}",
        "indicator": indicator.id,
        "agreement": agreement,
        "handover_point": agreement.handover_point if agreement else None,
        "goal": models.ChainGoal.objects.filter(code=f"goal_{indicator.goal.value.lower()}").first(),
        "first_seen_on": (earlier.signal.first_seen_on if earlier else None) or found.on,
        "raised_on": earlier.signal.raised_on if earlier else found.on,
        "ended_on": None,
        "figure": looking.middle_at(indicator, results, found.crossing),
        "signal_value": norm.central if norm else None,
        "unit": indicator.unit,
        "receipt": evidence.digest(receipt),
    }
    signal = record.load(steering.SIGNALS, code, values, reason=FORESEEN)
    said = {
        "indicator": indicator.id,
        "remedy": found.remedy.id,
        "lead_months": found.remedy.lead_months,
        "probability": found.probability,
        "crossing_on": found.crossing,
        "act_by": found.act_by,
        "looked_on": found.on,
        "study": results.name,
        "receipt": receipt,
    }
    if not SignalForecast.objects.filter(signal=signal, **said).exists():
        with record.beside(steering.SIGNALS, signal, reason=FORESEEN):
            SignalForecast.objects.update_or_create(signal=signal, defaults=said)


def _end(earlier: SignalForecast, on: date) -> None:
    record.load(steering.SIGNALS, earlier.signal.code, {"ended_on": max(on, today())}, reason=FORESEEN)
