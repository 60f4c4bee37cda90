# SPDX-License-Identifier: EUPL-1.2
"""Which facts are told: one line each. A fact happens once; its row may change afterwards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps


@dataclass(frozen=True)
class Fact:
    """A kind of row, and when what it tells has happened."""

    type: str
    """Reverse domain, no organisation in it; a change that breaks readers gives it another version."""
    model: str
    day: str
    """The field that says on which day it happened."""
    happened: Callable[[Any], bool]


FACTS = (
    Fact("nl.migratieketen.signaal-gegeven.v1", "steering.Signal", "raised_on", lambda _row: True),
    Fact(
        "nl.migratieketen.besluit-genomen.v1",
        "steering.SteeringDecision",
        "taken_on",
        lambda row: row.state in {"taken", "reviewed"},
    ),
    Fact("nl.migratieketen.rapport-gepubliceerd.v1", "accountability.Report", "published_on", lambda _row: True),
)


def known() -> list[tuple[Fact, type[Any]]]:
    """Give the facts of the kinds that are installed, with their models."""
    there = {model._meta.label: model for model in apps.get_models()}
    return [(fact, there[fact.model]) for fact in FACTS if fact.model in there]
