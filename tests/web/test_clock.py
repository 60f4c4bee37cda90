# SPDX-License-Identifier: EUPL-1.2
"""The page of the statutory clock: what it asks, answers, refuses, hands over, and that it keeps nothing."""

from __future__ import annotations

import csv
import io
import json
import logging
import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import translation
from python_calamine import CalamineWorkbook

from keten.deadlines import load_law
from keten_web.clock import timeline
from keten_web.clock.examples import EXAMPLES
from keten_web.clock.forms import MOST_SUSPENSIONS, Question
from keten_web.clock.queries import ask
from keten_web.clock.story import Lane, story
from keten_web.words.fields import CountField, DayField, EuroField

CASE = {
    "lodged_on": "10-04-2022",
    "application_type": "first",
    "known_on": "13-07-2023",
    "reading": "authority",
    "applicants": "1",
}
LATE = {
    **CASE,
    "known_on": "15-03-2024",
    "notice_on": "24-07-2023",
    "appeal_on": "11-08-2023",
    "judgment_on": "01-12-2023",
    "term_weeks": "8",
    "per_day": "100",
    "maximum": "7500",
    "decided_on": "01-03-2024",
}
SUSPENDED = {
    "suspension-TOTAL_FORMS": "1",
    "suspension-0-from_day": "01-06-2022",
    "suspension-0-until_day": "21-06-2022",
    "suspension-0-ground": "incomplete",
}


def page_of(response) -> str:
    assert response.status_code == 200, response.content.decode()[:400]
    return unescape(response.content.decode())


def asked(client: Client, answers: dict[str, str], **changes: str) -> str:
    return page_of(client.post(reverse("clock"), {**answers, **changes}))


def faults_of(page: str) -> dict[str, str]:
    """What stands in the summary: field -> message."""
    summary = re.search(r'<div class="faults.*?</div>', page, re.S)
    assert summary is not None, "no faults were told"
    return {
        field: re.sub(r"\s+", " ", message)
        for field, message in re.findall(r'<a class="utrecht-link" href="#(.*?)">.*?</a>: (.*?)</li>', summary[0], re.S)
    }


# --- the answer -------------------------------------------------------------------------------------------------------


def test_the_answer_is_the_deadline_with_its_weekday_statute_and_other_reading(reader):
    page = asked(reader, CASE)
    for part in (
        "maandag 10 juli 2023",
        "10 oktober 2022",
        "Lezing van de rechter",
        "Categoriale verlenging",
        "WBV 2022/22",
    ):
        assert part in page


@pytest.mark.parametrize(
    ("known_on", "reading", "deadline"),
    [
        ("01-09-2022", "authority", "maandag 10 oktober 2022"),
        ("13-07-2023", "authority", "maandag 10 juli 2023"),
        ("01-07-2025", "courts", "maandag 10 oktober 2022"),
    ],
)
def test_knowledge_date_and_reading_change_the_answer(known_on, reading, deadline, reader):
    page = asked(reader, CASE, known_on=known_on, reading=reading)
    assert f'<p class="outcome__day">{deadline}</p>' in page


def test_a_suspension_moves_the_deadline(reader):
    page = asked(reader, {**CASE, "lodged_on": "15-04-2022", **SUSPENDED})
    assert "vrijdag 4 augustus 2023" in page
    assert "Opgeschort van 1 juni 2022 tot 21 juni 2022" in page
    for_who_reads_it_on_paper = re.sub(r">\s+<", "><", page)
    assert "<dt>Opschorting 1</dt><dd>van 1 juni 2022 tot 21 juni 2022: uitnodiging" in for_who_reads_it_on_paper


def test_an_empty_row_of_suspensions_does_not_count(reader):
    empty = {"suspension-TOTAL_FORMS": "1", "suspension-0-ground": "incomplete"}
    assert "maandag 10 juli 2023" in asked(reader, {**CASE, **empty})


def test_what_a_late_decision_costs_is_told_in_a_sentence_and_a_table(reader):
    page = asked(reader, LATE)
    assert "Tot en met 1 maart 2024 is €\N{NO-BREAK SPACE}3.500 verschuldigd." in page
    assert "35 dagen" in page
    assert "Uitspraak: beslissen binnen 8 weken" in page


def test_applicants_share_one_amount(reader):
    page = asked(reader, LATE, applicants="4")
    assert "Elk van de 4 aanvragers krijgt €\N{NO-BREAK SPACE}875." in page


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({"decided_on": "10-07-2023"}, "Het besluit was op tijd. Er is niets verschuldigd."),
        ({"notice_on": "10-07-2023"}, "De ingebrekestelling was te vroeg en heeft geen gevolg."),
        ({"decided_on": "26-01-2024"}, "Tot en met 26 januari 2024 is geen dwangsom verschuldigd."),
    ],
)
def test_nothing_is_owed_when_nothing_is(change, verdict, reader):
    assert verdict in asked(reader, LATE, **change)


def test_a_moratorium_shows_both_its_readings(reader):
    page = asked(reader, CASE, lodged_on="01-07-2024", nationality="SYR", known_on="01-03-2025")
    assert "Moratorium als extra termijn" in page
    assert "Moratorium als opschorting" in page


def test_every_rule_has_its_source_and_an_unconfirmed_one_its_mark(reader):
    page = asked(reader, CASE, lodged_on="01-03-2024", known_on="01-06-2024")
    table = re.search(r'<table class="utrecht-table rules">.*?</table>', page, re.S)
    assert table is not None
    rows = re.findall(r"<tr.*?</tr>", table[0], re.S)[1:]
    assert len(rows) >= 2
    assert all('href="https://' in row for row in rows)
    assert "niet bevestigd" in table[0]
    assert "Niet alles aan dit antwoord is bevestigd" in page


def test_english_is_english_throughout(reader):
    reader.post(reverse("language"), {"language": "en", "next": reverse("clock")})
    page = asked(reader, LATE)
    for part in (
        "Monday 10 July 2023",
        "Category-wide extension",
        "€\N{NO-BREAK SPACE}3,500 is owed up to 1 March 2024",
    ):
        assert part in page


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.id)
@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_example_is_answered(example, language, reader):
    reader.post(reverse("language"), {"language": language, "next": "/"})
    page = page_of(reader.get(reverse("clock"), {"example": example.id}))
    assert '<p class="outcome__day">' in page


def test_an_unknown_example_says_so(reader):
    response = reader.get(reverse("clock"), {"example": "nothing"})
    assert response.status_code == 404
    assert "Er is geen voorbeeld met de naam “nothing”." in response.content.decode()


def test_an_empty_form_says_what_to_do_first(reader):
    page = page_of(reader.get(reverse("clock")))
    assert "Vul in wanneer de aanvraag is ingediend" in page
    assert 'class="faults' not in page


# --- what is wrong, at once and beside the field ----------------------------------------------------------------------


def test_all_faults_are_told_at_once_and_lead_to_their_fields(reader):
    page = asked(reader, LATE, lodged_on="31-02-2022", notice_on="gisteren", term_weeks="", per_day="veel")
    assert list(faults_of(page)) == ["id_lodged_on", "id_notice_on", "id_term_weeks", "id_per_day"]
    for field in faults_of(page):
        assert f'id="{field}_error"' in page
        control = re.search(rf'<(?:input|select)[^>]*id="{field}"[^>]*>', page)
        assert control is not None
        assert 'aria-invalid="true"' in control[0]
        assert f"{field}_error" in control[0]
    assert "<title>Nog geen antwoord: Beslistermijn" in page


def test_what_was_filled_in_is_still_there_after_a_fault(reader):
    page = asked(reader, {**LATE, **SUSPENDED}, lodged_on="31-02-2022")
    for value in ("31-02-2022", "24-07-2023", "7500", "01-06-2022"):
        assert f'value="{value}"' in page


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"lodged_on": ""}, "id_lodged_on", "Vul deze datum in"),
        ({"lodged_on": "10-04-1999"}, "id_lodged_on", "Het jaar moet liggen tussen 2000 en 2049"),
        ({"lodged_on": "10-04-2005"}, "id_lodged_on", "geen beslistermijn voor deze soort aanvraag"),
        ({"application_type": "accelerated"}, "id_lodged_on", "geen beslistermijn voor deze soort aanvraag"),
        ({"application_type": "nothing"}, "id_application_type", "nothing"),
        ({"reading": "mine"}, "id_reading", "mine"),
        ({"nationality": "NLD"}, "id_nationality", "NLD"),
        ({"registered_on": "11-04-2022"}, "id_registered_on", "De loopbrief komt eerst"),
        ({"extension": "13"}, "id_extension", "staat de wet minder maanden toe"),
        ({"extension": "-1"}, "id_extension", "heel getal in van 0 tot en met 24"),
        ({"notice_on": "09-04-2022"}, "id_notice_on", "vóór de indiening op 10 april 2022"),
        ({"appeal_on": "23-07-2023"}, "id_appeal_on", "vóór de ingebrekestelling van 24 juli 2023"),
        ({"judgment_on": "10-08-2023"}, "id_judgment_on", "vóór het beroep van 11 augustus 2023"),
        ({"decided_on": "01-01-2022"}, "id_decided_on", "vóór de indiening op 10 april 2022"),
        ({"notice_on": ""}, "id_notice_on", "gaat aan een beroep vooraf"),
        ({"appeal_on": ""}, "id_appeal_on", "gaat aan een uitspraak vooraf"),
        ({"judgment_on": ""}, "id_judgment_on", "Vul de dag in van de uitspraak"),
        ({"term_weeks": "0"}, "id_term_weeks", "heel getal in van 1 tot en met 104"),
        ({"maximum": ""}, "id_maximum", "Vul beide in, of geen van beide"),
        ({"per_day": "-5"}, "id_per_day", "is geen bedrag"),
        ({"applicants": "0"}, "id_applicants", "heel getal in van 1 tot en met 99"),
        ({"application_type": "dublin_request"}, "id_notice_on", "kan een aanvrager niet in gebreke stellen"),
    ],
)
def test_a_fault_says_what_to_do(change, field, message, reader):
    assert message in faults_of(asked(reader, LATE, **change))[field]


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"suspension-0-until_day": "01-06-2022"}, "id_suspension-0-until_day", "moet liggen na 1 juni 2022"),
        ({"suspension-0-from_day": "10-04-2022"}, "id_suspension-0-from_day", "die niet loopt, kan niet stilstaan"),
        ({"suspension-0-from_day": ""}, "id_suspension-0-from_day", "Vul deze datum in"),
        ({"suspension-0-ground": "holiday"}, "id_suspension-0-ground", "holiday"),
    ],
)
def test_a_suspension_that_cannot_be_is_refused_beside_its_field(change, field, message, reader):
    assert message in faults_of(asked(reader, {**CASE, **SUSPENDED}, **change))[field]


def test_the_message_of_the_core_is_shown_where_no_field_is_to_blame(reader):
    """In the reading of the courts the period starts at registration, here so early that it ends before lodging."""
    page = asked(reader, LATE, registered_on="01-04-2020", reading="courts", known_on="01-07-2025")
    assert "Met deze combinatie van data kan niet worden gerekend" in page
    assert '<ul lang="en">' in page


@pytest.mark.parametrize("total", ["", "-1", "many", "100000"])
def test_a_tampered_count_of_rows_breaks_nothing(total, reader):
    response = reader.post(reverse("clock"), {**CASE, "suspension-TOTAL_FORMS": total})
    assert response.status_code == 200


# --- rows -------------------------------------------------------------------------------------------------------------


def test_a_row_is_added_without_checking_what_is_not_finished(reader):
    page = asked(reader, {**CASE, **SUSPENDED, "add": "suspension"}, lodged_on="10-04-")
    assert 'value="10-04-"' in page
    assert 'value="21-06-2022"' in page
    assert 'id="id_suspension-1-from_day"' in page
    assert 'class="faults' not in page


def test_there_is_an_end_to_adding_rows(reader):
    rows = {"suspension-TOTAL_FORMS": str(MOST_SUSPENSIONS)}
    for number in range(MOST_SUSPENSIONS):
        rows[f"suspension-{number}-from_day"] = f"{number + 1:02}-06-2022"
    page = asked(reader, {**CASE, **rows, "add": "suspension"})
    assert f'id="id_suspension-{MOST_SUSPENSIONS}-from_day"' not in page
    assert 'name="add"' not in page


# --- files ------------------------------------------------------------------------------------------------------------


def test_the_json_has_the_shape_of_the_command_line(reader):
    response = reader.post(reverse("clock"), {**LATE, "as": "json"})
    answer = json.loads(response.content)
    assert response["Content-Disposition"] == 'attachment; filename="beslistermijn.json"'
    assert answer["deadline"] == "2023-07-10"
    assert answer["statutory_deadline"] == "2022-10-10"
    assert [rule["instrument"] for rule in answer["rules"]][-1] == "WBV 2022/22"
    assert answer["late_decision"]["judicial_eur"] == 3500
    assert answer["late_decision"]["court_term_ends"] == "2024-01-26"


def test_the_csv_holds_days_rules_steps_and_amounts(reader):
    response = reader.post(reverse("clock"), {**LATE, "as": "csv"})
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))
    assert response["Content-Disposition"] == 'attachment; filename="beslistermijn.csv"'
    assert {row["Onderdeel"] for row in rows} >= {"uitkomst", "regel", "stap", "moment", "dwangsom"}
    named = {(row["Onderdeel"], row["Wat"]): row for row in rows}
    assert named["uitkomst", "laatste dag van de beslistermijn"]["Dag"] == "2023-07-10"
    assert float(named["dwangsom", "dwangsom van de rechter"]["Waarde"]) == 3500
    assert named["regel", "Categoriale verlenging"]["Bron"].startswith("https://")


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_the_answer_is_there_as_a_workbook(form, reader):
    response = reader.post(reverse("clock"), {**LATE, "as": form})
    cells = CalamineWorkbook.from_filelike(io.BytesIO(response.content)).get_sheet_by_index(0).to_python()
    assert cells[0][:3] == ["Onderdeel", "Wat", "Waarde"]
    assert cells[1][4] == date(2023, 7, 10)


def test_the_buttons_for_files_carry_the_answer_that_is_shown(reader):
    page = asked(reader, LATE)
    form = re.search(r'<form class="take".*?</form>', page, re.S)
    assert form is not None
    carried = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[0]))
    carried.pop("csrfmiddlewaretoken")
    answer = json.loads(reader.post(reverse("clock"), {**carried, "as": "json"}).content)
    assert answer["deadline"] == "2023-07-10"


def test_a_file_is_not_made_of_a_question_with_faults(reader):
    assert "id_lodged_on" in faults_of(asked(reader, {**CASE, "as": "csv"}, lodged_on=""))


# --- nothing stored ---------------------------------------------------------------------------------------------------


def test_asking_writes_nothing_and_logs_nothing(reader, caplog, django_assert_num_queries):
    from keten_web.audit.models import Event

    reader.get(reverse("clock"))
    session, events = dict(reader.session), Event.objects.count()
    with caplog.at_level(logging.DEBUG), django_assert_num_queries(5) as queries:
        response = reader.post(reverse("clock"), LATE)
    assert all(query["sql"].lstrip().upper().startswith("SELECT") for query in queries)
    assert dict(reader.session) == session
    assert Event.objects.count() == events
    assert response["Cache-Control"] == "no-store"
    assert not [
        record for record in caplog.records if "2022" in record.getMessage() and "SELECT" not in record.getMessage()
    ]


def test_a_post_without_its_token_is_refused(cast):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = cast["partner_reader"].cookies
    assert strict.post(reverse("clock"), CASE).status_code == 403


def test_who_has_no_role_gets_no_answer(cast):
    assert cast["outsider"].post(reverse("clock"), CASE).status_code == 403
    assert cast["anonymous"].post(reverse("clock"), CASE).status_code == 302


def test_only_nationalities_that_the_law_names_are_asked(reader):
    law = load_law()
    named = {code for row in (*law.moratoria, *law.gaps) for code in row.nationalities}
    select = re.search(r'<select name="nationality".*?</select>', page_of(reader.get(reverse("clock"))), re.S)
    assert select is not None
    assert set(re.findall(r'value="([A-Z]{3})"', select[0])) == named
    assert not re.search(r">[A-Z]{3}<", select[0]), "a code without a name"


# --- fields -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "10-04-2022",
        "10-4-2022",
        "10/04/2022",
        "10.4.2022",
        "2022-04-10",
        "10 april 2022",
        "10 Apr 2022",
        " 10 apr. 2022 ",
    ],
)
def test_a_day_is_read_in_each_way_people_write_it(text):
    assert DayField().clean(text) == date(2022, 4, 10)


@pytest.mark.parametrize(
    "text", ["10-04-22", "2022", "april 2022", "30-02-2022", "32-01-2022", "10-13-2022", "x", "10 smarch 2022"]
)
def test_what_is_no_day_is_refused(text):
    with pytest.raises(ValidationError):
        DayField().clean(text)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("100", "100"),
        ("7500", "7500"),
        ("7.500", "7500"),
        ("7,500", "7500"),
        ("7 500", "7500"),
        ("€ 7.500,50", "7500.50"),
        ("1,234,567.5", "1234567.5"),
        ("12,5", "12.5"),
        ("12.50", "12.50"),
    ],
)
def test_an_amount_is_never_misread_by_a_thousand(text, amount):
    assert EuroField().clean(text) == Decimal(amount)


@pytest.mark.parametrize("text", ["-1", "1.2345", "honderd", "1e3", "75.00.1"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValidationError):
        EuroField().clean(text)


@pytest.mark.parametrize("text", ["0", "3", "2.5", "two"])
def test_a_count_outside_its_bounds_is_refused(text):
    with pytest.raises(ValidationError):
        CountField(at_least=1, at_most=2).clean(text)


# --- the drawing ------------------------------------------------------------------------------------------------------


def told(answers: dict[str, str]):
    law = load_law()
    question = Question(law, {"suspension-TOTAL_FORMS": "0", "suspension-INITIAL_FORMS": "0", **answers})
    assert question.is_valid(), question.faults()
    reply = ask(question)
    return story(reply.answer, law, reply.late, reply.cost)


QUESTIONS = [
    CASE,
    LATE,
    {**CASE, **SUSPENDED},
    {**LATE, "decided_on": "", "known_on": "01-01-2026"},
    {**CASE, "known_on": "21-11-2026"},
    {**CASE, "known_on": "01-01-2020"},
    {**LATE, "notice_on": "01-07-2023"},
    {
        **CASE,
        "application_type": "family_reunification",
        "lodged_on": "14-08-2018",
        "notice_on": "20-03-2019",
        "known_on": "01-09-2019",
    },
    {**CASE, "lodged_on": "01-07-2024", "nationality": "SYR", "known_on": "01-03-2026", "reading": "courts"},
]


@pytest.mark.parametrize("answers", QUESTIONS)
def test_bars_lie_on_their_days_and_inside_the_picture(answers):
    with translation.override("nl"):
        drawn = told(answers)
        for picture in (timeline.lying(drawn), timeline.standing(drawn)):
            for bar in picture.bars:
                assert 0 <= bar.x <= bar.x + bar.width <= picture.width
                assert 0 <= bar.y <= bar.y + bar.height <= picture.height
            for flag in picture.flags:
                longest = max(len(words) for words in (flag.day, *(line for _, line in flag.lines)))
                assert flag.text_x + longest * timeline.LETTER <= picture.width + 2
                assert 0 < flag.text_y < picture.height


@pytest.mark.parametrize("answers", QUESTIONS)
def test_names_on_flags_never_overlap(answers):
    with translation.override("nl"):
        drawn = told(answers)
        for picture in (timeline.lying(drawn), timeline.standing(drawn)):
            boxes = [
                (
                    flag.text_x,
                    flag.text_y - 11,
                    flag.text_x + max(len(words) for words in (flag.day, *(line for _, line in flag.lines))) * 6,
                    max([flag.text_y, *(y for y, _ in flag.lines)]) + 2,
                )
                for flag in picture.flags
            ]
            for number, (left, top, right, bottom) in enumerate(boxes):
                for other_left, other_top, other_right, other_bottom in boxes[number + 1 :]:
                    apart = right <= other_left or other_right <= left or bottom <= other_top or other_bottom <= top
                    assert apart, (picture.flags[number], boxes)


def test_the_bar_of_the_term_is_as_long_as_the_term():
    drawn = told(CASE)
    bars = {bar.kind: bar for bar in timeline.lying(drawn).bars}
    statutory, extension = bars["statutory"], bars["extension"]
    share = statutory.width / (statutory.width + extension.width)
    assert share == pytest.approx(183 / 456, abs=0.005)
    assert statutory.x + statutory.width == pytest.approx(extension.x, abs=0.2)


def test_without_facts_about_delay_nothing_is_called_late():
    drawn = told({**CASE, "known_on": "21-11-2026"})
    assert {span.kind for span in drawn.spans} == {"statutory", "extension", "other"}
    assert set(drawn.lanes) == {Lane.TERM, Lane.OTHER}


def test_the_picture_tells_its_days_in_words_as_well(reader):
    page = asked(reader, LATE)
    labels = re.findall(r'<svg class="line[^>]*aria-label="([^"]*)"', page)
    assert len(labels) == 2
    for words in (
        "10 jul 2023: uiterste beslisdatum",
        "24 jul 2023: ingebrekestelling ontvangen",
        "1 mrt 2024: besluit",
    ):
        assert words in labels[0]
    assert re.search(r'viewBox="0 0 860\.0 [\d.]+"', page), "coordinates keep their points in Dutch"
