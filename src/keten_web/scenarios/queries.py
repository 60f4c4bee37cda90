# SPDX-License-Identifier: EUPL-1.2
"""Read kept scenarios and their runs, as far as somebody may see them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keten.domain.errors import UsageError
from keten.domain.language import Words
from keten.parameters.load import load_chain
from keten.questions.explain import steps_between
from keten.scenario.model import Scenario
from keten.scenario.words import in_words
from keten.study.results import Results, read_results
from keten_web.accounts.models import User
from keten_web.studies import queries
from keten_web.studies.models import KeptScenario, Run, State
from keten_web.tower import figures
from keten_web.tower.inquiries import FIGURES, TOTAL
from keten_web.words import marks

LOGGER = logging.getLogger(__name__)
MOST = 4
"""More columns than these nobody compares."""


def visible(user: User) -> QuerySet[KeptScenario]:
    """Give the scenarios one made, and those that were shared with one's partner."""
    mine = Q(author=user)
    if user.partner_id:
        mine |= Q(shared_with=user.partner_id)
    return KeptScenario.objects.filter(mine).distinct().select_related("author", "partner")


def find(pk: int, user: User) -> KeptScenario:
    """Find a scenario that may be seen.

    Raises
    ------
    Http404
        When there is none.
    """
    found = visible(user).filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such scenario, or it was not shared with you."))
    return found


def find_run(pk: int, user: User) -> Run:
    """Find a run of a scenario that may be seen.

    Raises
    ------
    Http404
        When there is none.
    """
    found = Run.objects.filter(pk=pk, scenario__in=visible(user)).select_related("scenario").first()
    if found is None:
        raise Http404(_("There is no such run, or its scenario was not shared with you."))
    return found


def differences(scenario: KeptScenario) -> tuple[str, ...]:
    """List in words in what a scenario differs from its base; empty when the base is gone or speaks of other days."""
    try:
        base = Scenario.model_validate(queries.read(scenario.base).receipt["scenario"])
        steps = steps_between(base, Scenario.model_validate(scenario.document), load_chain())
    except (OSError, KeyError, ValueError):
        return ()
    return tuple(_said(step.words) for step in steps)


@dataclass(frozen=True)
class Value:
    """A value of a scenario in words: what it is, how it is set, and who stands for it, why, and from which source."""

    subject: str
    value: str
    owner: str
    reason: str
    source: str


def values(scenario: KeptScenario) -> tuple[Value, ...]:
    """List every value of a scenario; by its place in the file when this version of Keten cannot read the scenario."""
    try:
        chosen = tuple(in_words(Scenario.model_validate(scenario.document), load_chain()))
    except ValueError:
        return tuple(_by_place(scenario.document))
    return tuple(Value(_said(row.subject), _said(row.value), row.owner, row.reason, _(row.source)) for row in chosen)


def _by_place(part: Any, path: Sequence[str] = ()) -> Iterator[Value]:
    if isinstance(part, Mapping) and "owner" in part and "reason" in part:
        set_to = part.get("value")
        yield Value(
            ".".join(path),
            "" if set_to is None else str(set_to),
            str(part["owner"]),
            str(part["reason"]),
            str(part.get("source", "")),
        )
    elif isinstance(part, Mapping | list):
        inside = part.items() if isinstance(part, Mapping) else enumerate(part, start=1)
        for name, value in inside:
            yield from _by_place(value, (*path, str(name)))


def _said(words: Words) -> str:
    return words.en if get_language() == "en" else words.nl


def results_of(run: Run) -> Results:
    """Read the study of a run that is done."""
    return read_results(queries.folder_of(run))


@dataclass(frozen=True)
class Column:
    """A scenario beside others, with the figures of its newest study; none when no study of it is done."""

    scenario: KeptScenario
    run: Run | None
    figures: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Up to four scenarios side by side."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def compare(chosen: Sequence[KeptScenario]) -> Comparison:
    """Put the newest studies of up to four scenarios beside each other."""
    columns = []
    for scenario in chosen[:MOST]:
        run = scenario.runs.filter(state=State.DONE).first()
        columns.append(Column(scenario, run, figures_of(run) if run else ("",) * len(FIGURES)))
    names = [_name_in_a_month(measure, kind) for measure, kind in FIGURES]
    rows = tuple((name, tuple(column.figures[number] for column in columns)) for number, name in enumerate(names))
    return Comparison(tuple(columns), rows)


def _name_in_a_month(measure: str, kind: str) -> str:
    """Name a figure; of a flow only its last month is shown, which is not what the what-if page adds up."""
    name = figures.name(measure)
    return _("%(name)s, in the last month") % {"name": name} if kind == TOTAL else name


def figures_of(run: Run) -> tuple[str, ...]:
    """Write the figures of a study: at the horizon, or for a flow its last month; empty when its folder is gone."""
    try:
        results = results_of(run)
    except UsageError as error:
        LOGGER.warning("%s", error)
        return ("",) * len(FIGURES)
    found = []
    for measure, _kind in FIGURES:
        outlook = results.measures.get(measure)
        spread = outlook.at(results.horizon) if outlook else None
        found.append(marks.forecast(measure, results.horizon, spread, outlook.unit) if outlook and spread else "")
    return tuple(found)


def versions(model: type[models.Model], **of: int) -> list[Any]:
    """Give the versions that the database kept of a row, the newest first."""
    kept: Any = model._meta.get_field("events").related_model
    return list(kept.objects.filter(**of).select_related("pgh_context").order_by("-pgh_id"))
