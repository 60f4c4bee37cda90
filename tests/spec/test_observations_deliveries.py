# SPDX-License-Identifier: EUPL-1.2
"""A delivery is right, or it is refused with everything that is wrong with it and nothing is stored."""

import json
import zipfile
from datetime import UTC, date, datetime
from xml.sax.saxutils import escape

import polars as pl
import pytest
import xlsxwriter

from keten.cli import main
from keten.domain.errors import DeliveryError
from keten.domain.tables import Column, Table
from keten.files import read_sheets
from keten.observations import load_published, stock_on
from keten.observations.personal import column_name_finding, number_finding, passes_eleven_test
from keten.observations.store import check_delivery, deliveries, load_delivery, read_store
from keten.observations.tables import TABLES
from keten.observations.template import write_template

RECEIVED = datetime(2023, 7, 14, 9, 30, tzinfo=UTC)

MANIFEST = (
    '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
    '<manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)

GOOD = """\
reference_date,group,count,counted
2023-07-01,track_4,36900,open cases
2023-07-01,track_1,3400,
"""


def write(folder, text, name="stock.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refusal(path, table_name=None):
    """Check a file that should be refused; give the refusal as text."""
    with pytest.raises(DeliveryError) as refused:
        check_delivery(path, table_name=table_name, received_at=RECEIVED)
    return str(refused.value)


def write_xlsx(path, rows, sheet="stock"):
    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.add_worksheet("cover").write(0, 0, "Dear colleague")
        worksheet = workbook.add_worksheet(sheet)
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for number, row in enumerate(rows):
            for position, cell in enumerate(row):
                if isinstance(cell, date):
                    worksheet.write_datetime(number, position, datetime(cell.year, cell.month, cell.day), day)  # noqa: DTZ001
                else:
                    worksheet.write(number, position, cell)
    return path


def write_ods(path, rows):
    """Write the smallest workbook that is an OpenDocument spreadsheet."""
    cells = []
    for row in rows:
        cells.append("<table:table-row>")
        for cell in row:
            if isinstance(cell, int):
                kind = f'office:value-type="float" office:value="{cell}"'
            elif isinstance(cell, date):
                kind = f'office:value-type="date" office:date-value="{cell.isoformat()}"'
            else:
                kind = 'office:value-type="string"'
            cells.append(f"<table:table-cell {kind}><text:p>{escape(str(cell))}</text:p></table:table-cell>")
        cells.append("</table:table-row>")
    namespaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content{namespaces} office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="stock">{"".join(cells)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", MANIFEST)
    return path


# --------------------------------------------------------------------------------------------------- right deliveries


def test_csv_xlsx_and_ods_give_the_same_figures(tmp_path):
    rows = [
        ("reference_date", "group", "count", "counted"),
        (date(2023, 7, 1), "track_4", 36900, "open cases"),
        (date(2023, 7, 1), "track_1", 3400, ""),
    ]
    files = (
        write(tmp_path, GOOD),
        write_xlsx(tmp_path / "stock.xlsx", rows),
        write_ods(tmp_path / "stock.ods", rows),
        write(tmp_path, "\ufeff" + GOOD.replace(",", ";"), "stock-semicolons.csv"),
        write(tmp_path, GOOD.replace("\n", "\r\n"), "stock-of-windows.csv"),
    )
    frames = [check_delivery(file, table_name=None, received_at=RECEIVED).frame.drop("state") for file in files]
    assert frames[0].rows() == [
        (date(2023, 7, 1), "track_4", 36_900, "open cases"),
        (date(2023, 7, 1), "track_1", 3_400, None),
    ]
    assert all(frame.equals(frames[0]) for frame in frames)


def test_the_table_is_recognised_by_its_columns(tmp_path):
    checked = check_delivery(write(tmp_path, GOOD, "from-the-ind.csv"), table_name=None, received_at=RECEIVED)
    assert (checked.table.name, checked.frame.height) == ("stock", 2)


def test_columns_may_stand_in_any_order_and_optional_ones_may_be_absent(tmp_path):
    text = "count,group,reference_date\n5,track_2,2023-06-30\n\n"
    figures = check_delivery(write(tmp_path, text), table_name=None, received_at=RECEIVED).frame
    assert figures.rows() == [(date(2023, 6, 30), "track_2", 5, None, "final")]


@pytest.mark.parametrize("name", TABLES)
def test_a_template_can_be_filled_in_and_delivered(tmp_path, name):
    path = tmp_path / f"{name}.xlsx"
    write_template(TABLES[name], path)
    assert refusal(path) == (
        f"{name}.xlsx is refused, nothing was stored: 1 problem.\n"
        "  - file: it has a header but no rows. Deliver at least one row."
    )


def test_a_list_of_values_too_long_for_a_workbook_is_explained_on_the_second_sheet(tmp_path):
    values = tuple(f"value_{number:03}" for number in range(60))
    table = Table("long", "A table with a long list", (Column("choice", str, "-", "One of many", values=values),))
    write_template(table, tmp_path / "long.xlsx")
    _, explained = read_sheets("long.xlsx", (tmp_path / "long.xlsx").read_bytes()).sheets
    assert explained.rows[-1][-1] == ", ".join(values)


# --------------------------------------------------------------------------------------------------- wrong deliveries


def test_all_problems_are_listed_at_once(tmp_path):
    path = write(
        tmp_path,
        "reference_date,group,count,cuonted\n"
        "2023-02-30,track_4,-5,\n"
        "2023-06-30,trak_4,12x,\n"
        "30-6-2023,track_1,,\n"
        "2031-01-01,track_2,3,\n"
        "2023-06-30,track_2,3,\n"
        "2023-06-30,track_2,4,\n",
    )
    assert refusal(path).splitlines() == [
        "stock.csv is refused, nothing was stored: 9 problems.",
        "  - row 1, column cuonted: table stock has no column cuonted. Did you mean counted?",
        "  - row 2, column A (reference_date): 2023-02-30 is a date that does not exist. Correct the day or the month.",
        "  - row 2, column C (count): -5 is negative; cases in the stock cannot be. "
        "Correct the figure and deliver again.",
        "  - row 3, column B (group): 'trak_4' is not a known value. Did you mean track_4?",
        "  - row 3, column C (count): '12x' is not a number. Write digits only, without a unit or a remark. Is it a "
        "sign for a suppressed, unknown or provisional figure? Name the recipe that declares it "
        "(--recipe statistical-signs).",
        "  - row 4, column A (reference_date): '30-6-2023' is not a date in one reading: which is the day and which "
        "the month? Write it as year-month-day, or say that it is Dutch (language nl: day-month-year).",
        "  - row 4, column C (count): the cell is empty. Fill in cases in the stock.",
        "  - row 5, column A (reference_date): 2031-01-01 lies after the day of receipt (2023-07-14); "
        "it cannot have been observed yet. Correct the date, or deliver when the period is over.",
        "  - row 7: the same fact as in row 6 (reference_date 2023-06-30, group track_2). Keep one of the two rows.",
    ]


def test_a_workbook_with_two_tables_asks_which_one(tmp_path):
    path = tmp_path / "june.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        for name in ("stock", "inflow"):
            workbook.add_worksheet(name).write_row(0, 0, TABLES[name].column_names)
    assert "several sheets are tables (stock, inflow)" in refusal(path)
    assert "a header but no rows" in refusal(path, table_name="stock")


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        ("reference_date,group,cuont", "Did you mean count?"),
        ("reference_date,group", "column count is missing. Add it: cases in the stock."),
        ("reference_date,group,count,count", "the column occurs twice. Keep one of the two."),
    ],
)
def test_a_wrong_header_says_which_column_was_meant(tmp_path, header, hint):
    cells = ",".join(["2023-06-30", "track_4", "5", ""][: header.count(",") + 1])
    assert hint in refusal(write(tmp_path, f"{header}\n{cells}\n"))


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("1.234", "'1.234' can be 1,234 (Dutch notation) or 1.234 (English notation)"),
        ("12,5", "'12,5' is not a whole number"),
        ("about 40", "'about 40' is not a number"),
        ("1_000", "'1_000' is not a number"),
        ("9999999999999999999999", "has more digits than a figure can have"),
        ("19000000", "is more than can be true"),
        ("-1", "-1 is negative"),
        ("", "the cell is empty"),
        (" ", "the cell is empty"),
    ],
)
def test_a_count_is_a_whole_number_that_is_not_negative(tmp_path, cell, problem):
    assert problem in refusal(write(tmp_path, f'reference_date,group,count\n2023-06-30,track_4,"{cell}"\n'))


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("nan", "'nan' is not a number"),
        ("inf", "'inf' is not a number"),
        ("1_0.5", "'1_0.5' is not a number"),
        ("1.150", "'1.150' can be 1,150 (Dutch notation) or 1.15 (English notation)"),
        ("15", "15 is no share: a share lies between 0 and 1. Did you mean 0.15?"),
        ("-0.1", "-0.1 is negative"),
    ],
)
def test_a_value_is_a_finite_number(tmp_path, cell, problem):
    header = "period_start,period_end,group,measure,value,unit"
    text = f'{header}\n2023-06-01,2023-06-30,asylum,share_in_time,"{cell}",share\n'
    assert problem in refusal(write(tmp_path, text, "throughput.csv"))


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        ("2023-02-29", "is a date that does not exist"),
        ("2023-13-01", "is a date that does not exist"),
        ("1899-12-31", "is impossible: no figure is older than 1975-01-01"),
        ("45000", "45000 is a number, not a date; as a day of a spreadsheet it stands for 2023-03-15"),
        ("2023-07-15", "lies after the day of receipt"),
    ],
)
def test_an_impossible_date_is_refused(tmp_path, day, problem):
    assert problem in refusal(write(tmp_path, f"reference_date,group,count\n{day},track_4,5\n"))


def test_a_boolean_and_a_date_are_no_numbers(tmp_path):
    rows = [
        ("reference_date", "group", "count"),
        (date(2023, 6, 30), "track_1", True),
        (date(2023, 6, 30), "track_2", date(2023, 6, 1)),
        (date(2023, 6, 30), "track_4", 5.5),
    ]
    said = refusal(write_xlsx(tmp_path / "stock.xlsx", rows))
    assert [f"row {number}, column C (count)" in said for number in (2, 3, 4)] == [True, True, True]


def test_a_value_in_a_spreadsheet_is_a_number_too(tmp_path):
    header = ("period_start", "period_end", "group", "measure", "value", "unit")
    days = (date(2023, 6, 1), date(2023, 6, 30))
    good = write_xlsx(tmp_path / "good.xlsx", [header, (*days, "asylum", "lead_time", 40, "weeks")], "throughput")
    assert check_delivery(good, table_name=None, received_at=RECEIVED).frame["value"].to_list() == [40.0]
    bad = write_xlsx(tmp_path / "bad.xlsx", [header, (*days, "asylum", "lead_time", True, "weeks")], "throughput")
    assert "'True' is not a number" in refusal(bad)


def test_a_number_in_a_text_column_is_read_as_typed(tmp_path):
    rows = [("reference_date", "group", "count", "counted"), (date(2023, 6, 30), "track_1", 5, 15)]
    path = write_xlsx(tmp_path / "stock.xlsx", rows)
    assert check_delivery(path, table_name=None, received_at=RECEIVED).frame["counted"].to_list() == ["15"]


def test_a_moment_is_not_a_day(tmp_path):
    path = tmp_path / "stock.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("stock")
        sheet.write_row(0, 0, ("reference_date", "group", "count"))
        clock = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_datetime(1, 0, datetime(2023, 6, 30, 14, 5), clock)  # noqa: DTZ001
        sheet.write_row(1, 1, ("track_1", 5))
        sheet.write_datetime(2, 0, datetime(2023, 6, 30, 14, 5).time(), workbook.add_format({"num_format": "hh:mm"}))  # noqa: DTZ001
        sheet.write_row(2, 1, ("track_2", 5))
    said = refusal(path)
    assert "row 2, column A (reference_date): '2023-06-30 14:05:00' is not a date" in said
    assert "row 3, column A (reference_date): '14:05:00' is not a date" in said


def test_a_year_before_there_were_figures_is_refused(tmp_path):
    text = "year,partner,item,amount_eur\n1950,COA,occupied_bed_day,70\n"
    assert "row 2, column A (year): 1950 lies below 1975" in refusal(write(tmp_path, text, "unit_costs.csv"))


def test_quotes_in_the_middle_of_a_cell_are_read_or_refused_but_never_crash(tmp_path):
    said = refusal(write(tmp_path, 'reference_date,group,count\n2023-06-30,"track"_4,5\n'))
    assert "stock.csv is refused" in said


def test_a_period_does_not_end_before_it_starts(tmp_path):
    text = "period_start,period_end,from_partner,files\n2023-06-30,2023-06-01,IND,5\n"
    assert "row 2: the period ends on 2023-06-01, before it starts" in refusal(
        write(tmp_path, text, "return_files.csv")
    )


def test_a_decision_row_without_any_figure_is_refused(tmp_path):
    text = (
        "period_start,period_end,group,nationality,decisions,grant_rate,counted\n2023-06-01,2023-06-30,track_4,ALL,,,\n"
    )
    assert "neither decisions nor grant_rate is filled" in refusal(write(tmp_path, text, "decisions.csv"))


def test_an_unknown_definition_of_inflow_is_refused(tmp_path):
    header = "period_start,period_end,period_type,definition,application_type,nationality,count"
    text = f"{header}\n2023-06-01,2023-06-30,month,ind_asylum_inflw,total,ALL,4000\n"
    assert "Did you mean ind_asylum_inflow?" in refusal(write(tmp_path, text, "inflow.csv"))


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("2023-06-01,2023-06-29,month,ALL", "2023-06-01 to 2023-06-29 is not a month"),
        ("2023-05-01,2023-06-30,month,ALL", "is not a month"),
        ("2023-02-01,2023-04-30,quarter,ALL", "no quarter starts on 2023-02-01"),
        ("2022-07-01,2023-06-30,year,ALL", "a year starts on 1 January, not on 2022-07-01"),
        ("2023-02-01,2023-06-30,year_to_date,ALL", "a year to date starts on 1 January"),
        ("2023-06-30,2023-06-01,month,ALL", "before it starts"),
        ("2023-06-01,2023-06-30,month,Syrian", "'Syrian' is no nationality. Write three capitals"),
    ],
)
def test_a_row_of_inflow_fits_its_period_type(tmp_path, row, problem):
    header = "period_start,period_end,period_type,nationality,definition,application_type,count"
    text = f"{header}\n{row},ind_asylum_inflow,total,4000\n"
    assert problem in refusal(write(tmp_path, text, "inflow.csv"))


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("stock.csv", b"", "it is empty"),
        ("stock.csv", b"\n\n", "it is empty"),
        ("stock.csv", b";;\n;;\n", "it is empty"),
        ("stock.csv", b"reference_date,group,count\n", "it has a header but no rows"),
        ("stock.csv", b"reference_date,group,c\x81\n", "its characters cannot be read"),
        (
            "stock.csv",
            b"reference_date,group,count\n2023-06-30,track_4,1,2\n2023\n",
            "row 3: has 1 cells, the header has 3",
        ),
        ("stock.xlsx", b"not a workbook", "it is not a readable workbook"),
        ("stock.ods", b"PK\x03\x04 half a workbook", "it is not a readable workbook"),
        ("stock.pdf", b"%PDF", ".pdf cannot be read. Deliver .csv, .xlsx or .ods."),
        ("figures.csv", b"a,b\n1,2\n", "these columns do not point at one table"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(tmp_path, name, content, problem):
    path = tmp_path / name
    path.write_bytes(content)
    assert problem in refusal(path)


def test_a_missing_file_and_a_missing_table_are_refused(tmp_path):
    assert "there is no such file" in refusal(tmp_path / "stock.csv")
    assert "there is no table stok" in refusal(write(tmp_path, GOOD), table_name="stok")


# ------------------------------------------------------------------------------------------------------ personal data


@pytest.mark.parametrize(
    ("column", "cell", "looks_like"),
    [
        ("bsn", "x", "a citizen service number"),
        ("BurgerServiceNummer", "x", "a citizen service number"),
        ("v-nummer", "x", "an aliens number"),
        ("V-number", "x", "an aliens number"),
        ("vreemdelingennummer", "x", "an aliens number"),
        ("name", "x", "a name"),
        ("achternaam", "x", "a name"),
        ("First Name", "x", "a name"),
        ("geboortedatum", "x", "a date of birth"),
        ("date_of_birth", "x", "a date of birth"),
        ("dateOfBirth", "x", "a date of birth"),
        ("documentnummer", "x", "a document number"),
        ("passport number", "x", "a document number"),
        ("remark", "123456782", "a citizen service number"),
        ("remark", "12345672", "a citizen service number"),
        ("remark", "281.234.5678", "an aliens number"),
        ("remark", "V1234567890", "an aliens number"),
        ("remark", "SPECI2014", "a document number"),
        ("remark", "Voorbeeld van der Test", "a name"),
        ("remark", "1988-03-14", "a date of birth"),
        ("remark", "14-03-1988", "a date of birth"),
        ("counted", "case of 123456782", "a citizen service number"),
        ("count", "123456782", "a citizen service number"),
    ],
)
def test_personal_data_are_refused(tmp_path, column, cell, looks_like):
    values = {"reference_date": "2023-06-30", "group": "track_4", "count": "5"} | {column: cell}
    path = write(tmp_path, f"{','.join(values)}\n{','.join(values.values())}\n")
    said = refusal(path, table_name="stock")
    assert f"looks like {looks_like}" in said
    assert "personal data" in said


def test_a_birth_date_in_a_spreadsheet_cell_is_refused(tmp_path):
    rows = [("reference_date", "group", "count", "day"), (date(2023, 6, 30), "track_4", 5, date(1990, 1, 2))]
    assert "looks like a date of birth" in refusal(write_xlsx(tmp_path / "stock.xlsx", rows))


def test_a_bsn_that_lost_its_zero_in_a_spreadsheet_is_refused(tmp_path):
    rows = [("reference_date", "group", "count", "number"), (date(2023, 6, 30), "track_4", 5, 12345672)]
    assert "citizen service number" in refusal(write_xlsx(tmp_path / "stock.xlsx", rows))


def test_an_amount_of_money_is_not_a_bsn(tmp_path):
    text = "period_start,period_end,measure,value,unit\n2023-06-01,2023-06-30,paid,{},{}\n"
    amount = write(tmp_path, text.format("123456782", "eur"), "penalties.csv")
    assert check_delivery(amount, table_name=None, received_at=RECEIVED).frame.height == 1
    assert "citizen service number" in refusal(write(tmp_path, text.format("123456782", "notices"), "penalties.csv"))


@pytest.mark.parametrize(
    ("digits", "valid"),
    [
        ("123456782", True),
        ("111222333", True),
        ("12345672", True),
        ("123456783", False),
        ("000000000", False),
        ("1234567", False),
        ("1234567890", False),
    ],
)
def test_the_eleven_test(digits, valid):
    assert passes_eleven_test(digits) is valid


def test_ordinary_columns_and_figures_are_left_alone():
    for table in TABLES.values():
        assert [column.name for column in table.columns if column_name_finding(column.name)] == []
    assert [cell for cell in ("33555", 47_991, "track_4", "2023-04-30", None, 0.5, True) if number_finding(cell)] == []


# -------------------------------------------------------------------------------------------------------------- store


def test_a_delivery_is_stored_with_its_provenance(tmp_path):
    store = tmp_path / "store"
    delivery = load_delivery(write(tmp_path, GOOD), store=store, delivered_by="IND", received_at=RECEIVED).delivery
    folder = store / "stock" / delivery.identifier
    assert sorted(path.name for path in folder.iterdir()) == ["figures.parquet", "provenance.json"]
    assert pl.read_parquet(folder / "figures.parquet").height == 2
    kept = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert kept == {
        "table": "stock",
        "file_name": "stock.csv",
        "sha256": delivery.sha256,
        "delivered_by": "IND",
        "received_at": "2023-07-14T09:30:00+00:00",
        "rows": 2,
        "sequence": 1,
        "corrects": None,
        "recipe": None,
    }
    assert deliveries(store) == (delivery,)


def test_a_delivered_figure_goes_before_a_published_one_and_is_known_from_receipt(tmp_path):
    store = tmp_path / "store"
    text = "reference_date,group,count\n2023-04-30,track_4,33560\n"
    load_delivery(write(tmp_path, text), store=store, delivered_by="IND", received_at=RECEIVED)
    observations = read_store(store)
    day = date(2023, 4, 30)
    assert stock_on(observations, day, "track_4").count == 33_560
    assert stock_on(observations.known_on(date(2023, 7, 13)), day, "track_4").count == 33_555
    assert stock_on(load_published(), day, "track_4").count == 33_555
    assert stock_on(observations, day, "track_4").provenance.source.startswith("urn:sha256:")


@pytest.mark.parametrize(
    ("text", "partner", "problem"),
    [
        (GOOD.replace("3400", "-3400"), "IND", "is negative"),
        (GOOD, "NOBODY", "'NOBODY' is not a chain partner"),
    ],
)
def test_a_refused_delivery_leaves_nothing_behind(tmp_path, text, partner, problem):
    store = tmp_path / "store"
    with pytest.raises(DeliveryError, match=problem):
        load_delivery(write(tmp_path, text), store=store, delivered_by=partner, received_at=RECEIVED)
    assert not store.exists()


def test_the_same_file_is_not_stored_twice(tmp_path):
    path, store = write(tmp_path, GOOD), tmp_path / "store"
    load_delivery(path, store=store, delivered_by="IND", received_at=RECEIVED)
    with pytest.raises(DeliveryError, match="this very file was stored on 2023-07-14"):
        load_delivery(path, store=store, delivered_by="IND", received_at=RECEIVED.replace(day=20))
    assert len(deliveries(store)) == 1


def test_a_store_that_cannot_be_completed_holds_nothing(tmp_path):
    path, store = write(tmp_path, GOOD), tmp_path / "store"
    first = load_delivery(path, store=tmp_path / "other", delivered_by="IND", received_at=RECEIVED).delivery
    blocked = store / "stock" / first.identifier
    blocked.mkdir(parents=True)
    (blocked / "something").write_text("in the way", encoding="utf-8")
    with pytest.raises(OSError, match="not empty"):
        load_delivery(path, store=store, delivered_by="IND", received_at=RECEIVED)
    assert [found.name for found in (store / "stock").iterdir()] == [first.identifier]
    assert deliveries(store) == ()


# ------------------------------------------------------------------------------------------------------- command line


def run(capsys, *arguments):
    """Run the command line; give its exit code, its output and its errors."""
    with pytest.raises(SystemExit) as end:
        main(["observations", *map(str, arguments)])
    printed = capsys.readouterr()
    return end.value.code, printed.out, printed.err


def test_check_says_what_is_wrong_on_stderr_with_exit_code_4(tmp_path, capsys):
    code, out, err = run(capsys, "check", write(tmp_path, GOOD.replace("3400", "-1")))
    assert (code, out) == (4, "")
    assert "row 3, column C (count): -1 is negative" in err


def test_check_and_load_answer_in_text_and_json(tmp_path, capsys):
    path = write(tmp_path, GOOD)
    assert run(capsys, "check", path)[1] == "stock.csv: 2 rows for table stock, nothing wrong.\n"
    document = json.loads(run(capsys, "check", path, "--table", "stock", "--json")[1])
    assert document == {"file": "stock.csv", "table": "stock", "rows": 2, "problems": [], "warnings": []}
    code, out, _ = run(capsys, "load", path, "--by", "IND", "--store", tmp_path / "a", "--json")
    assert (code, json.loads(out)["rows"]) == (0, 2)
    assert run(capsys, "load", path, "--by", "IND", "--store", tmp_path / "b")[1].startswith("Stored 2 rows of stock")
    assert "36900" in run(capsys, "show", "stock", "--store", tmp_path / "a")[1]


def test_load_works_with_a_file_alone(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out, _ = run(capsys, "load", write(tmp_path, GOOD))
    assert (code, "not_stated" in out) == (0, True)
    assert [delivery.rows for delivery in deliveries(tmp_path / "store")] == [2]


def test_show_limits_to_what_was_known_and_to_one_row_per_fact(capsys):
    everything = json.loads(run(capsys, "show", "inflow", "--json")[1])
    known = json.loads(run(capsys, "show", "inflow", "--known-on", "2022-12-31", "--json")[1])
    best = json.loads(run(capsys, "show", "inflow", "--known-on", "2022-12-31", "--best", "--json")[1])
    assert len(everything) > len(known) > len(best) > 0
    assert max(row["published"] for row in known) <= "2022-12-31"
    assert "source address" in run(capsys, "show", "plans")[1]


def test_template_writes_a_workbook(tmp_path, capsys):
    out = tmp_path / "stock.xlsx"
    assert "fill in the sheet stock" in run(capsys, "template", "stock", "--out", out)[1]
    assert json.loads(run(capsys, "template", "stock", "--out", out, "--json")[1]) == {
        "table": "stock",
        "file": str(out),
    }


def test_an_unknown_table_is_a_wrong_use_of_the_command(tmp_path, capsys):
    assert run(capsys, "show", "stok")[::2] == (
        2, "keten observations is refused: 1 problem.\n  - stok: there is no such table. Did you mean stock?\n"
    )  # fmt: skip
    assert run(capsys, "template", "qqqq", "--out", tmp_path / "x.xlsx")[0] == 2
    assert not (tmp_path / "x.xlsx").exists()
