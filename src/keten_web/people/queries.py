# SPDX-License-Identifier: EUPL-1.2
"""What somebody leaves behind: what stands in the own name and is not done, and what waits for the own role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from keten_web.accounts.models import User
from keten_web.deliveries.models import Delivery
from keten_web.deliveries.models import State as DeliveryState
from keten_web.record.kinds import Kind, kinds
from keten_web.studies.models import KeptScenario


@dataclass(frozen=True)
class Task:
    """One thing that is open: what it is, its name and where it stands."""

    what: str
    name: str
    address: str


def mine(user: User) -> list[Task]:
    """Give what stands in somebody's name and can be handed over."""
    made = [Task(kind.name, row.name, row.get_absolute_url()) for kind, rows in made_rows(user) for row in rows]
    kept = [Task(_("scenario"), row.title, reverse("kept-scenario", args=(row.pk,))) for row in scenarios(user)]
    waiting = [Task(_("delivery"), row.file_name, reverse("delivery", args=(row.pk,))) for row in deliveries(user)]
    return [*made, *kept, *waiting]


def made_rows(user: User) -> Iterator[tuple[Kind, QuerySet[Any]]]:
    """Give the rows that somebody made and that a step can still bring further, by kind."""
    for kind in kinds():
        states = {state for step in kind.transitions for state in step.origins}
        if kind.has_states and states:
            yield kind, kind.model.objects.filter(created_by=user, is_withdrawn=False, state__in=states)


def scenarios(user: User) -> QuerySet[KeptScenario]:
    """Give the scenarios of somebody that may still change; a frozen one stays its author's for ever."""
    return KeptScenario.objects.filter(author=user, is_frozen=False)


def deliveries(user: User) -> QuerySet[Delivery]:
    """Give the deliveries of somebody on which nobody has decided."""
    return Delivery.objects.filter(received_from=user, state=DeliveryState.WAITING)


def of_the_role(user: User) -> list[Task]:
    """Give the steps that wait for somebody's role at the own partner: signatures, drafts, signals."""
    found = []
    for kind in kinds():
        states = {state for step in kind.transitions for state in step.origins}
        if not kind.has_states or not states:
            continue
        for row in kind.model.objects.filter(is_withdrawn=False, state__in=states):
            steps = [offer.step.label for offer in kind.offers(user, row) if not offer.obstacles]
            if steps:
                found.append(Task(", ".join(map(str, steps)), row.name, row.get_absolute_url()))
    return found


def stand_ins(user: User) -> QuerySet[User]:
    """Give who else has the same role at the same partner, and may log in."""
    same = User.objects.filter(is_active=True, partner=user.partner_id, groups__in=user.groups.all())
    return same.exclude(pk=user.pk).distinct()
