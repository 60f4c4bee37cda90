# SPDX-License-Identifier: EUPL-1.2
"""From a what-if question or a kept scenario to a prediction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.utils.translation import gettext as _

from keten.domain.errors import Problem, ScenarioError
from keten.study.choices import Prediction, as_of, changes_nothing, prediction_from
from keten.study.compare import read_study
from keten.study.from_day import first_day, from_day, undated
from keten.study.inputs import prepare
from keten.study.results import Results
from keten.study.scenario import Scenario
from keten.study.what_if import simulate
from keten_web.accounts.models import User
from keten_web.config import addresses
from keten_web.dashboard import wording
from keten_web.foresight import figures
from keten_web.studies import actions as studies
from keten_web.studies import kept, queries
from keten_web.studies.models import Run, State
from keten_web.tower import questions, quick

REPLICATIONS = 12
"""Of a choice laid down from the what-if page: enough for a useful interval, few enough to wait for."""


@dataclass(frozen=True)
class Proposal:
    """A choice that can be laid down: in which study, what differs, and how many replications it will rest on."""

    base: Results
    scenario: Scenario
    choices: Mapping[str, Any]
    run: Run | None
    title: str = ""
    reason: str = ""

    @property
    def replications(self) -> int:
        return self.run.replications if self.run else REPLICATIONS

    @property
    def first_day(self) -> date:
        """The first day of the study: a choice of before counts from then."""
        return first_day(self.scenario, date.min)


def proposal(sent: Mapping[str, str], user: User) -> Proposal | None:
    """Read what is to be laid down; None when nothing differs from the base, or nothing was asked.

    Raises
    ------
    ScenarioError
        When the choices are impossible.
    Http404
        When the kept scenario or the study does not exist.
    """
    number = addresses.key(sent.get("scenario-kept"))
    if number is not None:
        return _of_kept(kept.find(number, user))
    results = queries.choose(sent.get("base"), None)
    if results is None or quick.base_of(results) is None:
        return None
    scenario, chosen = questions.chosen_scenario(results, sent, str(user), sent.get("text", "") or "Vastgelegde keuze.")
    return Proposal(results, scenario, chosen, None) if chosen else None


def _of_kept(scenario: Any) -> Proposal | None:
    results = queries.choose(scenario.base, None)
    if results is None or quick.scenario_of(results) is None:
        return None
    done = scenario.runs.filter(state=State.DONE, seed=quick.seed_of(results)).first()
    document = Scenario.model_validate(scenario.document)
    return Proposal(results, document, scenario.choices, done, scenario.title, scenario.reason)


def refusals(asked: Proposal, chosen_on: date) -> list[str]:
    """Say why the study cannot predict the choice as one of that day, with what to do; in the words of the page."""
    last = asked.scenario.horizon
    if chosen_on > last:
        return [
            _(
                "This study ends on %(last)s, so it cannot predict a choice of %(day)s. Choose a study whose horizon "
                "reaches over that day, or another day."
            )
            % {"last": wording.day(last), "day": wording.day(chosen_on)}
        ]
    twin = quick.scenario_of(asked.base)
    if twin is None or (twin.reference_date, twin.horizon) != (asked.scenario.reference_date, last):
        return []  # no pair, whatever the day
    found = [
        _(
            "%(change)s: this has no day of its own and works from %(first)s in this study. Choose a study that begins "
            "on %(day)s, a day up to and including %(first)s, or leave it out of the choice."
        )
        % {
            "change": figures.said(words.nl, words.en),
            "first": wording.day(asked.first_day),
            "day": wording.day(chosen_on),
        }
        for words in undated(asked.scenario, twin, chosen_on)
    ]
    if not found and changes_nothing(from_day(asked.scenario, twin, chosen_on), twin):
        found.append(
            _("Nothing of this choice works on or after %(day)s. Choose an earlier day, or another choice.")
            % {"day": wording.day(chosen_on)}
        )
    return found


def predicted(asked: Proposal, chosen_on: date) -> Prediction:
    """Predict the choice, made on a day, beside its base; from the studies that are there when they say the same.

    Raises
    ------
    ScenarioError
        When the two are no pair, or the study cannot predict a choice of that day.
    """
    base = quick.base_of(asked.base)
    if base is None:
        raise ScenarioError(asked.base.name, [Problem("scenario", "is not in the receipt.", "Choose another study.")])
    seed = quick.seed_of(asked.base)
    chosen = as_of(asked.scenario, base.scenario, chosen_on)
    without, with_it = _values(asked, chosen, seed)
    return prediction_from(chosen, base.scenario, without, with_it, seed=seed, chosen_on=chosen_on)


def _values(asked: Proposal, chosen: Scenario, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Give the values of doing nothing and of the choice; with runs of their own when it starts on a later day."""
    if asked.run is not None and chosen == asked.scenario:
        return read_study(asked.base.folder).values, read_study(studies.folder_of(asked.run)).values
    without = quick.look(asked.base, (), REPLICATIONS).base
    return without.values, simulate(prepare(chosen), replications=REPLICATIONS, seed=seed).values
