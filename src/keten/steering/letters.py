# SPDX-License-Identifier: EUPL-1.2
"""What both letters to parliament say, as a record: one YAML file per kind of line in the folder `letters`.

The letter of 2007 gives the steering model, the letter of 2023 its present form. Together with public sources they fill
a record from which a site, a report or a study can start. All problems of all files are told at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import ValidationError

from keten.domain.errors import ParameterError, Problem
from keten.domain.language import Words
from keten.domain.validation import in_words
from keten.domain.words import ChainGoal, CoreProcess, Direction
from keten.domain.yaml_text import parse_yaml
from keten.indicators import find, indicators
from keten.indicators.definitions import are_related, definitions
from keten.parameters.chain import Chain, HandoverPoint
from keten.parameters.check import nearest
from keten.parameters.load import load_chain
from keten.parameters.values import Row
from keten.steering import record_lines as lines
from keten.steering.agreements import (
    Actual,
    Agreement,
    Counting,
    Duty,
    ErrorBudget,
    Nature,
    Norm,
    NormPer,
    Parties,
    Subject,
    counted_twice,
    problems_of,
)
from keten.steering.bodies import GovernanceBody
from keten.steering.problems import (
    CORRECT_LINE,
    COUNTS_ANOTHER,
    HOME_CLOSED,
    HOME_UNKNOWN,
    ID_TWICE,
    NO_HOME,
    NO_LIST,
    OF_OTHER_GOAL,
    PARTLY_SPREAD,
    REFERENCE_UNKNOWN,
    RESTATED_AS_NOTHING,
    UNREADABLE,
)
from keten.steering.risks import ChainRisk, Cover, ModelStatement, RiskLevel

PACKAGED = Path(__file__).with_name("letters")
"""The record that comes with Keten."""

OUTSIDE = frozenset({"INSPECTORATE"})
"""Roles on a time line that are no chain partner: an inspectorate watches the chain and is no part of it."""


class Record(Row):
    """Everything both letters say, linked; a field is a file."""

    letters: tuple[lines.Letter, ...]
    paragraphs: tuple[lines.Paragraph, ...]
    instruments: tuple[lines.Instrument, ...]
    frameworks: tuple[lines.PolicyFramework, ...]
    political_priorities: tuple[lines.PoliticalPriority, ...]
    chain_purpose: tuple[lines.Line, ...]
    core_values: tuple[lines.Line, ...]
    chain_goals: tuple[lines.Goal, ...]
    plans: tuple[lines.Plan, ...]
    agreements: tuple[lines.AgreementLine, ...]
    actuals: tuple[lines.ActualLine, ...]
    key_figures: tuple[lines.KeyFigure, ...]
    governance_bodies: tuple[lines.BodyLine, ...]
    steering_decisions: tuple[lines.DecisionLine, ...]
    risks: tuple[lines.RiskLine, ...]
    incidents: tuple[lines.IncidentLine, ...]
    funding_relations: tuple[lines.FundingRelation, ...]
    budget_lines: tuple[lines.BudgetLine, ...]
    budget_claims: tuple[lines.BudgetClaim, ...]
    reports: tuple[lines.ReportLine, ...]
    recommendations: tuple[lines.RecommendationLine, ...]
    commitments: tuple[lines.CommitmentLine, ...]

    def origin(self, line: lines.Sourced) -> tuple[str, ...]:
        """Give the public addresses a line rests on: of the letters it is said in, then its own source."""
        letter_of = {row.id: row.letter for row in self.paragraphs}
        address_of = {row.id: row.source for row in self.letters}
        said = (address_of[letter_of[paragraph]] for paragraph in line.said_in)
        return tuple(dict.fromkeys([*said, *([line.source] if line.source else [])]))

    def covers(self, risk: str) -> tuple[str, ...]:
        """Give what covers a risk: the agreements that say so, then the lines the risk itself names."""
        by_agreement = (row.id for row in self.agreements if risk in row.covers)
        named = next((row.covered_by for row in self.risks if row.id == risk), ())
        return (*by_agreement, *named)

    def uncovered_risks(self) -> tuple[lines.RiskLine, ...]:
        """Give the risks that nothing covers."""
        return tuple(row for row in self.risks if not self.covers(row.id))

    def open_recommendations(self) -> tuple[lines.RecommendationLine, ...]:
        """Give the recommendations that are not finished, wherever their report stands."""
        finished = {lines.RecommendationState.IMPLEMENTED, lines.RecommendationState.NOT_FOLLOWED}
        return tuple(row for row in self.recommendations if row.state not in finished)


def load_record(folder: Path | None = None) -> Record:
    """Read the record and check that its lines fit together and fit the chain.

    Every handover point between two partners without an agreement of its own gets one: with the norm of the chain
    tables when a source gives it, else still to be agreed.

    Parameters
    ----------
    folder
        Folder with one YAML file per kind of line; by default the record that comes with Keten.

    Raises
    ------
    ParameterError
        With every problem of every file.
    """
    return _packaged() if folder is None else read_record(folder, load_chain())


@cache
def _packaged() -> Record:
    return read_record(PACKAGED, load_chain())


def read_record(folder: Path, chain: Chain) -> Record:
    """Read and check the record of a folder against a chain; see `load_record`."""
    tables: dict[str, tuple[Row, ...]] = {}
    problems: list[Problem] = []
    for name, field in Record.model_fields.items():
        row_type = get_args(field.annotation)[0]
        tables[name], found = _read_table(folder / f"{name}.yaml", row_type)
        problems += found
    if problems:
        raise ParameterError(Words(nl=f"Het register in {folder.name}", en=f"The record in {folder.name}"), problems)
    record = Record.model_validate(tables)
    record = record.model_copy(update={"agreements": (*record.agreements, *handover_agreements(record, chain))})
    problems = [problem for check in CHECKS for problem in check(record, chain)]
    if problems:
        raise ParameterError(Words(nl=f"Het register in {folder.name}", en=f"The record in {folder.name}"), problems)
    return record


def _read_table(path: Path, row_type: type[Row]) -> tuple[tuple[Row, ...], list[Problem]]:
    try:
        raw: Any = parse_yaml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        return (), [UNREADABLE.at(path.name, reason=reason)]
    if not isinstance(raw, list):
        return (), [NO_LIST.at(path.name)]
    rows: list[Row] = []
    problems: list[Problem] = []
    for number, content in enumerate(raw, start=1):
        name = content.get("id", number) if isinstance(content, dict) else number
        try:
            rows.append(row_type.model_validate(content))
        except ValidationError as error:
            problems += [_problem(f"{path.name}, {name}", detail) for detail in error.errors()]
    return tuple(rows), problems


def _problem(where: str, detail: Any) -> Problem:
    place = ".".join(str(part) for part in detail["loc"])
    return Problem(f"{where}, {place}" if place else where, *in_words(detail, CORRECT_LINE))


# Handover points ------------------------------------------------------------------------------------------------------

_NO_NORM = (
    "Geen wet of openbare bron geeft een norm; de partners moeten die nog afspreken.",
    "No law or public source gives a norm; the partners still have to agree on it.",
)


def handover_agreements(record: Record, chain: Chain) -> Iterator[lines.AgreementLine]:
    """Make an agreement for each handover point between two partners that has none, in the framework in force."""
    has_one = {row.handover_point for row in record.agreements}
    in_force = [row for row in record.frameworks if row.state == "approved"] or list(record.frameworks)
    if not in_force:
        return
    framework = max(in_force, key=lambda row: row.year).id
    goal_of = {row.goal: row.id for row in record.chain_goals}
    for point in chain.handover_points:
        if point.id not in has_one and point.from_partner != point.to_partner:
            yield _agreement_at(point, framework, goal_of[_GOAL[chain.stage(point.to_stages[0]).core_process]])


_GOAL = {
    CoreProcess.ENTRY: ChainGoal.PROCEDURE,
    CoreProcess.ADMISSION: ChainGoal.PROCEDURE,
    CoreProcess.SUPERVISION: ChainGoal.SAFETY,
    CoreProcess.RETURN: ChainGoal.SAFETY,
    CoreProcess.RECEPTION: ChainGoal.RECEPTION,
    CoreProcess.DETENTION: ChainGoal.SAFETY,
}
"""The chain goal that a handover into a core process serves most; assumed, the letters tie no process to a goal."""


def _agreement_at(point: HandoverPoint, framework: str, goal: str) -> lines.AgreementLine:
    norm = point.norm if point.norm and point.norm.source else None
    has_norm = norm is not None
    return lines.AgreementLine(
        id=f"handover_{point.id}",
        nl=f"Overdracht: {point.nl[0].lower()}{point.nl[1:]}",
        en=f"Handover: {point.en[0].lower()}{point.en[1:]}",
        framework=framework,
        parties=Parties.BILATERAL,
        nature=Nature.QUANTITATIVE,
        subject=Subject.PERFORMANCE,
        counting=Counting.STANDS_ALONE,
        partners=(point.from_partner, point.to_partner),
        duties=(
            lines.DutyLine(
                partner=point.from_partner,
                nl="Draagt de zaak op tijd en volledig over.",
                en="Hands over the case in time and complete.",
            ),
            lines.DutyLine(
                partner=point.to_partner,
                nl="Neemt de zaak over en meldt wat ontbreekt.",
                en="Takes over the case and reports what is missing.",
            ),
        ),
        direction=Direction.LOWER_IS_BETTER,
        unit=norm.unit if norm else "",
        norms=(lines.AgreedNorm.model_validate(norm.model_dump(by_alias=True)),) if norm else (),
        still_to_be_agreed_nl="" if has_norm else _NO_NORM[0],
        still_to_be_agreed_en="" if has_norm else _NO_NORM[1],
        goal=goal,
        handover_point=point.id,
        covers=("risk_handovers",) if has_norm else (),
        said_in=("p07_handovers",),
        assumption="The letter of 2007 asks agreements at the handover points; the duties are the least one needs.",
    )


# From lines to the values that the rules work with --------------------------------------------------------------------


def agreement(line: lines.AgreementLine) -> Agreement:
    """Turn a line into the agreement that the rules judge; a spread norm holds for the whole time it is valid."""
    norms = _norms_of_indicator(line.norm_from_indicator) if line.norm_from_indicator else _norms(line.norms)
    budget = line.error_budget
    return Agreement(
        id=line.id,
        parties=line.parties,
        nature=line.nature,
        subject=line.subject,
        partners=line.partners,
        duties=tuple(Duty(duty.partner, duty.nl, duty.en) for duty in line.duties),
        direction=line.direction,
        counting=line.counting,
        unit=line.unit,
        norms=norms,
        error_budget=ErrorBudget(budget.unit, budget.share) if budget else None,
        handover_point=line.handover_point,
        covers=line.covers,
        still_to_be_agreed=line.still_to_be_agreed_en,
        norm_per=NormPer.WHOLE if any(norm.spread for norm in line.norms) else NormPer.MONTH,
        term=(line.term_start, line.term_end) if line.term_start and line.term_end else None,
        counts=line.counts or (find(line.indicator).counts if line.indicator else ""),
    )


def actuals(record: Record, agreement_id: str) -> tuple[Actual, ...]:
    """Give the actuals that are recorded for an agreement."""
    return tuple(
        Actual(row.period_start, row.period_end, row.recorded_on, row.value, row.kept, row.cases, row.missed)
        for row in record.actuals
        if row.agreement == agreement_id
    )


def body(line: lines.BodyLine) -> GovernanceBody:
    """Turn a line into the body that the rules work with: one seat per partner, since no number was published."""
    return GovernanceBody(
        id=line.id,
        level=line.level,
        mandates=frozenset(line.mandates),
        seats=tuple((partner, 1) for partner in line.partners),
        meetings_per_year=line.meetings_per_year,
        minutes=line.minutes,
    )


def risk(line: lines.RiskLine) -> ChainRisk:
    """Turn a line into the risk that is assessed against a study."""
    said = line.statement
    statement = (
        ModelStatement(said.measure, said.central, said.direction, said.first_month, said.last_month) if said else None
    )
    return ChainRisk(line.id, line.impact, statement, line.typed_level or RiskLevel.UNKNOWN)


def covers(record: Record) -> tuple[Cover, ...]:
    """Give everything that covers risks: the agreements, and the lines that the risks name."""
    by_agreement = [Cover(row.id, row.covers) for row in record.agreements if row.covers]
    named = [Cover(cover, (row.id,)) for row in record.risks for cover in row.covered_by]
    return (*by_agreement, *named)


def _norms(norms: Iterable[lines.AgreedNorm]) -> tuple[Norm, ...]:
    return tuple(Norm(norm.central, norm.valid_from, norm.valid_until) for norm in norms)


def _norms_of_indicator(identifier: str) -> tuple[Norm, ...]:
    rule = find(identifier).rule
    return (
        _norms(lines.AgreedNorm.model_validate(row.model_dump(by_alias=True)) for row in rule.signal_value)
        if rule
        else ()
    )


# Checks ---------------------------------------------------------------------------------------------------------------

Check = Callable[[Record, Chain], Iterator[Problem]]


def _names_are_unique(record: Record, _chain: Chain) -> Iterator[Problem]:
    names = Counter(row.id for rows in _tables(record).values() for row in rows)
    for name, count in sorted(names.items()):
        if count > 1:
            yield ID_TWICE.at(name, count=count)


def _references_exist(record: Record, chain: Chain) -> Iterator[Problem]:
    known = _known(record, chain)
    for table, rows in _tables(record).items():
        for row in rows:
            yield from _unknown(f"{table}.yaml, {row.id}", row, known)
    for number, actual in enumerate(record.actuals, start=1):
        yield from _unknown(f"actuals.yaml, {number}", actual, known)


def _unknown(where: str, row: Row, known: dict[str, frozenset[str]]) -> Iterator[Problem]:
    for field, to in _REFERENCES.items():
        value = getattr(row, field, None)
        for name in (value,) if isinstance(value, str) else value or ():
            if isinstance(name, str) and name not in known[to]:
                yield REFERENCE_UNKNOWN.at(where, field=field, name=name, c=nearest(name, known[to]))
    for part in ("duties", "timeline", "lessons", "sub_goals"):
        for nested in getattr(row, part, ()):
            yield from _unknown(where, nested, known)


_REFERENCES = {
    "said_in": "paragraphs",
    "letter": "letters",
    "framework": "frameworks",
    "goal": "goals",
    "goals": "goals",
    "indicators": "indicators",
    "indicator": "indicators",
    "norm_from_indicator": "indicators",
    "counts": "definitions",
    "partner": "partners",
    "partners": "partners",
    "owner": "partners",
    "funder": "partners",
    "role": "roles",
    "handover_point": "handover_points",
    "covers": "risks",
    "covered_by": "anything",
    "about": "anything",
    "evidence": "key_figures",
    "agreement": "agreements",
    "agreements": "agreements",
    "decision": "steering_decisions",
    "plan": "plans",
    "report": "reports",
    "leads_to": "reports",
    "commitment": "commitments",
    "continued_by": "commitments",
    "answers_to": "recommendations",
}
"""Which field names lines of which table."""


def _known(record: Record, chain: Chain) -> dict[str, frozenset[str]]:
    known = {name: frozenset(row.id for row in rows) for name, rows in _tables(record).items()}
    partners = frozenset(row.id for row in chain.partners)
    return known | {
        # A goal of a line is an identifier; the goal of a chain goal itself is one of the four words.
        "goals": known["chain_goals"] | {row.goal for row in record.chain_goals},
        "indicators": frozenset(row.id for row in indicators()),
        "definitions": frozenset(definitions()),
        "partners": partners,
        "roles": partners | OUTSIDE,
        "handover_points": frozenset(row.id for row in chain.handover_points),
        "anything": frozenset().union(*known.values()),
    }


def _tables(record: Record) -> dict[str, tuple[Any, ...]]:
    """All tables whose lines have an identifier."""
    return {name: getattr(record, name) for name in Record.model_fields if name != "actuals"}


def _agreements_are_sound(record: Record, _chain: Chain) -> Iterator[Problem]:
    for line in record.agreements:
        yield from problems_of(agreement(line))


def _norms_of_one_length(record: Record, _chain: Chain) -> Iterator[Problem]:
    for line in record.agreements:
        if len({norm.spread for norm in line.norms}) > 1:
            yield PARTLY_SPREAD.at(line.id)


def _what_is_counted_fits_the_indicator(record: Record, _chain: Chain) -> Iterator[Problem]:
    for line in record.agreements:
        known = agreement(line)
        if not line.indicator or are_related(known.counts, find(line.indicator).counts):
            continue
        yield COUNTS_ANOTHER.at(line.id, counts=known.counts, indicator=find(line.indicator).counts)


def _a_figure_counts_once(record: Record, _chain: Chain) -> Iterator[Problem]:
    adding = [known for line in record.agreements if (known := agreement(line)).adds_up and known.norms]
    yield from counted_twice(adding)


def _goals_and_indicators_agree(record: Record, _chain: Chain) -> Iterator[Problem]:
    goal_of = {row.id: row.goal for row in indicators()}
    for goal in record.chain_goals:
        for name in sorted({name for part in goal.sub_goals for name in part.indicators}):
            if name in goal_of and goal_of[name] is not goal.goal:
                yield OF_OTHER_GOAL.at(goal.id, name=name, b=goal_of[name])


def _open_matters_have_a_home(record: Record, chain: Chain) -> Iterator[Problem]:
    closed = {row.id for row in record.reports if row.state is not lines.ReportState.MONITORED}
    by_id = {row.id: row for row in record.recommendations}
    known = _known(record, chain)
    tables = {"recommendation": "recommendations", "plan": "plans", "commitment": "commitments", "partner": "partners"}
    for row in record.open_recommendations():
        where = f"recommendations.yaml, {row.id}"
        if row.home is None:
            if row.report in closed or row.state is lines.RecommendationState.CARRIED_OVER:
                yield NO_HOME.at(where)
            continue
        kind, _, name = row.home.partition(":")
        if name not in known[tables[kind]]:
            yield HOME_UNKNOWN.at(where, home=row.home)
        elif kind == "recommendation" and by_id[name].report in closed:
            yield HOME_CLOSED.at(where, name=name)


def _restated_commitments_go_on(record: Record, _chain: Chain) -> Iterator[Problem]:
    for row in record.commitments:
        if row.state is lines.CommitmentState.RESTATED and not row.continued_by:
            yield RESTATED_AS_NOTHING.at(f"commitments.yaml, {row.id}")


CHECKS: tuple[Check, ...] = (
    _names_are_unique,
    _references_exist,
    _agreements_are_sound,
    _norms_of_one_length,
    _what_is_counted_fits_the_indicator,
    _a_figure_counts_once,
    _goals_and_indicators_agree,
    _open_matters_have_a_home,
    _restated_commitments_go_on,
)
