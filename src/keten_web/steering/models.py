# SPDX-License-Identifier: EUPL-1.2
"""What is agreed in the chain, what came of it, and who decided what about it, on which figures."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from keten.domain.bounds import MINUTES, ORDER, PER_YEAR, SEATS, UNITS, YEAR
from keten.domain.words import CoreProcess, Direction
from keten.indicators.registry import by_identifier
from keten.steering.agreements import Counting, Nature, NormPer, Parties, Subject
from keten.steering.bodies import GovernanceLevel, Mandate
from keten.steering.frameworks import Evidence, FrameworkState, Proposal
from keten_web.accounts.models import PartnerOrganisation, User
from keten_web.record.fields import LinesField, SeriesField
from keten_web.record.limits import Limit
from keten_web.record.models import Record, tracked
from keten_web.steering import words


def _points_at(model: Any, name: Any, *, required: bool = False, related_name: str = "+") -> Any:
    """Give a pointer to another row; what is pointed at stays."""
    return models.ForeignKey(
        model,
        on_delete=models.PROTECT,
        null=not required,
        blank=not required,
        related_name=related_name,
        verbose_name=name,
    )


def _word(name: Any, choices: Any, *, default: str = "", length: int = 30) -> Any:
    return models.CharField(name, max_length=length, choices=choices, default=default, blank=not default)


# --- plan -------------------------------------------------------------------------------------------------------------


@tracked
class PolicyFramework(Record):
    """The shared policy framework of a year: drawn up with the partners, then approved by the ministers concerned."""

    limits = {"year": Limit(YEAR)}

    year = models.PositiveSmallIntegerField(
        _("year"), unique=True, validators=[MinValueValidator(2000), MaxValueValidator(2100)]
    )
    state = _word(_("state"), words.FRAMEWORK_STATES, default=FrameworkState.DRAFT.value)
    partners_bound = LinesField(_("partners it binds"), help_text=_("One code per line, for instance IND."))
    agreed_by = LinesField(_("agreed by"), editable=False)
    approved_by = LinesField(_("approved by"), editable=False)

    class Meta(Record.Meta):
        verbose_name = _("policy framework")
        verbose_name_plural = _("policy frameworks")
        ordering = ("-year",)

    def problems(self) -> dict[str, str]:
        return _unknown_partners("partners_bound", self.partners_bound)

    def on_change(self, by: User, changed: frozenset[str]) -> None:
        """Ask everybody again: what was agreed was another text."""
        self.agreed_by, self.approved_by = [], []


def _unknown_partners(field: str, codes: list[str]) -> dict[str, str]:
    known = set(PartnerOrganisation.objects.values_list("code", flat=True))
    unknown = [code for code in codes if code not in known]
    if not unknown:
        return {}
    return {field: gettext("%(codes)s is no chain partner; write the code of one.") % {"codes": ", ".join(unknown)}}


@tracked
class ChainPurpose(Record):
    """What the chain is for, and the values it works by."""

    limits = {"order": Limit(ORDER)}

    nature = _word(_("nature"), words.PURPOSES, default="purpose")
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta(Record.Meta):
        verbose_name = _("chain purpose or core value")
        verbose_name_plural = _("chain purpose and core values")
        ordering = ("-nature", "order", "code")


@tracked
class ChainGoal(Record):
    """What the partners want to reach together; a sub-goal stands under a goal."""

    limits = {"order": Limit(ORDER)}

    parent = _points_at("self", _("part of"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta(Record.Meta):
        verbose_name = _("chain goal")
        verbose_name_plural = _("chain goals")
        ordering = ("order", "code")

    def problems(self) -> dict[str, str]:
        if self.parent_id is not None and self.parent_id == self.pk:
            return {"parent": gettext("A goal is no part of itself; choose another goal, or none.")}
        return {}


@tracked
class PoliticalPriority(Record):
    """What the ministers put first in a year."""

    limits = {"order": Limit(ORDER)}

    framework = _points_at(PolicyFramework, _("policy framework"), required=True)
    goal = _points_at(ChainGoal, _("chain goal"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta(Record.Meta):
        verbose_name = _("political priority")
        verbose_name_plural = _("political priorities")
        ordering = ("order", "code")


@tracked
class PlanDocument(Record):
    """A remit letter, a commissioning letter, an annual plan or the chain plan."""

    limits = {"first_year": Limit(YEAR), "last_year": Limit(YEAR)}
    in_order = (("first_year", "last_year"),)
    in_no_order = {"dated": "a letter is written before, in or after the years it speaks of"}
    happened = ("dated",)

    nature = _word(_("nature"), words.PLAN_DOCUMENTS, default="annual_plan")
    framework = _points_at(PolicyFramework, _("policy framework"))
    dated = models.DateField(_("dated"), null=True, blank=True)
    first_year = models.PositiveSmallIntegerField(_("first year"), null=True, blank=True)
    last_year = models.PositiveSmallIntegerField(_("last year"), null=True, blank=True)
    goals = LinesField(_("chain goals"), help_text=_("One code per line."))

    class Meta(Record.Meta):
        verbose_name = _("plan or letter")
        verbose_name_plural = _("plans and letters")
        ordering = ("-dated", "code")

    def problems(self) -> dict[str, str]:
        known = set(ChainGoal.objects.values_list("code", flat=True))
        unknown = [code for code in self.goals if code not in known]
        if unknown:
            return {
                "goals": gettext("%(codes)s is no chain goal; write the code of one.") % {"codes": ", ".join(unknown)}
            }
        return {}


@tracked
class FrameworkLine(Record):
    """A line proposed for a framework from what the year before brought; people take it over or drop it."""

    framework = _points_at(PolicyFramework, _("policy framework"), required=True)
    proposal = _word(_("proposal"), words.PROPOSALS, default=Proposal.CONTINUE.value)
    evidence = _word(_("rests on"), words.EVIDENCE, default=Evidence.ACTUALS.value)
    about = models.CharField(_("what it is about"), max_length=120, blank=True)
    state = _word(_("state"), words.LINE_STATES, default="proposed")
    agreement = models.ForeignKey(
        "PerformanceAgreement",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("became the agreement"),
    )

    class Meta(Record.Meta):
        verbose_name = _("line of a framework")
        verbose_name_plural = _("lines of frameworks")
        ordering = ("code",)


# --- handover points and agreements -----------------------------------------------------------------------------------


@tracked
class ReferenceModel(Record):
    """A version of who hands what to whom."""

    in_order = (("valid_from", "valid_until"),)
    may_lie_ahead = ("valid_from", "valid_until")

    valid_from = models.DateField(_("holds from"))
    valid_until = models.DateField(_("holds until"), null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = _("reference model")
        verbose_name_plural = _("reference models")
        ordering = ("-valid_from",)

    def problems(self) -> dict[str, str]:
        if self.valid_until and self.valid_until <= self.valid_from:
            return {"valid_until": gettext("It ends before it begins; correct one of the days.")}
        return {}


@tracked
class HandoverPoint(Record):
    """Where one core process hands a case to another."""

    reference_model = _points_at(ReferenceModel, _("reference model"), required=True)
    from_process = _word(_("from process"), words.CORE_PROCESSES, default=CoreProcess.ADMISSION.value)
    to_process = _word(_("to process"), words.CORE_PROCESSES, default=CoreProcess.RECEPTION.value)
    counterpart = _points_at(PartnerOrganisation, _("receiving partner"), required=True)
    chain_points = LinesField(
        _("handovers in the chain tables"), help_text=_("One code per line, as in the chain tables of the model.")
    )

    class Meta(Record.Meta):
        verbose_name = _("handover point")
        verbose_name_plural = _("handover points")

    def owners(self) -> set[str]:
        return {self.partner_id, self.counterpart_id}


@tracked
class PerformanceAgreement(Record):
    """What partners agreed, with duties of both sides; joint rows need all of them."""

    limits = {"norms": Limit(unit="unit"), "error_budget_share": Limit(UNITS["share"])}
    in_order = (("term_start", "term_end"),)
    may_lie_ahead = ("term_start", "term_end")

    framework = _points_at(PolicyFramework, _("policy framework"))
    handover_point = _points_at(HandoverPoint, _("handover point"))
    goal = _points_at(ChainGoal, _("chain goal"))
    plan = _points_at(PlanDocument, _("plan or letter"))
    parties = _word(_("parties"), words.PARTIES, default=Parties.BILATERAL.value)
    nature = _word(_("nature"), words.NATURES, default=Nature.QUANTITATIVE.value)
    subject = _word(_("subject"), words.SUBJECTS, default=Subject.PERFORMANCE.value)
    counterparts = LinesField(_("with"), help_text=_("The other partners; one code per line, for instance COA."))
    duties = LinesField(_("duties"), help_text=_("One per line, the partner first: IND: delivers the file."))
    duties_en = LinesField(_("duties in English"))
    indicator = models.CharField(_("indicator"), max_length=80, blank=True)
    counts = models.CharField(
        _("what is counted"),
        max_length=80,
        blank=True,
        choices=words.definitions_to_choose,
        help_text=_("A figure is compared only with what counts the same; empty: what the indicator counts."),
    )
    term_start = models.DateField(
        _("first day"), null=True, blank=True, help_text=_("Only when it does not follow the calendar year.")
    )
    term_end = models.DateField(_("last day"), null=True, blank=True)
    unit = _word(_("unit"), words.UNITS, length=40)
    direction = _word(_("direction"), words.DIRECTIONS, default=Direction.HIGHER_IS_BETTER.value)
    counting = _word(_("counting"), words.COUNTINGS, default=Counting.STANDS_ALONE.value)
    norms = SeriesField(_("norm"))
    norm_per = _word(_("the norm is"), words.NORMS_PER, default=NormPer.MONTH.value)
    still_to_be_agreed = models.CharField(_("why there is no norm yet"), max_length=500, blank=True)
    still_to_be_agreed_en = models.CharField(_("why there is no norm yet, in English"), max_length=500, blank=True)
    is_exercise = models.BooleanField(_("exercise: never published as an agreement"), default=False)
    continues = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="continued_as",
        verbose_name=_("goes on from"),
    )
    error_budget_unit = _word(_("error budget of"), words.BUDGET_UNITS)
    error_budget_share = models.FloatField(
        _("error budget, share"), null=True, blank=True, validators=[MinValueValidator(0), MaxValueValidator(1)]
    )
    covers = LinesField(_("risks it covers"), help_text=_("One code per line."))
    state = _word(_("state"), words.AGREEMENT_STATES, default="draft")
    signed_by = LinesField(_("agreed to by"), editable=False)

    class Meta(Record.Meta):
        verbose_name = _("performance agreement")
        verbose_name_plural = _("performance agreements")

    def owners(self) -> set[str]:
        return {self.partner_id, *self.counterparts}

    def problems(self) -> dict[str, str]:
        from keten_web.steering import judging

        found = _unknown_partners("counterparts", self.counterparts)
        if self.indicator and self.indicator not in by_identifier():
            found["indicator"] = gettext("“%(name)s” is no indicator; choose one of the list.") % {
                "name": self.indicator
            }
        if bool(self.term_start) != bool(self.term_end):
            found["term_end"] = gettext("Give both days, the first and the last, or none.")
        return found or judging.definition_problems(self) or judging.problem_texts(judging.as_agreement(self))

    def on_change(self, by: User, changed: frozenset[str]) -> None:
        """Ask both sides again: what they agreed to was another text."""
        self.signed_by, self.state = [], "draft"

    @property
    def why_no_norm(self) -> str:
        return (
            self.still_to_be_agreed_en
            if get_language() == "en" and self.still_to_be_agreed_en
            else self.still_to_be_agreed
        )

    @property
    def duties_shown(self) -> list[tuple[str, str]]:
        """Give each duty with the partner whose it is."""
        lines = self.duties_en if get_language() == "en" and self.duties_en else self.duties
        return [(line.partition(":")[0].strip(), line.partition(":")[2].strip()) for line in lines]


@tracked
class Actual(Record):
    """What a period brought. A locked one stays; a correction is another row of the same period beside it."""

    limits = {
        "value": Limit(unit="agreement.unit", observed=True),
        "cases": Limit(UNITS["cases"], observed=True),
        "missed": Limit(UNITS["cases"], observed=True),
    }
    in_order = (("period_start", "period_end"), ("period_start", "recorded_on"))
    happened = ("period_start", "period_end", "recorded_on")

    agreement = _points_at(PerformanceAgreement, _("performance agreement"), required=True, related_name="actuals")
    period_start = models.DateField(_("first day"))
    period_end = models.DateField(_("last day"))
    recorded_on = models.DateField(_("known since"))
    value = models.FloatField(_("value"), null=True, blank=True)
    kept = models.BooleanField(_("kept"), null=True, blank=True)
    cases = models.PositiveIntegerField(_("cases counted"), null=True, blank=True)
    missed = models.PositiveIntegerField(_("of which missed the norm"), null=True, blank=True)
    counts = models.CharField(
        _("what this figure counts"),
        max_length=80,
        blank=True,
        choices=words.definitions_to_choose,
        help_text=_("Empty: exactly what was agreed."),
    )
    corrects = _points_at("self", _("correction of"))
    state = _word(_("state"), words.ACTUAL_STATES, default="open")

    class Meta(Record.Meta):
        verbose_name = _("actual")
        verbose_name_plural = _("actuals")
        ordering = ("period_start", "recorded_on")

    def problems(self) -> dict[str, str]:
        from keten_web.steering.judging import actual_problems, counts_of, other_definition

        found = {}
        if self.corrects is not None and self.corrects.agreement_id != self.agreement_id:
            found["corrects"] = gettext("That is an actual of another agreement; choose one of this agreement.")
        elif self.counts not in {"", counts_of(self.agreement)}:
            found["counts"] = other_definition(self.counts, counts_of(self.agreement))
        elif self.corrects is None and self._is_locked():
            found["period_start"] = gettext("This period is locked; add a correction that names what it corrects.")
        else:
            found |= actual_problems(self)
        return found

    def _is_locked(self) -> bool:
        same = Actual.objects.filter(agreement_id=self.agreement_id, period_start=self.period_start, is_withdrawn=False)
        return same.exclude(pk=self.pk).filter(state="locked").exists()


# --- governance -------------------------------------------------------------------------------------------------------


@tracked
class GovernanceBody(Record):
    """A body that meets: its level, its mandate, its rhythm and its seats."""

    limits = {
        "meetings_per_year": Limit(PER_YEAR),
        "minutes": Limit(MINUTES),
        "preparation_minutes": Limit(MINUTES),
    }

    level = _word(_("level"), words.LEVELS, default=GovernanceLevel.TACTICAL.value)
    mandates = LinesField(_("mandates"), help_text=_("One per line: ") + ", ".join(Mandate))
    seats = LinesField(_("seats"), help_text=_("One per line: partner and number of seats, for instance IND 2."))
    meetings_per_year = models.FloatField(
        _("meetings a year"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    minutes = models.PositiveSmallIntegerField(_("minutes of a meeting"), null=True, blank=True)
    preparation_minutes = models.PositiveSmallIntegerField(_("minutes of preparation per seat"), default=0)

    class Meta(Record.Meta):
        verbose_name = _("governance body")
        verbose_name_plural = _("governance bodies")

    def problems(self) -> dict[str, str]:
        found = _seat_problems(self.seats)
        unknown = [row for row in self.mandates if row not in set(Mandate)]
        if unknown:
            found["mandates"] = gettext("%(words)s is no mandate; choose from the list.") % {
                "words": ", ".join(unknown)
            }
        return found


def _seat_problems(seats: list[str]) -> dict[str, str]:
    from keten_web.steering.judging import seats_of

    try:
        found = seats_of(seats)
    except ValueError:
        return {"seats": gettext("Write a partner and a number on each line: IND 2.")}
    if not all(SEATS.hold(count) for _partner, count in found):
        return {"seats": gettext("A partner has from 1 up to and including 100 seats; correct the number.")}
    return _unknown_partners("seats", [partner for partner, _count in found])


@tracked
class Meeting(Record):
    """A meeting of a body; what was decided stands in the decisions."""

    limits = {"minutes": Limit(MINUTES)}
    may_lie_ahead = ("on",)

    body = _points_at(GovernanceBody, _("governance body"), required=True)
    on = models.DateField(_("day"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    seats = LinesField(
        _("who was there"), help_text=_("One per line: partner and number of seats, for instance IND 2.")
    )
    state = _word(_("state"), words.MEETING_STATES, default="planned")

    class Meta(Record.Meta):
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ("-on", "code")

    def days_that_happened(self) -> tuple[str, ...]:
        """Give the day of a meeting that was held: it has been."""
        return ("on",) if self.state == "held" else ()

    def problems(self) -> dict[str, str]:
        return _seat_problems(self.seats)


@tracked
class SteeringDecision(Record):
    """A decision about the chain, with the figures on which it was taken as they were that day."""

    frozen_figures = ("evidence",)
    written = {"evidence": words.evidence_in_words}
    in_order = (("taken_on", "review_on"),)
    happened = ("taken_on",)
    may_lie_ahead = ("review_on",)

    body = _points_at(GovernanceBody, _("governance body"))
    meeting = _points_at(Meeting, _("meeting"))
    taken_by = models.CharField(_("taken by"), max_length=200, blank=True, help_text=_("When no body took it."))
    taken_by_en = models.CharField(_("taken by, in English"), max_length=200, blank=True)
    taken_on = models.DateField(_("taken on"), null=True, blank=True)
    goal = _points_at(ChainGoal, _("chain goal"))
    handover_point = _points_at(HandoverPoint, _("handover point"))
    agreement = _points_at(PerformanceAgreement, _("performance agreement"))
    about = LinesField(
        _("what it is about"), help_text=_("Codes of agreements, handover points and risks; one per line.")
    )
    needs = _word(_("mandate it needs"), words.MANDATES, default=Mandate.CHANGE_PLANNING.value)
    indicators = LinesField(
        _("indicators it rests on"),
        help_text=_("One per line; their figures of that moment are kept with the decision."),
    )
    evidence = models.JSONField(_("evidence"), default=dict, blank=True, editable=False)
    evidence_hash = models.CharField(_("hash of the evidence"), max_length=64, blank=True, editable=False)
    expected = models.CharField(_("what it should bring"), max_length=500, blank=True)
    review_on = models.DateField(_("look back on"), null=True, blank=True)
    outcome = models.TextField(_("what came of it"), blank=True)
    state = _word(_("state"), words.DECISION_STATES, default="draft")

    class Meta(Record.Meta):
        verbose_name = _("steering decision")
        verbose_name_plural = _("steering decisions")
        ordering = ("-taken_on", "code")

    def _who(self) -> str:
        """Say who took it: the body, or who it was when no body did."""
        if self.body_id:
            return str(self.body)
        return str(self.taken_by_en if get_language() == "en" and self.taken_by_en else self.taken_by)

    _who.short_description = _("taken by")  # type: ignore[attr-defined]  # Django reads it
    who = property(_who)


@tracked
class ActionItem(Record):
    """What somebody does because of a decision."""

    may_lie_ahead = ("due_on",)

    decision = _points_at(SteeringDecision, _("steering decision"), required=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    result = models.TextField(_("result"), blank=True)
    state = _word(_("state"), words.ACTION_STATES, default="open")

    class Meta(Record.Meta):
        verbose_name = _("action item")
        verbose_name_plural = _("action items")
        ordering = ("due_on", "code")


@tracked
class Signal(Record):
    """An indicator that crossed its signal value and stayed there. It ends in a decision, a reason or an escalation."""

    limits = {"figure": Limit(unit="unit", counted=True), "signal_value": Limit(unit="unit")}
    written = {"outcomes": words.outcomes_in_words}
    in_order = (("first_seen_on", "raised_on", "ended_on"), ("raised_on", "acknowledged_on"))
    happened = ("first_seen_on", "raised_on", "ended_on", "acknowledged_on")

    indicator = models.CharField(_("indicator"), max_length=80)
    agreement = _points_at(PerformanceAgreement, _("performance agreement"))
    handover_point = _points_at(HandoverPoint, _("handover point"))
    goal = _points_at(ChainGoal, _("chain goal"))
    first_seen_on = models.DateField(_("first seen on"), null=True, blank=True)
    raised_on = models.DateField(_("raised on"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    is_frozen = models.BooleanField(
        _("the latest figures are missing"),
        default=False,
        help_text=_("Nobody knows then whether it still holds; the signal stays as it is until they are published."),
    )
    figure = models.FloatField(_("figure"), null=True, blank=True)
    signal_value = models.FloatField(_("signal value"), null=True, blank=True)
    unit = _word(_("unit"), words.UNITS, length=40)
    receipt = models.CharField(_("hash of the figures"), max_length=64, blank=True)
    acknowledged_on = models.DateField(_("acknowledged on"), null=True, blank=True, editable=False)
    body = _points_at(GovernanceBody, _("lies with"))
    needs = _word(_("mandate it needs"), words.MANDATES, default=Mandate.ACKNOWLEDGE_SIGNAL.value)
    escalated_to = _points_at(GovernanceBody, _("escalated to"))
    steering_decision = _points_at(SteeringDecision, _("steering decision"))
    verdict = models.TextField(
        _("verdict"), blank=True, help_text=_("What you make of it, and why this is the answer.")
    )
    outcomes = models.JSONField(_("outcomes"), default=list, blank=True, editable=False)
    state = _word(_("state"), words.SIGNAL_STATES, default="raised")

    class Meta(Record.Meta):
        verbose_name = _("signal")
        verbose_name_plural = _("signals")
        ordering = ("-raised_on", "code")

    def problems(self) -> dict[str, str]:
        """Refuse a signal on nothing: it watches an indicator, or the agreement it names."""
        if self.indicator in by_identifier() or (self.agreement is not None and self.agreement.code == self.indicator):
            return {}
        said = {"names": self.indicator}
        return {"indicator": gettext("%(names)s is no indicator; write the identifier of one.") % said}


@tracked
class AgendaItem(Record):
    """A point on the agenda of a meeting, or, without a meeting, on the strategic agenda of a body."""

    limits = {"order": Limit(ORDER)}

    body = _points_at(GovernanceBody, _("governance body"), required=True)
    meeting = _points_at(Meeting, _("meeting"))
    goal = _points_at(ChainGoal, _("chain goal"))
    signal = _points_at(Signal, _("signal it is about"))
    decision = _points_at(SteeringDecision, _("steering decision"))
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta(Record.Meta):
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ("order", "code")

    def problems(self) -> dict[str, str]:
        if self.meeting is not None and self.meeting.body_id != self.body_id:
            return {"meeting": gettext("That is a meeting of another body; choose a meeting of this body, or none.")}
        return {}
