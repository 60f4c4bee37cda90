# SPDX-License-Identifier: EUPL-1.2
"""What nobody sees in a file is told or refused, and a refusal says what is really wrong with a cell."""

import io
from datetime import UTC, date, datetime

import pytest
import xlsxwriter
from strange_files import raw_ods, raw_xlsx, xlsx

from keten.domain.errors import DeliveryError
from keten.domain.language import said
from keten.observations.recipe import recipes
from keten.observations.store import check_file
from keten.observations.tables import TABLES

RECEIVED = datetime(2023, 12, 1, 9, tzinfo=UTC)
STOCK = "reference_date;group;count"
HEADINGS = ("reference_date", "group", "count")
DAY = date(2023, 7, 31)
CBS = (
    '"ID";"Nationaliteit";"Perioden";"TotaalAsielverzoeken_1";"EersteAsielverzoeken_2"\n'
    '0;"T001114";"2023MM07";5120;3905\n'
)


def check(content, name="stock.csv", **how):
    content = content.encode() if isinstance(content, str) else content
    return check_file(name, content, table_name=how.pop("table", None), received_at=RECEIVED, **how)


def asked(content, name="stock.csv", **how):
    """The refusal in English; that it is said in Dutch too is asked of every one."""
    with pytest.raises(DeliveryError) as refused:
        check(content, name, **how)
    assert str(refused.value) != refused.value.said("nl")
    return str(refused.value)


def with_hidden_column(heading, cells, *, width=None):
    """A workbook of a stock whose columns with this heading are hidden, or have no width."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("stock")
        for position, (head, value) in enumerate([*zip(HEADINGS, ("2023-07-31", "track_4", 5), strict=True), cells]):
            sheet.write(0, position, head)
            sheet.write(1, position, value)
            if head == heading:
                sheet.set_column(position, position, width, None, {} if width == 0 else {"hidden": True})
    return file.getvalue()


# --- what is hidden ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [None, 0])
@pytest.mark.parametrize(("heading", "column"), [*zip(HEADINGS, "ABC", strict=True), ("note", "D")])
def test_a_hidden_column_with_figures_is_refused_by_its_name(heading, column, width):
    told = asked(with_hidden_column(heading, ("note", "x"), width=width), "stock.xlsx")
    assert f"sheet stock, row 1, column {column} ({heading}): the column is hidden and holds figures (rows 2)" in told


def test_a_hidden_column_without_anything_is_taken():
    assert check(with_hidden_column("note", ("note", "")), "stock.xlsx").frame.height == 1


def test_a_hidden_column_is_refused_with_a_recipe_too():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("a")
        for number, row in enumerate([("Spoor", "jan-23", "feb-23"), ("Spoor 4", 31960, 32700)]):
            sheet.write_row(number, 0, row)
        sheet.set_column(2, 2, None, None, {"hidden": True})
    assert "column C (feb-23): the column is hidden" in asked(file.getvalue(), "w.xlsx", recipe="wide-months")


def test_a_table_on_a_hidden_sheet_is_named_when_no_visible_sheet_is_one():
    book = xlsx({"Lees dit": [["Toelichting"]], "cijfers": [HEADINGS, [DAY, "track_4", 5]]}, hidden=["cijfers"])
    assert "the sheet that is one (cijfers) is hidden. Show the sheet" in asked(book, "x.xlsx")
    assert check(book, "x.xlsx", sheet="cijfers").frame.height == 1


@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\ufeff", "\u200e"])
@pytest.mark.parametrize("heading", HEADINGS)
def test_a_character_that_nobody_sees_in_a_heading_is_told_and_does_no_harm(heading, sign):
    checked = check(f"{STOCK.replace(heading, f'{heading[:2]}{sign}{heading[2:]}')}\n2023-07-31;track_4;5\n")
    assert checked.frame.height == 1
    assert [f"U+{ord(sign):04X}" in said(warning, "nl") for warning in checked.warnings] == [True]


def test_a_character_that_nobody_sees_hides_no_personal_data():
    assert "personal data" in asked(f"{STOCK};b\u200bsn\n2023-07-31;track_4;5;x\n")


# --- what is really wrong ---------------------------------------------------------------------------------------------

ERRORS = ["#REF!", "#VERW!", "#BEZUG!", "#¡REF!", "#RIF!", "#WAARDE!", "#WERT!", "#VALEUR!", "#NAAM?", "#NOM?", "#N/B",
          "#N/A", "#NV", "#DEEL/0!", "#DIV/0!", "#GETAL!", "#ZAHL!", "#OVERLOOP!", "#SPILL!", "Err:502", "Fout:502",
          " #VERW! "]  # fmt: skip


@pytest.mark.parametrize("shown", ERRORS)
@pytest.mark.parametrize("column", range(3))
def test_an_error_of_a_spreadsheet_is_told_as_one_in_every_language_and_column(shown, column):
    row = ["2023-07-31", "track_4", "5"]
    row[column] = shown
    told = f"({HEADINGS[column]}): the cell holds {shown.strip()}: an error of the spreadsheet, no value."
    assert told in asked(f"{STOCK}\n{';'.join(row)}\n")


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("45138", "45138 is a number, not a date; as a day of a spreadsheet it stands for 2023-07-31."),
        ("45138.5", "45138.5 is a number, not a date; as a day of a spreadsheet it stands for 2023-07-31."),
        ("20230731", "20230731 is a number, not a date; it may stand for 2023-07-31."),
        ("123456782", "a number of 9 digits is not a date."),
    ],
)
def test_a_number_in_a_column_of_days_is_told_with_the_day_it_may_stand_for(cell, told):
    said_of = asked(f"{STOCK}\n{cell};track_4;5\n")
    assert f"(reference_date): {told}" in said_of
    assert "personal data" not in said_of


def test_a_serial_day_of_a_workbook_is_told_too():
    assert "it stands for 2023-07-31" in asked(xlsx({"stock": [HEADINGS, [45138, "track_4", 5]]}), "stock.xlsx")


@pytest.mark.parametrize("count", ["1000000000", "300000000", "5000000000"])
def test_a_count_in_round_millions_is_too_many_and_no_number_of_a_person(count):
    for told in (
        asked(f"{STOCK}\n2023-07-31;track_4;{count}\n"),
        asked(xlsx({"stock": [HEADINGS, [DAY, "track_4", float(count)]]}), "stock.xlsx"),
    ):
        assert "more than can be true" in told
        assert "personal data" not in told


@pytest.mark.parametrize("count", ["1234567890", "123456782"])
def test_a_count_that_could_be_the_number_of_a_person_is_still_refused_as_one(count):
    assert "personal data" in asked(f"{STOCK}\n2023-07-31;track_4;{count}\n")


@pytest.mark.parametrize("value", ["INF", "-INF", "NaN"])
def test_what_is_no_number_in_an_opendocument_sheet_is_told_at_its_cell(value):
    def row(*cells):
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    def text(words):
        return f'<table:table-cell office:value-type="string"><text:p>{words}</text:p></table:table-cell>'

    number = f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>?</text:p></table:table-cell>'
    rows = row(*map(text, HEADINGS)) + row(text("2023-07-31"), text("track_4"), number)
    told = asked(raw_ods(f'<table:table table:name="stock">{rows}</table:table>'), "stock.ods")
    assert "row 2, column C (count)" in told
    assert "is not a number" in told


@pytest.mark.parametrize("place", ["A0", "A1048577", "XFE1", "1A", "a1", "A99999999999"])
def test_a_cell_at_a_place_that_no_spreadsheet_has_is_refused_in_words(place):
    cell = f'<row><c r="{place}" t="inlineStr"><is><t>x</t></is></c></row>'
    assert f"it names a place that no spreadsheet has ({place})" in asked(raw_xlsx(cell), "stock.xlsx")


# --- whose file it is -------------------------------------------------------------------------------------------------

MANY = [f"extra {number}" for number in range(300)]


def test_a_file_with_hundreds_of_columns_is_told_what_it_lacks():
    told = asked(f"{';'.join(MANY)}\n{';'.join('1' for _ in MANY)}\n")
    assert [f"column {name} is missing" in told for name in HEADINGS] == [True, True, True]


def test_a_table_among_hundreds_of_other_columns_is_found_and_they_are_told_in_one_sentence():
    checked = check(f"{STOCK};{';'.join(MANY)}\n2023-07-31;track_4;5;{';'.join('1' for _ in MANY)}\n")
    assert checked.frame.height == 1
    assert [str(warning) for warning in checked.warnings] == [
        "300 columns are not of table stock and were left out: "
        "extra 0, extra 1, extra 2, extra 3, extra 4 and 295 more."
    ]


@pytest.mark.parametrize("name", ["f01-cbs-odata.csv", "inflow.csv"])
def test_a_file_of_another_office_names_the_recipe_that_reads_it(name):
    told = asked(CBS, name)
    assert "Read it by the recipe: --recipe cbs-open-data." in told
    assert check(CBS, name, recipe="cbs-open-data").frame.height == 2


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_no_table_of_our_own_is_taken_for_a_file_of_another_office(table):
    told = asked(";".join(table.column_names) + "\n", f"{table.name}.csv")
    assert not [name for name in recipes() if f"--recipe {name}" in told]
