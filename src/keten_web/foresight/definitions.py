# SPDX-License-Identifier: EUPL-1.2
"""What each figure of the tower, of a what-if and of a choice means; indicators carry their own definition."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from keten.indicators.registry import by_identifier
from keten.parameters.load import load_chain
from keten.study.figure_values import HELD, SPENT, STAGE

MEASURES = {
    "stock.track_4": (
        _("Stock of track 4"),
        _("Undecided first applications and lateral inflow in the general procedure, at the end of the month."),
    ),
    "stock.track_1": (
        _("Stock of track 1"),
        _("Undecided first applications for which another member state may be responsible, at the end of the month."),
    ),
    "stock.track_2": (
        _("Stock of track 2"),
        _("Undecided first applications of people from a safe country or with protection elsewhere."),
    ),
    "stock.family_reunification": (
        _("Stock of family reunification"),
        _("Undecided applications for family reunification, at the end of the month."),
    ),
    "stock.appeal": (
        _("Stock of appeals"),
        _("Appeals at the court and onward appeals at the Council of State without judgment, at the end of the month."),
    ),
    "overdue.track_4": (
        _("Stock of track 4 past the decision deadline"),
        _("Of the stock of track 4: not decided while the decision deadline has passed."),
    ),
    "production.track_4": (
        _("Decisions in track 4"),
        _("First-instance decisions of track 4 in the month; withdrawn applications do not count."),
    ),
    "withdrawn.track_4": (
        _("Withdrawn in track 4"),
        _("Applications of track 4 that were withdrawn in the month, before a decision."),
    ),
    "remitted": (
        _("To be decided again after appeal"),
        _("Cases in which the IND has to decide again after appeal or onward appeal, in the month."),
    ),
    "oldest_tenth.track_4": (
        _("Weeks that the oldest tenth of track 4 has waited"),
        _("A tenth of the track-4 cases without a decision was lodged so many weeks ago or longer, to the week."),
    ),
    "penalties.paid": (
        _("Penalties paid"),
        _("Penalty payments for late decisions that are paid in the month, all tracks together, in euro."),
    ),
    "late_decision_appeals": (
        _("Appeals for late decision"),
        _("Appeals against not deciding in time that are lodged in the month."),
    ),
    "inflow.total": (
        _("Inflow, all case groups"),
        _("First and subsequent applications, resettled people and following family members in the month."),
    ),
    "reception.occupancy": (
        _("People in reception"),
        _("People who live in reception at the end of the month, permit holders included."),
    ),
    "reception.emergency": (
        _("People in emergency places"),
        _("People in reception for whom there is no regular place, at the end of the month."),
    ),
    "permit_holders_waiting": (
        _("Permit holders waiting for a home"),
        _("Permit holders in reception for whom there is no home yet, at the end of the month."),
    ),
    "cost.total": (_("Costs of all partners"), _("What the chain costs in the month, in euro of unit costs.")),
}


LOAD = "load"
FAMILIES = {
    HELD: (
        _("Cases that lie with %(of)s"),
        _("Cases in the stages that the chain tables give to this partner, at the end of the month."),
    ),
    SPENT: (
        _("Costs of %(of)s"),
        _("What the month costs this partner, in euro of unit costs: hours, places, penalties and court costs."),
    ),
    STAGE: (
        _("Cases at the stage “%(of)s”"),
        _("Cases that stand in this stage at the end of the month."),
    ),
    LOAD: (
        _("Load: %(of)s"),
        _(
            "The hours or places that the work of the month takes over those that there are, also of work that another "
            "resource takes over or that is withdrawn; above 1 the work piles up."
        ),
    ),
}
"""Figures of which there is one for each partner, stage or resource: `held.IND`, `stage.appeal`."""


def is_known(figure: str) -> bool:
    """Tell whether a figure has a definition."""
    return figure in MEASURES or figure in by_identifier() or _member(figure) is not None


def _member(figure: str) -> tuple[str, str] | None:
    """Split a figure of a family into the family and the name of its partner, stage or resource."""
    family, _dot, identifier = figure.partition(".")
    chain = load_chain()
    members = {LOAD: chain.resources, STAGE: chain.stages}.get(family, chain.partners)
    found = next((row for row in members if row.id == identifier), None)
    if family not in FAMILIES or found is None:
        return None
    return family, found.en if get_language() == "en" else found.nl


def name_of(figure: str) -> str:
    """Name a figure."""
    if figure in MEASURES:
        return str(MEASURES[figure][0])
    if (member := _member(figure)) is not None:
        return str(FAMILIES[member[0]][0]) % {"of": member[1]}
    found = by_identifier()[figure]
    return found.name_en if get_language() == "en" else found.name_nl


def definition_of(figure: str) -> str:
    """Say what a figure counts."""
    if figure in MEASURES:
        return str(MEASURES[figure][1])
    if (member := _member(figure)) is not None:
        return str(FAMILIES[member[0]][1])
    found = by_identifier()[figure]
    return found.definition_en if get_language() == "en" else found.definition_nl
