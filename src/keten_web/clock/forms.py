# SPDX-License-Identifier: EUPL-1.2
"""The questions of the page, and everything that can be wrong with the answers, told at once and beside the field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.core import get_global
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keten.deadlines import Case, Judgment, LateDecision, Suspension
from keten.domain.errors import UsageError
from keten.domain.words import Reading
from keten.parameters.law import Law
from keten_web.clock.wording import capital, named, territories
from keten_web.words.fields import CountField, DayField, EuroField
from keten_web.words.wording import day

MOST_SUSPENSIONS = 12
STATELESS = {"XXA"}  # ICAO document 9303, part 3
SUSPENSIONS = "suspension"
LATE_FIELDS = (
    "notice_on", "appeal_on", "judgment_on", "term_weeks", "decide_by", "sent_on", "per_day", "maximum", "decided_on",
)  # fmt: skip
JUDGMENT_FIELDS = ("term_weeks", "decide_by", "sent_on", "per_day", "maximum")
FURTHER_DAYS = ("responsible_on", "protected_until", "fee_paid_on", "decision_on")
EXTENSION_FIELDS = ("registered_on", "extension", "extended_to", *FURTHER_DAYS)


class FactsForm(forms.Form):
    """A case, and what was known of the law."""

    lodged_on = DayField(
        label=gettext_lazy("Lodged on"),
        help_text=gettext_lazy("Receipt of the signed application. For a Dublin request: the registration document."),
    )
    application_type = forms.ChoiceField(
        label=gettext_lazy("Kind of application"), widget=forms.Select(attrs={"class": "utrecht-textbox"})
    )
    nationality = forms.ChoiceField(
        label=gettext_lazy("Nationality"),
        required=False,
        help_text=gettext_lazy("Asked only because a decision moratorium names it."),
        widget=forms.Select(attrs={"class": "utrecht-textbox"}),
    )
    known_on = DayField(
        label=gettext_lazy("Knowledge date"),
        help_text=gettext_lazy("Decrees and judgments that were known by this day count."),
    )
    reading = forms.ChoiceField(
        label=gettext_lazy("Reading where it is disputed"),
        choices=[
            (Reading.AUTHORITY.value, gettext_lazy("of the authority")),
            (Reading.COURTS.value, gettext_lazy("of the courts")),
        ],
        widget=forms.RadioSelect,
    )
    registered_on = DayField(
        label=gettext_lazy("Registration document of"),
        required=False,
        help_text=gettext_lazy("Only if it is of another day; a court lets the period start there."),
    )
    extension = CountField(
        label=gettext_lazy("Individual extension, months"),
        required=False,
        at_least=0,
        at_most=24,
        help_text=gettext_lazy("Only if it was decided in this case; 0 for family reunification without extension."),
    )
    extended_to = DayField(
        label=gettext_lazy("Extended to"),
        required=False,
        help_text=gettext_lazy("Only if the decision to extend names the day itself, as with family reunification."),
    )
    responsible_on = DayField(
        label=gettext_lazy("Netherlands responsible since"),
        required=False,
        help_text=gettext_lazy("Dublin: the term starts on the day on which that was established."),
    )
    protected_until = DayField(label=gettext_lazy("Temporary protection until"), required=False)
    fee_paid_on = DayField(
        label=gettext_lazy("Fee paid or exempted on"),
        required=False,
        help_text=gettext_lazy("Naturalisation: the term starts on this day."),
    )
    decision_on = DayField(
        label=gettext_lazy("Decision objected to made known on"),
        required=False,
        help_text=gettext_lazy("Objection: the term starts after the period to object."),
    )

    def __init__(self, *arguments: Any, law: Law, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["application_type"].choices = [(row.id, capital(named(row))) for row in law.types]
        self.fields["nationality"].choices = [("", _("another, or not known")), *_nationalities(law)]
        self.law = law

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        lodged, registered = answers.get("lodged_on"), answers.get("registered_on")
        if lodged and registered and registered > lodged:
            self.add_error(
                "registered_on",
                _("This lies after the lodging of %(day)s. The registration document comes first; exchange the two.")
                % {"day": day(lodged)},
            )
        self._check_further_days(answers)
        self._check_order(answers)
        return answers

    def _check_further_days(self, answers: Mapping[str, Any]) -> None:
        """Refuse a day that says nothing about the kind of case."""
        kind = next((row for row in self.law.types if row.id == answers.get("application_type")), None)
        for name in FURTHER_DAYS:
            if kind is not None and answers.get(name) and name not in kind.asks:
                kinds = ", ".join(named(row) for row in self.law.types if name in row.asks)
                message = _("This day says nothing about this kind of case. Leave it empty; it belongs to: %(kinds)s.")
                self.add_error(name, message % {"kinds": kinds})
        objected, lodged = answers.get("decision_on"), answers.get("lodged_on")
        if objected and lodged and objected > lodged:
            self.add_error("decision_on", _("This lies after the objection of %(day)s.") % {"day": day(lodged)})

    def _check_order(self, answers: Mapping[str, Any]) -> None:
        for later, earlier, message in self._in_order():
            if answers.get(later) and answers.get(earlier) and answers[later] < answers[earlier]:
                self.add_error(later, message % {"day": day(answers[earlier])})

    def _in_order(self) -> tuple[tuple[str, str, str], ...]:
        """Give which day may not lie before which, and what to say then."""
        lodging = _("This lies before the lodging of %(day)s. Correct one of the two dates.")
        return (("responsible_on", "lodged_on", lodging), ("extended_to", "lodged_on", lodging))


class CaseForm(FactsForm):
    """A case, what was known of the law, and what happened when the decision did not come."""

    notice_on = DayField(label=gettext_lazy("Notice of default received on"), required=False)
    appeal_on = DayField(label=gettext_lazy("Appeal lodged on"), required=False)
    judgment_on = DayField(label=gettext_lazy("Judgment of"), required=False)
    term_weeks = CountField(label=gettext_lazy("Term of the court, weeks"), required=False, at_least=1, at_most=104)
    decide_by = DayField(
        label=gettext_lazy("Or: the day set by the court"),
        required=False,
        help_text=gettext_lazy("Instead of a number of weeks."),
    )
    sent_on = DayField(
        label=gettext_lazy("Judgment sent on"),
        required=False,
        help_text=gettext_lazy("The term of the court runs from the sending."),
    )
    per_day = EuroField(label=gettext_lazy("Penalty per day, €"), required=False)
    maximum = EuroField(label=gettext_lazy("Maximum, €"), required=False)
    decided_on = DayField(
        label=gettext_lazy("Decision made known on"),
        required=False,
        help_text=gettext_lazy("Empty while there is none: it is counted to the knowledge date."),
    )
    applicants = CountField(
        label=gettext_lazy("Applicants who share the amount"), required=False, at_least=1, at_most=99
    )

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        self._check_who_can_complain(answers)
        self._check_judgment(answers)
        return answers

    @property
    def asks_about_delay(self) -> bool:
        """Whether anything was filled in about a late decision."""
        return any(self[name].value() not in (None, "") for name in LATE_FIELDS)

    def _check_who_can_complain(self, answers: Mapping[str, Any]) -> None:
        kind = answers.get("application_type")
        if not self.asks_about_delay or kind is None or any(self.law.of_kind("scope", kind)):
            return
        first = next(name for name in LATE_FIELDS if self[name].value() not in (None, ""))
        self.add_error(
            first,
            _(
                "With this kind of application no applicant can give notice of default. Leave the part about a late "
                "decision empty, or choose another kind."
            ),
        )

    def _in_order(self) -> tuple[tuple[str, str, str], ...]:
        lodging = _("This lies before the lodging of %(day)s. Correct one of the two dates.")
        judgment = _("This lies before the judgment of %(day)s. Correct one of the two dates.")
        return (
            ("notice_on", "lodged_on", lodging),
            ("decided_on", "lodged_on", lodging),
            *super()._in_order(),
            ("decide_by", "judgment_on", judgment),
            ("sent_on", "judgment_on", judgment),
            ("appeal_on", "notice_on", _("This lies before the notice of default of %(day)s. Correct one of the two.")),
            ("judgment_on", "appeal_on", _("This lies before the appeal of %(day)s. Correct one of the two dates.")),
        )

    def _check_judgment(self, answers: Mapping[str, Any]) -> None:
        given = {name for name in LATE_FIELDS if self[name].value() not in (None, "")}
        if "appeal_on" in given and "notice_on" not in given:
            self.add_error("notice_on", _("Fill in when the notice of default was received: it precedes an appeal."))
        if "judgment_on" in given and "appeal_on" not in given:
            self.add_error("appeal_on", _("Fill in when the appeal was lodged: it precedes a judgment."))
        if "judgment_on" in given and not given & {"term_weeks", "decide_by"}:
            self.add_error("term_weeks", _("Fill in how many weeks the court gave."))
        if {"term_weeks", "decide_by"} <= given:
            self.add_error("decide_by", _("Give the weeks or the day that the court set, not both."))
        if given & set(JUDGMENT_FIELDS) and "judgment_on" not in given:
            self.add_error("judgment_on", _("Fill in the day of the judgment that set this term or penalty."))
        for one, other in (("per_day", "maximum"), ("maximum", "per_day")):
            if one in given and other not in given:
                self.add_error(other, _("A penalty has an amount per day and a maximum. Fill in both, or neither."))


def _nationalities(law: Law) -> list[tuple[str, str]]:
    """Give the nationalities that a moratorium names, and no other: what makes no difference is not asked."""
    named_in_law = {code for row in (*law.moratoria, *law.gaps) for code in row.nationalities}
    return sorted(((code, _nationality(code)) for code in named_in_law), key=lambda row: row[1])


def _nationality(code: str) -> str:
    """Name a nationality by its country; the codes that name no country are those of stateless persons."""
    if code in STATELESS:
        return _("stateless")
    territory = get_global("territory_aliases").get(code, [code])[0]
    return territories().get(territory, code)


class SuspensionForm(forms.Form):
    """An interval in which the clock stood still. An empty row does not count."""

    from_day = DayField(label=gettext_lazy("Stands still from"))
    until_day = DayField(
        label=gettext_lazy("Runs again on"),
        required=False,
        help_text=gettext_lazy("Empty while it still stands still."),
    )
    ground = forms.ChoiceField(
        label=gettext_lazy("Ground (art. 4:15)"), widget=forms.Select(attrs={"class": "utrecht-textbox"})
    )

    def __init__(self, *arguments: Any, law: Law, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["ground"].choices = [(row.id, capital(named(row))) for row in law.suspension_grounds]

    def has_changed(self) -> bool:
        """Let a row count once one of its days is filled in; the ground always has a value."""
        return any(str(self[name].value() or "").strip() for name in ("from_day", "until_day"))

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        start, end = answers.get("from_day"), answers.get("until_day")
        if start and end and end <= start:
            self.add_error(
                "until_day", _("This must lie after %(day)s, the first day it stands still.") % {"day": day(start)}
            )
        return answers

    def check_start(self, lodged_on: date) -> None:
        start = self.cleaned_data.get("from_day")
        if start and start <= lodged_on:
            self.add_error(
                "from_day",
                _("The period starts after %(day)s; a clock that does not run cannot stand still.")
                % {"day": day(lodged_on)},
            )


SuspensionForms = forms.formset_factory(
    SuspensionForm, extra=0, max_num=MOST_SUSPENSIONS, absolute_max=MOST_SUSPENSIONS
)


@dataclass(frozen=True)
class Fault:
    """One thing to put right, with the field it belongs to."""

    field: str
    label: str
    message: str


class Question:
    """The form as a whole: the case and its suspensions.

    Parameters
    ----------
    answers
        What was sent; none for an empty form.
    initial
        What an unsent form shows.
    rows
        What the rows of suspensions of an unsent form show.
    """

    form_class: type[FactsForm] = CaseForm

    def __init__(
        self,
        law: Law,
        answers: Mapping[str, Any] | None = None,
        *,
        initial: Mapping[str, Any] | None = None,
        rows: tuple[Mapping[str, Any], ...] = (),
    ) -> None:
        self.law = law
        self.sent = dict(answers or {})
        self.case_form = self.form_class(answers, law=law, initial=initial)
        self.suspension_forms = SuspensionForms(
            answers, prefix=SUSPENSIONS, initial=list(rows), form_kwargs={"law": law}
        )
        self.unanswered: tuple[str, ...] = ()
        self.unread_code = False

    def is_valid(self) -> bool:
        """Check everything; a problem in one part hides no problem in another."""
        case_is_right = self.case_form.is_valid()
        rows_are_right = self.suspension_forms.is_valid()
        lodged_on = self.case_form.cleaned_data.get("lodged_on")
        for row in self._rows():
            if lodged_on:
                row.check_start(lodged_on)
            rows_are_right = rows_are_right and not row.errors
        return case_is_right and rows_are_right

    def _rows(self) -> list[SuspensionForm]:
        return [row for row in self.suspension_forms.forms if row.has_changed()]

    def case(self) -> Case:
        asked = self.case_form.cleaned_data
        return Case(
            application_type=asked["application_type"],
            lodged_on=asked["lodged_on"],
            nationality=asked["nationality"] or None,
            registered_on=asked["registered_on"],
            suspensions=tuple(Suspension(**row.cleaned_data) for row in self._rows()),
            extension=asked["extension"],
            extended_to=asked["extended_to"],
            **{name: asked[name] for name in FURTHER_DAYS},
        )

    @property
    def known_on(self) -> date:
        return self.case_form.cleaned_data["known_on"]

    @property
    def reading(self) -> Reading:
        return Reading(self.case_form.cleaned_data["reading"])

    def late(self, deadline: date) -> LateDecision | None:
        """Give the facts of a late decision; none when nothing was filled in about one."""
        asked = self.case_form.cleaned_data
        if not self._asks_about_delay:
            return None
        judgments = ()
        if asked["judgment_on"]:
            per_day, maximum = float(asked["per_day"] or 0), float(asked["maximum"] or 0)
            judgments = (
                Judgment(
                    asked["appeal_on"],
                    asked["judgment_on"],
                    per_day,
                    maximum,
                    term_weeks=asked["term_weeks"],
                    decide_by=asked["decide_by"],
                    sent_on=asked["sent_on"],
                ),
            )
        return LateDecision(
            deadline=deadline,
            notice_received_on=asked["notice_on"],
            appeal_on=asked["appeal_on"],
            judgments=judgments,
            decided_on=asked["decided_on"],
            application_type=asked["application_type"],
            lodged_on=asked["lodged_on"],
            applicants=asked["applicants"] or 1,
        )

    def refuse(self, error: UsageError) -> None:
        """Put what the core refuses beside the field it is about; what belongs to no field is kept as it was said."""
        if error.subject.startswith("the decision period"):
            self.case_form.add_error("lodged_on", self._no_rule())
        elif error.subject == "the individual extension":
            self.case_form.add_error(
                "extension", _("The law allows fewer months for this application. Fill in fewer, or leave it empty.")
            )
        else:
            self.unanswered = tuple(str(problem) for problem in error.problems)

    def _no_rule(self) -> str:
        kind = self.case_form.cleaned_data["application_type"]
        periods = "; ".join(
            _("from %(day)s") % {"day": day(value.valid_from)}
            if value.valid_until is None
            else _("from %(day)s until %(until)s") % {"day": day(value.valid_from), "until": day(value.valid_until)}
            for rule in self.law.of_kind("decision_period", kind)
            for value in rule.values
        )
        return _(
            "There is no decision period for this kind of application on this day, as known on the knowledge date. "
            "The data hold it for applications %(periods)s. Change the date, the kind or the knowledge date."
        ) % {"periods": periods}

    @property
    def shows_extension(self) -> bool:
        """Whether the part about extension and registration document holds something, or something wrong."""
        return any(self.case_form[name].value() not in (None, "") for name in EXTENSION_FIELDS)

    @property
    def shows_delay(self) -> bool:
        """Whether the part about a late decision holds something, or something wrong."""
        return self._asks_about_delay or bool(self.case_form["applicants"].errors)

    @property
    def _asks_about_delay(self) -> bool:
        return isinstance(self.case_form, CaseForm) and self.case_form.asks_about_delay

    def faults(self) -> list[Fault]:
        """Everything to put right, in the order of the page."""
        return [*self._faults_of(self.case_form, before="notice_on"), *self._faults_of_rows(),
                *self._faults_of(self.case_form, since="notice_on")]  # fmt: skip

    def _faults_of(self, form: forms.Form, *, before: str | None = None, since: str | None = None) -> Iterator[Fault]:
        names = list(form.fields)
        chosen = names[names.index(since) if since else 0 : names.index(before) if before else None]
        for name in chosen:
            for message in form.errors.get(name, ()):
                yield Fault(form[name].id_for_label or form[name].auto_id, str(form[name].label), str(message))

    def _faults_of_rows(self) -> Iterator[Fault]:
        for number, row in enumerate(self.suspension_forms.forms, start=1):
            for fault in self._faults_of(row):
                label = _("Suspension %(number)s, %(field)s") % {"number": number, "field": fault.label.lower()}
                yield Fault(fault.field, label, fault.message)
