# SPDX-License-Identifier: EUPL-1.2
"""What measures, indicators, norms and agreements count: one list, so that the same words mean the same figure."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from keten.domain.counted import Definition
from keten.domain.errors import Problem, UsageError

PRODUCTION = (
    Definition(
        "decided.track_4",
        "eerste beslissingen in spoor 4; ingetrokken aanvragen tellen niet mee",
        "first decisions in track 4; withdrawn applications do not count",
    ),
    Definition("withdrawn.track_4", "ingetrokken aanvragen in spoor 4", "applications of track 4 that were withdrawn"),
    Definition(
        "closed_otherwise.track_4",
        "aanvragen in spoor 4 die zonder beslissing of intrekking zijn gesloten, zoals een dubbel dossier",
        "applications of track 4 closed without a decision or a withdrawal, such as a double file",
    ),
    Definition(
        "handled.track_4",
        "afgehandelde zaken in spoor 4: beslist, ingetrokken of anders gesloten",
        "cases handled in track 4: decided, withdrawn or closed otherwise",
        bridges=(
            ("decided.track_4", "withdrawn.track_4", "closed_otherwise.track_4"),
            ("handled.track_4.annual_plan", "handled.baa"),
        ),
    ),
    Definition(
        "handled.track_4.annual_plan",
        "afgehandelde zaken in spoor 4 buiten het project BAA",
        "cases handled in track 4 outside the BAA project",
    ),
    Definition("handled.baa", "extra zaken die het project BAA afhandelt", "extra cases that the BAA project handles"),
)
"""Definitions that several parts of the chain use for what they call production; they are not the same."""

_OF_MEASURES = {"production.track_4": "decided.track_4", "withdrawn.track_4": "withdrawn.track_4"}
"""Measures of a study that count what a definition above says; every other measure is its own definition."""


@cache
def definitions() -> Mapping[str, Definition]:
    """Give every definition by its identifier: those of production, then one per other indicator."""
    from keten.indicators.registry import indicators

    found = {row.id: row for row in PRODUCTION}
    for row in indicators():
        found.setdefault(row.counts, Definition(row.counts, row.name_nl, row.name_en))
    return found


def definition(identifier: str) -> Definition:
    """Look a definition up.

    Raises
    ------
    UsageError
        When there is none of that name; the known names are listed.
    """
    found = definitions().get(identifier)
    if found is None:
        known = ", ".join(definitions())
        raise UsageError("the question", [Problem(identifier, "is no definition.", f"Choose one of: {known}.")])
    return found


def are_related(one: str, other: str) -> bool:
    """Tell whether two definitions are the same, or one is a part of the other."""
    return one == other or one in _parts(other) or other in _parts(one)


def _parts(whole: str) -> set[str]:
    return {name for parts in definition(whole).bridges for name in parts}


def counted_by_measure(measure: str) -> Definition:
    """Say what a measure of a study counts."""
    name = _OF_MEASURES.get(measure, measure)
    return definitions().get(name) or Definition(name, name, name)
