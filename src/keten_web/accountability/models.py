# SPDX-License-Identifier: EUPL-1.2
"""What may go wrong, what went wrong, what it costs, what others recommended and what parliament was promised."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from keten.domain.bounds import AMOUNT, MONEY, YEAR
from keten.domain.words import Direction
from keten.indicators.registry import by_identifier
from keten.parameters.load import load_chain
from keten.steering import lessons
from keten.steering import risks as core
from keten.steering.frameworks import OpenMatter
from keten.steering.record_lines import CommitmentState, FundingInstrument, MomentKind, RecommendationState, ReportState
from keten_web.accountability import words
from keten_web.accounts.models import PartnerOrganisation
from keten_web.record.fields import LinesField
from keten_web.record.limits import Limit
from keten_web.record.models import Record, tracked
from keten_web.steering import models as steering
from keten_web.steering import words as steering_words
from keten_web.studies import queries as studies

YEARS = [MinValueValidator(2000), MaxValueValidator(2100)]
MONTH = RegexValidator(r"^\d{4}-(0[1-9]|1[0-2])$", _("Write year and month: 2023-05."))
OUTSIDE = ("INSPECTORATE",)
"""Roles on a time line that are no chain partner."""


def _points_at(model: Any, name: Any, *, required: bool = False) -> Any:
    """Give a pointer to another row; what is pointed at stays."""
    return models.ForeignKey(
        model, on_delete=models.PROTECT, null=not required, blank=not required, related_name="+", verbose_name=name
    )


def _word(name: Any, choices: Any, *, default: str = "") -> Any:
    return models.CharField(name, max_length=30, choices=choices, default=default, blank=not default)


def _text(name: Any, **options: Any) -> Any:
    return models.CharField(name, max_length=500, blank=True, **options)


def _unknown_indicators(field: str, names: list[str]) -> dict[str, str]:
    unknown = [name for name in names if name and name not in by_identifier()]
    if not unknown:
        return {}
    return {field: gettext("%(names)s is no indicator; write the identifier of one.") % {"names": ", ".join(unknown)}}


def _unknown_measure(field: str, name: str) -> dict[str, str]:
    """Refuse a measure that no study knows: nothing would ever be compared with it."""
    known = {*words.MEASURES, *studies.measure_names(), *(f"load.{row.id}" for row in load_chain().resources)}
    if not name or name in known:
        return {}
    near = ", ".join(get_close_matches(name, sorted(known))) or ", ".join(sorted(known))
    said = {"name": name, "near": near}
    return {field: gettext("%(name)s is no measure of a study; perhaps you mean: %(near)s.") % said}


def _in_language(row: Record, name: str) -> str:
    english = getattr(row, f"{name}_en")
    return str(english if get_language() == "en" and english else getattr(row, name))


# --- risks ------------------------------------------------------------------------------------------------------------


@tracked
class ChainRisk(Record):
    """Something that may keep the chain from a goal: computed where it is about a model output, typed elsewhere."""

    limits = {"crossing_value": Limit(unit="unit")}
    in_order = (("first_month", "last_month"),)

    goal = _points_at(steering.ChainGoal, _("chain goal"))
    impact = _word(_("impact"), words.IMPACTS, default=core.Impact.SERIOUS.value)
    measure = models.CharField(
        _("measure"), max_length=80, blank=True, help_text=_("A measure of a study, for instance stock.track_4.")
    )
    direction = _word(_("crosses when it"), words.DIRECTIONS, default=Direction.LOWER_IS_BETTER.value)
    crossing_value = models.FloatField(_("value it crosses"), null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True, choices=steering_words.UNITS)
    first_month = models.CharField(_("first month"), max_length=7, blank=True, validators=[MONTH])
    last_month = models.CharField(_("last month"), max_length=7, blank=True, validators=[MONTH])
    crossing_reason = _text(_("why this value"))
    typed_level = _word(_("level, typed"), words.LEVELS)
    level_reason = _text(_("why this level"))
    level_reason_en = _text(_("why this level, in English"))
    study = models.CharField(_("study that shows it"), max_length=80, blank=True)
    covered_by = LinesField(
        _("also covered by"), help_text=_("Codes of decisions, plans or commitments; agreements say it themselves.")
    )
    state = _word(_("state"), words.RISK_STATES, default="open")

    class Meta(Record.Meta):
        verbose_name = _("chain risk")
        verbose_name_plural = _("chain risks")

    def problems(self) -> dict[str, str]:
        unknown = _unknown_measure("measure", self.measure)
        if unknown:
            return unknown
        parts = (self.measure, self.crossing_value is not None, self.first_month, self.last_month)
        if any(parts) and not all(parts):
            return {"measure": gettext("A computed risk needs measure, value and both months; fill them in, or none.")}
        if bool(self.measure) == bool(self.typed_level):
            return {"typed_level": gettext("A risk is computed or typed: give a measure, or a level, one of the two.")}
        if self.typed_level and not self.level_reason:
            return {"level_reason": gettext("Say why the level is what it is.")}
        return {}

    def as_risk(self) -> core.ChainRisk:
        """Give the risk that the core assesses."""
        statement = None
        if self.measure and self.crossing_value is not None:
            statement = core.ModelStatement(
                self.measure, self.crossing_value, Direction(self.direction), self.first_month, self.last_month
            )
        level = core.RiskLevel(self.typed_level) if self.typed_level else core.RiskLevel.UNKNOWN
        return core.ChainRisk(self.code, core.Impact(self.impact), statement, level)

    @property
    def why(self) -> str:
        return _in_language(self, "level_reason")

    @staticmethod
    def uncovered_risks() -> list[tuple[core.ChainRisk, core.RiskLevel]]:
        """Give the risks that the next framework has to cover, with their level from the first study."""
        from keten_web.accountability import queries

        return [(line.assessed.risk, line.assessed.level) for line in queries.uncovered()]


# --- incidents --------------------------------------------------------------------------------------------------------


@tracked
class Incident(Record):
    """Something that went wrong in the chain, with the line that was taken outside and what it taught."""

    in_order = (("started_on", "ended_on"),)
    happened = ("started_on", "ended_on")

    started_on = models.DateField(_("began on"))
    ended_on = models.DateField(_("was over on"), null=True, blank=True)
    severity = _word(_("severity"), words.IMPACTS, default=core.Impact.SERIOUS.value)
    severity_reason = _text(_("why so severe"))
    severity_reason_en = _text(_("why so severe, in English"))
    communication = _text(_("line of communication"))
    communication_en = _text(_("line of communication, in English"))
    goal = _points_at(steering.ChainGoal, _("chain goal"))
    handover_point = _points_at(steering.HandoverPoint, _("handover point"))
    indicators = LinesField(_("indicators that look at this"), help_text=_("One identifier per line."))
    involved = LinesField(_("partners involved"), help_text=_("One code per line, for instance COA."))
    state = _word(_("state"), words.INCIDENT_STATES, default="open")

    class Meta(Record.Meta):
        verbose_name = _("incident")
        verbose_name_plural = _("incidents")
        ordering = ("-started_on", "code")

    def problems(self) -> dict[str, str]:
        return _unknown_indicators("indicators", self.indicators)

    @property
    def line(self) -> str:
        return _in_language(self, "communication")

    @property
    def why(self) -> str:
        return _in_language(self, "severity_reason")


@tracked
class IncidentMoment(Record):
    """A moment on the time line of an incident: what happened or was decided, when, and in which role."""

    happened = ("on",)

    incident = _points_at(Incident, _("incident"), required=True)
    on = models.DateField(_("day"))
    at = models.TimeField(_("time"), null=True, blank=True)
    nature = _word(_("nature"), words.MOMENTS, default=MomentKind.EVENT.value)
    role = models.CharField(_("in the role of"), max_length=40, help_text=_("A partner, or INSPECTORATE."))

    class Meta(Record.Meta):
        verbose_name = _("moment of an incident")
        verbose_name_plural = _("moments of incidents")
        ordering = ("on", "at", "code")

    def problems(self) -> dict[str, str]:
        if self.role not in OUTSIDE and not PartnerOrganisation.objects.filter(code=self.role).exists():
            return {"role": gettext("%(role)s is no chain partner; write the code of one.") % {"role": self.role}}
        return {}


@tracked
class Lesson(Record):
    """What was learned; it stays open until a framework took it in or somebody dropped it with a reason."""

    happened = ("learned_on",)

    incident = _points_at(Incident, _("incident"))
    learned_on = models.DateField(_("learned on"))
    agreement = _points_at(steering.PerformanceAgreement, _("performance agreement"))
    handover_point = _points_at(steering.HandoverPoint, _("handover point"))
    indicator = models.CharField(_("indicator"), max_length=80, blank=True)
    state = _word(_("state"), words.LESSON_STATES, default="open")

    class Meta(Record.Meta):
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        ordering = ("-learned_on", "code")

    def problems(self) -> dict[str, str]:
        return _unknown_indicators("indicator", [self.indicator])

    @staticmethod
    def lessons() -> list[lessons.Lesson]:
        """Give what the next framework has to take in."""
        return [
            lessons.Lesson(row.code, row.title, row.title_en or row.title, row.learned_on)
            for row in Lesson.objects.filter(state="open", is_withdrawn=False)
        ]


def _matter(row: Record) -> OpenMatter:
    return OpenMatter(row.code, row.title, row.title_en or row.title)


# --- money ------------------------------------------------------------------------------------------------------------


@tracked
class FundingRelation(Record):
    """Who funds the owner of this row, and with which instrument."""

    in_order = (("valid_from", "valid_until"),)
    may_lie_ahead = ("valid_from", "valid_until")

    funder = models.ForeignKey(
        PartnerOrganisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("funded by"),
    )
    instrument = _word(_("instrument"), words.INSTRUMENTS, default=FundingInstrument.CONTRIBUTION.value)
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("funding relation")
        verbose_name_plural = _("funding relations")

    def problems(self) -> dict[str, str]:
        found = {}
        if self.valid_until and self.valid_until <= self.valid_from:
            found["valid_until"] = gettext("It ends before it begins; “until” is the first day after it.")
        is_elsewhere = self.instrument == FundingInstrument.OTHER_BUDGET.value
        if is_elsewhere == bool(self.funder_id):
            found["funder"] = gettext("Name who funds it, or say that it is the budget of another minister.")
        return found


@tracked
class BudgetLine(Record):
    """An amount in one budget document, tied to the policy framework of its year."""

    limits = {"year": Limit(YEAR), "until_year": Limit(YEAR), "amount_eur": Limit(AMOUNT)}
    in_order = (("year", "until_year"),)

    framework = _points_at(steering.PolicyFramework, _("policy framework"))
    year = models.PositiveSmallIntegerField(_("year"), validators=YEARS)
    until_year = models.PositiveSmallIntegerField(_("up to and including"), null=True, blank=True, validators=YEARS)
    stage = _word(_("budget document"), words.BUDGET_STAGES, default="original")
    line = models.CharField(_("line"), max_length=40, help_text=_("The same word through the documents of a year."))
    amount_eur = models.BigIntegerField(_("amount in euros"))

    class Meta(Record.Meta):
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        ordering = ("-year", "line", "code")

    @staticmethod
    def money_of(framework: Any) -> list[BudgetLine]:
        """Give each budget line of a framework as its latest document has it, the largest first."""
        documents = [stage for stage, _name in words.BUDGET_STAGES]
        rows = BudgetLine.objects.filter(framework=framework, is_withdrawn=False)
        latest = {row.line: row for row in sorted(rows, key=lambda row: documents.index(row.stage))}
        return sorted(latest.values(), key=lambda row: -row.amount_eur)


@tracked
class BudgetClaim(Record):
    """What a partner asked for in a round, and what it got."""

    limits = {"year": Limit(YEAR), "asked_eur": Limit(MONEY), "granted_eur": Limit(MONEY)}

    round = models.CharField(_("round"), max_length=60)
    round_en = models.CharField(_("round, in English"), max_length=60, blank=True)
    year = models.PositiveSmallIntegerField(_("year"), validators=YEARS)
    line = models.CharField(_("line"), max_length=40)
    asked_eur = models.BigIntegerField(_("asked, in euros"), null=True, blank=True)
    granted_eur = models.BigIntegerField(_("granted, in euros"), null=True, blank=True)
    goal = _points_at(steering.ChainGoal, _("chain goal"))
    state = _word(_("state"), words.CLAIM_STATES, default="draft")

    class Meta(Record.Meta):
        verbose_name = _("budget claim")
        verbose_name_plural = _("budget claims")
        ordering = ("-year", "round", "line", "code")

    def problems(self) -> dict[str, str]:
        if self.asked_eur is not None and self.granted_eur is not None and self.granted_eur > self.asked_eur:
            return {"granted_eur": gettext("More is granted than was asked; correct one of the two.")}
        return {}

    @property
    def round_name(self) -> str:
        return _in_language(self, "round")


# --- recommendations and commitments ----------------------------------------------------------------------------------


@tracked
class Commitment(Record):
    """What parliament was promised, and when it is due."""

    in_order = (("made_on", "outcome_on"),)
    in_no_order = {"due_on": "a letter may repeat a promise after the day on which it was due"}
    happened = ("made_on", "outcome_on")
    may_lie_ahead = ("due_on",)

    made_on = models.DateField(_("made on"))
    due_on = models.DateField(_("due on"), null=True, blank=True)
    due_said = models.CharField(_("due, as it was said"), max_length=100, blank=True)
    due_said_en = models.CharField(_("due, as it was said, in English"), max_length=100, blank=True)
    agreement = _points_at(steering.PerformanceAgreement, _("performance agreement"))
    decision = _points_at(steering.SteeringDecision, _("steering decision"))
    plan = _points_at(steering.PlanDocument, _("plan or letter"))
    outcome = models.TextField(_("what came of it"), blank=True)
    outcome_en = models.TextField(_("what came of it, in English"), blank=True)
    outcome_on = models.DateField(_("since"), null=True, blank=True)
    continued_by = _points_at("self", _("goes on as"))
    state = _word(_("state"), words.COMMITMENT_STATES, default=CommitmentState.OPEN.value)

    class Meta(Record.Meta):
        verbose_name = _("commitment to parliament")
        verbose_name_plural = _("commitments to parliament")
        ordering = ("due_on", "made_on", "code")

    @property
    def is_open(self) -> bool:
        return self.state in {CommitmentState.OPEN.value, CommitmentState.IN_PROGRESS.value}

    @property
    def came_of_it(self) -> str:
        return _in_language(self, "outcome")

    @property
    def due_words(self) -> str:
        return _in_language(self, "due_said")

    def is_overdue(self, on: date) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < on

    @staticmethod
    def open_matters() -> list[OpenMatter]:
        """Give the promises that are not kept yet."""
        still = (CommitmentState.OPEN.value, CommitmentState.IN_PROGRESS.value)
        return [_matter(row) for row in Commitment.objects.filter(state__in=still, is_withdrawn=False)]


@tracked
class Report(Record):
    """A report with recommendations; it closes when nothing in it is without a home."""

    in_order = (("published_on", "closed_on"),)
    happened = ("published_on", "closed_on")

    published_on = models.DateField(_("published on"))
    author = models.CharField(_("author"), max_length=200)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    leads_to = _points_at("self", _("what was left goes on in"))
    state = _word(_("state"), words.REPORT_STATES, default=ReportState.MONITORED.value)

    class Meta(Record.Meta):
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ("published_on", "code")

    @property
    def is_followed(self) -> bool:
        return str(self.state) == ReportState.MONITORED.value

    def recommendations(self) -> models.QuerySet[Recommendation]:
        return Recommendation.objects.filter(report=self, is_withdrawn=False)


@tracked
class Recommendation(Record):
    """What a report recommends. When its report is closed and it is not finished, it has a home elsewhere."""

    report = _points_at(Report, _("report"), required=True)
    goal = _points_at(steering.ChainGoal, _("chain goal"))
    indicator = models.CharField(_("indicator"), max_length=80, blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    evidence_en = models.TextField(_("evidence, in English"), blank=True)
    carried_to = _points_at("self", _("carried over to"))
    home_plan = _points_at(steering.PlanDocument, _("home: plan or letter"))
    home_commitment = _points_at(Commitment, _("home: commitment"))
    home_partner = models.ForeignKey(
        PartnerOrganisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("home: standing organisation of"),
    )
    state = _word(_("state"), words.RECOMMENDATION_STATES, default=RecommendationState.IN_PROGRESS.value)

    class Meta(Record.Meta):
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        ordering = ("report", "code")

    @property
    def is_finished(self) -> bool:
        return self.state in {RecommendationState.IMPLEMENTED.value, RecommendationState.NOT_FOLLOWED.value}

    @property
    def home(self) -> Any:
        """Give who has it now: another recommendation, a plan, a commitment, a partner; None when nobody has."""
        return self.carried_to or self.home_plan or self.home_commitment or self.home_partner

    @property
    def proof(self) -> str:
        return _in_language(self, "evidence")

    @property
    def is_lost(self) -> bool:
        """Tell whether it is not finished while its report is not followed any more and nobody has it."""
        return not self.is_finished and not self.report.is_followed and self.home is None

    def problems(self) -> dict[str, str]:
        found = _unknown_indicators("indicator", [self.indicator])
        is_carried = self.state == RecommendationState.CARRIED_OVER.value
        if is_carried and self.carried_to_id is None:
            found["carried_to"] = gettext("Say which recommendation took it over.")
        if self.carried_to is not None and not self._is_open_home(self.carried_to):
            found["carried_to"] = gettext(
                "That recommendation is finished, or stands in a closed report; choose another."
            )
        if self.is_lost:
            found["home_partner"] = gettext("Its report is closed; say who carries it on, or finish it first.")
        return found

    def _is_open_home(self, other: Recommendation) -> bool:
        return other.pk != self.pk and other.report.is_followed and not other.is_finished

    @staticmethod
    def open_matters() -> list[OpenMatter]:
        """Give what is still to be done; what was carried over is told once, at its home."""
        still = RecommendationState.IN_PROGRESS.value
        return [_matter(row) for row in Recommendation.objects.filter(state=still, is_withdrawn=False)]
