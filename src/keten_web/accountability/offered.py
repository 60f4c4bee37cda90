# SPDX-License-Identifier: EUPL-1.2
"""What the forms of this app offer."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from keten_web.accountability import models, words
from keten_web.record.offered import Options, Part, fold, offer, partners, rows_of
from keten_web.steering.models import HandoverPoint, PerformanceAgreement, PlanDocument, SteeringDecision
from keten_web.steering.offered import indicator_options
from keten_web.studies import queries as studies


def measures() -> Options:
    """Give the measures of a study that a risk can speak of."""
    return [(measure, str(said)) for measure, said in words.MEASURES.items()]


def study_options() -> Options:
    """Give the studies there are."""
    return [(row.name, row.title) for row in studies.available()]


def roles() -> Options:
    """Give who can act in an incident: a partner, or the inspectorate."""
    return [*partners(), ("INSPECTORATE", str(_("Inspectorate")))]


offer(models.ChainRisk, measures, "measure")
offer(models.ChainRisk, study_options, "study")
offer(models.ChainRisk, rows_of(SteeringDecision, PlanDocument, models.Commitment), "covered_by")
offer(PerformanceAgreement, rows_of(models.ChainRisk), "covers")
offer(SteeringDecision, rows_of(PerformanceAgreement, HandoverPoint, models.ChainRisk), "about")
offer(models.Incident, indicator_options, "indicators")
offer(models.Incident, partners, "involved")
offer(models.IncidentMoment, roles, "role")
offer(models.Lesson, indicator_options, "indicator")
offer(models.Recommendation, indicator_options, "indicator")

fold(
    models.ChainRisk,
    Part(_("What can happen"), ("title", "text", "goal", "impact", "covered_by")),
    Part(
        _("Computed from a study"),
        ("measure", "direction", "crossing_value", "unit", "first_month", "last_month", "crossing_reason", "study"),
    ),
    Part(_("Or judged by people"), ("typed_level", "level_reason")),
)
