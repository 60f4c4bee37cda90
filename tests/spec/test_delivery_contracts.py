# SPDX-License-Identifier: EUPL-1.2
"""What partners owe every month, what is told of a figure that cannot be or is strange, and what is late."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from keten.cli import main
from keten.domain.language import said
from keten.observations import load_published
from keten.observations.checking import POLARS
from keten.observations.contracts import (
    DAYS,
    Place,
    column_of,
    contracts,
    month_before,
    month_end,
    of_partner,
    place_of,
    row_of,
    unit_of,
)
from keten.observations.due import FEWEST_MONTHS, Standing, calendar, completeness, nowcast
from keten.observations.judging import Value, Weight, figures_in, judge, known_in
from keten.observations.problems import QUESTIONS
from keten.observations.stream import Delivery, Stream
from keten.observations.tables import PARTNERS, TABLES

MAY, JUNE = date(2023, 5, 31), date(2023, 6, 30)
ALL = [(contract, figure) for contract in contracts() for figure in contract.figures]
IDS = [figure.id for _contract, figure in ALL]
RECEPTION = next(one for one in contracts() if one.id == "coa-reception")

KNOWN = {
    Place("reception.occupancy", MAY): 52_600.0,
    Place("reception.emergency", MAY): 14_200.0,
    Place("flows.entered", MAY): 4_120.0,
}


def told(given: dict[str, float | None | Value], known=KNOWN, month: date = JUNE):
    values = {Place(name, month): value if isinstance(value, Value) else Value(value) for name, value in given.items()}
    return judge(values, known.get)


# --- the contracts themselves -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("contract", contracts(), ids=lambda one: one.id)
def test_a_contract_is_of_the_partner_whose_table_it_is(contract):
    assert contract.partner in PARTNERS
    assert TABLES[contract.table].owner in {None, contract.partner}
    assert contract.source.startswith("https://")
    assert contract.nl != contract.en
    assert contract.definition.nl
    assert contract.definition.en


@pytest.mark.parametrize(("contract", "figure"), ALL, ids=IDS)
def test_every_figure_that_is_owed_is_a_row_of_its_table(contract, figure):
    row = row_of(contract, figure, JUNE)
    for column in contract.declared.columns:
        if column.values and column.name in row:
            assert row[column.name] in column.values, column.name
    required = {column.name for column in contract.declared.columns if column.required} - {figure.column}
    assert required <= set(row)
    assert place_of(contract, figure, row) == Place(figure.id, JUNE)
    assert unit_of(contract, figure)
    assert column_of(contract, figure).name == figure.column


def test_a_figure_is_owed_once():
    assert len(set(IDS)) == len(IDS)


# --- what is told -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"reception.occupancy": 53_000}, []),
        ({"reception.occupancy": 53_000.5}, [("not_whole", "reception.occupancy")]),
        ({"reception.occupancy": -1}, [("below_range", "reception.occupancy")]),
        ({"reception.emergency": 16_000}, [("jump", "reception.emergency")]),
        ({"reception.occupancy": 52_600}, [("equal", "reception.occupancy")]),
        ({"reception.occupancy": 53_000, "reception.emergency": 53_001}, [("part_above_whole", "reception.emergency")]),
        (
            {"reception.occupancy": 53_000, "flows.entered": 4_310, "flows.left": 3_190},
            [("balance", "flows.left")],
        ),
        ({"reception.occupancy": 53_000, "flows.entered": 4_310, "flows.left": 3_910}, []),
        ({"reception.occupancy": 53_040, "flows.entered": 4_310, "flows.left": 3_910}, []),
        (
            {"inflow.total": 100, "inflow.first": 60, "inflow.subsequent": 41},
            [("parts_above_whole", "inflow.total")],
        ),
        ({"reception.occupancy": None}, []),
    ],
)
def test_what_cannot_be_or_is_strange_is_told_at_its_cell(given, expected):
    assert [(finding.code, finding.place.figure) for finding in told(given)] == expected


def test_a_slip_of_the_fingers_in_a_balance_gets_a_proposal():
    (finding,) = told({"reception.occupancy": 53_000, "flows.entered": 4_310, "flows.left": 3_190})
    assert finding.proposal == 3_910
    assert "53.720" in said(finding.what, "nl")
    assert "53,720" in said(finding.what, "en")


def test_with_one_figure_of_a_balance_unknown_nothing_is_said_of_it():
    assert told({"reception.occupancy": 40_000, "flows.entered": 4_310}, known={}) == ()


def test_errors_come_first_and_the_weightiest_before_the_others():
    found = told({"reception.emergency": 60_000, "reception.occupancy": 53_000, "flows.entered": 8_000.5})
    weights = [finding.weight for finding in found]
    assert weights == sorted(weights, key=lambda weight: weight is not Weight.ERROR)
    assert {finding.code for finding in found} >= {"part_above_whole", "not_whole"}


def test_a_withheld_figure_never_hides_a_known_one_in_silence():
    known = {Place("stock.track_4", JUNE): 36_870.0}
    for state in ("suppressed", "unknown"):
        (finding,) = told({"stock.track_4": Value(None, state)}, known)
        assert (finding.code, finding.weight) == ("hides_known", Weight.QUESTION)
    assert told({"stock.track_4": Value(None, "suppressed")}, {}) == ()


def test_what_was_known_already_is_not_asked_again():
    known = KNOWN | {Place("reception.emergency", JUNE): 16_000.0}
    assert told({"reception.emergency": 16_000}, known) == ()


def test_every_question_asks_for_an_answer_in_both_languages():
    for kind in QUESTIONS:
        assert kind.remedy.nl != kind.remedy.en


def test_the_published_figures_fill_the_cells_of_the_contracts():
    known = known_in(load_published())
    assert known(Place("stock.track_4", JUNE)) == 36_870
    assert known(Place("inflow.total", MAY)) == 3_597
    assert known(Place("stock.track_4", MAY)) is None


def test_a_row_about_no_whole_month_fills_no_cell():
    contract = next(one for one in contracts() if one.table == "decisions")
    row = row_of(contract, contract.figures[0], JUNE)
    assert place_of(contract, contract.figures[0], row | {"period_start": date(2023, 6, 2)}) is None
    assert place_of(contract, contract.figures[0], row | {"period_end": date(2023, 6, 29)}) is None


# --- the calendar -----------------------------------------------------------------------------------------------------


def frame(contract, month: date, numbers: dict[str, float | None], state: str = "final") -> pl.DataFrame:
    rows = [
        row_of(contract, figure, month) | {figure.column: numbers[figure.id], "state": state}
        for figure in contract.figures
        if figure.id in numbers
    ]
    names = {column.name: POLARS[column.type] for column in contract.declared.columns} | {"state": pl.String}
    return pl.DataFrame([{name: row.get(name) for name in names} for row in rows], schema=names)


def delivered(contract, on: date, rows: pl.DataFrame, number: int = 1) -> tuple[Delivery, pl.DataFrame]:
    at = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    return Delivery(contract.table, f"{number}.csv", f"{number:064d}", contract.partner, at, rows.height, number), rows


EVERYTHING = {figure.id: 1_000.0 for figure in RECEPTION.figures}


@pytest.mark.parametrize(
    ("day", "numbers", "state", "expected"),
    [
        (date(2023, 7, 9), {}, "final", Standing.NOT_DUE),
        (date(2023, 7, 10), {}, "final", Standing.NOT_DUE),
        (date(2023, 7, 11), {}, "final", Standing.LATE),
        (date(2023, 7, 11), {"reception.occupancy": 53_000.0}, "final", Standing.INCOMPLETE),
        (date(2023, 7, 11), EVERYTHING, "provisional", Standing.PROVISIONAL),
        (date(2023, 7, 11), EVERYTHING, "final", Standing.COMPLETE),
        (date(2023, 7, 11), dict.fromkeys(EVERYTHING), "suppressed", Standing.COMPLETE),
        (date(2023, 7, 11), dict.fromkeys(EVERYTHING), "unknown", Standing.PROVISIONAL),
    ],
)
def test_the_calendar_says_what_is_owed_late_incomplete_and_provisional(day, numbers, state, expected):
    parts = (delivered(RECEPTION, date(2023, 7, 8), frame(RECEPTION, JUNE, numbers, state)),) if numbers else ()
    (row,) = calendar([RECEPTION], Stream(parts), [JUNE], day)
    assert (row.standing, row.due_on) == (expected, date(2023, 7, 10))
    assert row.there + len(row.lacking) == len(RECEPTION.figures)


def test_what_came_late_is_told_and_a_month_before_the_contract_is_owed_by_nobody():
    rows = frame(RECEPTION, JUNE, EVERYTHING)
    (row,) = calendar([RECEPTION], Stream((delivered(RECEPTION, date(2023, 7, 12), rows),)), [JUNE], date(2023, 8, 1))
    assert row.was_late
    assert row.first_on == date(2023, 7, 12)
    assert calendar([RECEPTION], None, [date(2023, 4, 30)], date(2023, 8, 1)) == ()


# --- how complete a first figure is -----------------------------------------------------------------------------------


def history(months: int, share: float = 0.9) -> Stream:
    parts, month, number = [], JUNE, 0
    for _ in range(months):
        for value, after in ((1_000 * share, 8), (1_000.0, 40)):
            number += 1
            rows = frame(RECEPTION, month, {"reception.occupancy": value})
            parts.append(delivered(RECEPTION, month + timedelta(days=after), rows, number))
        month = month_before(month)
    return Stream(tuple(parts))


def test_a_nowcast_follows_from_how_complete_first_figures_were():
    figure = RECEPTION.figures[0]
    found = completeness(RECEPTION, figure, history(FEWEST_MONTHS), date(2024, 1, 1))
    assert found.middle == pytest.approx(0.9)
    guess = nowcast(900, found)
    assert guess is not None
    assert guess.low <= guess.middle <= guess.high
    assert guess.middle == pytest.approx(1_000)


def test_with_too_little_history_nothing_is_guessed():
    found = completeness(RECEPTION, RECEPTION.figures[0], history(FEWEST_MONTHS - 1), date(2024, 1, 1))
    assert (found.months, found.is_known, nowcast(900, found)) == (FEWEST_MONTHS - 1, False, None)


def test_a_month_that_is_not_settled_teaches_nothing():
    found = completeness(RECEPTION, RECEPTION.figures[0], history(FEWEST_MONTHS), JUNE + timedelta(days=41))
    assert found.months == FEWEST_MONTHS - 1


def test_rows_of_a_file_are_the_cells_they_fill():
    rows = frame(RECEPTION, JUNE, EVERYTHING)
    assert set(figures_in(rows, RECEPTION)) == {Place(name, JUNE) for name in EVERYTHING}
    assert DAYS & set(rows.columns)
    assert month_end(date(2024, 2, 3)) == date(2024, 2, 29)
    assert [one.id for one in of_partner("COA")] == ["coa-reception", "coa-flows"]


# --- held against a file ----------------------------------------------------------------------------------------------

RECEPTION_FILE = "reference_date,measure,persons\n2023-05-31,occupancy,52600\n2023-06-30,occupancy,53000\n"


def run(tmp_path, capsys, content: str, *arguments: str) -> tuple[int, str]:
    path = tmp_path / "reception.csv"
    path.write_text(content)
    with pytest.raises(SystemExit) as end:
        main(["observations", arguments[0], str(path), *arguments[1:]])
    out = capsys.readouterr()
    return int(end.value.code or 0), out.out + out.err


def test_a_file_that_breaks_its_contract_is_refused_at_the_cell(tmp_path, capsys):
    broken = RECEPTION_FILE + "2023-06-30,outside_coa_sites,53001\n"
    code, said = run(tmp_path, capsys, broken, "check", "--by", "COA", "--language", "nl")
    assert code == 4
    assert "rij 4" in said
    assert "het geheel" in said


def test_a_question_is_told_and_refuses_nothing(tmp_path, capsys):
    content = RECEPTION_FILE.replace("53000", "62000")
    code, said = run(tmp_path, capsys, content, "check", "--by", "COA", "--language", "nl")
    assert code == 0
    assert "18% meer dan de maand ervoor (52.600)" in said
    assert "rij 3, kolom C" in said


def test_a_file_is_held_against_the_deliveries_of_a_store(tmp_path, capsys):
    store = str(tmp_path / "store")
    first = run(tmp_path, capsys, RECEPTION_FILE, "load", "--by", "COA", "--store", store)
    assert first[0] == 0
    july = "reference_date,measure,persons\n2023-07-31,occupancy,53000\n"
    code, said = run(tmp_path, capsys, july, "check", "--by", "COA", "--store", store)
    assert code == 0
    assert "exactly the figure of the month before" in said


def test_the_calendar_is_printed(tmp_path, capsys):
    store = str(tmp_path / "store")
    run(tmp_path, capsys, RECEPTION_FILE, "load", "--by", "COA", "--store", store, "--received-at", "2023-07-05")
    with pytest.raises(SystemExit):
        main(
            [
                "observations",
                "calendar",
                "2023-06",
                "--store",
                store,
                "--by",
                "COA",
                "--known-on",
                "2023-07-20",
                "--json",
            ]
        )
    rows = {row["contract"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["coa-reception"]["state"] == "incomplete"
    assert rows["coa-flows"]["state"] == "late"
    assert "reception.places" in rows["coa-reception"]["lacking"]
