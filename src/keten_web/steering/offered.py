# SPDX-License-Identifier: EUPL-1.2
"""What the forms of this app offer."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from keten.indicators.registry import indicators
from keten.parameters.load import load_chain
from keten_web.record.offered import Options, Part, fold, offer, offer_words, partners, rows_of
from keten_web.steering import models, words


def indicator_options() -> Options:
    """Give every indicator by its name."""
    return [(row.id, row.name_en if get_language() == "en" else row.name_nl) for row in indicators()]


def chain_points() -> Options:
    """Give the handovers of the chain tables."""
    english = get_language() == "en"
    return [(row.id, row.en if english else row.nl) for row in load_chain().handover_points]


offer(models.PolicyFramework, partners, "partners_bound")
offer(models.PlanDocument, rows_of(models.ChainGoal), "goals")
offer(models.HandoverPoint, chain_points, "chain_points")
offer(models.PerformanceAgreement, partners, "counterparts")
offer(models.PerformanceAgreement, indicator_options, "indicator")
offer(models.Signal, indicator_options, "indicator")
offer(models.SteeringDecision, indicator_options, "indicators")
offer_words(models.GovernanceBody, words.MANDATES, "mandates")

fold(
    models.PerformanceAgreement,
    Part(
        _("What is agreed, and with whom"),
        ("title", "text", "subject", "nature", "parties", "counterparts", "duties"),
    ),
    Part(
        _("Figure and norm"),
        ("indicator", "unit", "direction", "counting", "norms", "still_to_be_agreed"),
    ),
    Part(_("Where it belongs"), ("framework", "handover_point", "goal", "plan", "covers")),
    Part(_("What may go wrong"), ("error_budget_unit", "error_budget_share")),
)
fold(
    models.Signal,
    Part(_("What was crossed, and when"), ("title", "text", "indicator", "first_seen_on", "raised_on", "ended_on")),
    Part(_("The figure"), ("figure", "signal_value", "unit", "is_frozen")),
    Part(_("Where it belongs"), ("agreement", "handover_point", "goal", "body", "needs")),
)
fold(
    models.SteeringDecision,
    Part(_("What is decided, and by whom"), ("title", "text", "body", "meeting", "taken_by", "taken_on", "needs")),
    Part(_("On which figures, and about what"), ("indicators", "about", "goal", "handover_point", "agreement")),
    Part(_("What it should bring"), ("expected", "review_on")),
)
