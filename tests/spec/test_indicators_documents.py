# SPDX-License-Identifier: EUPL-1.2
"""The shape in which a study writes its measures and indicators."""

import json
from datetime import date

import polars as pl
from indicator_tables import tables

from keten.indicators import Tables
from keten.indicators.documents import indicators_document, measures_document
from keten.observations.known import load_published
from keten.parameters.load import load_chain

CHAIN = load_chain()
PUBLISHED = load_published()
DECISIONS = """
    replication | period_end | track   | decisions | in_time
    0           | 2023-05-31 | track_4 | 1000      | 500
    1           | 2023-05-31 | track_4 | 2000      | 1500
    2           | 2023-05-31 | track_4 | 3000      | 3000
    0           | 2023-06-30 | track_1 | 10        | 10
"""
RUN = tables(complete=False, decisions=DECISIONS)
REFERENCE = date(2023, 4, 30)


def test_a_measure_has_a_unit_a_range_per_month_and_what_was_observed():
    document = measures_document(RUN, CHAIN, PUBLISHED, REFERENCE)
    assert document["production.track_4"] == {
        "unit": "cases",
        "definition": {
            "nl": "Eerste besluiten van spoor 4 in de maand; ingetrokken aanvragen tellen niet mee.",
            "en": "First-instance decisions of track 4 in the month; withdrawn applications do not count.",
        },
        "months": {"2023-05": {"p10": 1000, "p50": 2000, "p90": 3000, "mean": 2000}},
        "periods": {},
        "observed": [],
    }


def test_an_indicator_that_is_unknown_in_a_month_says_so():
    document = indicators_document(RUN, CHAIN, PUBLISHED)
    shares = next(row for row in document["indicators"] if row["id"] == "share_decided_in_time")
    assert shares["months"]["2023-05"]["p50"] == 0.75
    assert shares["months"]["2023-06"] == {"p10": None, "p50": None, "p90": None, "mean": None}
    assert [(point["on"], point["value"], point["reported"]) for point in shares["observed"]] == [
        ("2022-04-30", 0.33, True),
        ("2022-10-31", 0.15, True),
    ]


def test_observed_values_are_those_of_the_knowledge_date():
    ledger = """
        period_end | stage       | case_class | closing
        2023-04-30 | decision_aa | lateral    | 33555
    """
    bundle = tables(ledger=ledger)
    for day, known in ((date(2023, 7, 12), []), (date(2023, 7, 13), ["2023-04-30", "2023-06-30"])):
        stock = measures_document(bundle, CHAIN, PUBLISHED.known_on(day), REFERENCE)["stock.track_4"]
        assert [point["on"] for point in stock["observed"] if point["on"] > "2023"] == known


def test_the_documents_are_plain_json():
    bundle = Tables(decisions=RUN.decisions.with_columns(pl.col("replication").cast(pl.Int32)))
    measured = measures_document(bundle, CHAIN, PUBLISHED, REFERENCE)
    for document in (measured, indicators_document(bundle, CHAIN, PUBLISHED)):
        assert json.loads(json.dumps(document)) == document
