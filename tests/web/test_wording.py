# SPDX-License-Identifier: EUPL-1.2
"""How figures are written: a count of record exactly, a forecast rounded to what is known."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from keten.domain.figures import Range
from keten.parameters.load import load_chain
from keten_web.dashboard import sentences
from keten_web.words import names, wording


@pytest.mark.parametrize(
    ("value", "unit", "dutch", "english"),
    [
        (33555, "cases", "33.555", "33,555"),
        (0.1536, "share", "15,4%", "15.4%"),
        (39.13, "weeks", "39,1", "39.1"),
        (0.967, "ratio", "0,97", "0.97"),
        (55_000_000, "eur", "€\N{NO-BREAK SPACE}55.000.000", "€\N{NO-BREAK SPACE}55,000,000"),
    ],
)
def test_a_count_of_record_is_written_exactly(value, unit, dutch, english):
    with translation.override("nl"):
        assert wording.exact(value, unit) == dutch
    with translation.override("en"):
        assert wording.exact(value, unit) == english


@pytest.mark.parametrize(
    ("p10", "p50", "p90", "unit", "written"),
    [
        (34_120, 35_980, 38_460, "cases", "circa 36.000 (80%: 34.000–38.500)"),
        (51_850, 58_132, 63_843, "cases", "circa 58.000 (80%: 52.000–64.000)"),
        (23, 31, 3_233, "cases", "circa 30 (80%: 20–3.230)"),
        (0.498, 0.56, 0.628, "share", "circa 56% (80%: 50%–62%)"),
        (76.3, 78.8, 81.2, "weeks", "circa 79 (80%: 76–81)"),
        (0.66, 0.993, 1.296, "ratio", "circa 1,0 (80%: 0,7–1,3)"),
        (54_040, 54_040, 54_040, "persons", "54.040"),
        (54_040_500, 54_040_500, 54_040_500, "eur", "circa €\N{NO-BREAK SPACE}54.000.000"),
    ],
)
def test_a_forecast_is_rounded_to_what_is_known(p10, p50, p90, unit, written):
    with translation.override("nl"):
        assert wording.forecast(Range(p10, p50, p90, p50), unit) == written


def test_a_forecast_to_both_sides_of_the_start_is_not_called_a_rise_or_a_fall():
    wide = {date(2023, 4, 30): Range(125, 125, 125, 125), date(2023, 6, 30): Range(10, 30, 480, 150)}
    with translation.override("nl"):
        sentence = sentences.course("Voorraad", "cases", 125, wide)
    assert sentence == "Voorraad kan stijgen of dalen: 10–480 zaken in juni 2023"


def months(*middles: float) -> dict[date, Range]:
    return {date(2023, n, 28): Range(m * 0.98, m, m * 1.02, m) for n, m in enumerate(middles, start=4)}


@pytest.mark.parametrize(
    ("middles", "sentence"),
    [
        ((1000, 1200, 1400), "Voorraad groeit naar circa 1.400 zaken in juni 2023"),
        ((1000, 800, 600), "Voorraad daalt naar circa 600 zaken in juni 2023"),
        ((1000, 1005, 1010), "Voorraad blijft op circa 1.010 zaken tot juni 2023"),
        (
            (1000, 1800, 1500),
            "Voorraad groeit naar circa 1.800 zaken in mei 2023 en daalt daarna naar circa 1.500 zaken in juni 2023",
        ),
        ((1000, 1010, 985), "Voorraad blijft op circa 985 zaken tot juni 2023"),
        ((), "Voorraad: geen prognose in deze studie"),
    ],
)
def test_the_title_of_a_chart_says_what_one_sees(middles, sentence):
    with translation.override("nl"):
        assert sentences.course("Voorraad", "cases", 1000, months(*middles)) == sentence


@pytest.mark.parametrize(
    ("value", "nl"),
    [(63768.0, "63.768"), (0.1234567890123457, "0,1234567890123457"), (-1234567.25, "-1.234.567,25"), (0.0, "0")],
)
def test_a_number_to_the_last_digit_keeps_all_of_them(value, nl):
    with translation.override("nl"):
        assert wording.to_the_last_digit(value) == nl


def test_who_must_consent_has_a_name_in_dutch():
    ministers = {relation.responsible for partner in load_chain().partners for relation in partner.relations}
    with translation.override("nl"):
        assert [title for title in ministers if names.approver(title) == title] == []
        assert names.approver("POLICE") == "Politie"
