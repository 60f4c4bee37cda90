# SPDX-License-Identifier: EUPL-1.2
"""Risks, incidents, money, recommendations and commitments of both letters, put in the record; again is the same.

The plan, the agreements and the decisions they point at are loaded first, by `keten_web.steering.letters`.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from keten.steering import letters as source
from keten.steering import record_lines as lines
from keten_web.accountability import kinds, models
from keten_web.record import actions as record
from keten_web.record.kinds import Kind
from keten_web.record.queries import by_code, every_row
from keten_web.steering import actions as steering_actions
from keten_web.steering import models as steering
from keten_web.steering.letters import CHAIN, REASON

HOMES = {
    "recommendation": ("carried_to", models.Recommendation),
    "plan": ("home_plan", steering.PlanDocument),
    "commitment": ("home_commitment", models.Commitment),
}


@transaction.atomic
def load_letters() -> int:
    """Bring the record in line with the letters; what people changed since stays as they left it.

    Returns
    -------
    How many rows the record now has from the letters.
    """
    letters = source.load_record()
    count = _Loader(letters).load()
    _propose(letters)
    return count


def _propose(letters: source.Record) -> None:
    """Let the draft framework open with what is found here too."""
    known_on = max(letter.on for letter in letters.letters)
    years = list(every_row(steering.PolicyFramework).order_by("-year")[:2])
    if len(years) == 2 and years[0].year == years[1].year + 1 and years[0].state == "draft":
        steering_actions.propose_lines(years[1], years[0], on=known_on)


class _Loader:
    def __init__(self, letters: source.Record) -> None:
        self.letters = letters
        self.count = 0

    def load(self) -> int:
        """Load everything in the order in which rows point at each other."""
        for risk in self.letters.risks:
            self._risk(risk)
        for incident in self.letters.incidents:
            self._incident(incident)
        self._money()
        for commitment in reversed(self._commitments()):
            self._commitment(commitment)
        self._reports()
        return self.count

    def _put(self, kind: Kind, line: Any, /, *, partner: str = CHAIN, code: str = "", **values: Any) -> Any:
        addresses = self.letters.origin(line) if isinstance(line, lines.Sourced) else ()
        texts = {"title": line.nl, "title_en": line.en}
        longer = {"text": line.text_nl, "text_en": line.text_en} if isinstance(line, lines.Texts) else {}
        origin = {
            "source": addresses[0] if addresses else "",
            "assumption": _assumed(line) if isinstance(line, lines.Sourced) else "",
        }
        self.count += 1
        return record.load(
            kind, code or line.id, {"partner_id": partner, **texts, **longer, **origin, **values}, reason=REASON
        )

    def _risk(self, line: lines.RiskLine) -> None:
        said = line.statement
        statement: dict[str, Any] = (
            {
                "measure": said.measure,
                "crossing_value": said.central,
                "direction": said.direction.value,
                "unit": said.unit,
                "first_month": said.first_month,
                "last_month": said.last_month,
                "crossing_reason": said.note or said.assumption or said.source or "",
            }
            if said
            else {}
        )
        self._put(
            kinds.RISKS,
            line,
            partner=line.owner,
            goal=by_code(steering.ChainGoal, line.goal),
            impact=line.impact.value,
            typed_level=line.typed_level.value if line.typed_level else "",
            level_reason=line.level_reason_nl,
            level_reason_en=line.level_reason_en,
            study=line.study or "",
            covered_by=list(line.covered_by),
            **statement,
        )

    def _incident(self, line: lines.IncidentLine) -> None:
        row = self._put(
            kinds.INCIDENTS,
            line,
            started_on=line.started_on,
            ended_on=line.ended_on,
            severity=line.severity.value,
            severity_reason=line.severity_reason_nl,
            severity_reason_en=line.severity_reason_en,
            communication=line.communication_nl,
            communication_en=line.communication_en,
            goal=by_code(steering.ChainGoal, line.goal),
            handover_point=by_code(steering.HandoverPoint, line.handover_point),
            indicators=list(line.indicators),
            involved=list(line.partners),
            state="contained" if line.ended_on else "open",
        )
        for number, moment in enumerate(line.timeline, start=1):
            self._put(
                kinds.MOMENTS,
                moment,
                code=f"{line.id}-{number:02}",
                incident=row,
                on=moment.on,
                nature=moment.kind.value,
                role=moment.role,
            )
        for lesson in line.lessons:
            self._put(
                kinds.LESSONS,
                lesson,
                incident=row,
                learned_on=lesson.learned_on,
                agreement=by_code(steering.PerformanceAgreement, lesson.agreement),
                handover_point=by_code(steering.HandoverPoint, lesson.handover_point),
                indicator=lesson.indicator or "",
            )

    def _money(self) -> None:
        for relation in self.letters.funding_relations:
            until = None if relation.valid_until.year == 9999 else relation.valid_until
            self._put(
                kinds.FUNDING_RELATIONS,
                relation,
                partner=relation.partner,
                funder_id=relation.funder,
                instrument=relation.instrument.value,
                valid_from=relation.valid_from,
                valid_until=until,
            )
        frameworks = {row.year: row for row in every_row(steering.PolicyFramework)}
        for line in self.letters.budget_lines:
            self._put(
                kinds.BUDGET_LINES,
                line,
                partner=line.partner or CHAIN,
                framework=frameworks.get(line.year),
                year=line.year,
                until_year=line.until_year,
                stage=line.stage,
                line=line.line,
                amount_eur=round(line.amount_eur),
            )
        for asked in self.letters.budget_claims:
            self._put(
                kinds.BUDGET_CLAIMS,
                asked,
                partner=asked.partner or CHAIN,
                round=asked.round_nl,
                round_en=asked.round_en,
                year=asked.year,
                line=asked.line,
                asked_eur=None if asked.asked_eur is None else round(asked.asked_eur),
                granted_eur=None if asked.granted_eur is None else round(asked.granted_eur),
                state="granted",
            )

    def _commitments(self) -> list[lines.CommitmentLine]:
        """Order the commitments so that the one that goes on comes after the one it replaced."""
        return sorted(self.letters.commitments, key=lambda line: line.continued_by is None)

    def _commitment(self, line: lines.CommitmentLine) -> None:
        self._put(
            kinds.COMMITMENTS,
            line,
            partner=line.owner,
            made_on=line.made_on,
            due_on=line.due_on,
            due_said=line.due_said_nl,
            due_said_en=line.due_said_en,
            agreement=by_code(steering.PerformanceAgreement, line.agreement),
            decision=by_code(steering.SteeringDecision, line.decision),
            plan=by_code(steering.PlanDocument, line.plan),
            outcome=line.outcome_nl,
            outcome_en=line.outcome_en,
            outcome_on=line.outcome_on,
            continued_by=by_code(models.Commitment, line.continued_by),
            state=line.state.value,
        )

    def _reports(self) -> None:
        """Load reports, those that others lead to first, then what they recommend, homes before who lives there."""
        for line in sorted(self.letters.reports, key=lambda line: line.leads_to is not None):
            self._put(
                kinds.REPORTS,
                line,
                partner=line.partner,
                published_on=line.on,
                author=line.author,
                closed_on=line.closed_on,
                leads_to=by_code(models.Report, line.leads_to),
                state=line.state.value,
            )
        for found in sorted(self.letters.recommendations, key=lambda line: (line.home or "").startswith("recomm")):
            self._recommendation(found)

    def _recommendation(self, line: lines.RecommendationLine) -> None:
        self._put(
            kinds.RECOMMENDATIONS,
            line,
            partner=line.owner,
            report=every_row(models.Report).get(code=line.report),
            goal=by_code(steering.ChainGoal, line.goal),
            indicator=line.indicator or "",
            evidence=line.evidence_nl,
            evidence_en=line.evidence_en,
            state=line.state.value,
            **_home(line.home),
        )


def _assumed(line: lines.Sourced) -> str:
    return " ".join(filter(None, (line.assumption, line.note)))


def _home(said: str | None) -> dict[str, Any]:
    if said is None:
        return {}
    kind, _, code = said.partition(":")
    if kind == "partner":
        return {"home_partner_id": code}
    field, model = HOMES[kind]
    return {field: by_code(model, code)}
