# SPDX-License-Identifier: EUPL-1.2
"""The money page: the reader chooses the year, and only what is known of both sides is compared."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from django.urls import reverse

from keten_web.accountability import queries
from keten_web.accountability.kinds import BUDGET_LINES
from keten_web.accounts.models import User
from keten_web.record import actions

ON = date(2023, 7, 13)


@pytest.fixture
def director(cast) -> User:
    return User.objects.get(username="chain_director")


def line(by: User, year: int, name: str, partner: str, amount: int, stage: str = "original") -> None:
    values = {
        "title": name,
        "partner_id": partner,
        "year": year,
        "line": name,
        "stage": stage,
        "amount_eur": amount,
    }
    actions.create(BUDGET_LINES, values, by=by)


def costs(year: int, **per_partner: float) -> pl.DataFrame:
    """Costs of a year of twelve equal months, in one replication."""
    return pl.DataFrame(
        [
            {"replication": 0, "period_end": date(year, month, 28), "partner": partner, "budget_line": "care",
             "cost_eur": amount / 12}
            for partner, amount in per_partner.items()
            for month in range(1, 13)
        ]
    )  # fmt: skip


def test_a_line_of_next_year_moves_nobody_and_the_reader_chooses(director, cast):
    line(director, 2023, "ind", "IND", 500_000_000)
    line(director, 2024, "ind", "IND", 600_000_000)
    assert queries.finance(ON, None)["year"] == 2023
    assert queries.finance(date(2025, 1, 1), None)["year"] == 2024
    assert queries.finance(ON, None)["years"] == [2024, 2023]
    page = cast["partner_reader"].get(reverse("finance"), {"jaar": "2024"}).content.decode()
    assert "600.000.000" in page
    assert "500.000.000" not in page
    for wrong in ("drieëntwintig", "1999", "-1", "9999", "²"):
        assert cast["partner_reader"].get(reverse("finance"), {"jaar": wrong}).status_code == 404


def test_only_what_is_known_of_both_sides_is_compared_and_the_rest_is_named(director, monkeypatch, likely):
    line(director, 2023, "ind", "IND", 400_000_000)
    line(director, 2023, "ind", "IND", 500_000_000, stage="first_supplementary")
    line(director, 2023, "ukraine", "MINISTRY", 2_000_000_000)
    line(director, 2023, "nidos", "NIDOS", 100_000_000)
    line(director, 2023, "total", "MINISTRY", 2_600_000_000)
    line(director, 2023, "penalties", "IND", 55_000_000, stage="forecast")
    monkeypatch.setattr(queries, "_costs", lambda _results: costs(2023, IND=450e6, COA=1_500e6, POLICE=20e6))
    found = queries.finance(ON, likely)["scenario"]
    assert [(row.name, row.budget.split()[-1]) for row in found.compared] == [("IND", found.budget.split()[-1])]
    assert "500.000.000" in found.budget
    assert "50" in found.gap
    said = {row.name: row.why for row in found.left_out}
    assert said == {
        "COA, kosten": "geen begrotingsregel van deze partner in 2023",
        "Politie, kosten": "geen begrotingsregel van deze partner in 2023",
        "ukraine": "de studie rekent voor deze regel geen kosten uit",
        "nidos": "de studie rekent voor deze regel geen kosten uit",
        "penalties": "een raming, geen begrotingsregel",
    }


def test_nothing_is_compared_when_one_side_is_missing(director, monkeypatch, likely):
    line(director, 2023, "coa", "COA", 1_000_000_000)
    monkeypatch.setattr(queries, "_costs", lambda _results: costs(2023, IND=450e6))
    found = queries.finance(ON, likely)["scenario"]
    assert (found.compared, found.budget, found.gap, len(found.left_out)) == ((), "", "", 2)
