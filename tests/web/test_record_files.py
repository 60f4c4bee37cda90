# SPDX-License-Identifier: EUPL-1.2
"""Rows out as files, and back in: unchanged is unchanged for every kind, form and language."""

from __future__ import annotations

import csv
import io

import filled_record
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override
from python_calamine import CalamineWorkbook

from keten.files import read_sheets_of_ours
from keten_web.accounts.models import User
from keten_web.audit.models import Event
from keten_web.record import actions, exchange, intake
from keten_web.record.kinds import by_slug, kinds
from keten_web.sheets import reading
from keten_web.steering.kinds import CHAIN_GOALS
from keten_web.steering.models import ChainGoal

REASON = "Afgesproken in het overleg."


@pytest.fixture
def goal(cast) -> ChainGoal:
    director = User.objects.get(username="chain_director")
    return actions.create(CHAIN_GOALS, {"title": "Humane opvang", "code": "opvang"}, by=director)


@pytest.fixture
def client(cast):
    return cast["chain_director"]


@pytest.fixture
def director(cast) -> User:
    return User.objects.get(username="chain_director")


# --- unchanged --------------------------------------------------------------------------------------------------------


@pytest.fixture
def filled(cast):
    return filled_record.fill()


@pytest.fixture
def of_ours(monkeypatch):
    """Read files in this process: hundreds of them, which the site itself wrote."""

    def read_ours(name, content, _limits, *, separator):
        return read_sheets_of_ours(name, content, separator=separator)

    monkeypatch.setattr(reading, "read_sheets", read_ours)


@pytest.mark.usefixtures("of_ours")
@pytest.mark.parametrize("form", exchange.FORMS)
def test_what_is_taken_out_and_read_back_is_unchanged_for_every_kind_in_both_languages(form, filled, director):
    said = []
    for kind in kinds():
        for language in ("nl", "en"):
            with override(language):
                content = exchange.write(kind, [filled[kind.slug]], form)
            for page in ("nl", "en"):
                with override(page):
                    try:
                        outcome = intake.read(kind, content, f"x.{form}", by=director, reason=REASON)
                    except intake.FileRefusedError as refusal:
                        said.append((kind.slug, language, page, refusal.problems))
                    else:
                        if (outcome.made, outcome.changed, outcome.unchanged) != (0, 0, 1):
                            said.append((kind.slug, language, page, outcome))
    assert not said


def test_a_row_that_changed_since_it_was_taken_out_stays_as_it_is_when_the_file_did_not_touch_it(goal, director):
    content = exchange.write(CHAIN_GOALS, [goal], "csv")
    actions.change(CHAIN_GOALS, "opvang", {"order": 4}, by=director, expected_version=1, reason=REASON)
    assert intake.read(CHAIN_GOALS, content, "x.csv", by=director, reason=REASON).unchanged == 1
    assert ChainGoal.objects.get().order == 4


def test_only_the_cells_that_were_touched_are_changed(goal, director):
    with override("nl"):
        content = exchange.write(CHAIN_GOALS, [goal], "csv").replace(b"Humane opvang", b"Betere opvang")
        assert intake.read(CHAIN_GOALS, content, "x.csv", by=director, reason=REASON).changed == 1
    goal.refresh_from_db()
    assert (goal.title, goal.version) == ("Betere opvang", 2)


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.slug)
def test_a_new_row_without_what_it_needs_is_refused_in_words(kind, cast, director):
    with override("nl"), pytest.raises(intake.FileRefusedError) as refusal:
        intake.read(kind, b"Titel;Bron\nIets;x\n;y\n", "x.csv", by=director, reason=REASON)
    assert any("Regel 3" in problem for problem in refusal.value.problems)


def test_no_heading_and_no_word_of_an_export_is_that_of_a_machine(filled):
    """Codes of rows are what people call them by; everything else is in the language of the page."""
    for kind in kinds():
        with override("nl"):
            content = exchange.write(kind, [filled[kind.slug]], "csv").decode("utf-8-sig")
            told = list(csv.reader(io.StringIO(content, newline=""), delimiter=";"))
            for name, heading, cell in zip(exchange.columns(kind), *told, strict=True):
                assert "_" not in heading, (kind.slug, heading)
                field = kind.field(name)
                if field.choices:
                    value = getattr(filled[kind.slug], name)
                    assert cell == str(dict(field.flatchoices)[value]), (kind.slug, name)


# --- what people have -------------------------------------------------------------------------------------------------


def refused(content: bytes, name: str, by: User) -> str:
    with override("nl"), pytest.raises(intake.FileRefusedError) as refusal:
        intake.read(CHAIN_GOALS, content, name, by=by, reason=REASON)
    return "\n".join(refusal.value.problems)


def taken(content: bytes, name: str, by: User) -> intake.Outcome:
    with override("nl"):
        return intake.read(CHAIN_GOALS, content, name, by=by, reason=REASON)


@pytest.mark.parametrize(
    "heading",
    ["code;title;order", "CODE;TITLE;ORDER", "Code;Titel;Volgorde", "code;Title;Order"],
    ids=["machine", "capitals", "dutch", "english"],
)
def test_headings_are_known_in_capitals_and_in_both_languages(heading, director):
    outcome = taken(f"Doelen van 2023;;\n\n{heading}\nveilig;Veiligheid;3\n".encode(), "x.csv", director)
    assert (ChainGoal.objects.get().title, ChainGoal.objects.get().order) == ("Veiligheid", 3)
    assert "Doelen van 2023" in outcome.notes[0]


@pytest.mark.parametrize(
    "content",
    [
        "sep=;\ncode;titel\nveilig;Één doel\n".encode("cp1252"),
        "code\ttitel\rveilig\tÉén doel\r".encode(),
        "code,titel\r\nveilig,Één doel\r\n".encode("utf-16"),
    ],
    ids=["windows", "old-line-ends", "utf-16"],
)
def test_a_csv_is_read_as_it_comes(content, director):
    taken(content, "x.csv", director)
    assert ChainGoal.objects.get().title == "Één doel"


@pytest.mark.parametrize(
    ("content", "part"),
    [
        ("code;titel;Titel\na;b;c\n", "hetzelfde"),
        ("code;titel\na;b;los\n", "onder geen kop"),
        ("code;titel;volgrode\na;b;1\n", "“volgorde”"),
        ("code;titel;volgorde\na;b;1.5\n", "1,5"),
        ("code;titel;onderdeel van\na;b;nergens\n", "nergens"),
        ("code;titel;eigenaar\na;b;IDN\n", "IDN"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_and_nothing_is_stored(content, part, director):
    assert part in refused(content.encode(), "x.csv", director)
    assert not ChainGoal.objects.exists()


@pytest.mark.parametrize(
    ("language", "cell", "value"), [("nl", "16.105", 16105), ("nl", "16105,5", 16105.5), ("en", "16,105", 16105)]
)
def test_a_number_is_read_as_the_language_of_the_file_writes_it(language, cell, value, filled, director):
    """The headings tell the language of the file; the page may be in the other one."""
    heading = {"nl": "Code;Versie;Waarde", "en": "Code;Version;Value"}[language]
    kind = by_slug("realisaties")
    with override("en" if language == "nl" else "nl"):
        file = intake.understood(kind, f"{heading}\nrij-1;1;{cell}\n".encode(), "x.csv")
        assert file.language == language
        assert intake._filled(kind, file, file.rows[0], ["value"]) == {"value": value}


# --- through the pages ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", exchange.FORMS)
def test_a_file_taken_out_goes_back_in_unchanged(form, client, goal):
    ChainGoal.objects.filter(pk=goal.pk).update(text='=1+1; "aanhaling", en\neen regel', title_en="-Reception")
    response = client.get(reverse("record-export", args=("ketendoelen", form)))
    assert Event.objects.filter(action="export", subject=f"ketendoelen.{form}").exists()
    shown = deliver(client, f"doelen.{form}", response.content)
    assert "ask__fault" not in shown
    goal.refresh_from_db()
    assert (goal.version, goal.text) == (1, '=1+1; "aanhaling", en\neen regel')


def test_text_is_never_a_formula(client, goal):
    ChainGoal.objects.filter(pk=goal.pk).update(text="=HYPERLINK(1)")
    assert b"'=HYPERLINK(1)" in exchange.write(CHAIN_GOALS, [ChainGoal.objects.get()], "csv")
    book = exchange.write(CHAIN_GOALS, [ChainGoal.objects.get()], "xlsx")
    assert "=HYPERLINK(1)" in CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()[1]


def deliver(client, name: str, content: bytes) -> str:
    sent = {"file": SimpleUploadedFile(name, content), "reason": REASON}
    return client.post(reverse("record-import", args=("ketendoelen",)), sent).content.decode()


def test_a_file_makes_and_changes_rows(client, goal):
    deliver(client, "doelen.csv", b"code;version;title;order\nopvang;1;Betere opvang;2\nnieuw-doel;;Nieuw doel;5\n")
    assert {(row.code, row.title, row.version) for row in ChainGoal.objects.all()} == {
        ("opvang", "Betere opvang", 2),
        ("nieuw-doel", "Nieuw doel", 1),
    }


def test_a_file_with_mistakes_is_refused_whole_with_all_of_them(client, goal):
    delivered = (
        "code,version,title,order,kleur\nopvang,1,Betere opvang,2,x\n,,,0,x\nandere,,Iets,veel,x\nopvang,7,Weer,1,x\n"
    )
    shown = deliver(client, "doelen.csv", delivered.encode())
    for part in ("kleur", "Regel 3", "Regel 4", "Regel 5"):
        assert part in shown
    assert [row.title for row in ChainGoal.objects.all()] == ["Humane opvang"]


@pytest.mark.parametrize(
    ("name", "content"), [("x.pdf", b"%PDF"), ("x.xlsx", b"nothing"), ("x.csv", b"code\n"), ("x.csv", b"\xff\xfe")]
)
def test_what_is_no_table_is_refused(name, content, client, cast):
    assert 'role="alert"' in deliver(client, name, content)


# --- workbooks as people have them ------------------------------------------------------------------------------------


def workbook(*, hidden_first=False, notes_first=False, formula=False, far=False) -> bytes:
    """Write a workbook with a goal in it, and around it what people and programs leave there."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        rows = [["Code", "Titel", "Volgorde"], ["veilig", "Veiligheid", 3]]
        if hidden_first or notes_first:
            other = book.add_worksheet("Oud" if hidden_first else "Toelichting")
            for number, row in enumerate(rows if hidden_first else [["Let op: titel en code invullen"]]):
                other.write_row(number, 0, [*row[:2], 99] if number else row)
        sheet = book.add_worksheet("Doelen")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        if hidden_first:
            sheet.activate()
            sheet.set_first_sheet()
            other.hide()
        if formula:
            sheet.write_formula(1, 2, "=1+2", None, "")
        if far:
            sheet.write(1_048_575, 16_383, 1)
    return file.getvalue()


def test_the_visible_sheet_is_read_and_the_hidden_one_told(director):
    outcome = taken(workbook(hidden_first=True), "x.xlsx", director)
    assert ChainGoal.objects.get().order == 3
    assert "Oud" in outcome.notes[0]


def test_a_sheet_with_notes_in_front_is_passed_over(director):
    taken(workbook(notes_first=True), "x.xlsx", director)
    assert ChainGoal.objects.get().order == 3


def test_a_formula_without_a_value_is_not_nought(director):
    assert "Doelen!C2" in refused(workbook(formula=True), "x.xlsx", director)
    assert not ChainGoal.objects.exists()


def test_a_cell_in_the_last_row_and_column_is_refused_and_the_site_goes_on(client):
    shown = deliver(client, "x.xlsx", workbook(far=True))
    assert "Fout: " in shown.partition("<title>")[2].partition("</title>")[0]
    assert client.get(reverse("record-list", args=("ketendoelen",))).status_code == 200
