# SPDX-License-Identifier: EUPL-1.2
"""The answer of the clock as a lawyer keeps it: kinds, citations, open questions, and a code that repeats it."""

from __future__ import annotations

import re
from html import unescape

from django.urls import reverse

from keten.deadlines import load_law, question_of

LAW = load_law()
CASE = {"known_on": "01-07-2026", "reading": "authority", "applicants": "1"}


def asked(client, **answers) -> str:
    response = client.post(reverse("clock"), {**CASE, **answers})
    assert response.status_code == 200
    return unescape(response.content.decode())


def answer_of(page: str) -> str:
    found = re.search(r'<p class="outcome__day">(.*?)</p>', page)
    assert found is not None, "no answer"
    return found[1]


def test_every_kind_of_case_can_be_asked(reader):
    for kind, days, deadline in [
        ("family_reunification", {}, "donderdag 15 januari 2026"),
        ("regular", {}, "maandag 14 juli 2025"),
        ("naturalisation", {"fee_paid_on": "01-05-2025"}, "vrijdag 1 mei 2026"),
        ("objection", {"decision_on": "01-04-2025"}, "dinsdag 9 september 2025"),
        ("first", {"responsible_on": "01-06-2025"}, "maandag 1 december 2025"),
    ]:
        page = asked(reader, lodged_on="15-04-2025", application_type=kind, **days)
        assert answer_of(page) == deadline, kind


def test_a_day_that_says_nothing_about_the_kind_is_told_beside_its_field(reader):
    page = asked(reader, lodged_on="15-04-2025", application_type="regular", fee_paid_on="01-05-2025")
    assert "Deze dag zegt niets over deze soort zaak" in page
    assert 'id="id_fee_paid_on_error"' in page


def test_articles_stand_there_as_lawyers_write_them_with_their_dated_address(reader):
    page = asked(reader, lodged_on="15-04-2025", application_type="family_reunification")
    assert "artikel 2u, vierde lid, van de Vw 2000" in page
    assert 'href="https://wetten.overheid.nl/BWBR0011823/2025-04-15#Artikel2u"' in page


def test_an_open_question_and_a_contesting_ruling_are_shown(reader):
    page = asked(reader, lodged_on="05-09-2024", application_type="first", nationality="SYR", reading="courts")
    assert "ECLI:NL:RBDHA:2026:1940" in page
    assert "5 september 2025" in page
    assert "BVM Syrië" in page
    assert "BVM Syria" not in page
    page = asked(reader, lodged_on="07-07-2024", application_type="first", nationality="SDN")
    assert "7 januari 2025 of 7 januari 2026" in page


def test_the_account_names_the_law_and_its_code_repeats_the_calculation(reader):
    page = asked(reader, lodged_on="15-04-2025", application_type="naturalisation", fee_paid_on="01-05-2025")
    assert LAW.digest[:16] in page
    code = re.search(r"KT1\.[\w-]+", page)
    assert code is not None
    assert question_of(code[0])["fee_paid_on"] == "01-05-2025"
    again = unescape(reader.post(reverse("clock"), {"code": code[0]}).content.decode())
    assert answer_of(again) == answer_of(page)
    assert code[0] in again


def test_a_code_that_is_none_is_refused_in_words(reader):
    for code in ("hallo", "KT1.AAAA", "KT1.", "KT1." + "A" * 3000):
        page = unescape(reader.post(reverse("clock"), {"code": code}).content.decode())
        assert "Dit is geen code van een berekening" in page


def test_a_day_set_by_the_court_and_the_day_of_sending(reader):
    late = {
        "lodged_on": "15-04-2022", "application_type": "first", "known_on": "01-03-2024", "notice_on": "07-09-2023",
        "appeal_on": "26-09-2023", "judgment_on": "01-12-2023", "per_day": "100", "maximum": "7500",
        "decided_on": "01-03-2024",
    }  # fmt: skip
    assert "beslissen uiterlijk op 20 januari 2024" in asked(reader, **late, decide_by="20-01-2024")
    sent = asked(reader, **late, term_weeks="8", sent_on="05-12-2023")
    assert "30 januari 2024" in sent
    assert "niet allebei" in asked(reader, **late, term_weeks="8", decide_by="20-01-2024")
