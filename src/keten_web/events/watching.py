# SPDX-License-Identifier: EUPL-1.2
"""Tell a fact when its row is saved."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_save

from keten_web.events import actions
from keten_web.events.facts import known


def watch() -> None:
    """Tell a fact as soon as its row is saved, in the same transaction."""
    for fact, model in known():
        post_save.connect(_saved, sender=model, dispatch_uid=f"events.{fact.type}")


def _saved(sender: type[Any], instance: Any, **_: object) -> None:
    for fact, model in known():
        if model is sender:
            actions.tell(fact, instance)
