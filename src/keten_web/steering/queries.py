# SPDX-License-Identifier: EUPL-1.2
"""What the pages for meetings show: rows put together and judged by the core; nothing is written here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keten.domain.words import CoreProcess, SignalState
from keten.indicators.definitions import definitions
from keten.indicators.registry import STALE_AFTER_DAYS, by_identifier
from keten.steering import meeting_load, outcomes
from keten.steering.agreements import Subject, Verdict
from keten.steering.signals import Watched
from keten_web.accounts import protection
from keten_web.accounts.models import User
from keten_web.charts import reference_model as drawing
from keten_web.config.today import today
from keten_web.deliveries.news import Resting
from keten_web.steering import evidence, judging, models, steps, words
from keten_web.words import names as organisations

TOTAL = "total"
"""The budget line that adds up the others."""

PRODUCTION = Subject.PRODUCTION.value
WORST_FIRST = (Verdict.BROKEN, Verdict.UNKNOWN, Verdict.NOT_AGREED, Verdict.RUNNING, Verdict.KEPT)
MEETINGS_SHOWN = 5
"""How many past meetings stand beside the decisions; the list of meetings has them all."""

EVIDENCE = [value for value, _name in words.EVIDENCE]
"""What a proposed line rests on, in the order in which lines are read."""

STATE_OF_VERDICT = {
    Verdict.KEPT: SignalState.ON_COURSE,
    Verdict.RUNNING: SignalState.ON_COURSE,
    Verdict.BROKEN: SignalState.SIGNAL,
    Verdict.NOT_AGREED: SignalState.ATTENTION,
    Verdict.UNKNOWN: SignalState.UNKNOWN,
}
"""Shape and colour of a verdict: the same four as of a signal."""


@dataclass(frozen=True)
class AgreementLine:
    """An agreement as one line: its verdict in a word and a shape, what was agreed and what came of it."""

    row: models.PerformanceAgreement
    judged: judging.Judged
    year: int

    @property
    def verdict(self) -> Verdict:
        return self.judged.verdict

    @property
    def word(self) -> str:
        return str(words.VERDICTS[self.verdict])

    @property
    def state(self) -> str:
        return STATE_OF_VERDICT[self.verdict].value

    @property
    def adds_up(self) -> bool:
        return self.judged.year.still_needed is not None

    @property
    def norm(self) -> float | None:
        """The norm of the whole year when periods add up; else of the last period known, else of the middle of it."""
        if self.judged.total is not None:
            return self.judged.total
        last = self.judged.last
        if last is not None and last.agreed is not None:
            return last.agreed
        norm = self.judged.agreement.norm_at(date(self.year, 7, 1))
        return norm.value if norm else None

    @property
    def counts(self) -> str:
        """Say what the agreement counts; empty when it has no figure."""
        return words.counted(self.judged.agreement.counts) if self.judged.agreement.counts else ""

    @property
    def bridges(self) -> list[list[str]]:
        """Give the sums of other definitions that make what the agreement counts."""
        found = definitions().get(self.judged.agreement.counts)
        return [[words.counted(part) for part in parts] for parts in found.bridges] if found else []

    @property
    def wider(self) -> str:
        """Name what the indicator counts when the agreement counts a part of it; empty when they count the same."""
        indicator = by_identifier().get(self.row.indicator)
        counts = self.judged.agreement.counts
        return words.counted(indicator.counts) if indicator and counts and indicator.counts != counts else ""

    @property
    def actual(self) -> Any | None:
        """The latest actual of the year."""
        return self.judged.last.actual if self.judged.last else None


def _years_of(row: models.PerformanceAgreement) -> list[int]:
    """Give the years an agreement speaks of: that of its framework, else those of its norms and actuals."""
    if row.framework_id:
        return [row.framework.year]
    years = {actual.period_start.year for actual in row.actuals.all() if not actual.is_withdrawn}
    years |= {date.fromisoformat(norm["from"]).year for norm in row.norms}
    return sorted(years) or [today().year]


def lines_of(agreements: Any, *, year: int | None = None, on: date | None = None) -> list[AgreementLine]:
    """Judge agreements over their year, the worst first."""
    on = on or today()
    rows = agreements.select_related("partner", "handover_point", "goal", "framework").prefetch_related("actuals")
    found = []
    for row in rows:
        of = year or _years_of(row)[-1]
        actuals = [actual for actual in row.actuals.all() if not actual.is_withdrawn]
        found.append(AgreementLine(row, judging.shown(judging.judge(row, actuals, of, on), actuals), of))
    return sorted(found, key=lambda line: (WORST_FIRST.index(line.verdict), line.row.code))


def counted(lines: Iterable[AgreementLine]) -> list[tuple[str, str, int]]:
    """Count agreements per verdict: state, word, number; verdicts that do not occur are left out."""
    numbers = Counter(line.verdict for line in lines)
    return [
        (STATE_OF_VERDICT[verdict].value, str(words.VERDICTS[verdict]), numbers[verdict])
        for verdict in WORST_FIRST
        if numbers[verdict]
    ]


def _agreements() -> Any:
    return models.PerformanceAgreement.objects.filter(is_withdrawn=False)


def _rows(model: Any, **chosen: Any) -> Any:
    return model.objects.filter(is_withdrawn=False, **chosen)


def _signals(**chosen: Any) -> Any:
    """Give signals, the withdrawn ones too: they stay in sight and count, marked as withdrawn."""
    return models.Signal.objects.filter(**chosen)


# --- framework --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class GoalPart:
    """A chain goal in a framework with what is agreed under it and which signals there are."""

    goal: Any
    parts: tuple[Any, ...]
    lines: tuple[AgreementLine, ...]
    without_norm: tuple[AgreementLine, ...]
    signals: tuple[Any, ...]


def current_framework() -> Any | None:
    """Give the framework that holds: the latest approved one, else the latest there is."""
    every = _rows(models.PolicyFramework)
    return every.filter(state="approved").first() or every.first()


def framework(row: models.PolicyFramework, _by: User) -> dict[str, Any]:
    lines = lines_of(_agreements().filter(framework=row), year=row.year)
    signals = list(_signals(raised_on__year=row.year).select_related("goal", "partner"))
    goals = list(_rows(models.ChainGoal).select_related("parent"))
    tops = [goal for goal in goals if goal.parent_id is None]
    parts = [
        GoalPart(
            goal,
            tuple(part for part in goals if part.parent_id == goal.pk),
            tuple(line for line in lines if _top(line.row.goal) == goal.pk and line.verdict is not Verdict.NOT_AGREED),
            tuple(line for line in lines if _top(line.row.goal) == goal.pk and line.verdict is Verdict.NOT_AGREED),
            tuple(signal for signal in signals if _top(signal.goal) == goal.pk),
        )
        for goal in tops
    ]
    placed = {goal.pk for goal in tops}
    return {
        "known_on": today(),
        "goals": parts,
        "other_lines": [line for line in lines if _top(line.row.goal) not in placed],
        "verdicts": counted(lines),
        "priorities": _rows(models.PoliticalPriority, framework=row),
        "commissions": _commissions(row, lines, goals),
        "proposed": sorted(_rows(models.FrameworkLine, framework=row), key=lambda line: EVIDENCE.index(line.evidence)),
        "money": (money := _money(row)),
        "total": next((line for line in money if line.line == TOTAL), None),
        "purposes": _rows(models.ChainPurpose),
        "years": _rows(models.PolicyFramework),
        "shown": {
            "politieke-prioriteiten",
            "plannen-en-brieven",
            "kaderregels",
            "prestatieafspraken",
            "begrotingsregels",
        },
    }


@dataclass(frozen=True)
class Commission:
    """What one partner was asked and planned in a framework: letters and plans, their goals, the agreed production."""

    partner: str
    documents: tuple[Any, ...]
    goals: tuple[Any, ...]
    production: tuple[AgreementLine, ...]


def _commissions(row: models.PolicyFramework, lines: Sequence[AgreementLine], goals: Sequence[Any]) -> list[Commission]:
    """Put the letters and plans of a framework together per partner."""
    documents: dict[str, list[Any]] = {}
    for document in _rows(models.PlanDocument, framework=row).order_by("partner_id", "-nature", "code"):
        documents.setdefault(document.partner_id, []).append(document)
    return [
        Commission(
            partner=partner,
            documents=tuple(found),
            goals=tuple(goal for goal in goals if any(goal.code in document.goals for document in found)),
            production=tuple(
                line for line in lines if line.row.subject == PRODUCTION and line.row.partner_id == partner
            ),
        )
        for partner, found in documents.items()
    ]


def plan(row: models.PlanDocument, _by: User) -> dict[str, Any]:
    """Give the goals a letter or plan is attached to, and the production agreed for its partner in its framework."""
    agreed = _agreements().filter(Q(plan=row) | Q(partner=row.partner, framework=row.framework, subject=PRODUCTION))
    return {
        "goals": _rows(models.ChainGoal, code__in=row.goals),
        "lines": lines_of(agreed.distinct()) if row.framework_id else lines_of(_agreements().filter(plan=row)),
        "shown": {"prestatieafspraken"},
    }


def _money(row: models.PolicyFramework) -> list[Any]:
    """Give the amounts of a framework; the part of the record that holds them says so with a function on its model."""
    from keten_web.record.kinds import kinds

    return [line for kind in kinds() for line in getattr(kind.model, "money_of", _no_money)(row)]


def _no_money(_row: Any) -> list[Any]:
    return []


def _top(goal: Any | None) -> int | None:
    return (goal.parent_id or goal.pk) if goal is not None else None


def goal(row: models.ChainGoal, _by: User) -> dict[str, Any]:
    below = list(_rows(models.ChainGoal, parent=row))
    both = [row, *below]
    return {
        "parts": below,
        "lines": lines_of(_agreements().filter(goal__in=both)),
        "shown": {"ketendoelen", "prestatieafspraken"},
    }


# --- handover points --------------------------------------------------------------------------------------------------


def _decisions() -> list[Any]:
    return list(_rows(models.SteeringDecision).select_related("body", "agreement"))


def decisions_about(codes: Iterable[str], point: Any | None = None, *, among: Iterable[Any] | None = None) -> list[Any]:
    """Give the decisions that concern any of these codes, newest first."""
    asked = set(codes)
    return [
        row
        for row in (_decisions() if among is None else among)
        if (point is not None and row.handover_point_id == point.pk)
        or (row.agreement is not None and row.agreement.code in asked)
        or asked & set(row.about)
    ]


def handover_point(row: models.HandoverPoint, _by: User) -> dict[str, Any]:
    lines = lines_of(_agreements().filter(handover_point=row))
    codes = {row.code, *(line.row.code for line in lines)}
    signals = _signals().filter(Q(handover_point=row) | Q(agreement__code__in=codes))
    return {
        "lines": lines,
        "verdicts": counted(lines),
        "decisions": [(found, figures_of(found)) for found in decisions_about(codes, row)],
        "signals": signals.select_related("partner"),
        "proposed": proposed_about({*codes, *signals.values_list("code", flat=True)}),
        "shown": {"prestatieafspraken", "besluiten", "signalen"},
    }


def proposed_about(codes: Iterable[str]) -> Any:
    """Give the lines of frameworks that are about any of these codes, the newest framework first."""
    lines = _rows(models.FrameworkLine, about__in=set(codes))
    return lines.select_related("framework").order_by("-framework__year", "code")


@dataclass(frozen=True)
class PointLine:
    """A handover point with how its agreements stand."""

    row: models.HandoverPoint
    lines: tuple[AgreementLine, ...]
    decisions: int

    @property
    def verdicts(self) -> list[tuple[str, str, int]]:
        return counted(self.lines)

    @property
    def worst(self) -> Verdict | None:
        return self.lines[0].verdict if self.lines else None


def reference_model(row: models.ReferenceModel, _by: User) -> dict[str, Any]:
    points = list(_rows(models.HandoverPoint, reference_model=row).select_related("partner", "counterpart"))
    lines = lines_of(_agreements().filter(handover_point__in=points))
    table = sorted(_point_lines(points, lines), key=lambda point: _rank(point.worst))
    return {
        "known_on": today(),
        "points": table,
        "verdicts": counted(lines),
        "drawing": _drawing(table),
        "others": _rows(models.ReferenceModel).exclude(pk=row.pk),
        "without_point": lines_of(_agreements().filter(handover_point=None)),
        "shown": {"koppelvlakken"},
    }


def _codes_at(point: Any, lines: Iterable[AgreementLine]) -> set[str]:
    return {line.row.code for line in lines if line.row.handover_point_id == point.pk}


def _rank(verdict: Verdict | None) -> int:
    return WORST_FIRST.index(verdict) if verdict else len(WORST_FIRST)


def _point_lines(points: Iterable[Any], lines: Sequence[AgreementLine]) -> list[PointLine]:
    decisions = _decisions()
    return [
        PointLine(
            point,
            tuple(line for line in lines if line.row.handover_point_id == point.pk),
            len(decisions_about({point.code, *_codes_at(point, lines)}, point, among=decisions)),
        )
        for point in points
    ]


def _drawing(points: Sequence[PointLine]) -> drawing.Drawing:
    """Draw one arrow per pair of processes; it leads to its worst handover point."""
    names = dict(words.CORE_PROCESSES)
    pairs: dict[tuple[str, str], list[PointLine]] = {}
    for point in points:
        pairs.setdefault((point.row.from_process, point.row.to_process), []).append(point)
    arrows = []
    for (start, end), found in pairs.items():
        worst = min(found, key=lambda point: _rank(point.worst))
        state = STATE_OF_VERDICT[worst.worst].value if worst.worst else "none"
        broken = sum(line.verdict is Verdict.BROKEN for point in found for line in point.lines)
        name = f"{names[start]} → {names[end]}"
        arrows.append(drawing.Wish(start, end, name, state, broken, worst.row.get_absolute_url()))
    return drawing.draw({core_process.value: str(names[core_process.value]) for core_process in CoreProcess}, arrows)


def model_in_force() -> Any | None:
    """Give the reference model that holds today, else the latest."""
    on = today()
    every = _rows(models.ReferenceModel)
    holding = every.filter(valid_from__lte=on).filter(Q(valid_until=None) | Q(valid_until__gt=on))
    return holding.first() or every.first()


# --- agreement --------------------------------------------------------------------------------------------------------


def _line_of(row: models.PerformanceAgreement) -> AgreementLine:
    return lines_of(models.PerformanceAgreement.objects.filter(pk=row.pk))[0]


def agreement(row: models.PerformanceAgreement, _by: User) -> dict[str, Any]:
    line = lines_of(_agreements().filter(pk=row.pk) if not row.is_withdrawn else type(row).objects.filter(pk=row.pk))[0]
    asked = steps.approvers_of(row)
    return {
        "line": line,
        "periods": [
            (period, words.UNJUDGED.get(period.why) if period.why else None) for period in line.judged.year.periods
        ],
        "actuals": models.Actual.objects.filter(agreement=row),
        "consents": [(organisations.approver(approver.name), approver.name in row.signed_by) for approver in asked],
        "signals": _signals(agreement=row),
        "decisions": [(found, figures_of(found)) for found in decisions_about({row.code})],
        "proposed": proposed_about({row.code}),
        "before": _line_of(row.continues) if row.continues else None,
        "after": _rows(models.PerformanceAgreement, continues=row),
        "norm_words": {"higher_is_better": words.DIRECTIONS[0][1], "lower_is_better": words.DIRECTIONS[1][1]},
        "shown": {"realisaties", "signalen", "besluiten"},
    }


# --- signals ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SignalLine:
    """A signal with whether it is silent, and why."""

    row: models.Signal
    silent: outcomes.SilentSignal | None

    @property
    def is_foreseen(self) -> bool:
        """Say whether it rests on a forecast: its figure is then written as one."""
        return bool(self.row.code.startswith("signaal-vooruit-"))

    @property
    def outcome(self) -> str:
        return str(words.OUTCOMES[self.row.outcomes[-1]["kind"]]) if self.row.outcomes else ""


def signal_lines(on: date | None = None) -> list[SignalLine]:
    """Give every signal, the longest silent first, then what was answered, newest first."""
    on = on or today()
    rows = list(_signals().select_related("partner", "body", "steering_decision", "agreement"))
    standing = [judging.as_signal(row) for row in rows if not row.is_withdrawn]
    silent = {found.signal.id: found for found in outcomes.silent(standing, on=on)}
    lines = [SignalLine(row, silent.get(row.code)) for row in rows]
    return sorted(lines, key=lambda line: -(line.silent.days if line.silent else -1))


def signal(row: models.Signal, _by: User) -> dict[str, Any]:
    found = by_identifier().get(row.indicator)
    watched = evidence.watched(row.indicator) if found else ()
    return {
        "line": next((line for line in signal_lines() if line.row.pk == row.pk), SignalLine(row, None)),
        "indicator": evidence.name_of(row.indicator),
        "is_indicator": found is not None,
        "months": [
            replace(month, value=protection.figure(month.value, row.unit)) for month in watched if not _is_quiet(month)
        ],
        "outcomes": [_said(said) for said in row.outcomes],
        "proposed": proposed_about({row.code}),
        "shown": set(),
    }


def _is_quiet(month: Watched) -> bool:
    return month.value is None


def _said(said: Mapping[str, Any]) -> dict[str, Any]:
    body = models.GovernanceBody.objects.filter(code=said["body"]).first()
    higher = models.GovernanceBody.objects.filter(code=said.get("escalated_to") or "").first()
    decision = models.SteeringDecision.objects.filter(code=said.get("steering_decision") or "").first()
    return {
        "kind": words.OUTCOMES[said["kind"]],
        "on": date.fromisoformat(said["on"]),
        "body": body,
        "higher": higher,
        "decision": decision,
        "reason": said["reason"],
    }


# --- decisions and bodies ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FrozenFigure:
    """A figure as it was when the decision was taken."""

    name: str
    value: float | None
    unit: str
    on: date | None
    state: str
    source: str
    months_old: int | None = None
    is_old: bool = False


def figures_of(row: models.SteeringDecision) -> list[FrozenFigure]:
    """Give the frozen figures of a decision, each with how old it was on the day of the decision."""
    return [
        replace(figure, months_old=months, is_old=is_old)
        for said, figure in zip(row.evidence.get("figures", []), _frozen(row), strict=True)
        for months, is_old in [_age(figure.on, row.taken_on or today(), str(said.get("indicator", "")))]
    ]


def _age(on: date | None, then: date, identifier: str) -> tuple[int | None, bool]:
    """Say how many months old a figure was, and whether that is more than its indicator allows."""
    if on is None or on > then:
        return None, False
    days = (then - on).days
    indicator = by_identifier().get(identifier)
    return round(days / DAYS_PER_MONTH), days > (indicator.stale_after_days if indicator else STALE_AFTER_DAYS)


DAYS_PER_MONTH = 30.4


def _frozen(row: models.SteeringDecision) -> list[FrozenFigure]:
    return [
        FrozenFigure(
            name=(said.get("name_en") if get_language() == "en" else "")
            or said.get("name")
            or evidence.name_of(said.get("indicator") or said.get("agreement") or ""),
            value=protection.figure(said.get("value"), said.get("unit", "")),
            unit=said.get("unit", ""),
            on=date.fromisoformat(said["on"]) if said.get("on") else None,
            state=said.get("state", ""),
            source=said.get("source", ""),
        )
        for said in row.evidence.get("figures", [])
    ]


def decision(row: models.SteeringDecision, _by: User) -> dict[str, Any]:
    codes = {*row.about, *([row.agreement.code] if row.agreement_id else [])}
    return {
        "figures": figures_of(row),
        "holds": bool(row.evidence_hash) and evidence.digest(row.evidence) == row.evidence_hash,
        "study": row.evidence.get("study"),
        "actions": _rows(models.ActionItem, decision=row).select_related("partner"),
        "signals": _signals(steering_decision=row),
        "about": _named(codes),
        "proposed": proposed_about({row.code, *codes}),
        "shown": {"acties", "signalen", "agendapunten"},
    }


def _named(codes: Iterable[str]) -> list[Any]:
    """Give the rows that these codes name, of whatever kind."""
    from keten_web.record.kinds import kinds

    asked = set(codes)
    return [row for kind in kinds() for row in kind.model.objects.filter(code__in=asked, is_withdrawn=False)]


def body(row: models.GovernanceBody, _by: User) -> dict[str, Any]:
    known = judging.as_body(row)
    meetings = list(_rows(models.Meeting, body=row).select_related("body"))
    held = [judging.as_meeting(meeting) for meeting in meetings if meeting.state == "held"]
    mandates = dict(words.MANDATES)
    return {
        "mandates": [mandates[word] for word in row.mandates],
        "seats": known.seats,
        "hours_per_year": meeting_load.agreed_hours_per_year(known),
        "load": meeting_load.meeting_load(held),
        "meetings": meetings,
        "agenda": _rows(models.AgendaItem, body=row, meeting=None).select_related("goal"),
        "decisions": _rows(models.SteeringDecision, body=row),
        "signals": _signals(body=row, is_withdrawn=False).exclude(state="answered"),
        "shown": {"vergaderingen", "agendapunten", "besluiten", "signalen"},
    }


def meeting(row: models.Meeting, _by: User) -> dict[str, Any]:
    return {
        "agenda": _rows(models.AgendaItem, meeting=row).select_related("goal", "signal", "decision", "partner"),
        "decisions": _rows(models.SteeringDecision, meeting=row),
        "shown": {"agendapunten", "besluiten"},
    }


def governance() -> dict[str, Any]:
    """Give the decisions with their figures, the bodies, and how much time steering itself takes."""
    bodies = list(_rows(models.GovernanceBody))
    held = [judging.as_meeting(meeting) for meeting in _rows(models.Meeting, state="held").select_related("body")]
    known = {row.pk: judging.as_body(row) for row in bodies}
    return {
        "decisions": [
            (row, figures_of(row)) for row in _rows(models.SteeringDecision).select_related("body", "handover_point")
        ],
        "bodies": [(row, meeting_load.agreed_hours_per_year(known[row.pk])) for row in bodies],
        "load": meeting_load.meeting_load(held),
        "open_actions": _rows(models.ActionItem, state="open").select_related("decision", "partner"),
        "planned": _rows(models.Meeting, state="planned").select_related("body").order_by("on", "code"),
        "held": _rows(models.Meeting, state="held").select_related("body")[:MEETINGS_SHOWN],
        "strategic": _rows(models.AgendaItem, meeting=None).select_related("body", "goal"),
    }


# --- the cycle --------------------------------------------------------------------------------------------------------


def cycle() -> dict[str, Any]:
    """Give the steering cycle with what lies in each phase now."""
    row = current_framework()
    lines = lines_of(_agreements().filter(framework=row), year=row.year) if row else []
    every = signal_lines()
    silent = [line for line in every if line.silent]
    newest = _rows(models.PolicyFramework).first()
    return {
        "known_on": today(),
        "framework": row,
        "verdicts": counted(lines),
        "silent": silent,
        "signals": len(every),
        "decisions": list(_rows(models.SteeringDecision)[:5]),
        "decision_count": _rows(models.SteeringDecision).count(),
        "open_actions": _rows(models.ActionItem, state="open").count(),
        "next": newest if row and newest.year > row.year else None,
        "proposed": _rows(models.FrameworkLine, framework=newest, state="proposed").count() if newest else 0,
        "agreement_count": len(lines),
        "model": model_in_force(),
    }


def resting_on(delivery: Any, by: User, **_told: Any) -> list[Resting]:
    """Name the decisions and the actuals of agreements that were taken on the figures of a delivery."""
    address = f"urn:sha256:{delivery.sha256}"
    decisions = models.SteeringDecision.objects.filter(
        evidence__figures__contains=[{"source": address}], is_withdrawn=False
    )
    actuals = models.Actual.objects.filter(source=address, is_withdrawn=False)
    return [
        *(Resting(_("steering decision"), row.name, row.get_absolute_url()) for row in decisions),
        *(Resting(_("actual of an agreement"), row.name, row.get_absolute_url()) for row in actuals),
    ]
