# SPDX-License-Identifier: EUPL-1.2
"""What an incident teaches: whether a signal would have warned, and how long before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from keten.domain.words import SignalState
from keten.steering.signals import Watched


class Warned(StrEnum):
    """The answer to "would a signal have warned?".

    `ATTENTION_ONLY`: the indicator asked attention but raised no signal. `NO_DATA`: it had no value when it mattered.
    `NO_INDICATOR`: nothing that is measured looks at this; that is a lesson too.
    """

    YES = "yes"
    ATTENTION_ONLY = "attention_only"
    NO = "no"
    NO_DATA = "no_data"
    NO_INDICATOR = "no_indicator"


@dataclass(frozen=True)
class Forewarning:
    """What an indicator would have said before an incident; `days_before` counts from the period end it said it."""

    answer: Warned
    indicator: str | None = None
    since: date | None = None
    days_before: int | None = None


@dataclass(frozen=True)
class Lesson:
    """What was learned from an incident, and what it concerns; used when the next framework is proposed."""

    id: str
    nl: str
    en: str
    learned_on: date
    agreement: str | None = None
    indicator: str | None = None
    handover_point: str | None = None


_BEST_FIRST = list(Warned)


def would_have_warned(
    happened_on: date, watched: Mapping[str, Sequence[Watched]], *, publication_days: int = 0
) -> Forewarning:
    """Say whether one of the indicators that look at an incident warned before it happened.

    Parameters
    ----------
    happened_on
        The day of the incident; only figures known before it count.
    watched
        Watched series of the indicators involved, by identifier.
    publication_days
        Days after the end of a month before its figure is known.

    Returns
    -------
    Forewarning
        The best answer any of the indicators gives; of equal answers the earliest.
    """
    answers = [
        _answer(identifier, happened_on, months, publication_days) for identifier, months in watched.items()
    ] or [Forewarning(Warned.NO_INDICATOR)]
    return min(answers, key=lambda row: (_BEST_FIRST.index(row.answer), -(row.days_before or 0), row.indicator or ""))


def _answer(identifier: str, happened_on: date, months: Sequence[Watched], publication_days: int) -> Forewarning:
    before = [month for month in months if (happened_on - month.period_end).days > publication_days]
    if not before or before[-1].state is SignalState.UNKNOWN:
        return Forewarning(Warned.NO_DATA, identifier)
    last = before[-1]
    if last.state is SignalState.ON_COURSE:
        return Forewarning(Warned.NO, identifier)
    answer = Warned.YES if last.state is SignalState.SIGNAL else Warned.ATTENTION_ONLY
    return Forewarning(answer, identifier, last.since, (happened_on - last.since).days)
