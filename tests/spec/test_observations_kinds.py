# SPDX-License-Identifier: EUPL-1.2
"""Deliveries of the kinds that offices really make: taken with the right value, or asked back at the cell. No guess."""

from datetime import UTC, date, datetime

import pytest
from strange_files import raw_xlsx, xlsx

from keten.domain.errors import DeliveryError
from keten.domain.language import Language, said
from keten.observations.checking import STATE
from keten.observations.headings import DUTCH
from keten.observations.recipe import Marks, find_recipe, recipes
from keten.observations.rules import LARGEST, RULES, Given, broken_rules
from keten.observations.store import check_file, load_delivery, read_store, read_stream
from keten.observations.tables import TABLES

RECEIVED = datetime(2023, 12, 1, 9, tzinfo=UTC)
INFLOW = "period_start;period_end;period_type;definition;application_type;nationality;count"
JULY = "2023-07-01;2023-07-31;month;cbs_asylum_inflow;total;ALL"


def check(content, name="inflow.csv", *, language=None, recipe=None, table=None, sheet=None):
    content = content.encode() if isinstance(content, str) else content
    language = Language(language) if language else None
    return check_file(
        name, content, table_name=table, received_at=RECEIVED, recipe=recipe, language=language, sheet=sheet
    )


def asked(content, name="inflow.csv", *, said_in="en", **how):
    with pytest.raises(DeliveryError) as refused:
        check(content, name, **how)
    return refused.value.said(said_in)


def figures(content, name="inflow.csv", **how):
    rows = check(content, name, **how).frame
    value = next(column.name for column in TABLES["inflow" if "definition" in rows.columns else "stock"].figures)
    day = "period_start" if "period_start" in rows.columns else "reference_date"
    return [(row[day].isoformat(), row[value], row["state"]) for row in rows.iter_rows(named=True)]


# --- taken ------------------------------------------------------------------------------------------------------------

ONE = [("2023-07-01", 5120, "final")]
TAKEN = {
    "plain": (f"{INFLOW}\n{JULY};5120\n", {}, ONE),
    "days as the Dutch write them": (f"{INFLOW}\n1-7-2023;31-07-2023;month;cbs_asylum_inflow;total;ALL;5120\n",
                                     {"language": "nl"}, ONE),
    "days in words": (f"{INFLOW}\n1 juli 2023;31 July 2023;maand;cbs_asylum_inflow;Totaal;ALL;5120\n", {}, ONE),
    "a point between thousands": (f"{INFLOW}\n{JULY};5.120\n", {"language": "nl"}, ONE),
    "a comma between thousands": (f'{INFLOW}\n{JULY};"5,120"\n', {"language": "en"}, ONE),
    "a narrow space between thousands": (f"{INFLOW}\n{JULY};5\u202f120\n", {}, ONE),
    "nought decimals": (f"{INFLOW}\n{JULY};5120,0\n", {"language": "nl"}, ONE),
    "period code": (f"{INFLOW}\n2023MM07;2023MM07;month;cbs_asylum_inflow;total;ALL;5120\n", {}, ONE),
    "one column of periods": ("Periode;Definitie;Soort aanvraag;Nationaliteit;Aantal\n"
                              "2023MM07;cbs_asylum_inflow;totaal;ALL;5120\n", {}, ONE),
    "another page of codes": (f"{INFLOW};toelichting\n{JULY};5120;ge\u00efmporteerd\n".encode("cp1252"), {}, ONE),
    "utf-16": (f"{INFLOW}\n{JULY};5120\n".encode("utf-16"), {}, ONE),
    "line of the program": (f"sep=;\n{INFLOW}\n{JULY};5120\n", {}, ONE),
    "old line ends": (f"{INFLOW}\r{JULY};5120\r", {}, ONE),
    "capitals": (f"{INFLOW.upper()}\n{JULY};5120\n", {}, ONE),
    "spaces in headings": (f"{INFLOW.replace('_', ' ').title()}\n{JULY};5120\n", {}, ONE),
    "Dutch headings": ("periode_van;periode_tot;soort_periode;definitie;soort_aanvraag;nationaliteit;aantal\n"
                       f"{JULY};5120\n", {}, ONE),
    "titles above": (f"Instroom;;;;;;\nBron: IND, 31-7-2023;;;;;;\n;;;;;;\n{INFLOW}\n{JULY};5120\n", {}, ONE),
    "blank rows": (f"\n{INFLOW}\n;;;;;;\n{JULY};5120\n\n", {}, ONE),
    "the name of a country": (f"{INFLOW}\n{JULY.replace('ALL', 'Syrië')};5120\n", {}, ONE),
    "a row of totals": (f"{INFLOW}\n{JULY};5120\nTotaal;;;;;;5120\n", {}, ONE),
    "provisional by a sign": (f"{INFLOW}\n{JULY};5120*\n", {"recipe": "statistical-signs"},
                              [("2023-07-01", 5120, "provisional")]),
    "provisional by a column": (f"{INFLOW};status\n{JULY};5120;Voorlopig\n", {}, [("2023-07-01", 5120, "provisional")]),
    "suppressed": (f"{INFLOW}\n{JULY};<5\n", {"recipe": "statistical-signs"}, [("2023-07-01", None, "suppressed")]),
    "unknown": (f"{INFLOW}\n{JULY};.\n", {"recipe": "statistical-signs"}, [("2023-07-01", None, "unknown")]),
    "suppressed by a column": (f"{INFLOW};state\n{JULY};;suppressed\n", {}, [("2023-07-01", None, "suppressed")]),
}  # fmt: skip


@pytest.mark.parametrize("what", TAKEN)
def test_a_file_of_this_kind_is_taken_with_its_value(what):
    content, how, expected = TAKEN[what]
    assert figures(content, **how) == expected


def test_what_was_passed_over_is_told_in_the_language_of_the_reader():
    content = f"Bron: IND;;;;;;;\n{INFLOW};toelichting\n{JULY};5120;x\nTotaal;;;;;;5120;\n".encode("cp1252")
    told = [said(warning, "nl") for warning in check(content).warnings]
    assert told == [
        "De rijen 1 tot en met 1 boven de koppen zijn overgeslagen: 'Bron: IND'.",
        "Kolom toelichting hoort niet bij tabel inflow en is weggelaten.",
        "Rij 4 is een totaal (5.120); het klopt met de rijen en is overgeslagen.",
    ]


# --- asked back or refused --------------------------------------------------------------------------------------------

STOCK = "reference_date;group;count"
FORECAST = "edition;made_on;period_start;period_end;scenario;measure;definition;value;unit"
EDITION = "e;2023-04-30;2023-01-01;2023-12-31"
DECISIONS = "period_start;period_end;group;nationality;decisions;grant_rate"
HUB = "reference_date,location,target,target_end_date,output_type,output_type_id,value"
MONTHS = [f"2022-{m:02}-01;2022-{m:02}-{28 if m == 2 else 30 if m in (4, 6, 9, 11) else 31};month;ind_asylum_inflow;"
          "total;ALL;101" for m in range(1, 13)]  # fmt: skip

ASKED = {
    "a point that is either": (f"{INFLOW}\n{JULY};5.120\n", "inflow.csv", {}, "column G (count): '5.120' can be 5,120"),
    "a day that is either": (f"{INFLOW}\n1-7-2023{JULY[10:]};5\n", "inflow.csv", {}, "which is the day and which"),
    "groups that do not fit": (f"{INFLOW}\n{JULY};1.23.4\n", "inflow.csv", {"language": "nl"}, "groups of three"),
    "an exponent": (f"{INFLOW}\n{JULY};5E+03\n", "inflow.csv", {}, "is shortened by a spreadsheet"),
    "nan": (f"{INFLOW}\n{JULY};nan\n", "inflow.csv", {}, "'nan' is not a number"),
    "a sign": (f"{INFLOW}\n{JULY};<5\n", "inflow.csv", {}, "--recipe statistical-signs"),
    "a negative count": (f"{INFLOW}\n{JULY};-5\n", "inflow.csv", {}, "-5 is negative"),
    "more than all people": (f"{INFLOW}\n{JULY};200000000\n", "inflow.csv", {}, "more than can be true"),
    "no such country": (f"{INFLOW}\n{JULY.replace('ALL', 'XQZ')};5\n", "inflow.csv", {},
                        "column F (nationality): 'XQZ'"),
    "a part above the whole": (f"{INFLOW}\n{JULY};100\n{JULY.replace('ALL', 'SYR')};5000\n", "inflow.csv", {},
                               "row 3, column G (count): 5,000 for SYR is more than the whole"),
    "parts above the whole together": (
        f"{INFLOW}\n{JULY};101\n{JULY.replace('ALL', 'SYR')};99\n{JULY.replace('ALL', 'TUR')};98\n",
        "inflow.csv", {}, "the parts add up to 197"),
    "months of another year": (
        "\n".join([INFLOW, *MONTHS, "2022-01-01;2022-12-31;year;ind_asylum_inflow;total;ALL;1300"]),
        "inflow.csv", {}, "the months add up to 1,212, not to 1,300"),
    "a total that differs": (f"{INFLOW}\n{JULY};5120\nTotaal;;;;;;5121\n", "inflow.csv", {},
                             "the rows add up to 5,120"),
    "one fact twice": (f"{INFLOW}\n{JULY};5\n{JULY};6\n", "inflow.csv", {}, "the same fact as in row 2"),
    "a column twice": (f"{INFLOW};Aantal\n{JULY};5;5\n", "inflow.csv", {}, "the column occurs twice"),
    "a cell too many": (f"{INFLOW}\n{JULY};5;6\n", "inflow.csv", {}, "beyond the last heading"),
    "a misspelt heading": (f"{STOCK.replace('count', 'cuont')}\n2023-07-31;track_4;5\n", "stock.csv", {},
                           "Did you mean count?"),
    "stock above its whole": (f"{STOCK}\n2023-07-31;asylum;100\n2023-07-31;asylum_overdue;900\n", "stock.csv", {},
                              "900 for asylum_overdue is more than the whole"),
    "a percentage for a share": (f"{DECISIONS}\n2023-07-01;2023-07-31;track_4;ALL;5;86\n", "decisions.csv", {},
                                 "Did you mean 0.86?"),
    "a minimum above a maximum": (
        f"{FORECAST}\n{EDITION};minimum;inflow;mpp_inflow;90;persons\n{EDITION};maximum;inflow;mpp_inflow;80;persons\n",
        "forecasts.csv", {}, "90 for minimum is above 80 for maximum"),
    "quantiles that cross": (f"{HUB}\n2023-04-30,NL,inc,2023-05-31,quantile,0.1,9\n2023-04-30,NL,inc,2023-05-31,"
                             "quantile,0.9,8\n", "hub.csv", {}, "9 for 0.1 is above 8 for 0.9"),
    "a level that is none": (f"{HUB}\n2023-04-30,NL,inc,2023-05-31,quantile,50,9\n", "hub.csv", {}, "between 0 and 1"),
    "no such recipe": (f"{INFLOW}\n{JULY};5\n", "inflow.csv", {"recipe": "cbs"}, "there is no such recipe"),
    "a recipe for another file": ("a;b\n1;2\n", "x.csv", {"recipe": "cbs-open-data"}, "no sheet has the headings of"),
}  # fmt: skip


@pytest.mark.parametrize("what", ASKED)
def test_a_file_of_this_kind_is_asked_back_at_the_cell_in_both_languages(what):
    content, name, how, told = ASKED[what]
    assert told in asked(content, name, **how)
    dutch = asked(content, name, said_in="nl", **how)
    assert "is geweigerd, er is niets opgeslagen" in dutch
    assert told not in dutch or told in content or "Name" in told or "--recipe" in told


def test_the_rounding_of_a_published_total_is_no_contradiction():
    rounded = [row.replace(";101", ";105") for row in MONTHS]
    year = "2022-01-01;2022-12-31;year;ind_asylum_inflow;total;ALL;1265"
    assert check("\n".join([INFLOW, *rounded, year])).frame.height == 13


# --- workbooks --------------------------------------------------------------------------------------------------------

ROWS = [["reference_date", "group", "count"], [date(2023, 7, 31), "track_4", 37680]]
TAKEN_STOCK = [("2023-07-31", 37680, "final")]


def test_the_sheet_with_the_columns_is_found_and_a_hidden_one_is_told():
    assert figures(xlsx({"Toelichting": [["Lees dit"]], "Gegevens": ROWS}), "x.xlsx") == TAKEN_STOCK
    old = [["reference_date", "group", "count"], [date(2022, 1, 31), "track_4", 1]]
    book = xlsx({"stock": old, "nieuw": ROWS}, hidden=["stock"])
    assert figures(book, "x.xlsx") == TAKEN_STOCK
    assert "Hidden and not read: sheet stock." in map(str, check(book, "x.xlsx").warnings)
    assert figures(book, "x.xlsx", sheet="stock") == [("2022-01-31", 1, "final")]
    assert "several sheets are tables (a, b)" in asked(xlsx({"a": ROWS, "b": ROWS}), "x.xlsx")
    assert "there is no sheet c" in asked(xlsx({"a": ROWS}), "x.xlsx", sheet="c")


def test_a_formula_without_a_value_is_not_nought():
    told = asked(xlsx({"stock": [*ROWS, [date(2023, 8, 31), "track_4", "=30000+7680"]]}), "stock.xlsx")
    assert "sheet stock, row 3, column C (count): the formula has no value; that is not nought." in told
    cell = '<row r="1"><c r="A1" t="inlineStr"><is><t>group</t></is></c></row>'
    assert "column reference_date is missing" in asked(raw_xlsx(cell), "stock.xlsx", table="stock")


def test_hidden_rows_with_figures_are_asked_back():
    hidden = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>reference_date</t></is></c><c r="B1" t="inlineStr"><is><t>group</t>'
        '</is></c><c r="C1" t="inlineStr"><is><t>count</t></is></c></row><row r="2" hidden="1"><c r="A2" t="inlineStr">'
        '<is><t>2023-07-31</t></is></c><c r="B2" t="inlineStr"><is><t>track_4</t></is></c><c r="C2"><v>5</v></c></row>'
    )
    assert "row 2: is hidden and holds figures." in asked(raw_xlsx(hidden), "stock.xlsx")


# --- recipes ----------------------------------------------------------------------------------------------------------

BY_RECIPE = {
    "cbs-open-data": ('"ID";"Nationaliteit";"Perioden";"TotaalAsielverzoeken_1";"EersteAsielverzoeken_2"\n'
                      '0;"T001114";"2023MM07";5120;3905*\n1;"T001114";"2023KW02";.;x\n', "cbs.csv",
                      [("2023-07-01", 5120, "final"), ("2023-07-01", 3905, "provisional"),
                       ("2023-04-01", None, "unknown"), ("2023-04-01", None, "suppressed")]),
    "eurostat-tsv": ("freq,citizen,sex,unit,age,asylapp,geo\\TIME_PERIOD\t2023-05 \t2023-06 \t2023-07 \n"
                     "M,SY,T,PER,TOTAL,NASY_APP,NL\t3305 p\t3520 bp\t: \nM,SY,T,PER,TOTAL,NASY_APP,BE\t1 \t2 \t: c\n",
                     "e.tsv", [("2023-05-01", 3305, "provisional"), ("2023-06-01", 3520, "provisional"),
                               ("2023-07-01", None, "unknown")]),
    "eurostat-sdmx-csv": ("DATAFLOW,LAST UPDATE,freq,citizen,sex,unit,age,asylapp,geo,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
                          "ESTAT:X,1,M,TOTAL,T,PER,TOTAL,ASY_APP,NL,2023-05,3305,p\n"
                          "ESTAT:X,1,M,TOTAL,F,PER,TOTAL,ASY_APP,NL,2023-05,1200,\n", "s.csv",
                          [("2023-05-01", 3305, "provisional")]),
    "unhcr": ("Year,Country of origin,Country of origin (ISO),Country of asylum,Country of asylum (ISO),Authority,"
              "Application type,Applied\n2022,Syria,SYR,Netherlands,NLD,G,N,12000\n"
              "2022,Syria,SYR,Netherlands,NLD,G,R,*\n2022,Syria,SYR,Belgium,BEL,G,N,5\n", "u.csv",
              [("2022-01-01", 12000, "final"), ("2022-01-01", None, "suppressed")]),
    "home-office-ods": ("Title of the table\nYear,Quarter,Nationality,Region,Age,Sex,Claims\n"
                        "2023,2023 Q1,Afghanistan,Asia,Adult,Male,\"1,000\"\n"
                        "2023,2023 Q1,Afghanistan,Asia,Adult,Female,20\n",
                        "h.csv", [("2023-01-01", 1020, "final")]),
    "wide-months": ("Spoor;jan-23;februari 2023;2023MM03\nSpoor 4;31.960;32.700;33.300\n", "w.csv",
                    [("2023-01-31", 31960, "final"), ("2023-02-28", 32700, "final"), ("2023-03-31", 33300, "final")]),
    "statistical-signs": (f"{INFLOW}\n{JULY};5120p\n", "inflow.csv", [("2023-07-01", 5120, "provisional")]),
}  # fmt: skip


@pytest.mark.parametrize("recipe", BY_RECIPE)
def test_a_file_of_another_office_is_taken_with_its_recipe(recipe):
    content, name, expected = BY_RECIPE[recipe]
    assert figures(content, name, recipe=recipe) == expected


def test_every_recipe_that_ships_is_tried_and_described_in_both_languages():
    assert set(recipes()) == {*BY_RECIPE, "hub-forecasts"}
    for recipe in recipes().values():
        assert recipe.nl != recipe.en
        assert recipe.table is None or recipe.table in TABLES
        columns = {*recipe.columns.values(), *recipe.fill} - {"period", "state"}
        assert columns <= set(TABLES[recipe.table].column_names if recipe.table else ()), recipe.id


def test_quantiles_and_samples_stay_what_they_are():
    rows = check(
        f"{HUB}\n2023-04-30,NL,inc asylum,2023-05-31,quantile,0.5,3600\n"
        "2023-04-30,NL,inc asylum,2023-05-31,sample,s1,3\n",
        "forecasts-of-a-hub.csv",
        recipe="hub-forecasts",
    )
    assert rows.table.name == "distributions"
    assert rows.frame.select("output_type", "output_type_id", "value").rows() == [
        ("quantile", "0.5", 3600.0), ("sample", "s1", 3.0)
    ]  # fmt: skip


def test_a_recipe_of_ones_own_is_a_file(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        "id: mine\nnl: Mijn\nen: Mine\nsource: own\ntable: stock\nnotation: nl\n"
        "columns: {Soort: group, Dag: reference_date}\n"
        "marks: {suppressed: [geheim]}\nvalues: {group: {IV: track_4}}\n"
    )
    content = "Dag;Soort;Aantal\n31-7-2023;IV;37.680\n31-8-2023;IV;geheim\n"
    assert figures(content, "x.csv", recipe=str(path)) == [*TAKEN_STOCK, ("2023-08-31", None, "suppressed")]
    path.write_text("id: mine\ncolour: red\n")
    with pytest.raises(DeliveryError, match="4 problems"):
        find_recipe(str(path))
    path.write_text("id: mine\nnl: a\nen: b\nsource: c\ntable: stok\n")
    with pytest.raises(DeliveryError, match="there is no table stok"):
        find_recipe(str(path))


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("5120 p", ("5120", "provisional")),
        ("5120**", ("5120", "provisional")),
        ("x", (None, "suppressed")),
        ("12 x", (None, "suppressed")),
        (": p", (None, "unknown")),
        ("12 b", ("12", "final")),
        ("12", ("12", "final")),
        (12, (12, "final")),
        ("", ("", "final")),
        (None, (None, "final")),
    ],
)
def test_signs_are_taken_off_and_never_become_nought(cell, read):
    marks = Marks(suppressed=("x", "<5"), unknown=(":",), provisional=("p", "*", "**"), plain=("b",))
    assert marks.read(cell) == read


# --- what is known ----------------------------------------------------------------------------------------------------


@pytest.fixture
def deliver(tmp_path):
    def stored(count, received, by="IND", **how):
        path = tmp_path / f"{count}.csv"
        path.write_text(f"reference_date,group,count,state\n2023-07-31,track_4,{count}\n")
        moment = datetime.fromisoformat(received).replace(tzinfo=UTC)
        return load_delivery(path, store=tmp_path / "store", delivered_by=by, received_at=moment, **how)

    stored.store = tmp_path / "store"
    return stored


def known(deliver, moment=None):
    rows = read_store(deliver.store)
    rows = rows if moment is None else rows.known_on(datetime.fromisoformat(moment).replace(tzinfo=UTC))
    found = rows.stock.filter((rows.stock["reference_date"] == date(2023, 7, 31)) & (rows.stock["group"] == "track_4"))
    return found["count"].to_list()


def test_the_later_receipt_holds_also_on_the_same_day_and_the_first_stays_in_the_history(deliver):
    deliver("37684,final", "2023-08-15T15:00")
    loaded = deliver("99999,final", "2023-08-15T09:00")  # brought in later, but received earlier
    assert (loaded.replaced, loaded.unchanged) == (1, 0)
    assert known(deliver) == [37684]
    assert known(deliver, "2023-08-15T10:00") == [99999]
    assert known(deliver, "2023-08-14T10:00") == []
    assert sorted(read_stream(deliver.store).history("stock")["count"].to_list()) == [37684, 99999]


def test_at_one_moment_the_one_stored_later_holds(deliver):
    deliver("99999,final", "2023-08-15T09:00")
    deliver("10000,final", "2023-08-15T09:00")
    assert known(deliver) == [10000]


def test_a_correction_goes_before_what_it_corrects_whenever_it_came(deliver):
    wrong = deliver("99999,final", "2023-08-15T15:00").delivery
    deliver("37684,final", "2023-08-15T09:00", corrects=wrong.identifier)
    assert known(deliver) == [37684]
    with pytest.raises(DeliveryError, match="there is no delivery 2020-01-01 of stock to correct"):
        deliver("1,final", "2023-08-16T09:00", corrects="2020-01-01")


def test_the_owner_of_a_table_goes_before_another(deliver):
    deliver("37684,final", "2023-08-15T09:00")
    deliver("50000,final", "2023-09-15T09:00", by="COA")
    assert known(deliver) == [37684]


def test_a_figure_that_is_withheld_later_is_not_known_any_more(deliver):
    deliver("37684,final", "2023-08-15T09:00")
    deliver(",suppressed", "2023-08-16T09:00")
    assert known(deliver) == []
    assert known(deliver, "2023-08-15T12:00") == [37684]
    assert read_stream(deliver.store).rows_that_hold("stock")["state"].to_list() == ["suppressed"]


# --- declarations -----------------------------------------------------------------------------------------------------


def test_every_column_has_a_dutch_heading_and_every_unit_a_bound():
    for table in TABLES.values():
        for column in (*table.columns, STATE):
            assert DUTCH.get(column.name), column.name
            units = {"see unit": next((c.values for c in table.columns if c.name == "unit"), ())}
            for unit in units.get(column.unit, (column.unit,)) if column in table.figures else ():
                assert unit in LARGEST, (table.name, column.name, unit)


@pytest.mark.parametrize("name", RULES)
def test_every_rule_names_columns_that_its_table_has_and_lets_an_empty_delivery_through(name):
    assert list(broken_rules(TABLES[name], [])) == []
    one = {column.name: None for column in TABLES[name].columns} | {"output_type": "sample"}
    assert list(broken_rules(TABLES[name], [Given(2, one)])) == []
