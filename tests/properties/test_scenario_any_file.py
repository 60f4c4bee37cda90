# SPDX-License-Identifier: EUPL-1.2
"""Whatever file is given as a scenario: it can be run, or it is refused in words; it never breaks the reader."""

import math
import tomllib
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keten.domain.errors import ScenarioError
from keten.scenario.bounds import bounds
from keten.scenario.model import Persons
from keten.scenario.read import as_scenario
from keten.study.inputs import Inputs, prepare, read_inputs

FILE = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"
MOST_SECONDS = 20
"""So long may one file take on a busy machine; what nobody bounded takes minutes."""
ACCOUNT = {"owner": "Analyst", "reason": "To try.", "source": "a test of Keten"}
DATED = {"value": 1.0, "from": date(2023, 6, 1), "until": date(2023, 7, 1), **ACCOUNT}
CONTENT = tomllib.loads(FILE.read_text(encoding="utf-8")) | {
    "horizon": date(2023, 7, 31),
    "capacity": {"court_sessions": [DATED]},
    "no_show": {"detailed_interview": [DATED | {"value": 0.1}]},
    "reception": {"regular_places": [DATED | {"value": 50_000}]},
    "late_decisions": {"notice_share": {"value": 0.5, **ACCOUNT}},
    "staff": {
        "hires": [{"resource": "decision_officers_track_4", "fte": 5.0, "requested_on": date(2023, 6, 1), **ACCOUNT}],
        "leave": [{"resource": "decision_officers_track_4", "share": 0.1, "from": date(2023, 6, 1),
                   "until": date(2023, 7, 1), **ACCOUNT}],
    },
}  # fmt: skip
CONTENT["inflow"] = CONTENT["inflow"] | {"years": {"2023": {"value": 60_000, **ACCOUNT}}}
"""A scenario that says something of every part."""


def nested(depth, kind):
    part = 1
    for _ in range(depth):
        part = {"a": part} if kind is dict else [part]
    return part


def places_of(part, here=()):
    """Name every place in a scenario where a value stands, tables too."""
    inside = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ()
    for key, value in inside:
        yield (*here, key)
        yield from places_of(value, (*here, key))


PLACES = list(places_of(CONTENT))
MISSING = object()
SPECIALS = (
    *(math.inf, -math.inf, math.nan, -1, -0.5, 0, 1e308, -1e308, 5e-324, 10**9, 10**12, 10**400, -(10**400)),
    *(True, "", "nan", "\x00", "\x1b[2J", "\u202e", "x" * 5_000, [], {}, [[]], [{}], {"": {}}, None, MISSING),
    *(date.min, date.max, date(2500, 1, 1), datetime(2023, 7, 1, 12, tzinfo=UTC), "2023-07-01T12:00:00"),
)
specials = st.one_of(
    st.sampled_from(SPECIALS),
    st.floats(),
    st.integers(-(10**30), 10**30),
    st.text(max_size=20),
    st.dates(),
    st.builds(nested, st.integers(1, 400), st.sampled_from([dict, list])),
)


def changed(changes):
    content = deepcopy(CONTENT)
    for place, value in changes:
        part = content
        try:
            for key in place[:-1]:
                part = part[key]
            if value is MISSING:
                del part[place[-1]]
            else:
                part[place[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the table away in which this one stands
    return content


def outcome_of(make):
    """Give inputs that can be run, or a refusal with words; anything else breaks the test."""
    before = perf_counter()
    try:
        found = make()
    except ScenarioError as refusal:
        found = refusal
        assert refusal.problems
        assert all(problem.where and problem.what and str(problem.remedy) for problem in refusal.problems)
        assert "set_int_max_str_digits" not in str(refusal)
        assert "Traceback" not in str(refusal)
    assert perf_counter() - before < MOST_SECONDS
    return found


def test_the_scenario_that_is_changed_can_be_run():
    assert isinstance(outcome_of(lambda: prepare(as_scenario(CONTENT, "a scenario"))), Inputs)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PLACES), specials), min_size=1, max_size=4))
def test_a_scenario_of_any_values_can_be_run_or_is_refused_in_words(changes):
    content = changed(changes)
    found = outcome_of(lambda: prepare(as_scenario(content, "a scenario")))
    if isinstance(found, Inputs):
        assert found.span.days > 0
        for year in found.plan.years:
            assert all(math.isfinite(number) for number in year.total.bounds)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("any") / "scenario.toml"


FIELDS = ("reference_date", "horizon", "name", "title", "law", "inflow", "base", "new")
ODD = (
    *("inf", "nan", "-nan", "1e400", "9" * 5_000, "0001-01-01", "9999-12-31", "2023-02-31", "07:32:00"),
    *("'\x00'", '"a\\u0000b"', "'~root'", "[[[]]]", "{}", "true"),
)
written = st.one_of(
    st.builds("{} = {}".format, st.sampled_from(FIELDS), st.sampled_from(ODD)),
    st.builds(
        lambda depth, sign: f"a = {sign[0] * depth}{sign[1] * depth}",
        st.integers(1, 3_000),
        st.sampled_from([("[", "]"), ("{a=", "}")]),
    ),
    st.builds(lambda depth: f"[{'.'.join('a' * depth)}]", st.integers(1, 2_000)),
    st.text(max_size=40),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(FILE.read_text(encoding="utf-8").splitlines()) | written, max_size=8), st.booleans())
def test_a_file_of_any_lines_can_be_run_or_is_refused_in_words(file, lines, whole):
    text = FILE.read_text(encoding="utf-8") if whole else ""
    file.write_bytes("\n".join([*lines, text]).encode("utf-8", "surrogatepass"))
    outcome_of(lambda: read_inputs(file))


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200))
def test_a_file_of_any_bytes_is_refused_in_words(file, raw):
    file.write_bytes(raw)
    assert isinstance(outcome_of(lambda: read_inputs(file)), ScenarioError)


# Every bound of the table --------------------------------------------------------------------------------------------

NUMBERS = {
    "persons_a_year": ("inflow", "years", "2023", "value"),
    "capacity": ("capacity", "court_sessions", 0, "value"),
    "places": ("reception", "regular_places", 0, "value"),
    "fte": ("staff", "hires", 0, "fte"),
    "share": ("late_decisions", "notice_share", "value"),
    "no_show": ("no_show", "detailed_interview", 0, "value"),
}
"""Where a number of each kind stands in a scenario."""
DAYS = {"studied": ("reference_date",), "named": ("staff", "hires", 0, "requested_on")}


def refusals(place, value):
    """Say what is wrong at one place; what follows from it elsewhere is not asked."""
    try:
        as_scenario(changed([(place, value)]), "a scenario")
    except ScenarioError as refusal:
        return [str(row.what) for row in refusal.problems]
    return []


def test_every_bound_has_a_place_where_it_is_tried():
    assert set(NUMBERS) == {row.id for row in bounds().numbers}
    assert set(DAYS) == {row.id for row in bounds().days}
    assert set(SIZES) == {row.id for row in bounds().sizes}


@pytest.mark.parametrize("bound", bounds().numbers, ids=lambda row: row.id)
@pytest.mark.parametrize("end", ["low", "high"])
def test_a_number_just_inside_its_bound_is_taken_and_just_outside_is_refused(bound, end):
    inside = getattr(bound, end)
    outside = math.nextafter(inside, -math.inf if end == "low" else math.inf)
    told = [what for what in refusals(NUMBERS[bound.id], inside) if bound.reason in what]
    assert not told
    assert any(bound.reason in what or "greater than" in what for what in refusals(NUMBERS[bound.id], outside))


@pytest.mark.parametrize("bound", bounds().days, ids=lambda row: row.id)
@pytest.mark.parametrize("end", ["low", "high"])
def test_a_day_just_inside_its_bound_is_taken_and_just_outside_is_refused(bound, end):
    inside = getattr(bound, end)
    outside = date.fromordinal(inside.toordinal() + (-1 if end == "low" else 1))
    assert not any(bound.reason in what for what in refusals(DAYS[bound.id], inside))
    assert any(bound.reason in what for what in refusals(DAYS[bound.id], outside))


def days_of_a_study(most, file):
    first = CONTENT["reference_date"]
    return changed([(("horizon",), date.fromordinal(first.toordinal() + most))])


def rows(most, file):
    start = date(2023, 6, 1).toordinal()
    periods = [
        DATED | {"from": date.fromordinal(start + number), "until": date.fromordinal(start + number + 1)}
        for number in range(most)
    ]
    return changed([(("capacity", "court_sessions"), periods)])


def characters(most, file):
    return changed([(("inflow", "years", "2023", "reason"), "x" * most)])


def in_file(text):
    def write(most, file):
        file.write_text(text(most, file), encoding="utf-8")
        return file

    return write


def with_bases(most, file):
    """Lay so many scenarios under one."""
    folder = file.parent
    text = FILE.read_text(encoding="utf-8")
    for number in range(most):
        (folder / f"under-{number}.toml").write_text(text)
        text = f'base = "under-{number}.toml"\n'
    return text


SIZES = {
    "days_of_a_study": days_of_a_study,
    "rows": rows,
    "characters": characters,
    "bytes_of_a_file": in_file(lambda most, _file: FILE.read_text(encoding="utf-8").ljust(most - _more())),
    "depth": in_file(lambda most, _file: f"new = {'[' * most}{']' * most}\n" + FILE.read_text("utf-8")),
    "bases": in_file(with_bases),
}
"""A scenario that holds so much of each kind."""


def _more():
    text = FILE.read_text(encoding="utf-8")
    return len(text.encode()) - len(text)


def told_of(made):
    try:
        read_inputs(made) if isinstance(made, Path) else as_scenario(made, "a scenario")
    except ScenarioError as refusal:
        return [str(row.what) for row in refusal.problems]
    return []


@pytest.mark.parametrize("bound", bounds().sizes, ids=lambda row: row.id)
def test_as_much_as_a_bound_says_is_taken_and_one_more_is_refused(bound, file):
    def is_too_much(size):
        said = told_of(SIZES[bound.id](size, file))
        return any(bound.reason in what or "at most" in what for what in said)

    assert not is_too_much(bound.high)
    assert is_too_much(bound.high + 1)


def test_a_number_of_thousands_of_digits_is_refused_without_a_hint_for_programmers(file):
    file.write_text(f"new = {'9' * 5_000}\n")
    with pytest.raises(ScenarioError) as refusal:
        read_inputs(file)
    assert "nobody can count" in str(refusal.value)
    assert "digits" not in str(refusal.value)


@pytest.mark.parametrize("kind", [math.inf, -math.inf, math.nan])
def test_a_number_that_is_none_is_no_quantity(kind):
    with pytest.raises(ValueError, match="finite"):
        Persons(value=kind, **ACCOUNT)
