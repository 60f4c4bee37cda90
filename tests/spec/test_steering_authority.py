# SPDX-License-Identifier: EUPL-1.2
"""Nobody is boss of all: who must consent to what, and how a policy framework becomes lawful."""

from dataclasses import replace
from datetime import date

import pytest
from indicator_tables import written

from keten.domain.errors import ParameterError, UsageError
from keten.domain.words import Direction
from keten.parameters.load import load_chain
from keten.steering.agreements import (
    Actual,
    Agreement,
    Counting,
    Duty,
    Nature,
    Norm,
    Parties,
    Subject,
    judge_year,
    months_of,
)
from keten.steering.authority import (
    PACKAGED,
    RELATIONS,
    Matter,
    consent_of_all,
    load_authority,
    relation_on,
    required_consent,
)
from keten.steering.frameworks import (
    TRANSITIONS,
    Evidence,
    Framework,
    FrameworkState,
    OpenMatter,
    Proposal,
    move,
    problems_of_move,
    propose_next,
    who_must_agree,
    who_must_approve,
)
from keten.steering.lessons import Lesson
from keten.steering.outcomes import AnsweredSignal, Outcome, OutcomeKind
from keten.steering.risks import ChainRisk, Impact, RiskLevel

CHAIN = load_chain()
IN_2023 = date(2023, 7, 13)
PARTNERS = ("IND", "COA", "DTV", "KMAR", "POLICE", "IOM", "COURTS")


def test_who_must_consent_follows_from_the_steering_relation():
    table = """
        partner        | matter                | who
        IND            | production_agreement  | IND, Minister of Justice and Security
        COA            | annual_plan           | COA
        COA            | budget                | Minister of Justice and Security
        COA            | instruction           |
        KMAR           | annual_plan           | Minister of Defence
        KMAR           | production_agreement  | KMAR, Minister of Justice and Security, Minister of Defence
        KMAR           | performance_agreement | KMAR, Minister of Defence
        IOM            | production_agreement  | IOM, Minister of Justice and Security
        IOM            | instruction           |
        MUNICIPALITIES | performance_agreement | MUNICIPALITIES
        COURTS         | policy_framework      |
        COURTS         | production_agreement  | COURTS
        DTV            | instruction           | Minister of Justice and Security
    """
    for row in written(table):
        found = required_consent(CHAIN, row["partner"], Matter(row["matter"]), on=IN_2023)
        assert ", ".join(approver.name for approver in found.approvers) == row["who"], row
        assert found.may_be_decided == bool(row["who"])
        assert found.because


def test_the_day_counts():
    assert relation_on(CHAIN, "COA", date(2007, 9, 1)).relation == "subsidy"
    assert relation_on(CHAIN, "COA", IN_2023).relation == "independent_body"
    assert required_consent(CHAIN, "COA", Matter.BUDGET, on=date(2007, 9, 1)).approvers[0].name.endswith("of Justice")
    assert required_consent(CHAIN, "COA", Matter.BUDGET, on=date(2025, 1, 1)).approvers[0].name == (
        "Minister of Asylum and Migration"
    )


def test_what_is_not_recorded_is_refused_and_not_guessed():
    with pytest.raises(UsageError, match="no steering relation is recorded"):
        relation_on(CHAIN, "COA", date(2015, 1, 1))
    with pytest.raises(UsageError, match="is not a chain partner"):
        relation_on(CHAIN, "NATO", IN_2023)
    without_director = tuple(partner for partner in CHAIN.partners if partner.id != "MINISTRY")
    with pytest.raises(UsageError, match="no partner directs"):
        consent_of_all(CHAIN.model_copy(update={"partners": without_director}), ["IND"], Matter.BUDGET, on=IN_2023)


def test_every_relation_says_who_consents_to_every_matter_and_where_that_is_written(tmp_path):
    rules = load_authority()
    assert rules.relations.keys() == RELATIONS
    incomplete = tmp_path / "authority.yaml"
    incomplete.write_text(PACKAGED.read_text(encoding="utf-8").replace("  director:", "  directors:"), encoding="utf-8")
    with pytest.raises(ParameterError, match=r"director is missing.*directors does not exist"):
        load_authority(incomplete)


def test_an_agreement_of_several_partners_asks_everybody_once():
    names = [row.name for row in consent_of_all(CHAIN, ["IND", "DTV"], Matter.PRODUCTION_AGREEMENT, on=IN_2023)]
    assert names == ["IND", "Minister of Justice and Security", "DTV"]


DRAFT = Framework(2023, FrameworkState.DRAFT, PARTNERS)


def test_a_framework_is_agreed_by_the_partners_and_approved_by_the_ministers_concerned():
    assert [row.name for row in who_must_agree(CHAIN, DRAFT, on=IN_2023)] == [
        "IND", "COA", "DTV", "KMAR", "POLICE", "IOM",
    ]  # fmt: skip
    assert [row.name for row in who_must_approve(CHAIN, DRAFT, on=IN_2023)] == [
        "Minister of Justice and Security",
        "Minister of Defence",
    ]


def test_each_step_is_refused_until_everybody_concerned_consented():
    with pytest.raises(UsageError, match="COA has not agreed"):
        move(CHAIN, replace(DRAFT, agreed_by=frozenset({"IND"})), FrameworkState.AGREED, on=IN_2023)
    everybody = frozenset(PARTNERS) - {"COURTS"}
    agreed = move(CHAIN, replace(DRAFT, agreed_by=everybody), FrameworkState.AGREED, on=IN_2023)
    half = replace(agreed, approved_by=frozenset({"Minister of Justice and Security"}))
    assert [str(problem.what) for problem in problems_of_move(CHAIN, half, FrameworkState.APPROVED, on=IN_2023)] == [
        "Minister of Defence has not approved."
    ]
    whole = replace(agreed, approved_by=half.approved_by | {"Minister of Defence"})
    approved = move(CHAIN, whole, FrameworkState.APPROVED, on=IN_2023)
    assert approved.state is FrameworkState.APPROVED
    back = move(CHAIN, agreed, FrameworkState.DRAFT, on=IN_2023)
    assert back.agreed_by == frozenset()


def test_a_framework_closes_when_the_year_is_over_and_nothing_is_left_open():
    approved = replace(DRAFT, state=FrameworkState.APPROVED, open_agreements=("a",), silent_signals=("s",))
    said = [str(row.what) for row in problems_of_move(CHAIN, approved, FrameworkState.CLOSED, on=IN_2023)]
    assert said == ["agreement a has no end verdict.", "signal s has no answer.", "the year 2023 is not over."]
    done = replace(approved, open_agreements=(), silent_signals=())
    assert move(CHAIN, done, FrameworkState.CLOSED, on=date(2024, 1, 1)).state is FrameworkState.CLOSED


def test_no_step_can_be_skipped_and_closed_is_the_end():
    for state in FrameworkState:
        for to in set(FrameworkState) - set(TRANSITIONS[state]):
            with pytest.raises(UsageError, match="cannot go from"):
                move(CHAIN, replace(DRAFT, state=state), to, on=date(2024, 1, 1))


PRODUCTION = Agreement(
    id="production",
    parties=Parties.BILATERAL,
    nature=Nature.QUANTITATIVE,
    subject=Subject.PRODUCTION,
    partners=("IND", "MINISTRY"),
    duties=(Duty("IND", "x", "x"), Duty("MINISTRY", "x", "x")),
    direction=Direction.HIGHER_IS_BETTER,
    counting=Counting.ADDS_UP,
    unit="cases",
    norms=(Norm(100),),
)


def test_the_next_framework_is_proposed_line_by_line_with_a_reason():
    months, on = months_of(2023), date(2024, 1, 10)
    short = [Actual(start, end, end, value=90) for start, end in months]
    broken = judge_year(PRODUCTION, short, months, on=on)
    gaps = judge_year(PRODUCTION, short[:10], months, on=on)
    kept = judge_year(PRODUCTION, [replace(row, value=100) for row in short], months, on=on)
    no_norm = replace(PRODUCTION, norms=(), still_to_be_agreed="x")
    decided = Outcome(OutcomeKind.DECISION, on, "executive", "twenty officers moved.", steering_decision="d")
    no_action = Outcome(OutcomeKind.NO_ACTION, on, "executive", "a one-off.")
    lines = propose_next(
        agreements=[
            (PRODUCTION, broken),
            (PRODUCTION, gaps),
            (PRODUCTION, kept),
            (no_norm, judge_year(no_norm, [], months, on=on)),
        ],
        signals=[
            AnsweredSignal("silent", date(2023, 5, 31)),
            AnsweredSignal("decided", date(2023, 5, 31), outcomes=(decided,)),
            AnsweredSignal("settled", date(2023, 5, 31), outcomes=(no_action,)),
        ],
        lessons=[Lesson("l", "Vroeger waarschuwen.", "Warn earlier.", date(2023, 9, 1))],
        uncovered_risks=[(ChainRisk("r", Impact.SEVERE), RiskLevel.HIGH)],
        open_matters=[OpenMatter("m", "stabiele financiering", "stable funding")],
    )
    assert [(line.about, line.proposal, line.evidence) for line in lines] == [
        ("production", Proposal.RENEGOTIATE, Evidence.ACTUALS),
        ("production", Proposal.REPAIR_FIGURES, Evidence.ACTUALS),
        ("production", Proposal.CONTINUE, Evidence.ACTUALS),
        ("production", Proposal.AGREE_NORM, Evidence.ACTUALS),
        ("silent", Proposal.ANSWER_SIGNAL, Evidence.SIGNAL),
        ("decided", Proposal.CHECK_EFFECT, Evidence.SIGNAL),
        ("l", Proposal.TAKE_IN_LESSON, Evidence.LESSON),
        ("r", Proposal.COVER_RISK, Evidence.RISK),
        ("m", Proposal.CARRY_OVER, Evidence.OPEN_MATTER),
    ]
    assert lines[0].reason_en == "Short over the year: 120 cases."
    assert lines[1].reason_nl == "Van 2 perioden is de realisatie niet bekend."
    assert all(line.reason_nl and line.reason_en for line in lines)
