# SPDX-License-Identifier: EUPL-1.2
"""What stands in the way of a step, and what it changes beside the state."""

from __future__ import annotations

from django.utils.translation import gettext as _

from keten_web.accountability import models
from keten_web.accounts.models import User
from keten_web.config.today import today


def is_not_over(row: models.Incident, _by: User) -> list[str]:
    return [] if row.ended_on else [_("Say on which day it was over.")]


def open_lessons(row: models.Incident, _by: User) -> list[str]:
    """Let an incident close when each of its lessons has an end, and there is at least one."""
    lessons = models.Lesson.objects.filter(incident=row, is_withdrawn=False)
    still = [
        _("The lesson “%(name)s” is still open.") % {"name": lesson.name}
        for lesson in lessons
        if lesson.state == "open"
    ]
    return still if lessons else [_("It has no lesson yet; write what it taught, if only that nothing had to change.")]


def nothing_asked(row: models.BudgetClaim, _by: User) -> list[str]:
    return [] if row.asked_eur is not None else [_("Fill in what is asked.")]


def nothing_granted(row: models.BudgetClaim, _by: User) -> list[str]:
    return [] if row.granted_eur is not None else [_("Fill in what is granted.")]


def grant_nothing(row: models.BudgetClaim, _by: User) -> None:
    row.granted_eur = 0


def matters_without_home(row: models.Report, _by: User) -> list[str]:
    """Let a report close when every recommendation is finished or has a home: no open matter is lost."""
    return [
        _("“%(name)s” is not finished and has no home.") % {"name": found.name}
        for found in row.recommendations()
        if not found.is_finished and found.home is None
    ] + [
        _("“%(name)s” of another report was carried over to this one.") % {"name": found.name}
        for found in models.Recommendation.objects.filter(carried_to__report=row, is_withdrawn=False)
        if not found.is_finished
    ]


def close_today(row: models.Report, _by: User) -> None:
    row.closed_on = today()


def not_closed(row: models.Report, _by: User) -> None:
    row.closed_on = None


def no_evidence(row: models.Recommendation, _by: User) -> list[str]:
    return [] if row.evidence.strip() else [_("Say what shows that it is implemented.")]


def no_home(row: models.Recommendation, _by: User) -> list[str]:
    homes = [home for home in (row.home_plan, row.home_commitment, row.home_partner) if home is not None]
    return [] if len(homes) == 1 else [_("Choose one home: a plan, a commitment, or a partner.")]


def leave_home(row: models.Recommendation, _by: User) -> None:
    row.carried_to = row.home_plan = row.home_commitment = row.home_partner = None


def only_carried(row: models.Recommendation, _by: User) -> None:
    row.home_plan = row.home_commitment = row.home_partner = None


def not_carried(row: models.Recommendation, _by: User) -> None:
    row.carried_to = None


def no_outcome(row: models.Commitment, _by: User) -> list[str]:
    return [] if row.outcome.strip() else [_("Say what came of it.")]


def no_successor(row: models.Commitment, by: User) -> list[str]:
    """Let a promise that is not kept as it was made go on as another one."""
    found = no_outcome(row, by)
    if row.continued_by is None:
        found.append(_("Say which commitment takes its place."))
    elif row.continued_by.pk == row.pk:
        found.append(_("It cannot take its own place; make the new commitment first."))
    return found
