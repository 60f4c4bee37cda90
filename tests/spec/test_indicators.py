# SPDX-License-Identifier: EUPL-1.2
"""What each indicator means, as small tables: what goes in above, what comes out below."""

import inspect
from datetime import date

import polars as pl
import pytest
from indicator_tables import tables, written

from keten.domain.errors import UsageError
from keten.domain.words import ChainGoal
from keten.indicators import IndicatorKind, Tables, compute, compute_all, find, indicators
from keten.indicators.measures import measures
from keten.parameters.load import load_chain

CHAIN = load_chain()


def check(identifier: str, expected: str, bundle: Tables) -> None:
    """Compare an indicator with a table of month and value; an empty value is unknown."""
    computed = compute(find(identifier), bundle, CHAIN)
    assert computed.columns == ["replication", "period_end", "value"]
    found = [(str(on), value) for on, value in computed.select("period_end", "value").iter_rows()]
    wanted = [(row["month"], float(row["value"]) if row["value"] else None) for row in written(expected)]
    assert [month for month, _ in found] == [month for month, _ in wanted]
    assert [value for _, value in found] == pytest.approx([value for _, value in wanted])


# Procedure ---------------------------------------------------------------------------------------------------------

DECISIONS = """
    period_end | track     | decisions | in_time | lead_time_days
    2023-05-31 | track_4   | 1600      | 400     | 448000
    2023-06-30 | track_4   | 2000      | 1900    | 560000
    2023-06-30 | track_1   | 900       | 900     | 9000
    2023-07-31 | track_1   | 900       | 900     | 9000
"""


def test_share_decided_in_time_is_of_the_decisions_of_track_4_in_the_month():
    check(
        "share_decided_in_time",
        """
        month      | value
        2023-05-31 | 0.25
        2023-06-30 | 0.95
        2023-07-31 |
        """,
        tables(decisions=DECISIONS),
    )


def test_lead_time_is_in_weeks_and_averaged_over_decisions():
    check(
        "lead_time_track_4",
        """
        month      | value
        2023-05-31 | 40
        2023-06-30 | 40
        2023-07-31 |
        """,
        tables(decisions=DECISIONS),
    )


WITHDRAWALS = """
    period_end | stage     | case_class            | inflow
    2023-05-31 | withdrawn | first_track_4_syr_yem | 60
    2023-05-31 | withdrawn | lateral               | 5
    2023-05-31 | withdrawn | first_track_1         | 30
    2023-06-30 | withdrawn | first_track_4_other   | 40
    2023-07-31 | appeal    | first_track_4_other   | 10
"""


def test_a_handled_case_is_decided_or_withdrawn_and_a_run_without_them_produced_none():
    expected = """
        month      | value
        2023-05-31 | 1665
        2023-06-30 | 2040
        2023-07-31 | {july}
    """
    both = {"decisions": DECISIONS, "ledger": WITHDRAWALS}
    check("production_track_4", expected.format(july=0), tables(**both))
    check("production_track_4", expected.format(july=""), tables(**both, complete=False))
    unknown = "month | value\n2023-05-31 |\n2023-06-30 |\n2023-07-31 |"
    check("production_track_4", unknown, tables(decisions=DECISIONS))


STOCK = """
    period_end | stage                         | case_class            | inflow | closing | overdue
    2023-04-30 | detailed_interview            | first_track_4_syr_yem | 0      | 600     | 0
    2023-04-30 | decision_aa                   | lateral               | 0      | 400     | 100
    2023-04-30 | registration_interview        | first_track_1         | 0      | 90      | 90
    2023-04-30 | subsequent_assessment         | subsequent            | 0      | 50      | 50
    2023-04-30 | appeal                        | first_track_4_other   | 0      | 70      | 0
    2023-04-30 | family_reunification_decision | family_reunification  | 0      | 860     | 0
"""


def test_overdue_share_counts_undecided_first_and_lateral_cases_of_track_4():
    check(
        "overdue_share",
        """
        month      | value
        2023-04-30 | 0.1
        """,
        tables(ledger=STOCK),
    )


def test_an_overdue_count_that_was_not_published_leaves_the_share_unknown():
    published = """
        period_end | stage       | case_class | closing | overdue
        2023-04-30 | decision_aa | lateral    | 33555   |
    """
    check(
        "overdue_share",
        """
        month      | value
        2023-04-30 |
        """,
        tables(ledger=published, complete=False),
    )


def test_quashed_share_looks_back_three_months_and_not_further():
    check(
        "quashed_on_appeal_share",
        """
        month      | value
        2023-05-31 | 0.5
        2023-06-30 | 0.4
        2023-07-31 | 0.3
        2023-08-31 | 0.2
        """,
        tables(
            ledger="""
                period_end | stage             | inflow | outflow
                2023-05-31 | remitted_decision | 50     | 0
                2023-05-31 | appeal            | 0      | 80
                2023-05-31 | onward_appeal     | 0      | 20
                2023-06-30 | remitted_decision | 30     | 0
                2023-06-30 | appeal            | 0      | 100
                2023-07-31 | remitted_decision | 10     | 0
                2023-07-31 | appeal            | 0      | 100
                2023-08-31 | remitted_decision | 20     | 0
                2023-08-31 | appeal            | 0      | 100
            """
        ),
    )


# Information -------------------------------------------------------------------------------------------------------


def test_waiting_time_to_expect_is_stock_divided_by_decisions_per_week():
    check(
        "expected_waiting_time",
        f"""
        month      | value
        2023-04-30 |
        2023-05-31 | {12_000 / 1_000 * 365.25 / 12 / 7}
        2023-06-30 | {12_000 / 1_500 * 365.25 / 12 / 7}
        """,
        tables(
            ledger="""
                period_end | stage       | case_class          | closing | inflow
                2023-04-30 | decision_va | first_track_4_other | 12000   | 0
                2023-05-31 | decision_va | first_track_4_other | 12000   | 900
                2023-06-30 | decision_va | first_track_4_other | 12000   | 900
            """,
            decisions="""
                period_end | track   | decisions
                2023-05-31 | track_4 | 1000
                2023-06-30 | track_4 | 2000
            """,
        ),
    )


def test_notices_are_counted_per_hundred_undecided_applications_of_every_kind():
    check(
        "notices_per_100_undecided",
        """
        month      | value
        2023-04-30 | 2.5
        """,
        tables(
            ledger=STOCK,
            deadlines="""
                period_end | track                | notices
                2023-04-30 | track_4              | 45
                2023-04-30 | family_reunification | 5
            """,
        ),
    )


# Reception ---------------------------------------------------------------------------------------------------------

RECEPTION = """
    period_end | group          | persons
    2023-04-30 | COL            | 2000
    2023-04-30 | AZC            | 35000
    2023-04-30 | PERMIT_HOLDERS | 16000
    2023-04-30 | NONE           | 999
"""


def test_permit_holders_who_wait_are_part_of_the_occupancy():
    expected = """
        month      | value
        2023-04-30 | {}
    """
    check("reception_occupancy", expected.format(53000), tables(reception=RECEPTION))
    check("permit_holders_waiting", expected.format(16000), tables(reception=RECEPTION))


def test_housed_permit_holders_are_unknown_on_the_reference_date_and_zero_when_a_run_housed_none():
    check(
        "permit_holders_housed",
        """
        month      | value
        2023-04-30 |
        2023-05-31 | 3000
        2023-06-30 | 0
        """,
        tables(
            ledger="""
                period_end | stage             | inflow | outflow | closing
                2023-04-30 | awaiting_housing  | 0      | 0       | 16000
                2023-05-31 | awaiting_housing  | 0      | 3000    | 13000
                2023-05-31 | housed            | 3000   | 0       | 3000
                2023-06-30 | awaiting_housing  | 100    | 0       | 13100
            """
        ),
    )


# Safety ------------------------------------------------------------------------------------------------------------


def test_demonstrable_departures_are_independent_and_forced_ones():
    check(
        "demonstrable_departure_share",
        """
        month      | value
        2023-05-31 | 0.5
        """,
        tables(
            ledger="""
                period_end | stage                 | inflow
                2023-05-31 | departed_independent  | 245
                2023-05-31 | departed_forced       | 185
                2023-05-31 | departed_unsupervised | 430
            """
        ),
    )


def test_without_one_of_the_three_kinds_the_share_of_departures_is_unknown():
    published = """
        period_end | stage                 | inflow
        2023-05-31 | departed_independent  | 245
        2023-05-31 | departed_unsupervised | 430
    """
    check(
        "demonstrable_departure_share",
        """
        month      | value
        2023-05-31 |
        """,
        tables(ledger=published, complete=False),
    )


def test_dublin_transfers_are_unknown_until_three_months_are_known():
    check(
        "dublin_transfer_share",
        """
        month      | value
        2023-05-31 |
        2023-06-30 |
        2023-07-31 | 0.15
        """,
        tables(
            ledger="""
                period_end | stage          | inflow
                2023-05-31 | dublin_request | 500
                2023-05-31 | transferred    | 100
                2023-06-30 | dublin_request | 500
                2023-06-30 | transferred    | 50
                2023-07-31 | dublin_request | 500
                2023-07-31 | transferred    | 75
            """
        ),
    )


def test_return_files_closed_against_received():
    check(
        "return_files_closed",
        """
        month      | value
        2023-05-31 | 0.8
        """,
        tables(
            ledger="""
                period_end | stage       | inflow | outflow
                2023-05-31 | return_file | 1000   | 800
            """
        ),
    )


# For all indicators ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", indicators(), ids=lambda row: row.id)
def test_every_indicator_is_unknown_when_its_tables_are_missing(row):
    only_a_month = tables(costs="period_end | cost_eur\n2023-05-31 | 1.0")
    assert compute(row, only_a_month, CHAIN)["value"].to_list() == [None]


@pytest.mark.parametrize("row", indicators(), ids=lambda row: row.id)
def test_every_indicator_says_who_answers_for_it_and_what_its_price_is(row):
    assert row.name_nl, row.definition_nl
    assert row.definition_nl != row.definition_en
    assert CHAIN.partner(row.owner)
    assert (row.rule is None) == (row.kind is IndicatorKind.KEY_FIGURE)
    if row.counter_indicator is not None:
        assert find(row.counter_indicator).id != row.id


COUNTS_PRODUCTION = ('"decisions", "decisions"', '"in_time"', '"outflow"', '"lead_time_days"', '"housed"', "DEPARTURES")
"""What a formula reads that counts what is finished."""


@pytest.mark.parametrize("row", indicators(), ids=lambda row: row.id)
def test_a_production_indicator_is_never_without_its_twin(row):
    if row.is_production:
        assert row.twins, f"{row.id} counts production: name the indicator that shows its price"
    for twin in row.twins:
        assert find(twin).id != row.id
    assert len(set(row.twins)) == len(row.twins)


@pytest.mark.parametrize("row", indicators(), ids=lambda row: row.id)
def test_what_reads_production_says_that_it_counts_production(row):
    """A key figure describes, and is itself a twin; whatever has a norm and reads production can be steered on."""
    source = inspect.getsource(row.formula)
    if row.kind is IndicatorKind.PERFORMANCE_INDICATOR and any(word in source for word in COUNTS_PRODUCTION):
        assert row.is_production, f"{row.id} reads what is finished; declare is_production and its twins"


def test_the_decisions_are_shown_with_care_withdrawals_interviews_and_age():
    assert find("production_track_4").twins == (
        "quashed_on_appeal_share",
        "withdrawn_share",
        "oldest_tenth_track_4",
        "interviews_again_share",
        "overdue_share",
    )


def test_the_oldest_tenth_is_known_only_where_somebody_waits():
    check(
        "oldest_tenth_track_4",
        """
        month      | value
        2023-05-31 | 80
        2023-06-30 |
        """,
        tables(
            ages="""
            period_end | track    | undecided | oldest_tenth_weeks
            2023-05-31 | track_2  | 10        | 9
            2023-05-31 | track_4  | 1000      | 80
            2023-06-30 | track_2  | 10        | 9
            """
        ),
    )


def test_withdrawn_share_is_of_what_was_finished_in_three_months():
    check(
        "withdrawn_share",
        """
        month      | value
        2023-05-31 | 0.2
        2023-06-30 | 0.1
        """,
        tables(
            ledger="""
            period_end | stage     | case_class            | opening | inflow | outflow | closing
            2023-05-31 | withdrawn | first_track_4_other   | 0       | 250    | 0       | 250
            2023-05-31 | withdrawn | first_track_1         | 0       | 999    | 0       | 999
            2023-06-30 | withdrawn | first_track_4_syr_yem | 0       | 50     | 0       | 50
            """,
            decisions="""
            period_end | track   | decisions
            2023-05-31 | track_4 | 1000
            2023-06-30 | track_4 | 1700
            """,
        ),
    )


def test_interviews_again_share_is_of_the_appointments_of_three_months():
    check(
        "interviews_again_share",
        """
        month      | value
        2023-05-31 | 0.1
        2023-06-30 | 0.05
        """,
        tables(
            interviews="""
            period_end | stage              | appointments | missed
            2023-05-31 | detailed_interview | 100          | 10
            2023-06-30 | detailed_interview | 300          | 10
            """
        ),
    )


@pytest.mark.parametrize("goal", ChainGoal)
def test_every_chain_goal_has_performance_indicators(goal):
    with_norm = [row for row in indicators() if row.goal is goal and row.rule is not None]
    assert len(with_norm) >= 2


def test_the_value_of_one_replication_does_not_depend_on_the_others():
    one = tables(ledger=STOCK, reception=RECEPTION)
    two = Tables(
        ledger=pl.concat(
            [one.ledger, one.ledger.with_columns(replication=pl.lit(1, pl.Int64), closing=pl.lit(10, pl.Int64))]
        ),
        reception=one.reception,
        complete=True,
    )
    alone = compute_all(one, CHAIN)
    together = compute_all(two, CHAIN).filter(pl.col("replication") == 0)
    assert alone.rows() == together.rows()


def test_an_unknown_indicator_is_refused_with_the_known_names():
    with pytest.raises(UsageError, match="overdue_shares: is not an indicator. Choose one of: .*overdue_share,"):
        find("overdue_shares")


def test_a_table_without_its_columns_is_refused_with_every_missing_column():
    with pytest.raises(UsageError) as refusal:
        Tables(reception=pl.DataFrame({"replication": [0], "persons": [1]}))
    assert [str(problem.what) for problem in refusal.value.problems] == [
        "column period_end is missing.",
        "column group is missing.",
    ]


# Measures of a study -----------------------------------------------------------------------------------------------


def test_measures_of_the_reference_date_hold_stocks_and_no_flows():
    found = measures(tables(ledger=STOCK, reception=RECEPTION), CHAIN)
    assert dict(found.select("measure", "value").iter_rows()) == {
        "stock.track_1": 90,
        "stock.track_2": 0,
        "stock.track_4": 1000,
        "stock.family_reunification": 860,
        "stock.asylum": 1140,
        "stock.appeal": 70,
        "overdue.track_4": 100,
        "reception.occupancy": 53000,
        "permit_holders_waiting": 16000,
    }


def test_measures_of_a_month_have_a_unit_and_add_up_over_tracks_classes_and_locations():
    found = measures(
        tables(
            ledger="""
                period_end | stage                 | case_class | inflow
                2023-05-31 | departed_independent  | supervision   | 20
                2023-05-31 | departed_independent  | first_track_2 | 5
                2023-05-31 | departed_forced       | supervision   | 10
            """,
            arrivals="""
                period_end | case_class              | arrivals
                2023-05-31 | first_track_4_other     | 3000
                2023-05-31 | resettled               | 100
                2023-05-31 | following_family_member | 900
                2023-05-31 | subsequent              | 200
                2023-05-31 | family_reunification    | 2500
                2023-05-31 | supervision             | 400
                2023-05-31 | lateral                 | 50
            """,
            decisions="""
                period_end | track   | decisions | in_time | lead_time_days
                2023-05-31 | track_4 | 3600      | 2700    | 1008000
                2023-05-31 | track_1 | 900       | 900     | 9000
            """,
            deadlines="""
                period_end | track   | notices | late_decision_appeals | penalties_accrued_eur | penalties_paid_eur
                2023-05-31 | track_4 | 40      | 20                    | 1000.5                | 300
                2023-05-31 | track_1 | 2       | 1                     | 0                     | 0
            """,
            resources="""
                period_end | resource       | location | hours_available | hours_used
                2023-05-31 | court_sessions | A        | 60              | 60
                2023-05-31 | court_sessions | B        | 40              | 20
                2023-05-31 | baa_officers   | national | 0               | 0
            """,
            costs="""
                period_end | cost_eur
                2023-05-31 | 70
                2023-05-31 | 30
            """,
        ),
        CHAIN,
    ).filter(~pl.col("measure").str.starts_with("stock"))
    assert {name: (value, unit) for name, unit, value in found.select("measure", "unit", "value").iter_rows()} == {
        "inflow.total": (4200, "cases"),
        "inflow.first": (3000, "cases"),
        "decisions.asylum": (3600, "cases"),
        "handled.asylum": (3600, "cases"),
        "grants.asylum": (0, "cases"),
        "grant_rate.decisions": (0, "share"),
        "grant_rate.handled": (0, "share"),
        "lead_time.asylum": (pytest.approx(40), "weeks"),
        "family.applications": (2500, "cases"),
        "family.decisions": (0, "cases"),
        "family.arrivals": (900, "persons"),
        "overdue.track_4": (0, "cases"),
        "production.track_4": (3600, "cases"),
        "withdrawn.track_4": (0, "cases"),
        "remitted": (0, "cases"),
        "lead_time.track_4": (pytest.approx(40), "weeks"),
        "share_in_time.track_4": (pytest.approx(0.75), "share"),
        "notices": (42, "notices"),
        "notices.asylum": (42, "notices"),
        "notices.family_reunification": (0, "notices"),
        "penalties.paid.asylum": (300, "eur"),
        "penalties.paid.family_reunification": (0, "eur"),
        "homes.permit_holders": (0, "persons"),
        "late_decision_appeals": (21, "appeals"),
        "penalties.accrued": (1000.5, "eur"),
        "penalties.paid": (300, "eur"),
        "departures.independent": (25, "cases"),
        "departures.forced": (10, "cases"),
        "departures.unsupervised": (0, "cases"),
        "departures.demonstrable": (35, "cases"),
        "cost.total": (100, "eur"),
        "load.court_sessions": (0.8, "ratio"),
    }


def test_the_load_of_a_resource_is_what_was_asked_when_that_is_known():
    bundle = tables(
        resources="""
            period_end | resource       | location | hours_available | hours_used
            2023-05-31 | court_sessions | national | 100             | 100
        """
    )
    asked = Tables(resources=bundle.resources.with_columns(hours_asked=pl.lit(130.0)))
    for given, load in ((bundle, 1.0), (asked, 1.3)):
        assert measures(given, CHAIN).rows() == [
            ("load.court_sessions", "ratio", 0, date(2023, 5, 31), pytest.approx(load))
        ]
