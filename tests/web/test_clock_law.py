# SPDX-License-Identifier: EUPL-1.2
"""The page with the law of the clock: nothing that is not certain is left out, and every change is there."""

from __future__ import annotations

from html import unescape

from django.urls import reverse
from english import english_in

from keten.deadlines.desk import law_changes, open_points
from keten.parameters.law import load_law


def test_all_that_is_not_certain_and_every_change_is_on_the_page(reader):
    law = load_law()
    reader.cookies["django_language"] = "nl"
    page = reader.get(reverse("clock-law")).content.decode()
    assert law.digest[:16] in page
    said = unescape(page)
    for row in open_points(law):
        assert row.what.nl[1:] in said and row.source in said
        assert row.settled_by is None or row.settled_by.nl[1:] in said
    assert said.count("<tr") >= len(open_points(law)) + len(law_changes(law))
    assert english_in(page) == []


def test_one_who_is_not_logged_in_does_not_see_it(client):
    assert client.get(reverse("clock-law")).status_code in {302, 403}
