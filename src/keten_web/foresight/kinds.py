# SPDX-License-Identifier: EUPL-1.2
"""The kind of this room: who may write a choice, and how it is looked back on."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from keten_web.foresight import models, queries, steps
from keten_web.record.kinds import Kind, Transition, register
from keten_web.record.permissions import steers, writes_own

CHOICES = register(
    Kind(
        models.SteeringChoice,
        "stuurkeuzes",
        theme="choices",
        edited=("chosen_on", "body", "agenda_item", "decision", "is_exercise", "worked"),
        listed=("who", "chosen_on", "state"),
        filtered=("body", "state"),
        may_write=writes_own | steers,
        transitions=(
            Transition(
                "terugkijken", _("Look back with the figures known now"), ("predicted", "judged"), "judged",
                writes_own | steers, needs_reason=False, problems=steps.obstacles_to_judging, effect=steps.judge,
            ),
        ),
        template="foresight/choice.html",
        context=queries.choice,
    )
)  # fmt: skip
