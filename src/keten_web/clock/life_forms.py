# SPDX-License-Identifier: EUPL-1.2
"""The questions of the page about one case for life: the case, its suspensions and everything that happened in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keten.deadlines import Case, Judgment
from keten.deadlines.life import Happened, Life
from keten.parameters.law import Law
from keten_web.clock.forms import FactsForm, Fault, Question
from keten_web.clock.wording import capital, named
from keten_web.words.fields import CountField, DayField, EuroField
from keten_web.words.wording import day

MOST_EVENTS = 40
EVENTS = "event"
OF_A_JUDGMENT = ("term_weeks", "decide_by", "sent_on", "per_day", "maximum")
LATE = {
    "notice": gettext_lazy("Notice of default received"),
    "late_decision_appeal": gettext_lazy("Appeal against the late decision lodged"),
    "judgment": gettext_lazy("Judgment on the late decision"),
    "decision": gettext_lazy("Decision made known"),
}


class LifeForm(FactsForm):
    """A case with the parts of it that only some rules look at."""

    group = forms.ChoiceField(
        label=gettext_lazy("Group within the nationality"),
        required=False,
        help_text=gettext_lazy("Asked only because a decision moratorium names it."),
        widget=forms.Select(attrs={"class": "utrecht-textbox"}),
    )
    responsible_by = forms.ChoiceField(
        label=gettext_lazy("How responsibility came about"),
        required=False,
        widget=forms.Select(attrs={"class": "utrecht-textbox"}),
    )

    def __init__(self, *arguments: Any, law: Law, **options: Any) -> None:
        super().__init__(*arguments, law=law, **options)
        nothing = ("", _("none, or not known"))
        self.fields["group"].choices = [nothing, *((row.id, capital(named(row))) for row in law.groups)]
        self.fields["responsible_by"].choices = [
            nothing,
            *((row.id, capital(named(row))) for row in law.responsibility_grounds),
        ]

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        group = next((row for row in self.law.groups if row.id == answers.get("group")), None)
        if group is not None and group.nationality != answers.get("nationality"):
            self.add_error("group", _("This group belongs to another nationality. Correct one of the two."))
        if answers.get("responsible_by") and not answers.get("responsible_on"):
            self.add_error("responsible_on", _("Fill in the day since when the Netherlands is responsible."))
        return answers


class EventForm(forms.Form):
    """Something that happened in the case, and of a judgment its term and its penalty. An empty row does not count."""

    what = forms.ChoiceField(
        label=gettext_lazy("What happened"), widget=forms.Select(attrs={"class": "utrecht-textbox"})
    )
    on = DayField(label=gettext_lazy("On"))
    term_weeks = CountField(label=gettext_lazy("Term of the court, weeks"), required=False, at_least=1, at_most=104)
    decide_by = DayField(label=gettext_lazy("Or: the day set by the court"), required=False)
    sent_on = DayField(label=gettext_lazy("Judgment sent on"), required=False)
    per_day = EuroField(label=gettext_lazy("Penalty per day, €"), required=False)
    maximum = EuroField(label=gettext_lazy("Maximum, €"), required=False)

    def __init__(self, *arguments: Any, law: Law, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["what"].choices = [
            (_("About a late decision"), list(LATE.items())),
            (_("In the case"), [(row.id, capital(named(row))) for row in law.events]),
        ]

    def has_changed(self) -> bool:
        """Let a row count once anything beside its kind is filled in; the kind always has a value."""
        return any(str(self[name].value() or "").strip() for name in ("on", *OF_A_JUDGMENT))

    @property
    def shows_judgment(self) -> bool:
        """Whether the part of a judgment holds something."""
        return self["what"].value() == "judgment" or any(self[name].value() for name in OF_A_JUDGMENT)

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        given = {name for name in OF_A_JUDGMENT if self[name].value() not in (None, "")}
        if answers.get("what") != "judgment":
            for name in sorted(given):
                self.add_error(name, _("This belongs to a judgment on the late decision. Leave it empty here."))
            return answers
        if not given & {"term_weeks", "decide_by"}:
            self.add_error("term_weeks", _("Fill in how many weeks the court gave."))
        if {"term_weeks", "decide_by"} <= given:
            self.add_error("decide_by", _("Give the weeks or the day that the court set, not both."))
        for one, other in (("per_day", "maximum"), ("maximum", "per_day")):
            if one in given and other not in given:
                self.add_error(other, _("A penalty has an amount per day and a maximum. Fill in both, or neither."))
        for name in ("decide_by", "sent_on"):
            if answers.get(name) and answers.get("on") and answers[name] < answers["on"]:
                message = _("This lies before the judgment of %(day)s. Correct one of the two dates.")
                self.add_error(name, message % {"day": day(answers["on"])})
        return answers


EventForms = forms.formset_factory(EventForm, extra=0, max_num=MOST_EVENTS, absolute_max=MOST_EVENTS)


class LifeQuestion(Question):
    """The form as a whole: the case, its suspensions and its events."""

    form_class = LifeForm

    def __init__(
        self,
        law: Law,
        answers: Mapping[str, Any] | None = None,
        *,
        initial: Mapping[str, Any] | None = None,
        rows: tuple[Mapping[str, Any], ...] = (),
        events: tuple[Mapping[str, Any], ...] = (),
    ) -> None:
        super().__init__(law, answers, initial=initial, rows=rows)
        self.event_forms = EventForms(answers, prefix=EVENTS, initial=list(events), form_kwargs={"law": law})

    def is_valid(self) -> bool:
        case_is_right = super().is_valid()
        self.event_forms.is_valid()
        self._check_events()
        return case_is_right and not any(row.errors for row in self._happened())

    def case(self) -> Case:
        case, asked = super().case(), self.case_form.cleaned_data
        return Case(
            **{**vars(case), "group": asked["group"] or None, "responsible_by": asked["responsible_by"] or None}
        )

    def life(self) -> Life:
        """Give the case with its events to the core."""
        rows = sorted((row.cleaned_data for row in self._happened()), key=lambda row: row["on"])
        of = {kind: [row for row in rows if row["what"] == kind] for kind in LATE}
        appeals = [row["on"] for row in of["late_decision_appeal"]]
        judgments = tuple(
            Judgment(
                max(on for on in appeals if on <= row["on"]), row["on"],
                float(row["per_day"] or 0), float(row["maximum"] or 0),
                row["term_weeks"], row["decide_by"], row["sent_on"],
            )
            for row in of["judgment"]
        )  # fmt: skip
        last = judgments[-1].judgment_on if judgments else None
        return Life(
            self.case(),
            tuple(Happened(row["what"], row["on"]) for row in rows if row["what"] not in LATE),
            notice_on=of["notice"][0]["on"] if of["notice"] else None,
            appeal_on=appeals[0] if appeals else None,
            judgments=judgments,
            decided_on=of["decision"][0]["on"] if of["decision"] else None,
            repeat_appeal_on=next((on for on in appeals if last is not None and on > last), None),
        )

    def told(self) -> Iterator[tuple[date, str]]:
        """Give everything that happened in the order of its days, in the words of the form."""
        words = {**LATE, **{row.id: capital(named(row)) for row in self.law.events}}
        for row in sorted((row.cleaned_data for row in self._happened()), key=lambda row: row["on"]):
            yield row["on"], str(words[row["what"]])

    def faults(self) -> list[Fault]:
        found = [*self._faults_of(self.case_form), *self._faults_of_rows()]
        for number, row in enumerate(self.event_forms.forms, start=1):
            for fault in self._faults_of(row):
                label = _("Event %(number)s, %(field)s") % {"number": number, "field": fault.label.lower()}
                found.append(Fault(fault.field, label, fault.message))
        return found

    def _happened(self) -> list[EventForm]:
        return [row for row in self.event_forms.forms if row.has_changed()]

    def _check_events(self) -> None:
        """Tell beside each row what the others make impossible."""
        lodged_on, kind = (self.case_form.cleaned_data.get(name) for name in ("lodged_on", "application_type"))
        rows = [row for row in self._happened() if row.cleaned_data.get("on") and row.cleaned_data.get("what")]
        days = {name: [row.cleaned_data["on"] for row in rows if row.cleaned_data["what"] == name] for name in LATE}
        objects = bool(self.case_form.cleaned_data.get("decision_on"))
        for row in rows:
            what, on = row.cleaned_data["what"], row.cleaned_data["on"]
            if lodged_on and on < lodged_on and not (objects and what not in LATE):
                message = _("This lies before the lodging of %(day)s. Correct one of the two dates.")
                row.add_error("on", message % {"day": day(lodged_on)})
            if what in ("notice", "decision") and len(days[what]) > 1:
                row.add_error("what", _("This stands there more than once. Keep the one that counts."))
            if what in LATE and what != "decision" and kind and not any(self.law.of_kind("scope", kind)):
                row.add_error("what", _("With this kind of application no applicant can give notice of default."))
            before = {"late_decision_appeal": "notice", "judgment": "late_decision_appeal"}.get(what)
            if before and not any(day_before <= on for day_before in days[before]):
                missing = {
                    "notice": _("No notice of default of this day or earlier stands there; add it."),
                    "late_decision_appeal": _("No appeal of this day or earlier stands there; add it."),
                }
                row.add_error("on", missing[before])
