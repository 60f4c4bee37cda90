# SPDX-License-Identifier: EUPL-1.2
"""From a what-if question or a kept scenario to a prediction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keten.domain.errors import Problem, ScenarioError
from keten.questions.compare import read_study
from keten.scenario.model import Scenario
from keten.study.results import Results
from keten.whatif.ledger import Prediction, prediction_from
from keten.whatif.look import simulate
from keten_web.accounts.models import User
from keten_web.config import addresses
from keten_web.scenarios import queries as kept
from keten_web.studies import queries
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


def predicted(asked: Proposal) -> Prediction:
    """Predict the choice beside its base; from the studies that are there, else with a run of its own.

    Raises
    ------
    ScenarioError
        When the two are no pair.
    """
    base = quick.base_of(asked.base)
    if base is None:
        raise ScenarioError(asked.base.name, [Problem("scenario", "is not in the receipt.", "Choose another study.")])
    seed = quick.seed_of(asked.base)
    if asked.run is not None:
        with_it = read_study(queries.folder_of(asked.run)).values
        without = read_study(asked.base.folder).values
    else:
        look = quick.look(asked.base, tuple(sorted(asked.choices.items())), REPLICATIONS) if asked.choices else None
        if look is not None and look.variant.inputs.scenario == asked.scenario:
            with_it, without = look.variant.values, look.base.values
        else:
            from keten.study.inputs import prepare

            runs = [
                simulate(inputs, replications=REPLICATIONS, seed=seed)
                for inputs in (prepare(asked.scenario, observations=base.observations), base)
            ]
            with_it, without = (run.values for run in runs)
    return prediction_from(asked.scenario, base.scenario, without, with_it, seed=seed, observations=base.observations)
