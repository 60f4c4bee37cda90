# SPDX-License-Identifier: EUPL-1.2
"""What both letters say stands in the record: linked, with its origin, and no open matter is lost."""

from dataclasses import replace
from datetime import date

import pytest
import yaml
from indicator_tables import written

from keten.domain.errors import ParameterError
from keten.domain.words import ChainGoal, CoreProcess
from keten.indicators import find, indicators
from keten.indicators.definitions import are_related, definition
from keten.parameters.load import load_chain
from keten.steering import letters
from keten.steering.agreements import Verdict, agreed_over, counted_twice, judge_year, months_of
from keten.steering.letters import PACKAGED, Record, load_record
from keten.steering.record_lines import CommitmentState, RecommendationState, ReportState, Sourced
from keten.steering.risks import RiskLevel, assess, uncovered

RECORD = load_record()
CHAIN = load_chain()
ON_THE_LETTER = date(2023, 7, 13)


def by_id(rows):
    return {row.id: row for row in rows}


def all_lines(record=RECORD):
    for name in Record.model_fields:
        for row in getattr(record, name):
            yield name, row
            for part in ("sub_goals", "timeline", "lessons"):
                yield from ((f"{name}.{part}", nested) for nested in getattr(row, part, ()))


def test_every_line_says_where_it_comes_from():
    for name, row in all_lines():
        if isinstance(row, Sourced):
            assert row.said_in or row.source or row.assumption, (name, row)


def test_a_line_said_in_a_letter_has_the_address_of_that_letter():
    agreement = by_id(RECORD.agreements)["production_track_4_2023"]
    assert RECORD.origin(agreement) == ("https://zoek.officielebekendmakingen.nl/kst-19637-3156.html",)
    framework = by_id(RECORD.instruments)["policy_framework"]
    assert RECORD.origin(framework) == ("https://zoek.officielebekendmakingen.nl/kst-30240-16.html",)


def test_every_paragraph_is_used():
    used = {paragraph for _, row in all_lines() for paragraph in getattr(row, "said_in", ())}
    assert used == {row.id for row in RECORD.paragraphs}


def test_the_four_chain_goals_each_have_an_indicator_and_each_indicator_a_goal():
    assert [row.goal for row in RECORD.chain_goals] == list(ChainGoal)
    assert all(row.indicators for row in RECORD.chain_goals)
    assert {name for row in RECORD.chain_goals for name in row.indicators} == {row.id for row in indicators()}
    for goal in RECORD.chain_goals:
        for part in goal.sub_goals:
            assert part.indicators or part.no_indicator_nl


def test_what_was_agreed_for_2023():
    table = """
        agreement                | period              | total
        production_track_4_2023  | 2023-01 .. 2023-12  | 22184
        production_baa           | 2023-05 .. 2024-04  | 13000
        housing_target           | 2023-01 .. 2023-06  | 21200
        housing_target           | 2023-07 .. 2023-12  | 27300
    """
    months = {f"{start:%Y-%m}": (start, end) for year in (2022, 2023, 2024) for start, end in months_of(year)}
    for row in written(table):
        agreement = letters.agreement(by_id(RECORD.agreements)[row["agreement"]])
        first, last = row["period"].split(" .. ")
        whole = agreed_over(agreement, months[first][0], months[last][1])
        assert whole == pytest.approx(float(row["total"])), row


def test_the_production_agreement_and_the_signal_value_of_its_indicator_say_the_same():
    production = letters.agreement(by_id(RECORD.agreements)["production_track_4_2023"])
    baa = letters.agreement(by_id(RECORD.agreements)["production_baa"])
    rule = next(row.rule for row in indicators() if row.id == "production_track_4")
    for start, end in months_of(2023):
        together = sum(agreed_over(part, start, end) or 0 for part in (production, baa))
        assert rule.at(start).central == pytest.approx(together, abs=0.01)
    assert (production.counts, baa.counts) in definition(rule.counts).bridges


def test_an_agreement_and_its_indicator_count_the_same_or_the_one_is_a_part_of_the_other():
    for line in RECORD.agreements:
        if line.indicator:
            assert are_related(letters.agreement(line).counts, find(line.indicator).counts), line.id
    known = [letters.agreement(line) for line in RECORD.agreements]
    assert counted_twice(known) == []
    both = [replace(row, counts="handled.track_4") for row in known if row.id.startswith("production_")]
    assert [problem.where for problem in counted_twice(both)] == ["production_track_4_2023"]


def test_every_handover_point_between_two_partners_has_an_agreement_with_duties_of_both():
    points = {row.id: row for row in CHAIN.handover_points if row.from_partner != row.to_partner}
    at_points = {row.handover_point: row for row in RECORD.agreements if row.handover_point in points}
    assert at_points.keys() == points.keys()
    for row in at_points.values():
        assert {duty.partner for duty in row.duties} == set(row.partners)


def test_a_handover_has_a_norm_only_where_a_source_gives_one():
    rows = [row for row in RECORD.agreements if row.id.startswith("handover_")]
    for row in rows:
        assert bool(row.norms) != bool(row.still_to_be_agreed_nl)
        assert all(norm.source for norm in row.norms)
    assert {row.id for row in rows if row.norms} == {
        "handover_decision_to_court",
        "handover_departure_period_to_return",
        "handover_transfer_to_member_state",
    }


def test_the_agreement_at_admission_to_reception_is_broken_on_published_figures():
    line = by_id(RECORD.agreements)["permit_holders_in_reception"]
    point = by_id(CHAIN.handover_points)[line.handover_point]
    assert CHAIN.stage(point.from_stages[0]).core_process is CoreProcess.ADMISSION
    assert CHAIN.stage(point.to_stages[0]).core_process is CoreProcess.RECEPTION
    judged = judge_year(letters.agreement(line), letters.actuals(RECORD, line.id), months_of(2023), on=ON_THE_LETTER)
    assert judged.verdict is Verdict.BROKEN
    assert [row.actual.value for row in judged.periods] == [16160, 16000]
    assert line.is_exercise
    assert any(line.id in row.about for row in RECORD.steering_decisions)


def test_every_risk_says_what_covers_it_or_is_shown_as_uncovered():
    rows = [letters.risk(row) for row in RECORD.risks]
    without = {row.id for row in RECORD.uncovered_risks()}
    assert without == {row.id for row in uncovered(rows, letters.covers(RECORD), on=ON_THE_LETTER)}
    assert without == {
        "risk_extension", "risk_late_appeals", "risk_order_of_work", "risk_care", "risk_incidents",
    }  # fmt: skip
    for row in RECORD.risks:
        assert row.id in without or RECORD.covers(row.id)


def test_a_risk_about_a_model_output_is_unknown_until_a_study_is_there():
    computed = [row for row in RECORD.risks if row.statement]
    assert {row.statement.measure for row in computed} == {
        "stock.track_4",
        "overdue.track_4",
        "late_decision_appeals",
        "load.decision_officers_track_4",
        "reception.occupancy",
    }
    assert {assess(letters.risk(row), None).level for row in computed} == {RiskLevel.UNKNOWN}


def test_no_open_matter_of_a_closed_report_is_lost():
    closed = {row.id for row in RECORD.reports if row.state is not ReportState.MONITORED}
    assert closed == {"court_of_audit_2005", "van_zwol_2019", "significant_2020", "ey_chain_2021"}
    for row in RECORD.open_recommendations():
        assert row.report not in closed or row.home, row.id


def test_van_zwol_and_significant_go_on_under_ey_ind():
    rows = by_id(RECORD.recommendations)
    carried = {row.id: row.home for row in rows.values() if row.state is RecommendationState.CARRIED_OVER}
    assert carried == {
        "van_zwol_funding": "recommendation:ey_ind_funding",
        "van_zwol_lead_times": "recommendation:ey_ind_operational_steering",
        "significant_operational": "recommendation:ey_ind_operational_steering",
    }
    assert {by_id(RECORD.reports)[row].leads_to for row in ("van_zwol_2019", "significant_2020")} == {"ey_ind_2021"}


def test_ey_ind_has_twenty_recommendations_of_which_the_letter_names_eleven():
    rows = [row for row in RECORD.recommendations if row.report == "ey_ind_2021"]
    named = [row for row in rows if row.state is not RecommendationState.NOT_NAMED]
    assert (len(rows), len(named)) == (20, 11)
    assert sum(row.state is RecommendationState.IMPLEMENTED for row in named) == 5


def test_each_bottleneck_of_the_court_of_audit_has_its_answer():
    answered = {row.answers_to for row in RECORD.instruments}
    assert answered == {"court_of_audit_shared_goals", "court_of_audit_instruments"}
    powers = by_id(RECORD.recommendations)["court_of_audit_powers"]
    assert powers.state is RecommendationState.NOT_FOLLOWED


def test_commitments_with_their_due_dates():
    table = """
        commitment                    | made       | due        | state       | overdue on 2023-07-13
        commitment_extension_review   | 2023-02-04 | 2023-07-01 | kept        | no
        commitment_track_2_speed      | 2023-06-28 |            | restated    | no
        commitment_soon_after_arrival | 2023-07-13 |            | in_progress | no
        commitment_funding_proposal   | 2023-07-13 | 2023-12-21 | open        | no
        commitment_chain_plan         | 2023-07-13 | 2023-06-21 | open        | yes
        commitment_dashboard          | 2023-07-13 |            | in_progress | no
    """
    rows = by_id(RECORD.commitments)
    for row in written(table):
        found = rows[row["commitment"]]
        assert found.made_on.isoformat() == row["made"]
        assert (found.due_on.isoformat() if found.due_on else "") == row["due"]
        assert found.state == CommitmentState(row["state"])
        assert found.is_overdue(ON_THE_LETTER) is (row["overdue on 2023-07-13"] == "yes")
    assert rows["commitment_track_2_speed"].continued_by == "commitment_soon_after_arrival"
    assert rows["commitment_funding_proposal"].is_overdue(date(2024, 1, 1))


def test_the_reports_are_those_of_the_letters():
    assert [(row.id, row.state) for row in RECORD.reports] == [
        ("court_of_audit_2005", ReportState.ANSWERED),
        ("van_zwol_2019", ReportState.CLOSED),
        ("significant_2020", ReportState.CLOSED),
        ("ey_ind_2021", ReportState.MONITORED),
        ("ey_chain_2021", ReportState.CLOSED),
    ]


def test_what_a_round_granted_is_the_difference_between_two_budget_documents():
    amount = {(row.line, row.stage): row.amount_eur for row in RECORD.budget_lines}
    before = {"first_supplementary": "original"}
    for row in RECORD.budget_claims:
        stage = row.id.removeprefix(f"budget_claim_2023_{row.line}_")
        assert row.granted_eur == amount[row.line, stage] - amount[row.line, before[stage]], row.id
        assert row.asked_eur is None, "what was asked is not public"


def test_the_parts_of_the_budget_are_never_more_than_its_total():
    for stage in ("original", "first_supplementary"):
        lines = [row for row in RECORD.budget_lines if row.stage == stage]
        total = next(row.amount_eur for row in lines if row.line == "total")
        assert sum(row.amount_eur for row in lines if row.line != "total") <= total


def test_a_decision_rests_on_figures_that_were_there():
    dated = {row.id: row.on for row in RECORD.key_figures}
    for row in RECORD.steering_decisions:
        assert all(dated[name] <= row.on for name in row.evidence), row.id


def test_bodies_carry_no_rhythm_that_was_never_published():
    for row in RECORD.governance_bodies:
        assert row.meetings_per_year is None
        assert row.assumption
        assert letters.body(row).seats == tuple((partner, 1) for partner in row.partners)


@pytest.fixture
def copied(tmp_path):
    """A copy of the record whose files can be changed."""
    for path in PACKAGED.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")

    def change(table, identifier, **values):
        path = tmp_path / f"{table}.yaml"
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))
        row = next(row for row in rows if row["id"] == identifier)
        row.update(values)
        path.write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")
        return tmp_path

    return change


def refusal(folder):
    with pytest.raises(ParameterError) as error:
        load_record(folder)
    return [(problem.where, str(problem.what)) for problem in error.value.problems]


def test_a_lost_matter_is_refused(copied):
    folder = copied("recommendations", "van_zwol_funding", home=None)
    copied("recommendations", "significant_operational", home="recommendation:van_zwol_lead_times")
    assert refusal(folder) == [
        ("recommendations.yaml, van_zwol_funding", "its report is closed and it has no home."),
        (
            "recommendations.yaml, significant_operational",
            "its home van_zwol_lead_times stands in a report that is closed too.",
        ),
    ]


def test_lines_that_name_what_is_not_there_are_refused_all_at_once(copied):
    folder = copied("risks", "risk_inflow", covered_by=["start_bba"], owner="INDD")
    copied("plans", "annual_plan_ind_2023", agreements=["production"])
    copied("commitments", "commitment_track_2_speed", continued_by=None)
    part = {"id": "part", "nl": "Deel", "en": "Part", "indicators": ["overdue_share"], "said_in": ["p23_goals"]}
    copied("chain_goals", "goal_safety", sub_goals=[part])
    wheres = [where for where, _ in refusal(folder)]
    assert wheres.count("risks.yaml, risk_inflow") == 2
    assert "plans.yaml, annual_plan_ind_2023" in wheres
    assert "commitments.yaml, commitment_track_2_speed" in wheres
    assert "goal_safety" in wheres


def test_lines_without_an_origin_or_a_translation_are_refused(copied):
    folder = copied("core_values", "value_open", said_in=[], en="Open")
    copied("reports", "ey_ind_2021", text_en="")
    said = refusal(folder)
    assert [where for where, _ in said] == ["core_values.yaml, value_open", "reports.yaml, ey_ind_2021"]


def test_a_file_that_is_missing_or_no_list_is_told(tmp_path):
    (tmp_path / "letters.yaml").write_text("letter: 1", encoding="utf-8")
    said = dict(refusal(tmp_path))
    assert said["letters.yaml"] == "a file is a list of lines."
    assert said["risks.yaml"].startswith("it cannot be read")
