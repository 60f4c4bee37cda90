# SPDX-License-Identifier: EUPL-1.2
"""A study that no longer fits the figures, or is damaged, is told in words with what to do; no page breaks on it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from django.urls import reverse
from english import english_in

from keten.scenario.read import read_scenario
from keten_web.studies.models import KeptScenario, Run

LETTER = Path(__file__).parents[2] / "examples" / "letter-2023" / "most-likely.toml"
DOCUMENT = read_scenario(LETTER).model_dump(mode="json", by_alias=True, exclude_defaults=True)
MISFITS = {
    "another version": {"name": "old", "figures": "of then"},
    "nobody counted then": DOCUMENT | {"reference_date": "2009-01-31", "horizon": "2009-06-30"},
    "a resource that is gone": DOCUMENT | {"capacity": {"typists": [
        {"value": 1, "from": "2023-06-01", "owner": "Analyst", "reason": "They were there.", "source": "a test"}]}},
}  # fmt: skip
OF_A_STUDY = ("overview", "stock", "chain-map", "tower", "promise", "what-if", "what-if-answer", "what-if-file",
              "what-if-toml")  # fmt: skip
NEEDS_ITS_SCENARIO = ("tower", "what-if", "what-if-answer", "what-if-file", "what-if-toml")


@pytest.fixture(params=MISFITS, ids=lambda name: name.replace(" ", "-"))
def misfit(request, settings, studies, tmp_path) -> str:
    name = f"misfit-{list(MISFITS).index(request.param)}"
    shutil.copytree(studies / "likely", tmp_path / "studies" / name)
    receipt = tmp_path / "studies" / name / "receipt.json"
    receipt.write_text(json.dumps({**json.loads(receipt.read_text()), "scenario": MISFITS[request.param]}))
    settings.STUDIES, settings.FIRST_STUDY = tmp_path / "studies", name
    return name


def address(name: str) -> str:
    return reverse(name, kwargs={"form": "csv"} if name == "what-if-file" else None)


def test_the_pages_of_the_what_if_are_all_named_here():
    from keten_web.tower.urls import urlpatterns  # after the site has named its kinds of address

    assert {row.name for row in urlpatterns if row.name.startswith("what-if")} <= set(OF_A_STUDY)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_page_on_a_study_that_does_not_fit_says_what_to_do(cast, misfit, settings, language):
    planner = cast["partner_planner"]
    planner.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    for name in OF_A_STUDY:
        answer = planner.get(address(name))
        page = answer.content.decode()
        assert answer.status_code in ((409,) if name in NEEDS_ITS_SCENARIO else (200, 409)), name
        if answer.status_code == 409:
            assert ("Deze studie past niet meer" if language == "nl" else "This study does not fit any more") in page
            assert reverse("study-again") in page
            assert language == "en" or english_in(page.replace('lang="en"', "")) == []


def test_a_reader_is_told_who_can_run_it_again(reader, misfit):
    page = reader.get(reverse("tower")).content.decode()
    assert "Vraag een planner of een analist" in page
    assert reverse("study-again") not in page
    assert reader.post(reverse("study-again"), {"base": misfit}).status_code == 403


def test_the_button_keeps_the_scenario_and_asks_for_its_study(cast, misfit):
    planner = cast["partner_planner"]
    answer = planner.post(reverse("study-again"), {"base": misfit})
    if answer.status_code == 409:  # this version cannot read the scenario, so there is nothing to run
        assert not KeptScenario.objects.exists()
        return
    (kept,) = KeptScenario.objects.all()
    assert answer["Location"] == reverse("kept-scenario", kwargs={"pk": kept.pk})
    assert Run.objects.get().scenario == kept
    assert planner.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize("name", ["receipt.json", "summary.json", "ledger.parquet"])
def test_a_damaged_study_is_named_and_the_others_go_on(reader, settings, studies, tmp_path, name):
    shutil.copytree(studies, tmp_path / "studies")
    settings.STUDIES = tmp_path / "studies"
    (tmp_path / "studies" / "likely" / name).write_bytes(b"")
    assert reader.get(reverse("tower")).status_code == 200
    answer = reader.get(reverse("tower"), {"scenario": "likely"})
    assert answer.status_code == 404
    assert "beschadigd" in answer.content.decode()
    assert name in answer.content.decode()
