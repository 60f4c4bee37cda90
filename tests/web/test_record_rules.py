# SPDX-License-Identifier: EUPL-1.2
"""What can be true of a row: every number has its bounds, every day its place; a form, a file and the API refuse alike.

The lists are made from the kinds and their fields, so that a field that is added is asked here too.
"""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import models
from django.test import Client
from django.utils.translation import override

from keten.domain.bounds import UNITS
from keten.indicators.registry import by_identifier
from keten_web.accountability.kinds import BUDGET_CLAIMS
from keten_web.accounts import actions as account_actions
from keten_web.accounts import tokens
from keten_web.accounts.models import User
from keten_web.api.schemas import to_camel
from keten_web.record import actions, intake, rules
from keten_web.record.errors import InvalidError
from keten_web.record.fields import SeriesField
from keten_web.record.kinds import Kind, kind_of, kinds
from keten_web.steering import words
from keten_web.steering.kinds import ACTUALS, AGREEMENTS, BODIES, MEETINGS
from keten_web.steering.models import Actual, GovernanceBody

TODAY = date(2023, 7, 13)
BESIDE = {"id", "version"}
NUMBERS = (models.IntegerField, models.FloatField, models.DecimalField, SeriesField)
MONTHS = {"first_month", "last_month"}


def numbers_of(kind: Kind) -> list[str]:
    """Every field of a kind that holds a number, or numbers through time."""
    fields = [field for field in kind.model._meta.concrete_fields if isinstance(field, NUMBERS)]
    return [field.name for field in fields if field.name not in BESIDE]


def days_of(kind: Kind) -> list[str]:
    fields = kind.model._meta.concrete_fields
    return [field.name for field in fields if type(field) is models.DateField]


def moments_of(kind: Kind) -> list[str]:
    years = [name for name in numbers_of(kind) if name.endswith("year")]
    months = [field.name for field in kind.model._meta.concrete_fields if field.name in MONTHS]
    return [*days_of(kind), *years, *months]


EVERY_NUMBER = [(kind, name) for kind in kinds() for name in numbers_of(kind)]
named = {"ids": [f"{kind.slug}-{name}" for kind, name in EVERY_NUMBER]}


# --- nothing is left undeclared ---------------------------------------------------------------------------------------


def test_every_number_of_every_kind_has_bounds_and_nothing_else_has():
    for kind in kinds():
        assert set(kind.model.limits) == set(numbers_of(kind)), kind.slug


def test_every_day_says_whether_it_may_lie_ahead():
    for kind in kinds():
        said = [*kind.model.happened, *kind.model.may_lie_ahead]
        assert sorted(said) == sorted(days_of(kind)), kind.slug


def test_days_months_and_years_that_stand_together_have_an_order_or_a_reason_for_none():
    for kind in kinds():
        ordered = {name for chain in kind.model.in_order for name in chain}
        moments = set(moments_of(kind))
        assert ordered | set(kind.model.in_no_order) <= moments, kind.slug
        if len(moments) > 1:
            assert moments - ordered == set(kind.model.in_no_order), kind.slug


def test_every_unit_has_a_name_and_can_be_chosen():
    assert [value for value, _name in words.UNITS] == list(UNITS)


# --- the rule itself --------------------------------------------------------------------------------------------------


def row_with(kind: Kind, name: str, unit: str) -> Any:
    """A row in which the number of a field has a unit."""
    row = kind.model()
    if kind is ACTUALS:
        row.agreement = kind_of(AGREEMENTS.model).model(unit=unit)
    elif hasattr(row, "unit"):
        row.unit = unit
    return row


def put(row: Any, name: str, number: float) -> Any:
    is_series = isinstance(row._meta.get_field(name), SeriesField)
    stretch = {"from": "2023-01-01", "until": "2024-01-01", "value": number}
    setattr(row, name, [stretch] if is_series else number)
    return row


@pytest.mark.parametrize(("kind", "name"), EVERY_NUMBER, **named)
def test_a_number_outside_its_bounds_is_refused_and_one_within_is_not(kind, name):
    for unit in UNITS:
        row = row_with(kind, name, unit)
        bounds = kind.model.limits[name].of(row)
        for number in (bounds.low - 1, bounds.high + 1, 1e308, float("inf"), float("-inf"), float("nan")):
            assert name in rules.problems_of(put(row, name, number), on=TODAY), (unit, number)
        for number in (bounds.low, bounds.high):
            assert name not in rules.problems_of(put(row, name, number), on=TODAY), (unit, number)


def test_what_was_probably_meant_is_asked():
    table = """
        unit    | typed   | said
        share   | 86      | Bedoelde u 0,86?
        share   | 18      | Bedoelde u 0,18?
        persons | 16.105  | Bedoelde u 16.105?
        persons | -5      | van 0 tot en met 20.000.000 mensen.
        cases   | 1e308   | 1e+308 kan niet
        eur     | -2e12   | van -1.000.000.000.000 tot en met
    """
    for line in table.strip().splitlines()[1:]:
        unit, typed, said = (part.strip() for part in line.split("|"))
        with override("nl"):
            found = rules.problems_of(put(row_with(ACTUALS, "value", unit), "value", float(typed)), on=TODAY)
        assert said in found["value"][0], line


EVERY_DAY = [(kind, name) for kind in kinds() for name in kind.model.happened]


@pytest.mark.parametrize(("kind", "name"), EVERY_DAY, ids=[f"{kind.slug}-{name}" for kind, name in EVERY_DAY])
def test_what_happened_does_not_lie_ahead(kind, name):
    row = kind.model(**{name: TODAY + timedelta(days=1)})
    assert name in rules.problems_of(row, on=TODAY)
    setattr(row, name, TODAY)
    assert name not in rules.problems_of(row, on=TODAY)


EVERY_ORDER = [(kind, chain) for kind in kinds() for chain in kind.model.in_order]


@pytest.mark.parametrize(("kind", "chain"), EVERY_ORDER, ids=[f"{kind.slug}-{'-'.join(c)}" for kind, c in EVERY_ORDER])
def test_what_comes_first_comes_first(kind, chain):
    earlier, later = chain[0], chain[-1]
    days = {True: (date(2023, 2, 1), date(2023, 1, 1)), False: (2024, 2023)}[earlier in days_of(kind)]
    if earlier in MONTHS:
        days = ("2023-02", "2023-01")
    row = kind.model(**dict(zip((earlier, later), days, strict=True)))
    assert later in rules.problems_of(row, on=TODAY)
    row = kind.model(**dict(zip((later, earlier), days, strict=True)))
    assert later not in rules.problems_of(row, on=TODAY)


# --- by form, file and API --------------------------------------------------------------------------------------------


@pytest.fixture
def everything(cast) -> User:
    """Somebody of the IND who may plan, approve and steer."""
    user = User.objects.get(username="chain_director")
    user.groups.set(Group.objects.filter(name__in=["chain_director", "partner_planner", "board_member"]))
    return User.objects.get(pk=user.pk)


def filled(kind: Kind, by: User) -> dict[str, Any]:
    """The least that a row of a kind needs; what it points at is made too."""
    found: dict[str, Any] = {"title": "Voorbeeld"}
    for name in kind.fields:
        field = kind.field(name)
        if field.blank or field.has_default():
            continue
        if isinstance(field, models.ForeignKey):
            is_kind = any(other.model is field.related_model for other in kinds())
            target = kind_of(field.related_model) if is_kind else None
            found[name] = made(target, by) if target else field.related_model.objects.get(code="COA")
        elif isinstance(field, models.DateField):
            found[name] = date(2023, 1, 31)
        elif isinstance(field, models.IntegerField):
            found[name] = 2023
        elif not field.choices:
            found.setdefault(name, "IND")
    if "indicator" in found:
        found["indicator"] = next(iter(by_identifier()))
    if kind is AGREEMENTS:
        found |= {"counterparts": ["COA"], "duties": ["IND: a", "COA: b"], "unit": "persons"}
        found["still_to_be_agreed"] = "Volgt nog."
    if "unit" in kind.fields:
        found["unit"] = "persons"
    return found


def made(kind: Kind, by: User) -> Any:
    return kind.model.objects.first() or actions.create(kind, filled(kind, by), by=by)


def cell(kind: Kind, name: str, value: Any) -> Any:
    """A value as a form and a file write it."""
    if isinstance(value, models.Model):
        return value.code
    if isinstance(value, list):
        return kind.field(name).to_text(value)
    return value.isoformat() if isinstance(value, date) else value


def series(kind: Kind, name: str, number: float) -> Any:
    stretch = {"from": "2023-01-01", "until": "2024-01-01", "value": number}
    return [stretch] if isinstance(kind.field(name), SeriesField) else number


BY_HAND = [(kind, name) for kind, name in EVERY_NUMBER if name in kind.fields]


@pytest.mark.parametrize(("kind", "name"), BY_HAND, ids=[f"{kind.slug}-{name}" for kind, name in BY_HAND])
def test_a_form_a_file_and_the_api_refuse_the_same_number_and_store_nothing(kind, name, everything):
    values = filled(kind, everything)
    unit = {"unit": "persons"} if "unit" in kind.fields else {}
    bounds = UNITS["persons"] if kind.model.limits[name].unit else kind.model.limits[name].bounds
    values |= unit | {name: series(kind, name, round(bounds.high + 1))}
    if kind is AGREEMENTS and name == "norms":
        values["still_to_be_agreed"] = ""
    before = kind.model.objects.count()
    client = Client()
    client.force_login(everything)

    typed = {field: cell(kind, field, value) for field, value in values.items()}
    choices = {field: getattr(value, "pk", value) for field, value in values.items() if isinstance(value, models.Model)}
    plain = (field for field in kind.model._meta.concrete_fields if field.choices or field.has_default())
    defaults = {field.name: cell(kind, field.name, field.get_default()) for field in plain if field.name in kind.fields}
    page = client.post(kind.address("record-new"), {**defaults, **typed, **choices})
    assert page.status_code == 200
    assert name in page.context["form"].errors

    file = io.StringIO()
    writer = csv.DictWriter(file, list(typed))
    writer.writeheader()
    writer.writerow(typed)
    with pytest.raises(intake.FileRefusedError) as refused:
        intake.read(kind, file.getvalue().encode(), "rijen.csv", by=everything, reason="Proef.")

    token = account_actions.issue_token(everything, scopes=tokens.SCOPES, days=1, by=None)
    sent = {to_camel(field): value if isinstance(value, list) else cell(kind, field, value)
            for field, value in values.items()}  # fmt: skip
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    answer = Client().post(f"/api/v1/{kind.slug}", json.dumps(sent), content_type="application/json", headers=headers)
    assert answer.status_code == 400, answer.content.decode()
    assert any(re.search(rf"\b{to_camel(name)}\b", part["name"]) for part in answer.json()["errors"]), answer.json()

    assert any(str(kind.field(name).verbose_name) in what or "norm" in what for what in refused.value.problems)
    assert kind.model.objects.count() == before


# --- rows as a whole --------------------------------------------------------------------------------------------------


def an_agreement(by: User, **changes: Any) -> Any:
    values = {
        **filled(AGREEMENTS, by),
        "norms": [{"from": "2023-01-01", "until": "2024-01-01", "value": 100.0}],
        "still_to_be_agreed": "",
        **changes,
    }
    return actions.create(AGREEMENTS, values, by=by)


def an_actual(by: User, agreement: Any, first: date, last: date, **values: Any) -> Actual:
    values = {"value": 90.0, "recorded_on": date(2023, 7, 10), **values}
    days = {"period_start": first, "period_end": last}
    return actions.create(ACTUALS, {"title": "Realisatie", "agreement": agreement, **days, **values}, by=by)


JANUARY = (date(2023, 1, 1), date(2023, 1, 31))
HALF_YEAR = (date(2023, 1, 1), date(2023, 6, 30))


def test_a_month_counts_once_and_a_correction_names_what_it_corrects(everything):
    agreement = an_agreement(everything)
    first = an_actual(everything, agreement, *JANUARY)
    for period in (JANUARY, HALF_YEAR):
        with pytest.raises(InvalidError) as refused, override("nl"):
            an_actual(everything, agreement, *period)
        assert "een maand telt één keer" in str(refused.value)
    with pytest.raises(InvalidError) as refused, override("nl"):
        an_actual(everything, agreement, *HALF_YEAR, corrects=first)
    assert "dezelfde periode" in str(refused.value)
    assert an_actual(everything, agreement, *JANUARY, corrects=first, value=91.0).value == 91
    assert an_actual(everything, agreement, date(2023, 2, 1), date(2023, 2, 28)).value == 90


def test_a_part_is_no_more_than_the_whole(everything):
    agreement = an_agreement(everything)
    with pytest.raises(InvalidError) as refused, override("nl"):
        an_actual(everything, agreement, *JANUARY, cases=10, missed=11)
    assert "Een deel is niet meer dan het geheel" in str(refused.value)
    with pytest.raises(InvalidError) as refused:
        claim = {"title": "Claim", "round": "Voorjaar", "year": 2023, "line": "ind", "asked_eur": 10, "granted_eur": 11}
        actions.create(BUDGET_CLAIMS, claim, by=everything)
    assert set(refused.value.problems) == {"granted_eur"}


def test_a_meeting_of_the_future_is_planned_and_never_held(everything):
    body = actions.create(BODIES, {"title": "Ketenberaad", "seats": ["IND 1"]}, by=everything)
    assert isinstance(body, GovernanceBody)
    ahead = date.max.replace(year=2150)
    row = actions.create(MEETINGS, {"title": "Vergadering", "body": body, "on": ahead}, by=everything)
    with pytest.raises(InvalidError) as refused:
        actions.move(MEETINGS, row.code, "houden", by=everything, expected_version=1)
    assert set(refused.value.problems) == {"on"}
    row.refresh_from_db()
    assert row.state == "planned"


def test_every_problem_of_every_sort_is_told_at_once(everything):
    with pytest.raises(InvalidError) as refused:
        actions.create(
            BUDGET_CLAIMS, {"title": "", "round": "R", "year": 1800, "line": "ind", "asked_eur": -1}, by=everything
        )
    assert set(refused.value.problems) == {"title", "year", "asked_eur"}
