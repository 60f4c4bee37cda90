# SPDX-License-Identifier: EUPL-1.2
"""The door for files of strangers: what can be read is read as typed, what would harm is refused in words."""

import io
from datetime import date

import pytest
import xlsxwriter
from strange_files import archive, raw_ods, raw_xlsx, xlsx

from keten.domain.language import said
from keten.files import FileRefusedError, Limits, NoValue, address, read_sheets, read_sheets_of_ours
from keten.files.door import _SAID, is_blank, place

SMALL = Limits(rows=1_000, columns=50, cells=20_000, characters=100_000, unpacked=5_000_000, bytes=1_000_000)
ROW = (
    '<table:table-row><table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell>'
    '<table:table-cell office:value-type="float" office:value="5"><office:annotation><text:p>n.b.</text:p>'
    "</office:annotation><text:p>5</text:p></table:table-cell></table:table-row>"
)
EMPTY_ROWS = (
    '<table:table-row table:number-rows-repeated="{}"><table:table-cell table:number-columns-repeated="16384"/>'
    "</table:table-row>"
)
ONES = (
    '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" '
    'office:value-type="float" office:value="1"><text:p>1</text:p></table:table-cell></table:table-row>'
)
CELL = '<row r="{0}"><c r="{1}{0}" t="inlineStr"><is><t>x</t></is></c></row>'
DOCTYPE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'


def table(rows, name="s"):
    return f'<table:table table:name="{name}">{rows}</table:table>'


def only(workbook):
    assert len(workbook.sheets) == 1
    return workbook.sheets[0]


# --- what harms -------------------------------------------------------------------------------------------------------

HARMFUL = {
    "a cell in the last row": ("a.xlsx", raw_xlsx(CELL.format(1, "A") + CELL.format(1048576, "XFD")), "too_many_rows"),
    "a cell in the last column": ("a.xlsx", raw_xlsx(CELL.format(1, "XFD")), "too_many_columns"),
    "a wide and long sheet": ("a.xlsx", raw_xlsx(CELL.format(1, "AX") + CELL.format(900, "A")), "too_many_cells"),
    "a billion filled cells": ("a.ods", raw_ods(table(ONES)), "too_many_rows"),
    "a cell after a million rows": ("a.ods", raw_ods(table(EMPTY_ROWS.format(10**6) + ROW)), "too_many_rows"),
    "an archive that unpacks to much": ("a.ods", archive({"content.xml": b" " * 6_000_000}), "unpacks_too_large"),
    "thousands of parts": ("a.xlsx", archive({f"p{n}": b"" for n in range(5_001)}), "unpacks_too_large"),
    "entities in an ods": ("a.ods", raw_ods(table(ROW), before=DOCTYPE[21:]), "xml_declarations"),
    "entities in an xlsx": ("a.xlsx", raw_xlsx("<row/>", before=DOCTYPE), "xml_declarations"),
    "an archive in an archive": ("a.xlsx", archive({"b.zip": archive({"c": b"c"})}), "no_workbook"),
    "half an archive": ("a.xlsx", xlsx({"s": [["a"]]})[:-40], "broken_workbook"),
    "half a sheet": ("a.xlsx", raw_xlsx('<row r="1"><c>'), "broken_workbook"),
    "no archive": ("a.ods", b"not a workbook", "broken_workbook"),
    "an old workbook": ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1", "old_or_locked"),
    "a workbook named csv": ("a.csv", xlsx({"s": [["a"]]}), "workbook_named_csv"),
    "many rows": ("a.csv", b"1;2\n" * 1_001, "too_many_rows"),
    "many columns": ("a.csv", b";" * 60, "too_many_columns"),
    "many cells": ("a.csv", b";" * 49 + (b"\n" + b";" * 49) * 500, "too_many_cells"),
    "much text": ("a.csv", (b"x" * 30_000 + b"\n") * 4, "too_much_text"),
    "many bytes": ("a.csv", b"x" * 1_000_001, "too_many_bytes"),
    "an open quote": ("a.csv", b'a,b\n"1,2\n', "csv"),
    "no text at all": ("a.csv", b"a,b\n\x81\x8d,2\n", "encoding"),
    "NUL": ("a.csv", b"a,b\nx\x00,2\n", "control_character"),
    "a control character": ("a.ods", raw_ods(table(ROW.replace(">a<", ">a\u0085b<"))), "control_character"),
    "text that no cell holds": ("a.csv", b"a,b\n" + b"x" * 32_768 + b",2\n", "control_character"),
    "nothing": ("a.csv", b" \n", "empty"),
    "another kind": ("a.pdf", b"%PDF", "unknown_kind"),
}  # fmt: skip


@pytest.mark.parametrize("what", HARMFUL)
def test_what_harms_or_cannot_be_read_is_refused_in_words(what):
    name, content, code = HARMFUL[what]
    with pytest.raises(FileRefusedError) as refused:
        read_sheets(name, content, SMALL)
    assert refused.value.code == code
    assert refused.value.exit_code == 4
    assert name in str(refused.value)
    assert str(refused.value) != refused.value.said("nl")


@pytest.mark.parametrize(
    ("limits", "code"), [(Limits(memory=20_000_000), "too_much_memory"), (Limits(seconds=0), "too_much_time")]
)
def test_a_reader_that_asks_too_much_is_ended_and_that_is_an_answer(limits, code):
    with pytest.raises(FileRefusedError) as refused:
        read_sheets("a.csv", b"a;b\n" + b"1;2\n" * 100_000, limits)
    assert refused.value.code in {code, "reader_stopped"}


def test_every_refusal_has_words_in_both_languages():
    values = {"most": 5, "megabytes": 5, "seconds": 5, "error": "e", "ending": "pdf", "cell": "A0"}
    for code, tell in _SAID.items():
        for words in tell(values):
            assert said(words, "nl") != said(words, "en"), code


def test_our_own_files_are_read_by_the_same_rules_without_a_process():
    assert read_sheets_of_ours("a.csv", b"a;b\n1;2\n") == read_sheets("a.csv", b"a;b\n1;2\n")


# --- what is read -----------------------------------------------------------------------------------------------------

TEXT = [("a", "b"), ("caf\u00e9", "2")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "a,b\ncaf\u00e9,2\n".encode()),
        ("a.csv", "a;b\ncaf\u00e9;2\n".encode()),
        ("a.csv", "a;b\r\ncaf\u00e9;2\r\n".encode()),
        ("a.csv", "a;b\rcaf\u00e9;2\r".encode()),
        ("a.csv", "\ufeffa;b\ncaf\u00e9;2\n".encode()),
        ("a.csv", "a;b\ncaf\u00e9;2\n".encode("utf-16")),
        ("a.csv", "a;b\ncaf\u00e9;2\n".encode("utf-16-le")),
        ("a.csv", "a;b\ncaf\u00e9;2\n".encode("utf-16-be")),
        ("a.csv", "a;b\ncaf\u00e9;2\n".encode("cp1252")),
        ("a.csv", '"a";"b"\n"caf\u00e9";"2"\n'.encode()),
        ("a.csv", "a|b\ncafe\u0301|2\n".encode()),
        ("a.tsv", "a\tb\ncaf\u00e9\t2\n".encode()),
        ("a.txt", "a\tb\ncaf\u00e9\t2\n".encode()),
        ("A.CSV", "a,b\ncaf\u00e9,2\n".encode()),
    ],
    ids=repr,
)
def test_text_is_read_whatever_program_wrote_it(name, content):
    assert list(only(read_sheets(name, content)).rows) == TEXT


@pytest.mark.parametrize(
    "content", [b"sep=;\na;b,c\n1;2\n", b"SEP=;\r\na;b,c\r\n1;2\r\n", b'"sep=;"\na;b,c\n1;2\n', b"sep=;\ra;b,c\r1;2\r"]
)
def test_the_line_of_the_spreadsheet_program_is_no_data_but_counts_as_a_line(content):
    read = read_sheets("a.csv", content)
    assert list(only(read).rows) == [(), ("a", "b,c"), ("1", "2")]
    assert "sep=" in str(read.notes[0])


def test_a_comma_before_decimals_is_no_separator():
    assert only(read_sheets("a.csv", b"week;hours\n1;7,5\n2;8,5\n")).rows[1] == ("1", "7,5")
    assert only(read_sheets("a.csv", b"Titel, met komma\na;b\n1;2\n")).rows[1] == ("a", "b")
    assert only(read_sheets("a.csv", b"a,b;c\n1,2;3\n", separator=";")).rows[1] == ("1,2", "3")


def test_a_workbook_tells_what_is_hidden_merged_or_without_value():
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        old = book.add_worksheet("oud")
        old.write_row(0, 0, ("old", 1))
        old.hide()
        sheet = book.add_worksheet("nieuw")
        sheet.activate()
        sheet.merge_range("A1:B1", "Titel")
        sheet.write_row(1, 0, ("a", 12.5, True))
        sheet.write_formula("A3", "=1+1")
        sheet.write_formula("B3", "=1/0", value="#DIV/0!")
        sheet.write_formula("C3", "=2+2", value=4)
        sheet.set_row(3, None, None, {"hidden": True})
        sheet.write("A4", "verborgen")
        sheet.set_column("C:C", None, None, {"hidden": True})
    old_sheet, new = read_sheets("a.xlsx", file.getvalue()).sheets
    assert (old_sheet.hidden, new.hidden) == (True, False)
    assert new.rows[1] == ("a", 12.5, True)
    assert new.rows[2] == (NoValue(), NoValue("#DIV/0!"), 4)
    assert (new.hidden_rows, new.hidden_columns, new.merged) == ({4}, {3}, ((1, 1, 1, 2),))


@pytest.mark.parametrize("value", ["", "<v></v>", "<v/>"])
def test_a_formula_that_was_never_worked_out_is_not_nought(value):
    read = read_sheets("a.xlsx", raw_xlsx(f'<row r="1"><c r="B1"><f>1+1</f>{value}</c><c r="C1"><v>3</v></c></row>'))
    assert only(read).rows == ((None, NoValue(), 3),)


def test_an_opendocument_sheet_tells_the_same():
    styles = (
        '<office:automatic-styles><style:style style:name="ta2" style:family="table"><style:table-properties '
        'table:display="false"/></style:style></office:automatic-styles>'
    )
    formula = '<table:table-row><table:table-cell table:formula="of:=1+1"/></table:table-row>'
    error = (
        '<table:table-row table:visibility="filter"><table:table-cell table:formula="of:=1/0" office:value-type='
        '"string"><text:p>#DIV/0!</text:p></table:table-cell></table:table-row>'
    )
    content = raw_ods(
        '<table:table table:name="oud" table:style-name="ta2">' + ROW + "</table:table>"
        + table('<table:table-column/><table:table-column table:visibility="collapse"/>' + ROW + formula + error),
        styles=styles,
    )  # fmt: skip
    old, new = read_sheets("a.ods", content).sheets
    assert (old.hidden, new.hidden, old.rows) == (True, False, (("a", 5),))
    assert [row[0] for row in new.rows] == ["a", NoValue(), NoValue("#DIV/0!")]
    assert (new.hidden_rows, new.hidden_columns) == ({3}, {2})


def test_empty_rows_to_the_end_of_the_sheet_are_nothing():
    read = only(read_sheets("a.ods", raw_ods(table(ROW + EMPTY_ROWS.format(1_048_575)))))
    assert read.rows == (("a", 5),)
    assert not read.is_empty
    assert only(read_sheets("a.ods", raw_ods(table(EMPTY_ROWS.format(1_048_576))))).is_empty


def test_dates_and_numbers_of_a_workbook_are_what_they_are_there():
    rows = only(
        read_sheets("a.xlsx", xlsx({"s": [["dag", "n"], [date(2023, 7, 31), 1.5], ["31-7-2023", "1.500"]]}))
    ).rows
    assert rows == (("dag", "n"), (date(2023, 7, 31), 1.5), ("31-7-2023", "1.500"))


def test_a_cell_has_the_name_that_its_spreadsheet_gives_it():
    assert [address(2, 3), address(1, 27), address(1048576, 16384)] == ["C2", "AA1", "XFD1048576"]
    assert said(place("Blad1", 2, 3, "aantal"), "nl") == "blad Blad1, rij 2, kolom C (aantal)"
    assert said(place("", 2, 3), "en") == "row 2, column C"
    assert [is_blank(cell) for cell in (None, " ", "\t", 0, NoValue())] == [True, True, True, False, False]
