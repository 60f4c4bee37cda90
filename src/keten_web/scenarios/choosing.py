# SPDX-License-Identifier: EUPL-1.2
"""From choices that were sent to a scenario that can be kept, or everything that is impossible about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.http import Http404
from django.utils.translation import gettext as _

from keten.domain.errors import ScenarioError
from keten.study.inputs import Inputs
from keten.whatif.account import Choice
from keten.whatif.chosen import changed_choices, in_base, problems_of, scenario_with
from keten.whatif.lever import levers_of
from keten_web.studies import queries
from keten_web.studies.actions import Asked
from keten_web.tower import questions, quick

SHORTEST_TITLE, SHORTEST_REASON = 3, 5
Found = tuple[str, str]
"""Where in what was sent something is wrong, and what."""


class ImpossibleError(Exception):
    """What was sent cannot be kept; `problems` says of each part why."""

    def __init__(self, problems: Sequence[Found]) -> None:
        super().__init__(_("These choices are not possible; nothing was kept."))
        self.problems = tuple(problems)


def asked(title: str, reason: str, base: str, choices: Mapping[str, Choice], owner: str) -> Asked:
    """Write choices on a base as a scenario in the name of somebody.

    Raises
    ------
    ImpossibleError
        With everything that is wrong with the name, the reason, the base and every lever.
    """
    inputs = _inputs(base)
    problems = [*_too_short(title, reason)]
    if inputs is None:
        problems.append(("/base", _("There is no study called “%(name)s”.") % {"name": base}))
    else:
        problems += _impossible(inputs, choices)
    if problems or inputs is None:
        raise ImpossibleError(problems)
    try:
        scenario = scenario_with(inputs, choices, quick.account(owner, reason.strip()))
    except ScenarioError as error:
        raise ImpossibleError([("/choices", str(error))]) from error
    return Asked(title.strip(), reason.strip(), base, scenario, changed_choices(inputs, choices))


def _inputs(base: str) -> Inputs | None:
    try:
        results = queries.choose(base, None)
    except Http404:
        return None
    return quick.base_of(results) if results is not None else None


def _too_short(title: str, reason: str) -> Iterator[Found]:
    for name, text, least in (("/title", title, SHORTEST_TITLE), ("/reason", reason, SHORTEST_REASON)):
        if len(text.strip()) < least:
            yield name, _("At least %(number)s characters.") % {"number": least}


def _impossible(inputs: Inputs, choices: Mapping[str, Choice]) -> Iterator[Found]:
    """Say of every lever that cannot stand so what can be done, in the words of the what-if page."""
    levers, standing = {lever.id: lever for lever in levers_of(inputs)}, in_base(inputs)
    for problem in problems_of(inputs, choices):
        lever = levers.get(problem.where)
        place = f"/choices/{problem.where.replace('~', '~0').replace('/', '~1')}"
        if lever is None:
            yield place, _("There is no such lever; choose from: %(names)s.") % {"names": ", ".join(levers)}
        else:
            fault = questions.fault(lever, choices.get(lever.id, standing[lever.id]))
            yield place, fault[:1].upper() + fault[1:]
