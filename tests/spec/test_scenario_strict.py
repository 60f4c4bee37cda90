# SPDX-License-Identifier: EUPL-1.2
"""A scenario takes a value as what it is, one value for a day, and a file whatever program saved it."""

import os
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, get_args, get_origin

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from keten.domain.errors import ScenarioError
from keten.parameters.load import load_chain
from keten.scenario.apply import apply
from keten.scenario.model import Scenario
from keten.scenario.read import as_scenario, read_scenario

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"
TEXT = LETTER.read_text(encoding="utf-8")
ACCOUNT = {"owner": "Analyst", "reason": "To see what is refused.", "source": "a test of Keten"}
IN_TOML = 'owner = "Analyst"\nreason = "To see what is refused."\nsource = "a test of Keten"\n'
OF_ANOTHER_TYPE = {
    float: (True, "12", "1e3"),
    int: (True, "twelve", "1 2", 1.5),
    bool: (1, 0, "true", "yes"),
    date: (True, 1688169600, "1688169600", 1.5, "1-7-2023"),
}


def parts(annotation):
    """Give a type and all types inside it, its models excepted."""
    yield annotation
    if get_origin(annotation) is Annotated:
        yield from parts(get_args(annotation)[0])
    else:
        for part in get_args(annotation):
            if not isinstance(part, str | bool):
                yield from parts(part)


def models(model, seen=None):
    """Give a model and all models of its fields."""
    seen = {} if seen is None else seen
    if model not in seen:
        seen[model] = None
        for field in model.model_fields.values():
            for part in parts(field.annotation):
                if isinstance(part, type) and issubclass(part, BaseModel):
                    models(part, seen)
    return list(seen)


def plain_fields():
    for model in models(Scenario):
        for name, field in model.model_fields.items():
            for kind in OF_ANOTHER_TYPE:
                inside = list(parts(field.annotation))
                if kind in inside and not any(get_origin(part) in (Mapping, dict) for part in inside):
                    yield pytest.param(field.rebuild_annotation(), kind, id=f"{model.__name__}.{name}")


@pytest.mark.parametrize(("annotation", "kind"), list(plain_fields()))
def test_no_field_takes_a_value_of_another_type(annotation, kind):
    taken = []
    for value in OF_ANOTHER_TYPE[kind]:
        try:
            taken.append((value, TypeAdapter(annotation).validate_python(value)))
        except ValidationError:
            continue
    assert taken == []


@pytest.mark.parametrize(
    ("value", "told"),
    [("true", "true is no number"), ('"12"', "'12' is text and no number; write the number without quotes")],
)
def test_what_is_no_number_is_refused_with_its_place(tmp_path, value, told):
    path = tmp_path / "s.toml"
    path.write_text(f"{TEXT}\n[[capacity.municipal_homes]]\nfrom = 2023-09-01\nvalue = {value}\n{IN_TOML}", "utf-8")
    with pytest.raises(ScenarioError) as refused:
        read_scenario(path)
    assert [(row.where, told in str(row.what)) for row in refused.value.problems] == [
        ("capacity.municipal_homes.0.value", True)
    ]


@pytest.mark.parametrize("value", [12, 12.5, 0])
def test_a_number_is_taken_whole_or_not(value):
    content = tomllib.loads(TEXT) | {
        "capacity": {"municipal_homes": [{"from": "2023-09-01", "value": value} | ACCOUNT]}
    }
    assert as_scenario(content, "s").capacity["municipal_homes"][0].value == value


def test_a_kept_document_is_read_back_as_it_was():
    scenario = read_scenario(LETTER)
    kept = scenario.model_dump(mode="json", by_alias=True)
    assert as_scenario(kept, "kept") == scenario
    years = kept["inflow"] | {"years": {"2023": {"value": 30_000, **ACCOUNT}}}
    assert list(as_scenario(kept | {"inflow": years}, "kept").inflow.years) == [2023]


# One value for a day -------------------------------------------------------------------------------------------------

ROWS = {
    "capacity": lambda rows: {"capacity": {"municipal_homes": [{"value": 90, **row} for row in rows]}},
    "no_show": lambda rows: {"no_show": {"hearing_track_4": [{"value": 0.1, **row} for row in rows]}},
    "regular_places": lambda rows: {"reception": {"regular_places": [{"value": 5, **row} for row in rows]}},
    "leave": lambda rows: {
        "staff": {
            "leave": [
                {"resource": "baa_officers", "share": 0.1, "until": date(2024, 1, 1), **row} for row in rows
            ]
        }
    },
    "locations": lambda rows: {
        "staff": {"locations": [{"name": "A", "resource": "baa_officers", "hours_per_day": 8, **row} for row in rows]}
    },
    "projects": lambda rows: {
        "staff": {"projects": [{"name": "A", "lender": "x", "borrower": "y", "fte": 3, **row} for row in rows]}
    },
    "hires": lambda rows: {
        "staff": {
            "hires": [
                {"resource": "baa_officers", "fte": 3, "requested_on": row["from"], "owner": row["owner"],
                 "reason": row["reason"], "source": row["source"]} for row in rows
            ]
        }
    },
}  # fmt: skip


def with_rows(table, *days):
    """The letter with rows of one list that begin on these days."""
    return tomllib.loads(TEXT) | ROWS[table]([{"from": day, **ACCOUNT} for day in days])


@pytest.mark.parametrize("table", ROWS)
def test_two_rows_of_one_day_are_refused_with_their_numbers(table):
    with pytest.raises(ScenarioError) as refused:
        as_scenario(with_rows(table, date(2023, 8, 1), date(2023, 9, 1), date(2023, 8, 1)), "s")
    told = " ".join(str(problem.what) for problem in refused.value.problems)
    assert "rows 1 and 3" in told
    assert "leave one out" in told


def test_a_row_that_still_holds_when_another_begins_is_refused():
    with pytest.raises(ScenarioError) as refused:
        as_scenario(with_rows("capacity", date(2023, 9, 1), date(2023, 8, 1)), "s")
    (problem,) = refused.value.problems
    assert problem.where == "capacity.municipal_homes"
    assert "row 2 still holds on 2023-09-01, when row 1 begins; end row 2 then (until = 2023-09-01)" in str(
        problem.what
    )


def test_rows_that_follow_each_other_are_taken():
    rows = [
        {"from": date(2023, 8, 1), "until": date(2023, 9, 1), "value": 80, **ACCOUNT},
        {"from": date(2023, 9, 1), "value": 90, **ACCOUNT},
    ]
    as_scenario(tomllib.loads(TEXT) | {"capacity": {"municipal_homes": rows}}, "s")


def test_two_ways_for_the_same_cases_on_one_day_are_refused():
    chain = load_chain()
    route = next(route for route in chain.routes if route.case_classes)
    ways = [row for row in chain.routes if (row.stage, row.case_classes) == (route.stage, route.case_classes)]
    row = {
        "stages": [route.stage], "case_classes": list(route.case_classes), "from": date(2023, 8, 1), **ACCOUNT,
        "ways": [{"to": way.to, "becomes": way.becomes, "outcome": way.outcome.value, "share": 1 / len(ways)}
                 for way in ways],
    }  # fmt: skip
    scenario = as_scenario(tomllib.loads(TEXT) | {"routes": {"twice": [row, row]}}, "s")
    with pytest.raises(ScenarioError) as refused:
        apply(scenario, chain)
    assert ["rows 1 and 2 both begin on 2023-08-01" in str(row.what) for row in refused.value.problems] == [True]


# The file ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbf" + TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        TEXT.encode("utf-16"),
    ],
    ids=["byte-order mark", "CRLF", "CR", "UTF-16"],
)
def test_a_file_is_read_whatever_program_saved_it(tmp_path, raw):
    path = tmp_path / "s.toml"
    path.write_bytes(raw)
    assert read_scenario(path) == read_scenario(LETTER)


@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
def test_a_base_that_is_no_file_is_refused_at_once(tmp_path, kind):
    base = tmp_path / "base"
    if kind == "folder":
        base.mkdir()
    elif kind == "pipe":
        os.mkfifo(base)
    else:
        base = Path("/dev/zero")
    path = tmp_path / "s.toml"
    path.write_text(f'base = "{base}"\nname = "s"\n', "utf-8")
    with pytest.raises(ScenarioError) as refused:
        read_scenario(path)
    what = "it is a folder, not a file." if kind == "folder" else "it is a pipe or a device, not a file."
    assert refused.value.problems[0].what == what
