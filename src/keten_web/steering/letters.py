# SPDX-License-Identifier: EUPL-1.2
"""What both letters to parliament say, put in the record: as a demonstration, and the same however often it is done.

The content comes from `keten.steering.letters`; actuals and signals come from published figures. Meetings, of which
nothing was published, come from `keten.steering.exercise` and say in their name that they are an exercise.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import transaction

from keten.parameters.chain import Chain, HandoverPoint
from keten.parameters.load import load_chain
from keten.steering import letters as source
from keten.steering import record_lines as lines
from keten_web.record import actions as record
from keten_web.record import reasons
from keten_web.record.kinds import Kind
from keten_web.record.queries import by_code, every_row
from keten_web.steering import actions, exercise, judging, kinds, models
from keten_web.steering.evidence import digest

REASON = "Uit de brieven aan de Tweede Kamer van 30 augustus 2007 en 13 juli 2023."
CHAIN = "MINISTRY"
"""Owner of what belongs to the chain as a whole."""

MODEL = "referentiemodel_2023"


def load_letters() -> int:
    """Bring the record in line with the letters; what people changed since stays as they left it.

    Returns
    -------
    How many rows the record now has from the letters.
    """
    return _Loader(source.load_record(), load_chain()).load()


class _Loader:
    """One loading: the letters, the chain, and the rows made so far by kind and code."""

    def __init__(self, letters: source.Record, chain: Chain) -> None:
        self.letters = letters
        self.chain = chain
        self.count = 0

    @transaction.atomic
    def load(self) -> int:
        """Load everything in the order in which rows point at each other."""
        self._plan()
        self._handover_points()
        self._agreements()
        self._governance()
        known_on = max(letter.on for letter in self.letters.letters)
        actions.bring_in_actuals(known_on)
        actions.raise_signals(known_on)
        self.count += exercise.load_meetings(known_on, self._figures)
        self._next_framework(known_on)
        return self.count

    def _put(self, kind: Kind, line: Any, *, partner: str = CHAIN, **values: Any) -> Any:
        """Put one line in the record with its texts and its origin."""
        return self._put_row(kind, line.id, line, partner, {**_texts(line), **values})

    def _put_row(self, kind: Kind, code: str, line: Any, partner: str, values: dict[str, Any]) -> Any:
        addresses = self.letters.origin(line)
        origin = {"source": addresses[0] if addresses else "", "assumption": line.assumption or ""}
        self.count += 1
        return record.load(kind, code, {"partner_id": partner, **origin, **values}, reason=REASON)

    # --- plan ---------------------------------------------------------------------------------------------------------

    def _plan(self) -> None:
        for line in self.letters.frameworks:
            self._put(
                kinds.POLICY_FRAMEWORKS,
                line,
                year=line.year,
                state=line.state.value,
                partners_bound=list(line.partners),
            )
        for order, value in enumerate(self.letters.chain_purpose):
            self._put(kinds.CHAIN_PURPOSES, value, nature="purpose", order=order)
        for order, value in enumerate(self.letters.core_values):
            self._put(kinds.CHAIN_PURPOSES, value, nature="core_value", order=order)
        for order, goal in enumerate(self.letters.chain_goals):
            top = self._put(kinds.CHAIN_GOALS, goal, order=10 * order)
            for number, below in enumerate(goal.sub_goals, start=1):
                self._put(kinds.CHAIN_GOALS, below, parent=top, order=10 * order + number, **_why_no_indicator(below))
        for order, priority in enumerate(self.letters.political_priorities):
            self._put(
                kinds.PRIORITIES, priority, framework=by_code(models.PolicyFramework, priority.framework), order=order
            )
        for plan in self.letters.plans:
            self._put(
                kinds.PLAN_DOCUMENTS,
                plan,
                partner=plan.partner,
                nature=plan.kind.value,
                framework=by_code(models.PolicyFramework, plan.framework),
                first_year=plan.year,
                last_year=plan.until_year or plan.year,
                goals=list(plan.goals),
            )

    # --- handover points and agreements -------------------------------------------------------------------------------

    def _handover_points(self) -> None:
        model = record.load(
            kinds.REFERENCE_MODELS,
            MODEL,
            {
                "partner_id": CHAIN,
                "title": "Referentiemodel van de migratieketen",
                "title_en": "Reference model of the migration chain",
                "text": "Wie draagt wat aan wie over, tussen de zes kernprocessen; gemaakt uit de ketentabellen.",
                "text_en": "Who hands what to whom, between the six core processes; made from the chain tables.",
                "valid_from": date(2023, 1, 1),
                "assumption": reasons.CHAIN_TABLES,
            },
            reason=REASON,
        )
        for point in self.chain.handover_points:
            self._handover_point(point, model)

    def _handover_point(self, point: HandoverPoint, model: Any) -> None:
        values = {
            "partner_id": point.from_partner,
            "counterpart_id": point.to_partner,
            "title": point.nl,
            "title_en": point.en,
            "reference_model": model,
            "from_process": self.chain.stage(point.from_stages[0]).core_process.value,
            "to_process": self.chain.stage(point.to_stages[0]).core_process.value,
            "chain_points": [point.id],
            "assumption": point.note or "",
            "source": (point.norm.source or "") if point.norm else "",
        }
        record.load(kinds.HANDOVER_POINTS, point.id, values, reason=REASON)
        self.count += 1

    def _agreements(self) -> None:
        # Numbers are agreed in the commissioning letter; the annual plan that repeats them comes after it.
        plan_of = {code: line.id for line in reversed(self.letters.plans) for code in line.agreements}
        for line in self.letters.agreements:
            known = source.agreement(line)
            budget = line.error_budget
            self._put(
                kinds.AGREEMENTS,
                line,
                partner=line.partners[0],
                counterparts=list(line.partners[1:]),
                framework=by_code(models.PolicyFramework, line.framework),
                handover_point=by_code(models.HandoverPoint, line.handover_point),
                goal=by_code(models.ChainGoal, line.goal),
                plan=by_code(models.PlanDocument, plan_of.get(line.id)),
                parties=line.parties.value,
                nature=line.nature.value,
                subject=line.subject.value,
                counting=line.counting.value,
                direction=line.direction.value,
                unit=line.unit,
                duties=[f"{duty.partner}: {duty.nl}" for duty in line.duties],
                duties_en=[f"{duty.partner}: {duty.en}" for duty in line.duties],
                norms=judging.series_of(known.norms),
                norm_per=known.norm_per.value,
                counts=line.counts or "",
                term_start=line.term_start,
                term_end=line.term_end,
                still_to_be_agreed=line.still_to_be_agreed_nl,
                still_to_be_agreed_en=line.still_to_be_agreed_en,
                error_budget_unit=budget.unit.value if budget else "",
                error_budget_share=budget.share if budget else None,
                indicator=line.indicator or "",
                covers=list(line.covers),
                is_exercise=line.is_exercise,
                state="draft" if line.still_to_be_agreed_nl else "agreed",
            )
        for actual in self.letters.actuals:
            self._actual(actual)

    def _actual(self, line: lines.ActualLine) -> None:
        agreement = every_row(models.PerformanceAgreement).get(code=line.agreement)
        values = {
            "agreement": agreement,
            "title": agreement.title,
            "title_en": agreement.title_en,
            "period_start": line.period_start,
            "period_end": line.period_end,
            "recorded_on": line.recorded_on,
            "value": line.value,
            "kept": line.kept,
            "cases": line.cases,
            "missed": line.missed,
            "state": "locked",
        }
        code = f"{line.agreement}-{line.period_start:%Y-%m}"
        self._put_row(kinds.ACTUALS, code, line, agreement.partner_id, values)

    # --- governance ---------------------------------------------------------------------------------------------------

    def _governance(self) -> None:
        for line in self.letters.governance_bodies:
            known = source.body(line)
            self._put(
                kinds.BODIES,
                line,
                level=line.level.value,
                mandates=[mandate.value for mandate in line.mandates],
                seats=[f"{partner} {count}" for partner, count in known.seats],
                meetings_per_year=line.meetings_per_year,
                minutes=line.minutes,
            )
        for decision in self.letters.steering_decisions:
            self._decision(decision)

    def _decision(self, line: lines.DecisionLine) -> None:
        agreement = next((row for code in line.about if (row := by_code(models.PerformanceAgreement, code))), None)
        points = [self._point_named(code) for code in line.about]
        point = next((row for row in points if row), None)
        figures = self._figures(line.evidence)
        evidence = {"frozen_at": line.on.isoformat(), "figures": figures} if figures else {}
        self._put(
            kinds.DECISIONS,
            line,
            taken_by=line.taken_by_nl,
            taken_by_en=line.taken_by_en,
            taken_on=line.on,
            about=list(line.about),
            agreement=agreement,
            handover_point=point or (agreement.handover_point if agreement else None),
            goal=agreement.goal if agreement else None,
            evidence=evidence,
            evidence_hash=digest(evidence) if evidence else "",
            state="taken",
        )

    def _point_named(self, code: str) -> Any | None:
        return by_code(models.HandoverPoint, code) or by_code(models.HandoverPoint, code.removeprefix("handover_"))

    def _figures(self, names: Iterable[str]) -> list[dict[str, Any]]:
        known = {figure.id: figure for figure in self.letters.key_figures}
        return [
            {
                "key_figure": name,
                "name": known[name].nl,
                "name_en": known[name].en,
                "value": known[name].value,
                "unit": known[name].unit,
                "on": known[name].on.isoformat(),
                "source": next(iter(self.letters.origin(known[name])), ""),
            }
            for name in names
        ]

    def _next_framework(self, known_on: date) -> None:
        """Let the last framework open with what the one before it brought."""
        years = list(every_row(models.PolicyFramework).order_by("-year")[:2])
        if len(years) == 2 and years[0].year == years[1].year + 1 and years[0].state == "draft":
            actions.propose_lines(years[1], years[0], on=known_on)


def _texts(line: Any) -> dict[str, str]:
    return {"title": line.nl, "title_en": line.en, "text": line.text_nl, "text_en": line.text_en}


def _why_no_indicator(line: lines.SubGoal) -> dict[str, str]:
    """Say in the explanation why a goal has no figure."""
    if not line.no_indicator_nl:
        return {}
    return {
        "text": " ".join(filter(None, (line.text_nl, line.no_indicator_nl))),
        "text_en": " ".join(filter(None, (line.text_en, line.no_indicator_en))),
    }
