# SPDX-License-Identifier: EUPL-1.2
"""What was done with a scenario: the versions that the database kept of it and of its sharing, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from keten_web.record.queries import people_of, said_of
from keten_web.scenarios.queries import versions
from keten_web.studies.models import KeptScenario, Sharing
from keten_web.words import names


@dataclass(frozen=True)
class Step:
    """One thing that was done with a scenario: when, by whom, what and why."""

    at: datetime
    who: str
    what: str
    reason: str
    is_outside: bool
    """Done by a program that is not this site."""


def history(scenario: KeptScenario) -> list[Step]:
    """Give everything that was done with a scenario, newest first."""
    own = [(version, _of_scenario(version)) for version in versions(KeptScenario, pgh_obj=scenario.pk)]
    shared = [(version, _of_sharing(version)) for version in versions(Sharing, scenario=scenario.pk)]
    found = sorted([*own, *shared], key=lambda row: row[0].pgh_created_at, reverse=True)
    people = people_of([version for version, _what in found])
    return [_step(version, what, people) for version, what in found]


def _step(version: Any, what: str, people: dict[int | None, str]) -> Step:
    said = said_of(version)
    return Step(version.pgh_created_at, people.get(said.get("user"), ""), what, said.get("reason", ""), not said)


def _of_scenario(version: Any) -> str:
    if version.pgh_label == "delete":
        return _("taken away")
    if version.pgh_label == "update":
        return _("frozen") if version.is_frozen else _("changed")
    if version.copied_from_id:
        return _("copied from scenario %(number)s") % {"number": version.copied_from_id}
    return _("kept as a scenario")


def _of_sharing(version: Any) -> str:
    words = {"partner": names.partner_short(version.partner_id)}
    if version.pgh_label == "delete":
        return _("no longer shared with %(partner)s") % words
    return _("shared with %(partner)s") % words
