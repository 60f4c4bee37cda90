# SPDX-License-Identifier: EUPL-1.2
"""What is known, since when, under which definition, and which of two figures is used."""

from datetime import date

import polars as pl
import pytest

from keten.domain.errors import DeliveryError
from keten.observations import (
    age_bins,
    convert,
    definitions,
    load_published,
    monthly_inflow,
    mpp_scenarios,
    one_definition,
    stock_on,
    total_inflow,
    yearly_inflow,
)
from keten.observations.definitions import conversions
from keten.observations.known import best_known
from keten.observations.queries import quarterly_inflow, stock_figure
from keten.observations.tables import SOURCE_TYPES, TABLES

LETTER = date(2023, 7, 13)


@pytest.fixture(scope="module")
def published():
    return load_published()


def table(text):
    """Read a small table from text: a header, then rows, cells separated by bars."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


# ---------------------------------------------------------------------------------------------------- what is known


@pytest.mark.parametrize("name", TABLES)
def test_nothing_is_younger_than_the_letter_and_everything_has_a_source(published, name):
    rows = published.table(name)
    assert (rows.height > 0) is not TABLES[name].delivered_only
    assert rows.height == 0 or rows["published"].max() <= LETTER
    assert rows["source_url"].str.starts_with("http").all()
    assert rows["source_type"].is_in(SOURCE_TYPES).all()


@pytest.mark.parametrize("name", TABLES)
def test_no_figure_was_published_before_its_period_was_over(published, name):
    rows = published.table(name)
    end = next((column for column in ("reference_date", "period_end") if column in rows.columns), None)
    if end is None or name in {"forecasts", "plans"}:
        return
    planned = pl.col("measure").is_in(["contracted_places", "places"]) if "measure" in rows.columns else pl.lit(False)
    observed = rows.filter(~planned)
    # A source that names a month only counts as known on the last day of that month.
    early = observed.filter(pl.col(end) > pl.col("published"))
    assert early.select(end, "published", "source_url").rows() == []


def test_what_keten_derived_says_so_and_says_how(published):
    for name in TABLES:
        rows = published.table(name)
        derived = rows.filter(pl.col("source_type") == "derived")
        assert derived["note"].str.starts_with("DERIVED: ").all()
        others = rows.filter(pl.col("source_type") != "derived")
        assert not others["note"].fill_null("").str.starts_with("DERIVED").any()


def test_a_date_that_is_given_in_part_counts_from_its_last_day(published):
    given = published.inflow.filter(pl.col("published_as_given") == "2023-04")
    assert given["published"].unique().to_list() == [date(2023, 4, 30)]


def test_nobody_knows_the_future(published):
    spring = published.known_on(date(2023, 5, 31))
    assert spring.known_on_day == date(2023, 5, 31)
    assert spring.stock.filter(pl.col("group") == "track_4")["reference_date"].max() < date(2023, 4, 30)
    assert published.stock.filter(pl.col("group") == "track_4")["reference_date"].max() == date(2023, 6, 30)
    assert spring.fingerprint() != published.fingerprint()
    assert published.known_on(LETTER).fingerprint() == published.fingerprint()


def test_an_unknown_table_is_refused(published):
    with pytest.raises(DeliveryError, match="no such table"):
        published.table("stok")


# ------------------------------------------------------------------------------------------------------ the letter


@pytest.mark.parametrize(
    "row",
    table("""
        day        | group    | cases
        2023-04-30 | track_4  | 33555
        2023-04-30 | track_1  | 3650
        2023-04-30 | track_2  | 125
        2023-01-01 | track_1  | 4050
        2023-01-01 | track_2  | 270
        2023-06-30 | track_4  | 36870
    """),
    ids=lambda row: f"{row['group']} on {row['day']}",
)
def test_the_stock_of_the_letter(published, row):
    stock = stock_on(published, date.fromisoformat(row["day"]), row["group"])
    assert stock.count == int(row["cases"])
    assert stock.provenance.source.startswith("https://")
    assert stock_figure(stock).unit == "cases"


def test_a_stock_that_nobody_counted_is_not_guessed(published):
    with pytest.raises(DeliveryError, match=r"track_4 on 2023-05-31: nobody counted this \(known: .*2023-04-30"):
        stock_on(published, date(2023, 5, 31), "track_4")
    with pytest.raises(DeliveryError, match="known: no day"):
        stock_on(published, date(2023, 5, 31), "track_9")


def test_the_ages_of_the_stock_add_up_to_the_stock(published):
    bins = age_bins(published, date(2023, 4, 30))
    assert (bins.over_15_months, bins.from_6_to_15_months) == (3_000, 14_000)
    assert bins.total == 33_555 + 3_650 + 125
    assert bins.under_6_months + bins.from_6_to_15_months + bins.over_15_months == bins.total
    assert "does not say" in bins.note
    assert len(bins.sources) == 2


def test_ages_are_not_guessed_before_they_were_counted(published):
    with pytest.raises(DeliveryError, match="nobody counted this group yet"):
        age_bins(published.known_on(date(2022, 1, 1)), date(2022, 1, 1))


@pytest.mark.parametrize(
    "row",
    table("""
        scenario    | year | persons
        minimum     | 2023 | 49000
        medium      | 2023 | 67000
        maximum     | 2023 | 77000
        most_likely | 2023 | 70000
        maximum     | 2024 | 72000
    """),
    ids=lambda row: f"{row['scenario']} {row['year']}",
)
def test_the_scenarios_of_the_forecast_of_2023(published, row):
    found = {(one.scenario, one.year): one for one in mpp_scenarios(published, "mpp-2023-04")}
    one = found[(row["scenario"], int(row["year"]))]
    assert one.persons == int(row["persons"])
    assert one.definition == "mpp_inflow"


def test_an_unknown_edition_is_refused(published):
    with pytest.raises(DeliveryError, match="mpp-2019: no inflow of this edition is known"):
        mpp_scenarios(published, "mpp-2019")


def test_notices_of_default_of_2022_add_up_to_the_year(published):
    rows = published.penalties.filter(pl.col("measure") == "notices_of_default")
    rows = rows.filter(pl.col("period_start").dt.year() == 2022)
    months = rows.filter(pl.col("period_end") < date(2022, 12, 31)).vstack(
        rows.filter(pl.col("source_type") == "derived")
    )
    assert months.height == 12
    year = rows.filter(pl.col("period_start") == date(2022, 1, 1), pl.col("period_end") == date(2022, 12, 31))
    assert months["value"].sum() == year["value"].item() == 19_830


# ---------------------------------------------------------------------------------------------------------- inflow


@pytest.mark.parametrize(
    "row",
    table("""
        month   | persons | why
        2022-01 | 2727    | derived
        2022-10 | 4756    | the revision, not the first publication of 4,697
        2022-12 | 3243    | first publication
        2023-01 | 3006    | the revision, not the first publication of 2,991
        2023-02 | 2823    | first publication
        2023-03 | 3325    | derived
        2023-04 | 3351    | derived
        2023-06 | 4020    | first publication
    """),
    ids=lambda row: row["month"],
)
def test_asylum_inflow_per_month_is_the_best_known(published, row):
    year, month = map(int, row["month"].split("-"))
    found = monthly_inflow(published, "ind_asylum_inflow", "total", date(year, month, 1), date(2023, 6, 30))
    assert found.row(0, named=True)["count"] == int(row["persons"])


def test_the_first_half_of_2023_adds_up_to_what_the_ind_printed(published):
    months = monthly_inflow(published, "ind_asylum_inflow", "total", date(2023, 1, 1), date(2023, 6, 30))
    assert months.height == 6
    assert total_inflow(months, definition="ind_asylum_inflow") == 20_122


def test_on_an_earlier_day_the_first_publication_was_the_best_known(published):
    november = published.known_on(date(2022, 11, 30))
    months = monthly_inflow(november, "ind_asylum_inflow", "total", date(2022, 10, 1), date(2022, 12, 31))
    assert months["count"].to_list() == [4_697]


def test_a_month_that_nobody_published_is_absent(published):
    months = monthly_inflow(published, "ind_asylum_inflow", "total", date(2020, 1, 1), date(2020, 12, 31))
    assert date(2020, 7, 1) not in months["period_start"].to_list()


def test_official_goes_before_a_court_and_a_slip(published):
    assert yearly_inflow(published, "ind_asylum_inflow")[2022] == 47_991
    both = published.inflow.filter(
        (pl.col("period_type") == "year")
        & (pl.col("period_start") == date(2022, 1, 1))
        & (pl.col("definition") == "ind_asylum_inflow")
        & (pl.col("application_type") == "total")
    )
    assert sorted(both["count"]) == [47_911, 47_991]


def test_the_choice_does_not_depend_on_the_order_of_the_rows(published):
    key = TABLES["inflow"].key
    there = best_known(published.inflow, key)
    back = best_known(published.inflow.reverse(), key)
    assert there.equals(back)
    assert not there.select(key).is_duplicated().any()


def test_nationalities_add_up_to_the_quarter(published):
    for quarter in (date(2022, 7, 1), date(2023, 1, 1)):
        rows = published.inflow.filter(
            (pl.col("definition") == "cbs_asylum_inflow")
            & (pl.col("period_start") == quarter)
            & (pl.col("nationality") != "ALL")
        )
        whole = quarterly_inflow(published, "cbs_asylum_inflow", "first").filter(pl.col("period_start") == quarter)
        assert total_inflow(rows, definition="cbs_asylum_inflow") == whole["count"].item()


# ----------------------------------------------------------------------------------------------------- definitions


def test_every_definition_says_what_it_counts_in_two_languages():
    assert len(definitions()) >= 7
    for definition in definitions().values():
        assert definition.nl != definition.en
        assert definition.included
        assert not set(definition.included) & set(definition.left_out)
        assert definition.source.startswith("http")


def test_every_conversion_goes_between_definitions_and_has_a_reason():
    for conversion in conversions().values():
        assert {conversion.from_definition, conversion.to_definition} <= set(definitions())
        assert conversion.reason
        assert conversion.source.startswith("http")


def rows_of(text):
    return pl.DataFrame(
        [
            {
                "period_start": date(int(row["year"]), 1, 1),
                "period_end": date(int(row["year"]), 12, 31),
                "definition": row["definition"],
                "application_type": row["type"],
                "nationality": "ALL",
                "count": int(row["count"]),
                "note": "",
            }
            for row in table(text)
        ]
    )


def test_two_definitions_are_never_added():
    rows = rows_of("""
        year | definition        | type  | count
        2022 | ind_asylum_inflow | total | 47991
        2023 | mpp_inflow        | total | 67000
    """)
    with pytest.raises(DeliveryError, match="Convert first, by name: add_resettlement_at_share_of_2022"):
        total_inflow(rows, definition="mpp_inflow")
    with pytest.raises(DeliveryError, match="Keep them apart: no conversion is known"):
        one_definition(rows.with_columns(definition=pl.Series(["coa_inflow", "mpp_inflow"])), "mpp_inflow")


def test_a_named_conversion_makes_them_comparable():
    rows = rows_of("""
        year | definition        | type  | count
        2022 | ind_asylum_inflow | total | 47991
    """)
    converted = convert(rows, "add_resettlement_at_share_of_2022")
    assert total_inflow(converted, definition="mpp_inflow") == 49_500
    assert "converted: add_resettlement_at_share_of_2022" in converted["note"].item()
    there_and_back = convert(converted, "leave_out_resettlement_at_share_of_2022")
    assert total_inflow(there_and_back, definition="ind_asylum_inflow") == 47_991


def test_a_conversion_must_exist_and_start_from_the_right_definition():
    rows = rows_of("""
        year | definition | type  | count
        2022 | coa_inflow | total | 47991
    """)
    with pytest.raises(DeliveryError, match="this conversion is not declared"):
        convert(rows, "coa_is_ind")
    with pytest.raises(DeliveryError, match="they count other things"):
        convert(rows, "add_resettlement_at_share_of_2022")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            """
            year | definition        | type  | count
            2022 | ind_asylum_inflow | total | 47991
            2022 | ind_asylum_inflow | first | 35535
            """,
            "total is added to its parts",
        ),
        (
            """
            year | definition        | type                | count
            2022 | ind_asylum_inflow | first               | 35535
            2022 | ind_asylum_inflow | unaccompanied_minor | 4207
            """,
            "is counted already in another application type",
        ),
        (
            """
            year | definition        | type  | count
            2022 | ind_asylum_inflow | total | 47991
            2022 | ind_asylum_inflow | total | 47911
            """,
            "the same fact occurs more than once",
        ),
    ],
)
def test_nothing_is_counted_twice(text, problem):
    with pytest.raises(DeliveryError, match=problem):
        total_inflow(rows_of(text), definition="ind_asylum_inflow")


def test_parts_of_one_definition_add_up():
    rows = rows_of("""
        year | definition        | type                    | count
        2022 | ind_asylum_inflow | first                   | 35535
        2022 | ind_asylum_inflow | subsequent              | 1529
        2022 | ind_asylum_inflow | following_family_member | 10927
    """)
    assert total_inflow(rows, definition="ind_asylum_inflow") == 47_991


def test_an_unknown_definition_is_refused(published):
    with pytest.raises(DeliveryError, match="'asylum' is not a definition of inflow"):
        monthly_inflow(published, "asylum", "total", date(2022, 1, 1), date(2022, 12, 31))
