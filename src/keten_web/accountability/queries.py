# SPDX-License-Identifier: EUPL-1.2
"""What the pages for meetings show: rows put together, and judged by the core; nothing is written here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from keten.costs import UnitCost, load_unit_costs
from keten.domain.errors import UsageError
from keten.domain.figures import Range, summarise
from keten.indicators.registry import by_identifier
from keten.parameters.chain import Chain, SteeringRelation
from keten.parameters.load import load_chain
from keten.steering import authority, lessons
from keten.steering import risks as core
from keten.study.folder import read_table
from keten.study.results import Results
from keten_web.accountability import models, words
from keten_web.accounts.models import User
from keten_web.charts import funding
from keten_web.config.today import today
from keten_web.record import reasons
from keten_web.record.kinds import kinds
from keten_web.steering import evidence
from keten_web.steering import models as steering
from keten_web.studies import queries as studies
from keten_web.words import names, wording

WORST_FIRST = (core.RiskLevel.HIGH, core.RiskLevel.UNKNOWN, core.RiskLevel.MEDIUM, core.RiskLevel.LOW)


def _in_language(dutch: str, english: str) -> str:
    return english if get_language() == "en" and english else dutch


def _find(codes: Iterable[str]) -> list[Any]:
    """Give the rows with these codes, of whatever kind; a code of which there is no row is left out."""
    wanted = list(dict.fromkeys(codes))
    found = {
        row.code: row for kind in kinds() for row in kind.model.objects.filter(code__in=wanted, is_withdrawn=False)
    }
    return [found[code] for code in wanted if code in found]


# --- risks ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RiskLine:
    """A risk with its level, where that comes from, and what covers it."""

    row: models.ChainRisk
    assessed: core.AssessedRisk
    word: str
    state: str
    chance: str
    month: str
    covers: tuple[Any, ...]

    @property
    def is_computed(self) -> bool:
        return self.assessed.basis is core.Basis.COMPUTED


def risk_lines(results: Results | None) -> list[RiskLine]:
    """Assess every risk against a study, the largest first; a closed risk is left out."""
    rows = models.ChainRisk.objects.filter(is_withdrawn=False).exclude(state="closed").select_related("goal", "partner")
    covers = _covers(rows)
    lines = [risk_line(row, results, covers) for row in rows]
    return sorted(lines, key=lambda line: (WORST_FIRST.index(line.assessed.level), line.row.code))


def risk_line(
    row: models.ChainRisk, results: Results | None, covers: Mapping[str, Sequence[Any]] | None = None
) -> RiskLine:
    """Assess one risk."""
    covering = (_covers([row]) if covers is None else covers)[row.code]
    assessed = core.assess(row.as_risk(), _months(row.measure, results))
    return RiskLine(
        row=row,
        assessed=assessed,
        word=str(dict(words.LEVELS)[assessed.level.value]),
        state=words.STATE_OF_LEVEL[assessed.level],
        chance=_chance(assessed.probability),
        month=_month(assessed.month),
        covers=tuple(covering),
    )


def uncovered() -> list[RiskLine]:
    """Give the risks that nothing covers, by the study that is shown first."""
    return [line for line in risk_lines(studies.choose(None, None)) if not line.covers]


def _covers(rows: Iterable[Any]) -> dict[str, list[Any]]:
    """Give what covers each risk: the agreements that say so, then the rows that the risk itself names."""
    agreements = list(steering.PerformanceAgreement.objects.filter(is_withdrawn=False))
    listed = list(rows)
    named = {row.code: row for row in _find(code for risk in listed for code in risk.covered_by)}
    return {
        risk.code: [agreement for agreement in agreements if risk.code in agreement.covers]
        + [named[code] for code in risk.covered_by if code in named]
        for risk in listed
    }


def _months(measure: str, results: Results | None) -> list[tuple[str, Range]] | None:
    if results is None or measure not in results.measures:
        return None
    return [(f"{on:%Y-%m}", spread) for on, spread in sorted(results.measures[measure].months.items())]


def _chance(probability: core.Probability | None) -> str:
    if probability is None:
        return ""
    low, high = (wording.plain(value, "share") for value in (probability.low, probability.high))
    if probability.low == probability.high:
        return low
    if probability.low == 0:
        return _("less than %(high)s") % {"high": high}
    if probability.high == 1:
        return _("more than %(low)s") % {"low": low}
    return _("between %(low)s and %(high)s") % {"low": low, "high": high}


def _month(month: str | None) -> str:
    return wording.month(date(int(month[:4]), int(month[5:]), 1)) if month else ""


def risk(row: models.ChainRisk, _by: User) -> Mapping[str, Any]:
    """Give what the page of a risk needs."""
    results = studies.choose(None, None)
    line = risk_line(row, results)
    months = [
        (_month(month), wording.forecast(spread, row.unit), _chance(_crossing(row, spread)))
        for month, spread in _months(row.measure, results) or ()
        if row.first_month <= month <= row.last_month
    ]
    available = {study.name: study.title for study in studies.available()}
    return {
        "line": line,
        "months": months,
        "study_used": results if line.is_computed else None,
        "measure": measure_name(row.measure),
        "decisions": steering.SteeringDecision.objects.filter(about__contains=[row.code], is_withdrawn=False),
        "study_title": studies.title(results) if results else "",
        "study_beside": (row.study, available[row.study]) if row.study in available else None,
        "shown": ("besluiten",),
    }


def measure_name(measure: str) -> str:
    """Name a measure of a study as a reader knows it; one without a name keeps its own."""
    return str(words.MEASURES.get(measure, measure))


def _crossing(row: models.ChainRisk, spread: Range) -> core.Probability | None:
    statement = row.as_risk().statement
    return core.probability_of_crossing(spread, statement.value, statement.direction) if statement else None


# --- incidents --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MomentLine:
    """A moment of a time line with who was in which role."""

    row: models.IncidentMoment
    when: str
    role: str


def incident(row: models.Incident, _by: User) -> Mapping[str, Any]:
    """Give the time line of an incident, its lessons, and whether a signal would have warned."""
    moments = models.IncidentMoment.objects.filter(incident=row, is_withdrawn=False)
    learned = models.Lesson.objects.filter(incident=row, is_withdrawn=False)
    return {
        "moments": [MomentLine(moment, _when(moment), role_name(moment.role)) for moment in moments],
        "lessons": learned,
        "warned": forewarned(row),
        "involved": [names.partner_short(code) for code in row.involved],
        "shown": ("incidentmomenten", "lessen"),
    }


def _when(moment: Any) -> str:
    day = wording.day(moment.on)
    return f"{day}, {moment.at:%H:%M}" if moment.at else day


def role_name(role: str) -> str:
    """Name the role in which somebody acted."""
    return _("Inspectorate") if role in models.OUTSIDE else names.partner_short(role)


@dataclass(frozen=True)
class WarnedLine:
    """What the indicators said before an incident."""

    state: str
    word: str
    indicator: str
    days: int | None
    since: date | None
    known: tuple[KnownFigure, ...]
    """The last figure of each indicator that was published by then, whether it could be judged or not."""


@dataclass(frozen=True)
class KnownFigure:
    """What had been published of an indicator before a day."""

    indicator: str
    value: float
    unit: str
    on: date
    source: str


def _known_before(identifier: str, day: date) -> KnownFigure | None:
    points = [point for point in evidence.known(identifier, day - timedelta(days=1)) if point.on < day]
    if not points:
        return None
    last = max(points, key=lambda point: point.on)
    unit = by_identifier()[identifier].unit
    return KnownFigure(evidence.name_of(identifier), last.value, unit, last.on, last.source_url)


def forewarned(row: models.Incident) -> WarnedLine:
    """Say whether a signal would have warned, from the figures that were published before the day it began."""
    watched = {name: evidence.watched(name, row.started_on) for name in row.indicators if name in by_identifier()}
    found = lessons.would_have_warned(row.started_on, watched)
    return WarnedLine(
        state=words.STATE_OF_WARNED[found.answer],
        word=str(words.WARNED[found.answer]),
        indicator=evidence.name_of(found.indicator) if found.indicator else "",
        days=found.days_before,
        since=found.since,
        known=tuple(figure for name in watched if (figure := _known_before(name, row.started_on)) is not None),
    )


def incident_lines() -> list[dict[str, Any]]:
    """Give every incident with the number of its moments and open lessons."""
    rows = models.Incident.objects.filter(is_withdrawn=False).select_related("goal", "handover_point")
    return [
        {
            "row": row,
            "state": words.STATE_OF_LEVEL[_SEVERITY[row.severity]],
            "moments": models.IncidentMoment.objects.filter(incident=row, is_withdrawn=False).count(),
            "lessons": models.Lesson.objects.filter(incident=row, is_withdrawn=False),
            "warned": forewarned(row),
        }
        for row in rows
    ]


_SEVERITY = {
    core.Impact.SMALL.value: core.RiskLevel.LOW,
    core.Impact.SERIOUS.value: core.RiskLevel.MEDIUM,
    core.Impact.SEVERE.value: core.RiskLevel.HIGH,
}


# --- money ------------------------------------------------------------------------------------------------------------

STAGES = ("original", "first_supplementary", "september_supplementary")


@dataclass(frozen=True)
class BudgetRow:
    """A budget line through the documents of a year."""

    name: str
    amounts: tuple[float | None, ...]
    change: float | None


@dataclass(frozen=True)
class Compared:
    """A partner of which both a budget and the costs of a study are known, for as many months."""

    name: str
    cost: str
    budget: str
    gap: str


@dataclass(frozen=True)
class LeftOut:
    """An amount that has nothing to stand beside, and why."""

    name: str
    amount: str
    why: str


@dataclass(frozen=True)
class Scenario:
    """What a study costs in a year, written as a forecast, beside the newest budget of the same partners.

    `cost`, `budget` and `gap` are of the partners in `compared`; what is known of one side only stands in `left_out`.
    """

    title: str
    year: int
    months: int
    parts: tuple[tuple[str, str], ...]
    total: str
    compared: tuple[Compared, ...]
    cost: str
    budget: str
    gap: str
    left_out: tuple[LeftOut, ...]


def budget_years() -> list[int]:
    """Give the years of which the record has budget lines, the newest first."""
    found = models.BudgetLine.objects.filter(is_withdrawn=False).order_by().values_list("year", flat=True)
    return sorted(set(found), reverse=True)


def year_to_show(on: date, years: Sequence[int]) -> int:
    """Choose the year when the reader chose none: this year, else the last before it; a later one only when alone."""
    past = [year for year in years if year <= on.year]
    return max(past) if past else min(years, default=on.year)


def finance(on: date, results: Results | None, chosen: int | None = None) -> dict[str, Any]:
    """Give the financial framework: who funds whom, budget, claims, unit costs, and a scenario beside the budget."""
    years = budget_years()
    year = chosen if chosen is not None else year_to_show(on, years)
    of_year = list(models.BudgetLine.objects.filter(is_withdrawn=False, year=year).select_related("framework"))
    relations = funding_relations(of_year, date(year, 12, 31))
    return {
        "year": year,
        "years": sorted({*years, year}, reverse=True),
        "framework": next((line.framework for line in of_year if line.framework_id), None),
        "relations": relations,
        "drawing": funding.draw([_stream(relation) for relation in relations]),
        "stages": [(stage, str(dict(words.BUDGET_STAGES)[stage])) for stage in _stages(of_year)],
        "budget": budget_rows(of_year),
        "forecasts": [line for line in of_year if line.stage == "forecast"],
        "claims": claim_rounds(year),
        "unit_costs": [_unit_cost(row) for row in load_unit_costs()],
        "scenario": scenario(results, year, of_year) if results else None,
    }


def funding_relations(lines: Sequence[Any], on: date) -> list[dict[str, Any]]:
    """Give the funding relations that hold on a day, the largest amount first."""
    own = [line for line in lines if line.stage in STAGES and line.line == line.partner_id.lower()]
    newest = {line.partner_id: line for line in sorted(own, key=lambda line: STAGES.index(line.stage))}
    rows = models.FundingRelation.objects.filter(is_withdrawn=False, valid_from__lte=on).select_related("partner")
    holding = [row for row in rows if row.valid_until is None or row.valid_until > on]
    found = [
        {"row": row, "name": names.partner_short(row.partner_id), "line": newest.get(row.partner_id)} for row in holding
    ]
    return sorted(found, key=lambda part: -(part["line"].amount_eur if part["line"] else 0))


def _stream(relation: Mapping[str, Any]) -> funding.Wish:
    row, line = relation["row"], relation["line"]
    amount = wording.exact(line.amount_eur, "eur") if line else _("no amount in the record")
    return funding.Wish(
        name=relation["name"],
        words=f"{row.get_instrument_display()} · {amount}",
        amount_eur=line.amount_eur if line else None,
        from_chain=row.funder_id is not None,
        address=row.get_absolute_url(),
    )


def budget_rows(lines: Sequence[Any]) -> list[BudgetRow]:
    """Give each budget line through the documents of a year, the largest first and the total last."""
    amounts: dict[str, dict[str, Any]] = defaultdict(dict)
    for line in lines:
        if line.stage in STAGES:
            amounts[line.line][line.stage] = line
    stages = _stages(lines)
    rows = [_budget_row(amounts[line], stages) for line in amounts if line != "total"]
    rows.sort(key=lambda row: -max(amount or 0 for amount in row.amounts))
    return rows + ([_budget_row(amounts["total"], stages)] if "total" in amounts else [])


def _stages(lines: Sequence[Any]) -> tuple[str, ...]:
    """Give the budget documents of a year that are known, in the order in which they appear."""
    known = {line.stage for line in lines}
    return tuple(stage for stage in STAGES if stage in known)


def _budget_row(found: Mapping[str, Any], stages: Sequence[str]) -> BudgetRow:
    amounts = tuple(found[stage].amount_eur if stage in found else None for stage in stages)
    known = [amount for amount in amounts if amount is not None]
    return BudgetRow(next(iter(found.values())).name, amounts, known[-1] - known[0] if len(known) > 1 else None)


def claim_rounds(year: int) -> list[dict[str, Any]]:
    """Give the claims of a year side by side: a row per line, a column per round."""
    claims = list(models.BudgetClaim.objects.filter(is_withdrawn=False, year=year))
    rounds: dict[str, list[Any]] = defaultdict(list)
    for asked in sorted(claims, key=lambda row: -(row.granted_eur or row.asked_eur or 0)):
        rounds[asked.round_name].append(asked)
    return [
        {
            "name": name,
            "claims": rows,
            "asked": _sum(row.asked_eur for row in rows),
            "granted": _sum(row.granted_eur for row in rows),
        }
        for name, rows in rounds.items()
    ]


def _sum(amounts: Iterable[float | None]) -> float | None:
    """Add up what is known; nothing when nothing is."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def _per(unit: str) -> str:
    """Say for what one pays a unit cost: per place per day, per euro."""
    said = str(reasons.told(unit)).removeprefix("eur ")
    return "per euro" if said == "per eur" else said


def _unit_cost(row: UnitCost) -> dict[str, Any]:
    low, high = row.cost.bounds
    return {
        "name": _in_language(row.nl, row.en),
        "partner": names.partner_short(row.partner),
        "value": row.cost.central,
        "bounds": (low, high) if low != high else None,
        "unit": _per(row.cost.unit),
        "source": row.cost.source,
        "assumption": row.cost.assumption,
    }


_MONTHS = 12
_MILLION = 1e6
"""A part of a year is worked out and not printed anywhere: to the million is as exact as it is."""


def scenario(results: Results, year: int, lines: Sequence[Any]) -> Scenario | None:
    """Put what a study costs in a year beside the newest budget of the same partners; None without costs.

    Only partners of which both are known are compared; every other amount is named with the reason.
    """
    costs = _costs(results)
    of_year = costs.filter(pl.col("period_end").dt.year() == year) if costs is not None else None
    if of_year is None or of_year.is_empty():
        return None
    months = of_year["period_end"].n_unique()
    cost = {str(name[0]): rows for name, rows in of_year.group_by("partner")}
    budget = {name: line.amount_eur * months / _MONTHS for name, line in _budget_of_partners(lines).items()}
    both = sorted(cost.keys() & budget.keys(), key=lambda name: -budget[name])
    together = of_year.filter(pl.col("partner").is_in(both))
    named = {row.budget_line: _in_language(row.nl, row.en) for row in load_unit_costs()}
    parts = {str(line[0]): summarise(_per_replication(rows)) for line, rows in of_year.group_by("budget_line")}
    largest = sorted(parts.items(), key=lambda part: -part[1].p50)
    whole = sum(budget[name] for name in both)
    return Scenario(
        title=studies.title(results),
        year=year,
        months=months,
        parts=tuple((named.get(line, line), wording.about(spread, "eur")) for line, spread in largest),
        total=wording.forecast(summarise(_per_replication(of_year)), "eur"),
        compared=tuple(_compared(name, cost[name], budget[name], months) for name in both),
        cost=wording.forecast(summarise(_per_replication(together)), "eur") if both else "",
        budget=_budget_words(whole, months) if both else "",
        gap=_gap(whole, together) if both else "",
        left_out=(*_costs_alone(cost, both, year), *_budget_alone(lines, both)),
    )


def _compared(partner: str, costs: pl.DataFrame, budget: float, months: int) -> Compared:
    spent = wording.about(summarise(_per_replication(costs)), "eur")
    return Compared(names.partner_short(partner), spent, _budget_words(budget, months), _gap(budget, costs))


def _gap(budget: float, costs: pl.DataFrame) -> str:
    return wording.about(summarise([budget - total for total in _per_replication(costs)]), "eur")


def _costs_alone(cost: Mapping[str, pl.DataFrame], both: Sequence[str], year: int) -> list[LeftOut]:
    """Name the costs of partners that have no budget line in a year."""
    why = _("no budget line of this partner in %(year)s") % {"year": year}
    alone = {name: summarise(_per_replication(rows)) for name, rows in cost.items() if name not in both}
    ordered = sorted(alone.items(), key=lambda part: -part[1].p50)
    return [
        LeftOut(_("%(name)s, costs") % {"name": names.partner_short(name)}, wording.about(spread, "eur"), why)
        for name, spread in ordered
    ]


def _budget_alone(lines: Sequence[Any], both: Sequence[str]) -> list[LeftOut]:
    """Name the budget lines for which the study works out no costs; the total is the sum of the others."""
    forecasts = [line for line in lines if line.stage not in STAGES]
    printed = [line for name, line in _newest(lines).items() if name != "total" and name.upper() not in both]
    return [
        *(LeftOut(line.name, wording.exact(line.amount_eur, "eur"), _("the study works out no costs of this line"))
          for line in sorted(printed, key=lambda line: -line.amount_eur)),
        *(LeftOut(line.name, wording.exact(line.amount_eur, "eur"), _("a forecast, no budget line"))
          for line in forecasts),
    ]  # fmt: skip


def _newest(lines: Sequence[Any]) -> dict[str, Any]:
    """Give each line as the newest budget document of the year has it."""
    printed = sorted((line for line in lines if line.stage in STAGES), key=lambda line: STAGES.index(line.stage))
    return {line.line: line for line in printed}


def _budget_of_partners(lines: Sequence[Any]) -> dict[str, Any]:
    """Give the line that is the contribution to a partner itself, by partner."""
    return {line.partner_id: line for name, line in _newest(lines).items() if name == line.partner_id.lower()}


def _per_replication(costs: pl.DataFrame) -> list[float]:
    """Add up per replication, so that a sum over months keeps its own range."""
    return costs.group_by("replication").agg(pl.col("cost_eur").sum())["cost_eur"].to_list()


def _costs(results: Results) -> pl.DataFrame | None:
    """Give cost per replication, month, partner and budget line; None when the study did not write it."""
    return read_table(results.folder, "costs")


def _budget_words(budget: float, months: int) -> str:
    return wording.exact(budget, "eur") if months == _MONTHS else wording.rounded(budget, _MILLION, "eur")


# --- recommendations and commitments ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class RecommendationLine:
    """A recommendation with where it stands and what came to it from elsewhere."""

    row: models.Recommendation
    state: str
    taken_over: tuple[Any, ...]


def _recommendation_lines(rows: Iterable[Any]) -> list[RecommendationLine]:
    listed = list(rows)
    came = defaultdict(list)
    for other in models.Recommendation.objects.filter(carried_to__in=listed, is_withdrawn=False).select_related(
        "report"
    ):
        came[other.carried_to_id].append(other)
    return [RecommendationLine(row, words.STATE_OF_RECOMMENDATION[row.state], tuple(came[row.pk])) for row in listed]


def tree() -> list[dict[str, Any]]:
    """Give every report with its recommendations: what is open first, then what is done or goes on elsewhere."""
    order = [state for state, _name in words.RECOMMENDATION_STATES]
    found = []
    for row in models.Report.objects.filter(is_withdrawn=False).select_related("leads_to"):
        lines = _recommendation_lines(_of_report(row))
        lines.sort(key=lambda line: (order.index(line.row.state), line.row.code))
        found.append({"row": row, "lines": lines, "counts": _counts(lines)})
    return found


def _of_report(row: models.Report) -> Any:
    related = ("report", "carried_to", "home_plan", "home_commitment", "home_partner", "partner")
    return row.recommendations().select_related(*related)


def _counts(lines: Sequence[RecommendationLine]) -> list[tuple[str, str, int]]:
    found = []
    for state, name in words.RECOMMENDATION_STATES:
        count = sum(line.row.state == state for line in lines)
        if count:
            found.append((words.STATE_OF_RECOMMENDATION[state], str(name), count))
    return found


def lost() -> list[Any]:
    """Give the recommendations that nobody has: not finished, while their report is not followed any more."""
    rows = models.Recommendation.objects.filter(is_withdrawn=False).select_related("report")
    return [row for row in rows if row.is_lost]


def report(row: models.Report, _by: User) -> Mapping[str, Any]:
    lines = _recommendation_lines(_of_report(row))
    return {"lines": lines, "counts": _counts(lines), "shown": ("aanbevelingen",)}


def recommendation(row: models.Recommendation, _by: User) -> Mapping[str, Any]:
    (line,) = _recommendation_lines([row])
    return {"line": line, "home": home(row), "shown": ("aanbevelingen",)}


def home(row: models.Recommendation) -> tuple[str, str]:
    """Name who has a recommendation now, with its address; a partner has none."""
    found = row.home
    if found is None:
        return "", ""
    if row.home_partner_id and found == row.home_partner:
        return _("standing organisation of %(partner)s") % {"partner": names.partner_short(row.home_partner_id)}, ""
    return found.name, found.get_absolute_url()


def commitments(on: date) -> dict[str, Any]:
    """Give the commitments: overdue, with a due date, without one, and what is done."""
    related = ("continued_by", "decision", "agreement", "plan", "partner")
    rows = list(models.Commitment.objects.filter(is_withdrawn=False).select_related(*related))
    still = [row for row in rows if row.is_open]
    return {
        "on": on,
        "overdue": [row for row in still if row.is_overdue(on)],
        "due": [row for row in still if row.due_on and not row.is_overdue(on)],
        "undated": [row for row in still if row.due_on is None],
        "done": [row for row in rows if not row.is_open],
    }


def commitment(row: models.Commitment, _by: User) -> Mapping[str, Any]:
    replaced = models.Commitment.objects.filter(continued_by=row, is_withdrawn=False)
    return {"is_overdue": row.is_overdue(today()), "replaces": replaced, "shown": ("toezeggingen",)}


# --- partners and authority -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PartnerLine:
    """A partner with its steering relation on a day and who must consent to each matter."""

    code: str
    name: str
    relation: str
    responsible: str
    role: str
    source: str
    consents: tuple[tuple[str, authority.RequiredConsent, tuple[str, ...]], ...]


def matters() -> dict[authority.Matter, str]:
    return {
        authority.Matter.POLICY_FRAMEWORK: _("policy framework"),
        authority.Matter.ANNUAL_PLAN: _("annual plan"),
        authority.Matter.PRODUCTION_AGREEMENT: _("production agreement"),
        authority.Matter.PERFORMANCE_AGREEMENT: _("performance agreement"),
        authority.Matter.BUDGET: _("budget"),
        authority.Matter.INSTRUCTION: _("instruction"),
    }


def relations() -> dict[str, str]:
    return {
        "director": _("directs the chain"),
        "hierarchical": _("part of the ministry"),
        "agency": _("agency"),
        "independent_body": _("independent body"),
        "subsidy": _("subsidy"),
        "managed_by_other_minister": _("managed by another minister"),
        "independent_judiciary": _("independent judiciary"),
        "local_government": _("local government"),
        "private_organisation": _("private organisation"),
    }


def partners(on: date) -> list[PartnerLine]:
    """Give every partner whose relation is recorded on a day."""
    chain = load_chain()
    return [
        _partner_line(chain, row.id, relation, on)
        for row in chain.partners
        for relation in row.relations
        if relation.valid_from <= on < relation.valid_until
    ]


def _partner_line(chain: Chain, code: str, relation: SteeringRelation, on: date) -> PartnerLine:
    consents = []
    for matter, name in matters().items():
        try:
            found = authority.required_consent(chain, code, matter, on=on)
        except UsageError:
            # On that day nobody directs the chain as far as the tables know: then nothing is said about consent.
            continue
        consents.append((name, found, tuple(_approver(row) for row in found.approvers)))
    return PartnerLine(
        code=code,
        name=names.partner(code, on),
        relation=relations()[relation.relation],
        responsible=answerable(relation.responsible),
        role=_in_language(relation.role_nl, relation.role_en),
        source=relation.source,
        consents=tuple(consents),
    )


def _approver(row: authority.Approver) -> str:
    return names.partner_short(row.name) if row.role is authority.Role.PARTNER else answerable(row.name)


def answerable(title: str) -> str:
    """Say who answers for a partner, in the language of the page."""
    return str(names.ANSWERABLE.get(title, title))


def moments_of_relations() -> list[date]:
    """Give the days on which the recorded relations change, so that a reader can look at another time."""
    return sorted({relation.valid_from for row in load_chain().partners for relation in row.relations})
